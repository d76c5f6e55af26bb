"""Programs in which few loops are found: to the first value and gradient."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .results import row
from .workers import Worker, agree, interleave

WORKS = {
    "soft_dtw": "soft-DTW of 16 and 16 numbers",
    "mesh": "4×4 masses on springs, 10 steps",
    "cholesky": "Cholesky factor, 40×40",
    "fft": "fast Fourier transform of 32 numbers",
    "arm": "inverse dynamics of 6 joints",
    "pendulum": "double pendulum, 100 steps of Runge and Kutta",
}


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure first calls in new processes: traced and tried by us, SX and its gradient by them."""
    for name, work in WORKS.items():

        def ask(measure: str, program: str, python: dict[str, str], name: str = name) -> Any:
            with Worker(program, name, folder=folder, **python) as worker:
                return worker.ask(measure)

        ours = partial(ask, program="programs/straight.py", python={})
        theirs = partial(ask, program="peers/straight_casadi.py", python={"python": peers_python})
        agree(work, ours("losses"), theirs("losses"))
        times = interleave(
            rounds=3, ours=partial(ours, "first_call"), theirs=partial(theirs, "first_call")
        )
        yield row(f"{work}, first call", "CasADi, SX function", **times, at_least=1, aim=2)
