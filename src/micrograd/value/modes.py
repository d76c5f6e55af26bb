"""What a thread does besides computing: does it remember, check for anomalies, is it traced?

One object per thread, read by every operation and changed through ``set_mode`` alone, so that the
compiled engine, which keeps its own copy, always agrees.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from typing import Any, Protocol

from .. import ops


class Tracer(Protocol):
    """What the engine tells the compiler while one of its traces is running."""

    tape: list  # receives every value made, in order; always the same list
    clocks: list  # of text: what the function has read of the time, and where

    def compare(self, op: Any, x: Any, y: Any) -> Any:
        """Return what ``x < y`` and its like give instead of a bool."""

    def equal(self, x: Any, y: Any) -> Any:
        """Return what ``x == y`` gives of numbers instead of a bool."""

    def frozen(self, x: Any) -> None:
        """Take note that the program holds for this very number only."""

    def exact(self, x: Any, limit: int) -> None:
        """Take note that the program holds while a whole number stays below a limit."""

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Return one of two."""

    def differentiating(self, variables: Any) -> None:
        """Take note of the variables of a transform."""

    def are_objects(self, items: Any) -> bool:
        """Tell whether any of some numbers is an object in the plain run, not a float."""

    def pick(self, made: Any) -> Any:
        """Take note of a value just made that is one of its parents in the plain run."""

    def has_nan(self, made: Any) -> bool:
        """Tell whether any of some numbers is nan, and take note that the program holds so."""

    def share(self, value: Any, slope: Any, given: Any) -> Any:
        """Return what a parent gets of a value's gradient, given the slope between them."""

    def of_python(self, x: Any, raises: bool = False) -> Any:
        """Return a number that is Python's own float; maybe of a function that raises."""

    def prints(self, what: Any) -> None:
        """Take note of what is printed."""

    def is_of_numpy(self, x: Any) -> bool:
        """Tell whether a number is NumPy's own in the plain run."""

    def class_of(self, x: Any) -> type:
        """Return the class of a number to whoever asks: that of the plain run to the user."""

    def array(self, items: list, shape: Any) -> Any:
        """Return an array of what was computed."""

    def look_up(self, table: Any, index: Any, place: int) -> list[Any] | None:
        """Return what stands for a row of a table, at this place now; None where nothing can."""

    def gathered(self, share: Any, value: Any, parent: Any) -> Any:
        """Return what value adds to its parent's gradient: over all examples, where there are."""

    def reading(self, value: Any) -> Any:
        """Return what ``value.data`` gives: a plain number that stands for that of each call."""

    def reading_grad(self, value: Any) -> Any:
        """Return what ``value.grad`` gives: a plain number that stands for that of each call."""

    def is_number(self, x: Any) -> bool:
        """Tell whether x stands for a plain number."""

    def made(self, value: Any, data: Any) -> None:
        """Take a new value that the user has made out of a number."""

    def assigning(self, value: Any, name: str, x: Any) -> float:
        """Take what is assigned to ``data`` or ``grad``; return it as a float."""

    def backward(self, value: Any) -> None:
        """Do what ``value.backward()`` does, for the numbers of every call."""

    def writing(self, value: Any) -> None:
        """Raise when a number is written into a text."""

    def copied(self, value: Any, deep: bool) -> Any:
        """Return what a copy of a value is."""

    def indexing(self, value: Any) -> None:
        """Raise when Python wants an int, which would freeze one into the program."""

    def depends_on(self, owner: Any, attribute: str, value: Any) -> None:
        """Take note that the program holds only while ``owner.attribute`` is ``value``."""


class Mode(threading.local):
    """The state of one thread; ``on`` is true when any of it differs from ordinary."""

    on: bool = False
    grad: bool = True  # False inside no_grad: results have no parents
    anomaly: bool = False  # True inside detect_anomaly
    tracer: Tracer | None = None

    def __init__(self) -> None:
        self.former: list[dict[str, Any]] = []  # what the blocks we are in will set again


class AnomalyError(FloatingPointError):
    """The operation that first made a nan or an infinity out of finite numbers, by name."""

    __module__ = "micrograd"  # where it is to be had, as messages name it


mode = Mode()
followers: list[Callable[[bool, bool, bool, Tracer | None], None]] = []  # told of each change


def set_mode(**changes: Any) -> dict[str, Any]:
    """Change ``grad``, ``anomaly`` or ``tracer`` for this thread; return the former values."""
    former = {key: getattr(mode, key) for key in changes}
    for key, value in changes.items():
        setattr(mode, key, value)
    mode.on = not mode.grad or mode.anomaly or mode.tracer is not None
    for follow in followers:
        follow(mode.on, mode.grad, mode.anomaly, mode.tracer)
    return former


class changed(ContextDecorator):
    """Modes changed for the length of a ``with`` block or a call; one can be used many times."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    def __enter__(self) -> None:
        mode.former.append(set_mode(**self._changes))

    def __exit__(self, *exception: object) -> None:
        set_mode(**mode.former.pop())


def no_grad() -> changed:
    """Compute without remembering how, in this thread: results are leaves. Also a decorator.

    >>> from micrograd import Value
    >>> with no_grad():
    ...     Value(2.0).tanh().parents
    ()
    """
    return changed(grad=False)


def detect_anomaly() -> changed:
    """Raise AnomalyError at the operation that first makes a nan or an infinity. Also a decorator.

    Both ways are watched, for this thread: the values forward, and in ``backward`` the gradients.
    """
    return changed(anomaly=True)


def observe(out: Any) -> Any:
    """Do with a value just computed what the mode asks; return what to go on with."""
    if mode.anomaly:
        check_finite(out, "value", [p._data for p in out.parents], [out._data])
    if mode.tracer is not None:
        mode.tracer.tape.append(out)
        return out if mode.grad or out.op is ops.DETACH else out._apply(ops.DETACH, out)
    return out if mode.grad else out._make(type(out), out._data, 0.0, None, (), "")


def checked(value: Any) -> None:
    """Run one step of ``backward``; raise AnomalyError if it spoilt a finite gradient."""
    given = [value.grad, *[p._data for p in value.parents], *[p.grad for p in value.parents]]
    value._backward()
    check_finite(value, "gradients of these", given, [p.grad for p in value.parents])


def check_finite(out: Any, what: str, given: Sequence[float], made: Sequence[float]) -> None:
    """Raise AnomalyError if ``made`` holds a nan or infinity although all ``given`` are finite."""
    if all(x - x == 0 for x in given) and not all(x - x == 0 for x in made):
        parents = ", ".join(repr(p) for p in out.parents)
        raise AnomalyError(f"{out._op} of {parents} made the {what} {made} out of finite numbers")
