"""What is exported: a model or a function, traced for a batch of any size, with named weights."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..arguments import array, choice, function, shown
from ..compiler.arrays.building import arrays_of
from ..compiler.arrays.program import ArrayProgram
from ..compiler.pipeline import for_arrays
from ..compiler.tracing.names import name_all
from ..compiler.tracing.numbering import graph_of
from ..compiler.tracing.recording import Trace
from ..compiler.tracing.signature import Argument, checked_argument
from ..compiler.tracing.trace import trace
from ..engine import Value
from ..nn import Module
from ..nn.states import entries_of
from ..transforms import vmap
from ..value import buffers
from ..value.modes import no_grad
from .columns import columns_of
from .naming import WeightNames

DTYPES = ("float64", "float32")
_ALL = "weights"  # of a function of one's own


@dataclass(slots=True)
class Exported:
    """A function of a batch as an array program, whose inputs are constants, weights and x.

    ``weights`` and ``constants`` are arrays by name, in the order in which the program takes them:
    constants first, then weights, under the names of ``state_dict``. ``unused`` are those that
    evaluation does not read, ``buffers`` the names of what is no parameter. ``input`` and
    ``output`` are the shapes of one example, ``columns`` the names of its numbers.
    """

    program: ArrayProgram
    constants: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]
    input: tuple[int, ...]
    output: tuple[int, ...]
    title: str
    unused: dict[str, np.ndarray]
    buffers: set[str]
    columns: list[str]


def subject(m: Any, x: Any, dtype: str = "float64") -> Exported:
    """Trace a model, in evaluation mode, or a function.

    Args:
        m: a Module, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        dtype: of the weights, "float64" or "float32".

    Raises:
        TypeError: m is neither, or x is no example, or the result is no number or list of such.
        ValueError: m branches on its numbers, draws random ones, or is called with another shape.
        JitError: it cannot be compiled.
    """
    choice("dtype", dtype, DTYPES)
    check_exportable(m)
    example = array("x, one example,", x)
    columns = columns_of(m, x, example.shape)
    x = example if hasattr(x, "to_numpy") else x
    rows = np.stack([example, example])
    batch = checked_argument(rows.tolist() if isinstance(x, list) else rows, "x", False)
    one = vmap(lambda x: m(x))
    with recorded(m, one, [batch], x) as recording:
        trace = recording.trace
        program = for_arrays(graph_of(trace, set()))
        named = name_all(program, trace, one, trace.with_first([batch]))
        arrays = arrays_of(named, [i.argument for i in trace.inputs])
        entries = _entries(m, trace.captured)
        numbers = np.empty(len(trace.captured))
        buffers.read_data(trace.captured, numbers)
    writer, is_model = WeightNames(arrays, entries), isinstance(m, Module)
    return Exported(
        writer.program(recording.shape),
        {k: _typed(numbers, dtype) for k, numbers in writer.constants.items()},
        {name: np.asarray(numbers[at], dtype) for name, at in entries.items()},
        example.shape,
        recording.shape,
        shown_title(m),
        {name: a for name, a in m.state_dict().items() if name not in entries} if is_model else {},
        _buffers(m) if is_model else set(),
        columns,
    )


class Traced(NamedTuple):
    """What a function did with stand-ins, and the shape of what it gave for one example."""

    trace: Trace
    shape: tuple[int, ...]


@contextmanager
def recorded(
    m: Any, f: Callable[..., Any], arguments: Sequence[Argument], x: Any = None
) -> Iterator[Traced]:
    """Trace f, which calls m, a module in evaluation mode; refuse what a file cannot decide.

    Args:
        m: what is exported.
        f: what is traced.
        arguments: of f.
        x: one example; None takes the argument's value.

    Raises:
        TypeError: what it returns is no number, nor numbers in lists of one shape.
        ValueError: it draws random numbers, or branches on its numbers.
    """
    modes = [(part, part.training) for part in m.modules()] if isinstance(m, Module) else []
    for part, _ in modes:
        part.training = False
    try:
        with no_grad():
            shape = shape_of(m(arguments[0].value if x is None else x))
        made = trace(f, arguments)
        if made.draws.segments:
            made.draws.undo()
            raise ValueError(
                "what is exported draws random numbers: export a function that is given them"
            )
        if made.guards:
            raise ValueError(
                "what is exported branches on its numbers, and a file has one way only: write the "
                "branch with where(condition, a, b)"
            )
        yield Traced(made, shape)
    finally:
        for part, training in modes:
            part.training = training


def check_exportable(m: Any) -> None:
    """Refuse what cannot be called; of an estimator, also a pipeline's, say what can."""
    steps: Any = getattr(m, "steps", None)
    is_pipeline = isinstance(steps, list) and bool(steps)
    e = steps[-1][-1] if is_pipeline else m
    if isinstance(getattr(e, "model_", None), Module):
        target = " * e.target_scale_ + e.target_mean_" if hasattr(e, "target_mean_") else ""
        what = f"the pipeline {shown(m)}" if is_pipeline else f"the estimator {shown(m)}"
        last = (
            "what is done before its last step, e = pipeline[-1], as filling holes and encoding "
            "words, stays with scikit-learn, pipeline[:-1].transform(X); the estimator's"
        )
        raise TypeError(
            f"what is exported is a Module or a function, got {what}: "
            f"{last if is_pipeline else 'its'} "
            "network, e.model_, is of scaled numbers; with the scaling it is the function "
            f"lambda x: e.model_((np.asarray(x) - e.mean_) / e.scale_){target}"
        )
    function("what is exported", m)


def shown_title(m: Any) -> str:
    """Say on one line what is exported."""
    title = repr(m) if isinstance(m, Module) else getattr(m, "__name__", "f")
    return " ".join(title.split())[:200]


def shape_of(result: Any) -> tuple[int, ...]:
    """Return the shape of what comes of one example.

    Raises:
        TypeError: it is no number, nor numbers in lists of one shape.
    """
    if isinstance(result, (Value, int, float, np.number)):
        return ()
    if hasattr(result, "shape"):
        return tuple(result.shape)
    if isinstance(result, list) and result:
        shapes = {shape_of(item) for item in result}
        if len(shapes) == 1:
            return (len(result), *shapes.pop())
    raise TypeError(
        f"what is exported has to return a number, or numbers in lists of one shape; got "
        f"{type(result).__name__}: export a function that picks, as lambda x: model(x)[0]"
    )


def _entries(m: Any, captured: Sequence[Value]) -> dict[str, np.ndarray]:
    """The entries of state_dict, or one for all, as places among the captured numbers."""
    places = {id(value): k for k, value in enumerate(captured)}
    if not isinstance(m, Module):
        return {_ALL: np.arange(len(captured))} if captured else {}
    entries, kept = {}, set()
    for name, values, shape in entries_of(m):
        at = [places.get(id(value), -1) for value in values]
        if -1 in at:
            if set(at) != {-1}:
                raise ValueError(f"a part of {name} alone is used: export a function instead")
            continue
        entries[name] = np.array(at, int).reshape(shape)
        kept.update(at)
    others = sorted(set(range(len(captured))) - kept)
    if others:
        entries["others"] = np.array(others)
    return entries


def _buffers(m: Module) -> set[str]:
    trained = set(map(id, m.parameters()))
    return {name for name, values, _ in entries_of(m) if not trained & set(map(id, values))}


def _typed(numbers: np.ndarray, dtype: str) -> np.ndarray:
    return numbers.astype(np.int64) if numbers.dtype.kind in "iu" else numbers.astype(dtype)
