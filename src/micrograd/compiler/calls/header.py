"""What stands alone of a compiled function: a header in C, or a module for a library of arrays."""

from collections.abc import Callable, Mapping
from typing import Any

from ..arrays.engines import ENGINES
from ..arrays.source import array_source
from ..c.standalone import standalone
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .gradients import Slopes


def header(
    f: Callable,
    arguments: list[Argument],
    name: str,
    options: Mapping[str, Any],
    slopes: Slopes | None,
) -> str:
    """Return the header of a call of f, see ``standalone``; for a library, see ``array_source``.

    Args:
        f: the function.
        arguments: of the call.
        name: the function's, for C.
        options: of the kernel: backend, dtype.
        slopes: what f is the gradient of, if it is one.

    Raises:
        JitError: f cannot be traced, or computes nothing.
    """
    backend, dtype = options["backend"], options["dtype"]
    if backend in ENGINES:
        return array_source(f, arguments, backend, dtype)
    if slopes and (recording := slopes.recorded(arguments)):
        asked = slopes.numbers(), slopes.with_value
        return standalone(recording, slopes.function, arguments, name, dtype, asked)
    recording = trace(f, arguments)
    recording.draws.undo()
    return standalone(recording, f, arguments, name, dtype)
