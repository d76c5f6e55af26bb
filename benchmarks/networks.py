"""Wider networks, compiled, against PyTorch on one thread: digits, layers of all widths, LeNet."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .results import row
from .workers import Worker, interleave

SIZES = {  # inputs, hidden, outputs, dtype: to reach, aim
    (1024, 4, 27, "float32"): (2.0, 4.0),
    (1024, 64, 27, "float32"): (1.0, 1.5),
    (1024, 1024, 27, "float32"): (0.3, 0.8),
    (256, 256, 10, "float32"): (1.0, 1.0),
    (512, 512, 10, "float32"): (1.0, 1.0),
    (1024, 1024, 10, "float64"): (1.0, 1.0),
    (2048, 2048, 10, "float32"): (1.0, 1.0),
}


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure steps of MLPs with one hidden layer, and of LeNet."""
    for sizes, (at_least, aim) in SIZES.items():
        argv = tuple(map(str, sizes))
        rounds = 5 if sizes[1] < 1024 else 3  # large ones begin slowly, and run evenly
        program = ("programs/width_compiled.py", *argv), ("peers/width_torch.py", *argv)
        times = _measured(program, "step", peers_python, folder, rounds)
        work = f"step of MLP {'-'.join(argv[:3])}, batch 64, {argv[3]}"
        yield row(work, "PyTorch", **times, at_least=at_least, aim=aim)
    for dtype in ("float64", "float32"):
        program = ("programs/lenet_compiled.py", dtype), ("peers/lenet_torch.py", dtype)
        times = _measured(program, "step", peers_python, folder, rounds=5)
        yield row(f"step of LeNet, batch 32, {dtype}", "PyTorch", **times, at_least=1.5, aim=2)


def digits(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """An epoch of digits."""
    work = "digits epoch, MLP 64-32-10, batches of 64"
    program = ("programs/digits_compiled.py",), ("peers/digits_torch.py",)
    times = _measured(program, "epoch", peers_python, folder)
    yield row(work, "PyTorch", **times, at_least=3, aim=10)


def _measured(
    program: tuple[tuple[str, ...], tuple[str, ...]],
    measure: str,
    peers_python: str,
    folder: Path,
    rounds: int = 11,
) -> dict[str, float]:
    ours = Worker(*program[0], folder=folder)
    theirs = Worker(*program[1], folder=folder, python=peers_python)
    with ours, theirs:
        ours.ask(measure), theirs.ask(measure)  # the first time compiles
        return interleave(
            rounds=rounds, ours=partial(ours.ask, measure), theirs=partial(theirs.ask, measure)
        )
