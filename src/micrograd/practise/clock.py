"""Against the clock: when each section passed, and how that compares with other attempts."""

import time
from collections.abc import Sequence

from .programs import SECTIONS
from .state import Attempt


def split(attempt: Attempt, passed: Sequence[str], wanted: Sequence[str]) -> None:
    """Note the sections that have passed just now; with the last one the attempt is finished."""
    now = time.time() - attempt.started
    for name in passed:
        attempt.splits.setdefault(name, round(now, 1))
    if attempt.kind != "digits":
        attempt.finished = set(wanted) <= set(attempt.splits)


def keep(attempt: Attempt, attempts: list[Attempt]) -> None:
    """Put an attempt among the others, in place of what was known of it before."""
    attempts[:] = [*[a for a in attempts if a.started != attempt.started], attempt]


def lines(attempt: Attempt, attempts: Sequence[Attempt]) -> list[str]:
    """Write the last split beside the best one, and the whole time at the end."""
    if not attempt.splits:
        return []
    name, seconds = list(attempt.splits.items())[-1]
    earlier = [a for a in attempts if a.kind == attempt.kind and a.started != attempt.started]
    best = min((a.splits[name] for a in earlier if name in a.splits), default=None)
    text = f"  {written(seconds)} until {name}"
    if best is not None:
        text += f", best {written(best)}"
    return [text, f"  done in {written(seconds)}"] if attempt.finished else [text]


def table(attempts: Sequence[Attempt]) -> list[str]:
    """Write for each kind and section the best time, the last one, and how the last five went."""
    rows = []
    for kind in dict.fromkeys(a.kind for a in attempts):
        runs = [a for a in attempts if a.kind == kind]
        done = sum(a.finished for a in runs)
        count = f"{len(runs)} attempt{'s' * (len(runs) != 1)}"
        rows.append(f"{_KINDS.get(kind, kind)}: {count}, {done} to the end")
        for name in [*SECTIONS, "digits"]:
            times = [a.splits[name] for a in runs if name in a.splits]
            if times:
                trend = " ".join(written(t) for t in times[-5:])
                rows.append(
                    f"  {name:<10}  best {written(min(times)):>7}   last {written(times[-1]):>7}"
                    f"   trend {trend}"
                )
    return rows or ["no attempt against the clock yet: micrograd practise --from-memory"]


_KINDS = {"memory": "from memory", "speedrun": "speedrun", "digits": "speedrun to the digits"}


def written(seconds: float) -> str:
    """Write a time as 4:07 or 1:02:03.

    >>> written(247.4), written(3723)
    ('4:07', '1:02:03')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
