"""What grows: unrolled loops over time, and unrolled graphs up to a million nodes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from .results import row
from .workers import Worker, agree, interleave

WORKS = {"rnn": "RNN unrolled 200 steps", "ode": "ODE unrolled 2,000 steps"}
SAMPLES = {"10⁴": 14, "10⁵": 152, "10⁶": 1525}


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure first calls and the size of the C, then seconds and bytes a node."""
    yield from recurrence("rnn", peers_python, folder)
    for size, samples in SAMPLES.items():
        time = interleave(rounds=3, ours=partial(_first_call, folder, "growth", samples, "time"))
        work, unit = f"unrolled MLP of {size} nodes, first call", "s a node"
        yield row(work, "5 µs a node", **time, theirs=5e-6, at_least=1, aim=2.5, unit=unit)
        memory = interleave(
            rounds=1, ours=partial(_first_call, folder, "growth", samples, "memory")
        )
        yield row(work, "1,000 bytes a node", **memory, theirs=1000, at_least=1, unit="bytes")


def recurrence(name: str, peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The first call, and the size of the C; name: rnn or ode."""
    work = WORKS[name]

    def theirs() -> float:
        with Worker("peers/recurrences_jax.py", folder=folder, python=peers_python) as jax:
            return jax.ask(name)

    times = interleave(
        rounds=3,
        ours=partial(_first_call, folder, "recurrences", name, "first_call"),
        theirs=theirs,
    )
    jax = Worker("peers/recurrences_jax.py", folder=folder, python=peers_python)
    with jax, Worker("programs/recurrences.py", name, folder=folder) as ours:
        agree(work, ours.ask("losses"), jax.ask(f"{name}_losses"))
        size = ours.ask("source")
    yield row(f"{work}, first call", "JAX, scan", **times, at_least=0.2, aim=0.5)
    bound = "50 kB of C"
    yield row(f"{work}, size of the C", bound, ours=size, theirs=50_000, at_least=1, unit="bytes")


def _first_call(folder: Path, program: str, argument: Any, measure: str) -> float:
    """Ask a new process, with an empty cache."""
    cache = folder / "cache"
    rmtree(cache, ignore_errors=True)
    name = f"programs/{program}.py"
    with Worker(name, str(argument), folder=folder, XDG_CACHE_HOME=str(cache)) as ours:
        return ours.ask(measure)
