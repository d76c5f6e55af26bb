"""The moons problem, compiled: 100 samples, MLP 2-16-16-1, hinge loss and L2, SGD, float64."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from .results import row
from .workers import Worker, agree, built, interleave, printed

LOSSES = [0.895844102868322, 0.010978370135493]  # at steps 0 and 99


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure against the slowest peers, and the first call."""
    yield from original(peers_python, folder)
    yield from casadi(peers_python, folder)
    yield from first_calls(peers_python, folder)


def steps(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """One training step, by ``fit`` and in a Python loop, everything compiled beforehand."""
    peer = partial(Worker, folder=folder, python=peers_python)
    ours = Worker("programs/moons_compiled.py", folder=folder)
    torch, jax = peer("peers/moons_torch.py"), peer("peers/moons_jax.py")
    c = built("moons.c", "-O3", "-march=native", "-ffast-math", "-DPLAIN", folder=folder)
    tuned = built("moons.c", "-O3", "-march=native", folder=folder)
    with ours, torch, jax:
        for measure in ("fit_losses", "loop_losses"):
            agree(f"ours, {measure}", ours.ask(measure), LOSSES)
        agree("PyTorch", torch.ask("losses"), LOSSES)
        agree("JAX", jax.ask("losses"), LOSSES)
        for name, program in {"plain C": c, "tuned C": tuned}.items():
            agree(name, [printed(program, pattern=r"loss\[99\]=(\S+)")], LOSSES[1:])
        times = interleave(
            rounds=11,
            fit=partial(ours.ask, "fit"),
            loop=partial(ours.ask, "loop"),
            torch_by_hand=partial(torch.ask, "by_hand"),
            torch_by_sgd=partial(torch.ask, "by_sgd"),
            jax_loop=partial(jax.ask, "fori_loop"),
            jax_step=partial(jax.ask, "step"),
            c_ns=partial(printed, c, pattern=r"wall median (\S+)"),
            tuned_ns=partial(printed, tuned, pattern=r"wall median (\S+)"),
        )
    torch_best = min(times["torch_by_hand"], times["torch_by_sgd"])
    fit = partial(row, "moons step, `fit`", ours=times["fit"])
    yield fit("PyTorch", theirs=torch_best, at_least=40, aim=80)
    yield fit("JAX, its loop inside jit", theirs=times["jax_loop"], at_least=1.5, aim=3)
    yield fit("plain C", theirs=times["c_ns"] * 1e-9, at_least=1 / 0.7, aim=1 / 0.35)
    yield fit("tuned C", theirs=times["tuned_ns"] * 1e-9, at_least=1 / 1.3, aim=1 / 1.1)
    loop = partial(row, "moons step, Python loop", ours=times["loop"])
    yield loop("PyTorch", theirs=torch_best, at_least=5, aim=10)
    yield loop("JAX", theirs=times["jax_step"], at_least=0.8, aim=1.5)


def original(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The library that began it, as its demo trains."""
    ours = Worker("programs/moons_compiled.py", folder=folder)
    theirs = Worker("programs/moons_eager.py", "collector-on", folder=folder, python=peers_python)
    with ours, theirs:
        agree("the original", theirs.ask("losses"), LOSSES[:1])
        times = interleave(
            rounds=1, ours=partial(ours.ask, "fit"), theirs=partial(theirs.ask, "first_steps")
        )
    yield row("moons step, `fit`", "original", **times, at_least=100_000, aim=250_000)


def casadi(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """CasADi on the same scalar graph: to compile it, and to evaluate it (without an update).

    Where its C takes more than a minute to compile, that is the row, and there is no other.
    """
    ours = Worker("programs/moons_unrolled.py", folder=folder, XDG_CACHE_HOME=_empty(folder))
    fit = Worker("programs/moons_compiled.py", folder=folder)
    peer = Worker("peers/moons_casadi.py", folder=folder, python=peers_python)
    first = partial(
        row, "moons unrolled, from formula to first result", "CasADi, generated C", at_least=15
    )
    with ours, fit, peer:
        seconds, compiled = peer.ask("compile")
        yield first(ours=ours.ask("first_call"), theirs=seconds, aim=40, given_up=not compiled)
        if not compiled:
            return
        agree("CasADi", peer.ask("losses"), LOSSES)
        times = interleave(
            rounds=11, ours=partial(fit.ask, "fit"), theirs=partial(peer.ask, "evaluation")
        )
    yield row("moons step, `fit`", "CasADi, generated C", **times, at_least=10, aim=25)


def first_calls(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The first call on 66,014 unrolled scalars, against JAX's on its form vectorised by hand."""
    cache = str(folder / "cache")

    def first_call(emptied: bool) -> float:
        if emptied:
            _empty(folder)
        with Worker("programs/moons_unrolled.py", folder=folder, XDG_CACHE_HOME=cache) as ours:
            return ours.ask("first_call")

    def theirs() -> float:
        with Worker("peers/moons_jax.py", folder=folder, python=peers_python) as jax:
            return jax.ask("first_call")

    times = interleave(
        rounds=3,
        empty=partial(first_call, True),
        filled=partial(first_call, False),
        jax=theirs,
    )
    with Worker("programs/moons_unrolled.py", folder=folder) as ours:
        agree("ours, unrolled", ours.ask("losses"), LOSSES[:1])
    work = "moons unrolled, first call"
    yield row(work, "JAX", ours=times["empty"], theirs=times["jax"], at_least=0.2, aim=0.5)
    work = "moons unrolled, first call from the disk cache"
    yield row(work, "JAX", ours=times["filled"], theirs=times["jax"], at_least=1 / 1.5, aim=2)


def _empty(folder: Path) -> str:
    """Return a cache folder with nothing in it."""
    rmtree(folder / "cache", ignore_errors=True)
    return str(folder / "cache")
