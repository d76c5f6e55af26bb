"""While a trace runs, the clock is another: what depends on it is then seen, and refused by name.

A result that hangs on the time by less than rounding can show would stay as it was when it was
compiled. So a trace reads times far from now, each further than the last. ``datetime`` is ours in
the globals of the functions that are traced, like ``isinstance``, and nowhere else.
"""

import datetime
import os
import random
import sys
import time
import types
from collections.abc import Callable
from functools import wraps
from typing import Any

from ...value.modes import mode
from ..errors import JitError, is_of_library, users_line
from .extensions import is_importing

_FAR = 10**7  # seconds, a third of a year


def _shift(name: str, depth: int = 2) -> int:
    """Return by how many seconds the time is another, of a reading in code of the user's own."""
    caller = sys._getframe(depth).f_code.co_filename
    if mode.tracer is None or is_of_library(caller):
        return 0
    mode.tracer.clocks.append(f"{name}()\n  at {users_line()}")
    return (len(mode.tracer.clocks) % 100) * _FAR


def _of_time(original: Callable) -> Callable:
    """A function of ``time``."""
    name = original.__name__
    unit = 10**9 if name.endswith("_ns") else 1

    @wraps(original)
    def read() -> Any:
        return original() + _shift(f"time.{name}") * unit

    return read


def _of_urandom(original: Callable) -> Callable:
    """``os.urandom``, by which ``secrets``, ``uuid4`` and ``SystemRandom`` draw."""

    @wraps(original)
    def drawn(size: int, /) -> bytes:
        if mode.tracer is not None and not is_importing():
            raise JitError(
                "it draws from the system's random numbers (os.urandom), which are others at each "
                "call: draw from micrograd.random, or pass them as arguments\n"
                f"  at {users_line()}"
            )
        return original(size)

    return drawn


class _OfDates(type):
    """What is ours of a class of ``datetime`` makes, and knows, nothing but those of Python."""

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return cls.__base__(*args, **options)  # type: ignore[misc]

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, cls.__base__)  # type: ignore[arg-type]

    def __subclasscheck__(cls, c: Any) -> bool:
        return issubclass(c, cls.__base__)  # type: ignore[arg-type]


def _later(name: str) -> datetime.timedelta:
    return datetime.timedelta(seconds=_shift(name, 3))


class _Datetime(datetime.datetime, metaclass=_OfDates):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return datetime.datetime.now(tz) + _later("datetime.now")

    @classmethod
    def utcnow(cls) -> Any:
        return datetime.datetime.utcnow() + _later("datetime.utcnow")

    @classmethod
    def today(cls) -> Any:
        return datetime.datetime.now() + _later("datetime.today")


class _Date(datetime.date, metaclass=_OfDates):
    @classmethod
    def today(cls) -> Any:  # Python's own would ask time.time
        return (datetime.datetime.now() + _later("date.today")).date()


_MODULE = types.ModuleType("datetime")
vars(_MODULE).update(vars(datetime), datetime=_Datetime, date=_Date)

DATES: dict[int, Any] = {
    id(datetime): _MODULE,
    id(datetime.datetime): _Datetime,
    id(datetime.date): _Date,
}

_CLOCKS = ("time", "perf_counter", "monotonic", "process_time", "thread_time")
PATCHES: list[tuple[Any, str, Any, Any]] = [
    *[
        (time, name, getattr(time, name), _of_time(getattr(time, name)))
        for clock in _CLOCKS
        for name in (clock, f"{clock}_ns")
        if hasattr(time, name)
    ],
    (os, "urandom", os.urandom, _of_urandom(os.urandom)),
    (random, "_urandom", os.urandom, _of_urandom(os.urandom)),
]
