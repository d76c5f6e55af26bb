"""Random cases of every kind, until they are done; a failure is made small and printed.

    python tests/fuzz [kind] [--seed SEED] [--cases CASES]

``make fuzz`` runs it with KIND, SEED and CASES. A failure is named by its seed, which repeats it.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable

import engines
import meaning
import saved
import steps
import texts
from minimise import minimised

from programs import program

Verdict = Callable[[str], tuple[str, str]]
KINDS: dict[str, tuple[Callable[[int], str], Callable[[int], Verdict], int]] = {
    "meaning": (
        program,
        lambda seed: lambda text: meaning.verdict(text, **meaning.options(seed)),
        60,
    ),
    "steps": (
        steps.program,
        lambda seed: lambda text: meaning.verdict(text, **meaning.options(seed)),
        10,
    ),
    "engines": (engines.program, lambda seed: engines.verdict, 20),
    "saved": (saved.program, lambda seed: saved.verdict, 4),
    "texts": (texts.program, lambda seed: texts.verdict, 6),
}  # of each: what makes a case, what judges it, how many of a hundred cases are of it
REFUSALS = 0.03  # of the cases; more is a kind of program that should compile


def alike(words: str) -> str:
    """What failures of one kind have in common."""
    return re.sub(r"[-+]?\d[\d.e+-]*|\[[^]]*\]|result\S*", "#", words)[:60]


def run(kinds: list[str], first: int, cases: int, seconds: float = 60.0) -> Counter:
    """Try cases of some kinds; return how many there were of each outcome."""
    outcomes: Counter = Counter()
    for name in kinds:
        make, judge, share = KINDS[name]
        count = cases if len(kinds) == 1 else cases * share // 100
        print(f"{name}: seeds {first} to {first + count - 1}", flush=True)
        for seed in range(first, first + count):
            text = make(seed)
            outcome, words = judge(seed)(text)
            outcomes[outcome or "right"] += 1
            if outcome:
                print(f"\n{name} {seed}: {outcome}: {words}", flush=True)
            if outcome and outcome != "refused" and seconds:
                wanted = outcome, alike(words)

                def fails(smaller: str, seed: int = seed, wanted: tuple = wanted) -> bool:
                    got, said = judge(seed)(smaller)  # noqa: B023
                    return (got, alike(said)) == wanted or got == wanted[0] == "different"

                print(
                    minimised(text, fails, seconds)
                    if name in ("meaning", "steps", "engines")
                    else text
                )
    return outcomes


def main() -> int:
    """Run what the command line says; fail where anything but a refusal was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=["", *KINDS], default="")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--cases", type=int, default=20_000)
    given = parser.parse_args()
    began = time.monotonic()
    outcomes = run([given.kind] if given.kind else list(KINDS), given.seed, given.cases)
    right, refused = outcomes.pop("right", 0), outcomes.pop("refused", 0)
    total = right + refused + sum(outcomes.values())
    seconds = time.monotonic() - began
    print(f"{total} cases in {seconds:.0f} s: {refused} refused, {dict(outcomes)} wrong")
    return int(bool(outcomes) or refused > REFUSALS * total)


if __name__ == "__main__":
    sys.exit(main())
