"""What there is to read of a compiled function: its scalar graph, its loops, its source."""

from collections.abc import Callable, Mapping
from typing import Any

from ..arrays.engines import ENGINES
from ..arrays.source import array_source
from ..c.standalone import standalone
from ..pipeline import flattened, lower
from ..tracing.names import name_all
from ..tracing.numbering import graph_of
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .gradients import Slopes
from .maker import nests


def scalar_graph(f: Callable, arguments: list[Argument]) -> Any:
    """Return the graph of a call, one node a line when printed."""
    return graph_of(_recorded(f, arguments), set())


def loops(f: Callable, arguments: list[Argument], until: str) -> Any:
    """Return the loops of a call after a pass; see ``Jitted.lower``."""
    recording = _recorded(f, arguments)
    graph = graph_of(recording, nests(arguments))
    if until == "flatten":
        return flattened(graph)
    return name_all(lower(graph, until), recording, f, recording.with_first(arguments))


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
    return standalone(_recorded(f, arguments), f, arguments, name, dtype)


def _recorded(f: Callable, arguments: list[Argument]) -> Trace:
    recording = trace(f, arguments)
    recording.draws.undo()
    return recording
