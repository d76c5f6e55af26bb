"""The readable engine in pure Python against the original library: the same programs."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .results import row
from .workers import Worker, agree, interleave

CHAIN = [496.64280457604644, 993.2856091520898, 479836.66412040265]
EXPRESSION = [24.70408163265306, 138.8338192419825, 645.5772594752186]
MOONS = [0.8958441028683222]
# program, measure, rounds, what its "losses" must be, the name of the work; where the original's
# collector runs, its moons take seconds a step
WORKS = (
    ("programs/chain.py", "chain", 31, CHAIN, "chain of 10,000 operations"),
    ("programs/chain.py", "neuron", 31, CHAIN, "neuron of 16 inputs"),
    ("programs/expression_eager.py", "call", 31, EXPRESSION, "README expression"),
    ("programs/moons_eager.py", "first_steps", 3, MOONS, "moons step"),
)


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure each work with the collector as it is and off, in turns with the original."""
    for collector in ("collector-on", "collector-off"):
        for program, measure, rounds, reference, work in WORKS:
            original = Worker(program, collector, folder=folder, python=peers_python)
            ours = Worker(program, collector, folder=folder, MICROGRAD_PURE="1")
            with original, ours:
                for name, worker in (("the original", original), ("ours", ours)):
                    agree(f"{program} by {name}", worker.ask("losses"), reference)
                times = interleave(
                    1 if work == "moons step" and collector == "collector-on" else rounds,
                    ours=partial(ours.ask, measure),
                    theirs=partial(original.ask, measure),
                )
            peer = "original" if collector == "collector-on" else "original, its collector off"
            yield row(f"{work}, pure Python", peer, **times, at_least=1.0, aim=1.3)
