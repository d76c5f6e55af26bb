"""The compiler against the peers: every row of what it set out to reach, but the first ones."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from . import gpt, moons, networks, recurrences, straight
from .results import row
from .workers import Worker, agree, built, interleave, printed


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure all that is compiled, work by work."""
    yield from moons.rows(peers_python, folder)
    yield from gpt.rows(peers_python, folder)
    yield from networks.rows(peers_python, folder)
    yield from expression(peers_python, folder)
    yield from options(peers_python, folder)
    yield from cores(folder)
    yield from recurrences.rows(peers_python, folder)
    yield from straight.rows(peers_python, folder)


def expression(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The README expression, value and gradient, as a batch of 100,000 and one at a time."""
    peer = partial(Worker, folder=folder, python=peers_python)
    ours = Worker("programs/expression_compiled.py", folder=folder)
    original = peer("programs/expression_eager.py", "collector-off")
    casadi, jax = peer("peers/expression_casadi.py"), peer("peers/expression_jax.py")
    c = built("expression.c", "-O3", "-march=native", folder=folder)
    reference = [24.70408163265306, 138.8338192419825, 645.5772594752186]
    by_c = [printed(c, pattern=rf"{name} (\S+)") for name in ("value", "by a", "by b")]
    with ours, original, casadi, jax:
        for name, worker in {"ours": ours, "original": original, "JAX": jax}.items():
            agree(name, worker.ask("losses"), reference)
        agree("CasADi over a batch", casadi.ask("losses"), reference)
        agree("ours over a batch", ours.ask("batch_losses"), reference)
        agree("tuned C", by_c, reference)
        times = interleave(
            rounds=11,
            ours_batch=partial(ours.ask, "batch"),
            ours_call=partial(ours.ask, "call"),
            original=partial(original.ask, "call"),
            casadi_batch=partial(casadi.ask, "batch"),
            casadi_call=partial(casadi.ask, "call"),
            jax_call=partial(jax.ask, "call"),
            c_ns=partial(printed, c, pattern=r"median (\S+)"),
        )
    work = "README expression, value and gradient, 100,000 as one batch"
    batch = partial(row, work, ours=times["ours_batch"])
    yield batch("original", theirs=times["original"], at_least=10_000, aim=40_000)
    yield batch("CasADi, generated C", theirs=times["casadi_batch"], at_least=20, aim=80)
    yield batch("tuned C", theirs=times["c_ns"] * 1e-9, at_least=1 / 2.5, aim=1 / 1.67)
    call = partial(row, "README expression, one call from Python", ours=times["ours_call"])
    yield call("JAX jit", theirs=times["jax_call"], at_least=20, aim=80)
    yield call("CasADi", theirs=times["casadi_call"], at_least=5, aim=20)


def options(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Options and their Greeks, 100,000 as one batch."""
    ours = Worker("programs/options_compiled.py", folder=folder)
    with ours, Worker("peers/options_jax.py", folder=folder, python=peers_python) as jax:
        agree("ours", ours.ask("losses"), jax.ask("losses"))
        times = interleave(
            rounds=11, ours=partial(ours.ask, "batch"), theirs=partial(jax.ask, "batch")
        )
    work = "an option and its Greeks, 100,000 as one batch"
    yield row(work, "JAX jit", **times, at_least=1.5, aim=2)


def cores(folder: Path) -> Iterator[dict[str, Any]]:
    """A large batch on two cores, beside the same on one."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return
    with Worker("programs/large_batch.py", folder=folder) as ours:
        ours.ask("one")
        on_one = ours.ask("losses")
        ours.ask("two")
        agree("two cores", ours.ask("losses"), on_one)
        times = interleave(
            rounds=11, ours=partial(ours.ask, "two"), theirs=partial(ours.ask, "one")
        )
    work = "loss of the moons and its gradient, 65,536 as one batch, two cores"
    yield row(work, "ours, on one core", **times, at_least=1.6, aim=1.9)
