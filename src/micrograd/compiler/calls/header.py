"""Standalone C of what a compiled function returns: the loops that run when it is called."""

from collections.abc import Callable

from ..c.standalone import standalone
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .gradients import Slopes


def header(
    f: Callable, arguments: list[Argument], name: str, dtype: str, slopes: Slopes | None
) -> str:
    """Return the header of a call of f; see ``standalone``.

    Args:
        f: the function.
        arguments: of the call.
        name: the function's, for C.
        dtype: of all numbers.
        slopes: what f is the gradient of, if it is one.

    Raises:
        JitError: f cannot be traced, or computes nothing.
    """
    if slopes and (recording := slopes.recorded(arguments)):
        asked = slopes.numbers(), slopes.with_value
        return standalone(recording, slopes.function, arguments, name, dtype, asked)
    recording = trace(f, arguments)
    recording.draws.undo()
    return standalone(recording, f, arguments, name, dtype)
