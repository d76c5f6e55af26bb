"""What a thread does besides computing: whether it remembers, whether it checks for anomalies, whether it is traced.

One object per thread, read by every operation and changed through ``set_mode`` alone, so that the compiled engine,
which keeps its own copy, always agrees.
"""

import threading
from collections.abc import Sequence
from typing import Any, Protocol


class Tracer(Protocol):
    """What the engine tells the compiler while one of its traces is running."""

    tape: list  # receives every value made, in order

    def compare(self, op: Any, x: Any, y: Any) -> Any:
        """Return what ``x < y`` and its like give instead of a bool."""

    def reading(self, value: Any) -> None:
        """Called before ``value.data`` is read; raises when that would freeze a number into the program."""


class Mode(threading.local):
    """The state of one thread; ``on`` is true when any of it differs from ordinary, so that one test is enough."""

    on: bool = False
    grad: bool = True  # False inside no_grad: results have no parents
    anomaly: bool = False  # True inside detect_anomaly
    tracer: Tracer | None = None


class AnomalyError(FloatingPointError):
    """Raised inside ``detect_anomaly`` by the operation that first made a nan or an infinity out of finite numbers."""


mode = Mode()


def set_mode(**changes: Any) -> dict[str, Any]:
    """Change ``grad``, ``anomaly`` or ``tracer`` for this thread; return the former values, to be set again later."""
    former = {key: getattr(mode, key) for key in changes}
    for key, value in changes.items():
        setattr(mode, key, value)
    mode.on = not mode.grad or mode.anomaly or mode.tracer is not None
    return former


def check_finite(out: Any, what: str, given: Sequence[float], made: Sequence[float]) -> None:
    """Raise AnomalyError if ``made`` holds a nan or an infinity although all ``given`` were finite."""
    if all(x - x == 0 for x in given) and not all(x - x == 0 for x in made):
        parents = ", ".join(repr(p) for p in out.parents)
        raise AnomalyError(f"{out._op} of {parents} made the {what} {made} out of finite numbers")
