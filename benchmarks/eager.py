"""The engine in C, eager: old scalar code unchanged, against the original, PyTorch and autograd."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .results import row
from .workers import Worker, agree, interleave

LOSSES = [
    *[499.9999999999712, 999.9999999999509, 499999.99999995227],  # chain: value, two gradients
    *[1.278540822459551, -0.5424755574590947, 0.8905413911078446],  # neuron
    *[24.70408163265306, 138.8338192419825, 645.5772594752186],  # README expression
]
MOONS = [0.895844102868322]  # at step 0
GPT = [3.3659669475848504]  # at step 1
WORKS = {
    "chain": "chain of 100,000 operations, eager",
    "neuron": "neuron of 16 inputs, eager",
    "readme": "README expression, eager",
}
STEP = "GPT step, eager scalars"


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure the same code on our Values and on each peer's, side by side."""
    yield from original(peers_python, folder)
    yield from moons("collector-on", peers_python, folder)
    yield from gpt(peers_python, folder)
    for kind, peer in (("torch", "PyTorch, 0-dim float64"), ("autograd", "HIPS autograd")):
        yield from tensors(kind, peer, peers_python, folder)
    yield from memory(peers_python, folder)


def original(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Forward and backward, the original's collector off in its favour."""
    ours, theirs = _workers("micrograd", peers_python, folder)
    with ours, theirs:
        for name, worker in {"ours": ours, "the original": theirs}.items():
            agree(name, worker.ask("losses"), LOSSES)
        for measure, work in WORKS.items():
            times = interleave(
                7, ours=partial(ours.ask, measure), theirs=partial(theirs.ask, measure)
            )
            yield row(work, "original, its collector off", **times, at_least=25)


def moons(collector: str, peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The original demo's own training code: the median of its first 5 steps.

    Args:
        collector: of the original; with "collector-on" it takes seconds a step.
    """
    ours = Worker("programs/moons_eager.py", "collector-on", folder=folder)
    theirs = Worker("programs/moons_eager.py", collector, folder=folder, python=peers_python)
    on, measure = collector == "collector-on", "first_steps"
    with ours, theirs:
        for name, worker in {"ours": ours, "the original": theirs}.items():
            agree(name, worker.ask("losses"), MOONS)
        times = interleave(
            1 if on else 3, ours=partial(ours.ask, measure), theirs=partial(theirs.ask, measure)
        )
    peer = "original" if on else "original, its collector off"
    yield row("moons step, eager", peer, **times, at_least=200 if on else 20)


def gpt(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """A training step, Adam in Python included: the same code, another class of scalars.

    The mean over the first documents, as for the compiled GPT: the collector's pauses count.
    """
    ours = Worker("programs/gpt_eager.py", folder=folder)
    theirs = Worker("peers/gpt_scalar.py", folder=folder, python=peers_python)
    with ours, theirs:
        reference = theirs.ask("losses")
        agree("the pure-Python scalar", reference[:1], GPT)
        agree("ours", ours.ask("losses"), reference)
        times = interleave(
            3, ours=partial(ours.ask, "mean_step"), theirs=partial(theirs.ask, "mean_step")
        )
    yield row(STEP, "pure-Python scalar, local gradients stored", **times, at_least=40)


def tensors(kind: str, peer: str, peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Libraries of arrays, given scalars; of the GPT the gradient of one document's loss."""
    ours = Worker("programs/scalar_work.py", "micrograd", folder=folder)
    theirs = Worker("programs/scalar_work.py", kind, folder=folder, python=peers_python)
    rounds = 1 if kind == "autograd" else 3  # it takes seconds, hundreds of times as long
    with ours, theirs:
        for name, worker in {"ours": ours, peer: theirs}.items():
            agree(name, worker.ask("losses"), LOSSES)
            agree(name, worker.ask("gpt_losses"), GPT)
        for measure, work in {**WORKS, "gpt": f"{STEP}, without the update"}.items():
            times = interleave(
                rounds, ours=partial(ours.ask, measure), theirs=partial(theirs.ask, measure)
            )
            yield row(work, peer, **times, at_least=50)


def memory(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Bytes a node, of processes that have built nothing before."""
    ours, theirs = _workers("micrograd", peers_python, folder)
    with ours, theirs:
        sizes = {"ours": ours.ask("bytes"), "theirs": theirs.ask("bytes")}
    yield row("memory, eager", "original", **sizes, at_least=10, unit="bytes a node")


def _workers(kind: str, peers_python: str, folder: Path) -> tuple[Worker, Worker]:
    program = "programs/scalar_work.py"
    ours = Worker(program, kind, folder=folder)
    return ours, Worker(program, kind, "collector-off", folder=folder, python=peers_python)
