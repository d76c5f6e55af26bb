"""The measuring side: start programs, pin them to one core, ask them in turns, keep the medians."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from shutil import which
from statistics import median
from typing import Any

HERE = Path(__file__).parent
# What keeps PyTorch and its libraries, JAX, NumPy and its BLAS to AVX2.
_AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Haswell",
}
PATHS = os.pathsep.join([str(HERE.parent / "examples"), str(HERE)])


class Worker:
    """A Python program of ``programs/`` or ``peers/`` that answers measures until it is closed.

    Args:
        program: the file, relative to this folder, and its arguments.
        folder: where it runs, with the data files of ``make_data.py``.
        python: the interpreter; ours when not given.
        env: what its environment has besides ours.
    """

    def __init__(self, *program: str, folder: Path, python: str = sys.executable, **env: str):
        self.name = " ".join(program)
        self.process = subprocess.Popen(
            [python, str(HERE / program[0]), *program[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": PATHS, **env},
        )

    def ask(self, measure: str) -> Any:
        """Return what the program answers.

        Raises:
            RuntimeError: it died; its own message stands on stderr.
        """
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(measure + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(
                f"{self.name} died when asked for {measure!r}: see its message above"
            )
        return json.loads(answer)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *exception: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def built(source: str, *flags: str, folder: Path) -> Path:
    """Compile a C program of ``peers/`` into ``folder`` and return its path."""
    program = folder / "_".join([Path(source).stem, *(f.strip("-") for f in flags if "=" not in f)])
    subprocess.run(
        ["cc", *flags, str(HERE / "peers" / source), "-o", str(program), "-lm"], check=True
    )
    return program


def printed(program: Path, *arguments: str, pattern: str) -> float:
    """Run a C program in its folder and return the number that ``pattern`` finds."""
    command = [str(program), *arguments]
    text = subprocess.run(
        command, cwd=program.parent, check=True, capture_output=True, text=True
    ).stdout
    found = re.search(pattern, text)
    if not found:
        raise RuntimeError(f"no {pattern!r} in what {program.name} printed: {text!r}")
    return float(found[1])


def interleave(rounds: int, **measures: Callable[[], float]) -> dict[str, float]:
    """Call the measures in turns, ``rounds`` times, and return the median of each."""
    times: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            times[name].append(measure())
    return {name: median(series) for name, series in times.items()}


def pin() -> int | None:
    """Keep this process and all that it starts on the last core; return which."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    return core


def keep_to_avx2(folder: Path) -> None:
    """Let this process and all that it starts use no wider vectors than AVX2's.

    Args:
        folder: holds a ``cc`` from now on that is found before the machine's own.
    """
    compiler = which("cc")
    if compiler is None:
        raise FileNotFoundError("there is no cc on the PATH: install gcc or clang")
    wrapper = folder / "avx2" / "cc"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {quote(compiler)} "$@" -mno-avx512f\n')
    wrapper.chmod(0o755)
    os.environ["PATH"] = os.pathsep.join([str(wrapper.parent), os.environ.get("PATH", "")])
    os.environ.pop("CC", None)
    os.environ |= _AVX2


def agree(name: str, losses: list[float], reference: list[float]) -> None:
    """Check that a program solved the same problem: its losses are right within 1e-9."""
    if not all(abs(a - b) <= 1e-9 for a, b in zip(losses, reference, strict=True)):
        raise RuntimeError(f"{name} gives the losses {losses}; the problem's are {reference}")
