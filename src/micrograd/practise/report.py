"""What a learner reads: twelve lines at most, and nothing given away that was not asked for."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .programs import SECTIONS
from .results import Failure, Judgement, SectionResult

WIDTH = 80
MOST = 12  # lines
_CODE = 3  # lines of a program
_ROWS = 3  # numbers of a program
_NO_NAME = "No bug we know gives these numbers. Which line makes the first?"
_NO_NUMBERS = "No bug we know ends like this. What does Python's message say, word by word?"
_ENDLESS = "Which condition ends the loop that it was in, and which line is to make it come true?"
_MISSING = 3  # things not written yet
LEVELS = ("h", "hh", "hhh")


@dataclass(frozen=True)
class Style:
    """How marks are written: with colours or without, with signs that the terminal has."""

    colour: bool = False
    unicode: bool = True

    @property
    def right(self) -> str:
        """The mark of what is right."""
        return self.painted("✓" if self.unicode else "ok", 32)

    @property
    def wrong(self) -> str:
        """The mark of what is wrong."""
        return self.painted("✗" if self.unicode else "x", 31)

    def painted(self, text: str, code: int) -> str:
        """Return a text in a colour of the terminal."""
        return f"\033[{code}m{text}\033[0m" if self.colour else text


def lines_of(
    judgement: Judgement,
    style: Style = Style(),
    *,
    remarks: Sequence[str] = (),
    keys: Sequence[str] = (),
    hints: int = 0,
) -> list[str]:
    """Write a judgement.

    Args:
        judgement: of the sections that were asked for.
        style: colours and signs.
        remarks: what was said of the file as a whole; two of them are shown.
        keys: what can be pressed, as ``h hint``.
        hints: how many of the three hints were asked for.
    """
    lines = [*_remarks(remarks), *_section_lines(judgement, style, hints)]
    if judgement.names:
        taken = ", ".join(f"{yours} for {ours}" for ours, yours in judgement.names.items())
        lines += _wrapped(f"your names: {taken}")[:2]
    if keys:
        lines = [*lines[: MOST - 1], f"  {'   '.join(keys)}"]
    return lines[:MOST]


def summary(judgement: Judgement, style: Style = Style(), room: int = WIDTH) -> str:
    """Write which sections are right and which one is not, in so many columns."""
    passed = [s.name for s in judgement.sections if s.state == "passed"]
    failed = f"   {style.wrong} {judgement.failed.name}" if judgement.failed else ""
    names = " ".join(passed)
    if len(names) + (judgement.failed is not None) * 16 + 3 > room:
        names = f"{len(passed)} of {len(judgement.sections)} sections"
        if len(passed) == len(judgement.sections):
            names = f"all {len(passed)} sections"
    return (f"{style.right} {names}" if passed else "") + failed


def current(judgement: Judgement) -> SectionResult | None:
    """Return what to look at now: what failed, else the first unwritten after the last passed."""
    if judgement.failed:
        return judgement.failed
    sections = judgement.sections
    done = max((i for i, s in enumerate(sections) if s.state == "passed"), default=-1)
    absent = [s for s in sections if s.state != "passed"]
    later = [s for s in sections[done + 1 :] if s.state != "passed"]
    return next(iter(later or absent), None)


def _section_lines(judgement: Judgement, style: Style, hints: int) -> list[str]:
    section = current(judgement)
    if section is not None and section.failure is not None:
        return _failure(section, section.failure, style, hints)
    passed = [s for s in judgement.sections if s.state == "passed"]
    lines = []
    if passed:
        last = passed[-1]
        count = f"{len(last.passed)} program{'s' * (len(last.passed) != 1)}"
        lines.append(f"{last.name}   {style.right} {count} right")
        lines += [f"  {line}" for line in _wrapped(last.why)]
        lines += [f"  {line}" for advice in last.advice[:1] for line in _later(advice)]
    if section is not None:
        lines.append(f"{section.name}   not written yet")
        lines.append(_cut(f"  {WHAT.get(section.name, '')}"))
        if section.passed:  # begun, and not at its end
            ends = [re.split(r"\n|; ", text)[-1] for text in section.missing]
            wanted = [*dict.fromkeys(text for text in ends if not text.endswith("backward()"))]
            more = f", and {len(wanted) - _MISSING} more" if len(wanted) > _MISSING else ""
            lines.append(_cut(f"  missing: {', '.join(wanted[:_MISSING])}{more}"))
    elif passed:
        lines.append(ALL)
    return lines


def _failure(section: SectionResult, failure: Failure, style: Style, hints: int) -> list[str]:
    good = f"{style.right} {section.passed[-1]}   " if section.passed else ""
    lines = [f"{section.name}   {good}{style.wrong} {failure.title}"]
    code = failure.program.split("\n")
    if len(code) > _CODE:
        code = [*code[: _CODE - 1], "…"]
    lines += [_cut(f"  {line}") for line in code]
    width = max((len(d.expression) for d in failure.differences), default=0)
    for difference in failure.differences[:_ROWS]:
        yours, right = _two(difference.yours, difference.right, width)
        lines.append(
            f"  {difference.expression:<{width}}   yours {style.painted(yours, 31)}"
            f"   right {style.painted(right, 32)}"
        )
    if len(failure.differences) > _ROWS:
        lines.append(f"  and {len(failure.differences) - _ROWS} more")
    if failure.error:
        lines.append(_cut(f"  yours {style.painted(failure.error, 31)}", style.colour))
        if _is_endless(failure) and (at := _place(section)):
            lines.append(_cut(f"  stopped in the loop at {at}"))
    return lines + [f"  {line}" for line in hint(section, hints)]


def hint(section: SectionResult, level: int) -> list[str]:
    """Write the hints up to a level: a question, the place, the bug's name and the rule."""
    diagnosis = section.diagnosis
    if not level or section.failure is None:
        return []
    bug = diagnosis.bug if diagnosis else None
    unknown = _NO_NUMBERS if section.failure.error else _NO_NAME
    unknown = _ENDLESS if _is_endless(section.failure) else unknown
    question = bug.hint if bug else unknown
    if level == 1:
        return _wrapped(question)
    place = _place(section)
    if level == 2:
        return _wrapped(f"look at {place}" if place else "nothing points at one line: try each")
    if bug:
        looks = "this is" if diagnosis and diagnosis.sure else "looks like"
        return _wrapped(f"{looks}: {bug.name}. {bug.rule}")
    cure = diagnosis.cure if diagnosis and diagnosis.cure else "we do not know this bug"
    return _wrapped(cure)


def _place(section: SectionResult) -> str:
    """Write where the bug is, as far as that is known: mygrad.py:46 in __mul__."""
    diagnosis = section.diagnosis
    if diagnosis is None:
        return ""
    where = str(diagnosis.place) if diagnosis.place else ""
    method = diagnosis.method or (diagnosis.bug.method if diagnosis.bug else "")
    return f"{where} in {method}" if where and method else where or method


def _is_endless(failure: Failure) -> bool:
    return (failure.error or "").startswith("took over")


def hints_available(section: SectionResult | None) -> bool:
    """Tell whether there is anything to ask about."""
    return section is not None and section.failure is not None


def sections_list(passed: Iterable[str] = ()) -> list[str]:
    """Write the list of sections, a line each, with what is to be written."""
    done = set(passed)
    wide = max(map(len, SECTIONS))
    return [
        f"  {'✓' if name in done else ' '} {name:<{wide}}  {WHAT.get(name, '')}".rstrip()
        for name in SECTIONS
    ]


ALL = "all of it is right"
WHAT = {
    "derivative": "derivative(f, x): how fast f changes, by differences",
    "value": "Value(data): a number, + and *, and its parents",
    "operations": "_backward of +, *, and tanh or relu",
    "backward": "x.backward(): the order, and the chain rule",
    "more": "1 + a, 2 * a, -a, a - b, a / b, a**n, and what else you like",
    "network": "Neuron(nin), Layer(nin, nout), MLP(nin, nouts)",
    "training": "train(model, xs, ys, steps, lr)",
}


def _remarks(remarks: Sequence[str]) -> list[str]:
    lines = [line for remark in remarks[:2] for line in _wrapped(remark)[:2]]
    if len(remarks) > 2:
        lines.append(f"and {len(remarks) - 2} more remarks")
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 2)


def _later(advice: str) -> list[str]:
    first = "later: "
    return textwrap.wrap(
        advice, WIDTH - 2, initial_indent=first, subsequent_indent=" " * len(first), max_lines=2
    )


def _cut(text: str, coloured: bool = False) -> str:
    room = WIDTH + (9 if coloured else 0)
    return text if len(text) <= room else text[: room - 1] + "…"


def _two(yours: str, right: str, width: int) -> tuple[str, str]:
    """Shorten two numbers or texts so that both are on the line."""
    room = (WIDTH - width - 20) // 2
    return tuple(x if len(x) <= room else x[: room - 1] + "…" for x in (yours, right))  # type: ignore[return-value]
