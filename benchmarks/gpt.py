"""The character GPT, compiled: 1,000 documents, one a step, Adam inside, float64."""

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from .results import row
from .workers import Worker, agree, built, interleave, printed

LOSSES = [3.3659669475848504, 2.74528539365564, 2.6496944697407585]  # at steps 1, 20 and 1,000


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure against scalars in Python: a step, and the whole run from an empty cache."""
    ours = Worker("programs/gpt_compiled.py", folder=folder)
    scalar = Worker("peers/gpt_scalar.py", folder=folder, python=peers_python)
    with ours, scalar:
        agree("pure Python", scalar.ask("losses"), LOSSES[:2])
        times = interleave(
            rounds=1,  # of many steps each; theirs take minutes
            ours=partial(ours.ask, "step"),
            median_step=partial(scalar.ask, "step"),
            mean_step=partial(scalar.ask, "mean_step"),
            whole_run=partial(whole_run, folder),
        )
    step = {"ours": times["ours"], "theirs": times["median_step"]}
    yield row("GPT step, `fit`", "pure Python", **step, at_least=15_000, aim=30_000)
    work = "GPT, 1,000 steps, compiling included"
    run = {"ours": times["whole_run"], "theirs": 1000 * times["mean_step"]}
    yield row(work, "pure Python (from 20 steps)", **run, at_least=50, aim=150)


def steps(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """A step in the steady state."""
    peer = partial(Worker, folder=folder, python=peers_python)
    ours = Worker("programs/gpt_compiled.py", folder=folder)
    numpy, torch = peer("peers/gpt_numpy.py"), peer("peers/gpt_torch.py")
    compiled = partial(built, folder=folder)
    by_hand = {"plain C": compiled("gpt_plain.c", "-O3", "-march=native", "-ffast-math")}
    if _has_vectors():
        tuned = compiled("gpt_tuned.c", "-O3", "-march=native", "-fno-math-errno")
        by_hand["tuned C"] = tuned
    with ours, numpy, torch:
        agree("ours", ours.ask("losses"), LOSSES)
        agree("NumPy", numpy.ask("losses"), LOSSES)
        agree("PyTorch", torch.ask("losses"), LOSSES)
        for name, program in by_hand.items():
            agree(name, [printed(program, "1", pattern=r"final loss (\S+)")], LOSSES[2:])
        times = interleave(
            rounds=5,
            ours=partial(ours.ask, "step"),
            numpy=partial(numpy.ask, "step"),
            torch=partial(torch.ask, "step"),
            **{n: partial(printed, c, "30", pattern=r"mean (\S+)") for n, c in by_hand.items()},
        )
    step = partial(row, "GPT step, `fit`", ours=times["ours"])
    yield step("plain C", theirs=times["plain C"] * 1e-6, at_least=1 / 1.8, aim=1)
    if "tuned C" in by_hand:
        yield step("tuned C", theirs=times["tuned C"] * 1e-6, at_least=0.5, aim=1 / 1.12)
    yield step("PyTorch", theirs=times["torch"], at_least=30)
    yield step("NumPy, gradient by hand", theirs=times["numpy"], at_least=6)


def _has_vectors() -> bool:
    """Tell whether the C compiler has AVX2 for this machine, which ``gpt_tuned.c`` needs."""
    command = ["cc", "-march=native", "-dM", "-E", "-x", "c", os.devnull]
    defined = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "__AVX2__" in defined and "__FMA__" in defined


def whole_run(folder: Path) -> float:
    """Train once from an empty cache, in a new process."""
    cache = folder / "cache"
    rmtree(cache, ignore_errors=True)
    with Worker("programs/gpt_compiled.py", folder=folder, XDG_CACHE_HOME=str(cache)) as ours:
        return ours.ask("run")
