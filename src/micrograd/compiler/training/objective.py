"""What a compiled training run is made of: an objective's loops, and what it takes of the data.

The loss is traced once, for one example that stands for all of a batch. Examples of different
lengths, and batches of one, are taken one after the other instead, by one program for all lengths.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from operator import is_
from typing import Any

import numpy as np

from ... import functions
from ...engine import Value
from ...random import refused
from ...transforms import vmap
from ...value.columns import ValueSet
from ...value.tables import LookupTable, Parameters
from ..arrays.building import arrays_of
from ..arrays.engines import Engine
from ..arrays.program import ArrayProgram
from ..calls.lengths import generalised
from ..calls.lines import codes_of
from ..calls.parts import part_size
from ..errors import JitError
from ..ir.array import MEMORY, Array
from ..ir.joins import in_arrays
from ..ir.program import BATCH, PADDED, Program, Statement
from ..ir.sizes import SIZE, Size, bound, known, substitute
from ..ir.visit import with_refs, with_sizes
from ..passes.phases import Phased, phased
from ..passes.schedules import width
from ..pipeline import for_arrays, lower
from ..tracing.numbering import graph_of
from ..tracing.recording import Trace
from ..tracing.trace import trace
from .columns import Column, lengths_of
from .drawn import Drawn, drawn_by
from .driver import StepProgram
from .filled import ListLengths, at_each_length
from .rows import LookUp

_TRACED = 4  # examples, of which the first stands for all: stand-ins of all would take their room

_DRAWN = "the loss draws random numbers for lists of different lengths"
_UNLIKE = (
    "the loss does not do the same for lists of all lengths: it has numbers of each place, as a "
    "positional encoding, masks by place, as a causal one, or other steps at some lengths; fill "
    "the lists up to one length and leave out what was added, as cross_entropy does with "
    "ignore_index, or go through them by an RNN"
)


@dataclass(slots=True)
class Objective:
    """The loops of an objective, and whose gradients they give."""

    steps: StepProgram
    captured: list[Value]  # the parameters in the optimiser's order, then other leaves
    values: int  # that an eager run makes for an example
    depends: list[tuple[Any, str, Any]]  # owner, attribute, and what that has to be
    drawn: Drawn | None = None
    tables: list[LookupTable] = field(default_factory=list)  # of which it looks up rows
    lengths: np.ndarray | None = None  # the size n of each example, where it differs
    phased: Phased | None = None  # of batches that are done in parts
    lanes: int = 0  # how many examples such a part has
    library: Engine | None = None  # that runs it as an array program, and
    arrays: ArrayProgram | None = None  # that program

    def holds(self) -> bool:
        """Tell whether all that the recording depends on is still as it was."""
        return all(getattr(owner, name) == was for owner, name, was in self.depends)

    @property
    def partial(self) -> bool:
        """Whether there may be steps that the program cannot do."""
        short = self.lengths is not None and int(self.lengths.min()) < self.steps.least
        return short or bool(self.steps.guards)

    def env(self, i: int) -> dict[str, int]:
        """Return the run-time sizes for example i."""
        return {} if self.lengths is None else bound(SIZE, int(self.lengths[i]))


def whole_vectors(size: int, dtype: str) -> int:
    """Return the length of a batch's rows: its size, rounded up to the widest vectors."""
    return -(-size // width(dtype)) * width(dtype)


def objective_of(
    loss: Callable[..., Value],
    penalty: Callable[[], Any] | None,
    columns: Sequence[Column],
    parameters: list[Value] | Parameters,
    batch_sizes: set[int],
    dtype: str,
    library: Engine | None = None,
    lengths: ListLengths | None = None,
) -> Objective:
    """Trace and lower the objective of a step.

    Args:
        loss: of one example.
        penalty: is added to the mean loss of a batch; None adds nothing.
        columns: the arguments of all examples.
        parameters: what the optimiser moves.
        batch_sizes: all that occur.
        dtype: of the numbers inside, float64 or float32.
        library: runs it as an array program; None takes loops.
        lengths: of the lists that columns for a library were filled up from.

    Raises:
        JitError: the loss does what cannot be compiled.
    """
    if isinstance(parameters, Parameters):
        if library or dtype != "float64" or any(c.shape is None for c in columns):
            raise JitError(
                "rows of an Embedding with sparse=True are looked up by loops in C, in float64, of "
                "examples of one shape"
            )
        values, tables = parameters.others, parameters.tables
        return _whole_batches(loss, penalty, columns, values, batch_sizes, dtype, tables)
    if library:
        return _arrays(loss, penalty, columns, parameters, library, lengths)
    if batch_sizes == {1} or any(c.shape is None for c in columns):
        return _one_by_one(loss, penalty, columns, parameters, dtype)
    return _whole_batches(loss, penalty, columns, parameters, batch_sizes, dtype)


# The parameters come first, so that they are found first and lie together, in their order.


def _mean(_: list[Value], loss: Callable, penalty: Callable | None, *batch: Any) -> Any:
    total = functions.mean(vmap(loss)(*batch))
    return total + penalty() if penalty else total


def _single(_: list[Value], loss: Callable, penalty: Callable | None, *example: Any) -> Any:
    return (loss(*example), penalty()) if penalty else loss(*example)


def _whole_batches(
    loss: Callable,
    penalty: Callable | None,
    columns: Sequence[Column],
    parameters: list[Value],
    batch_sizes: set[int],
    dtype: str,
    tables: Sequence[LookupTable] = (),
) -> Objective:
    f = partial(_mean, parameters, loss, penalty)
    recording = trace(f, [c.batch(_TRACED) for c in columns], tables=tables)
    of_tables = ValueSet([v for table in tables for v in table.made()])
    if tables and any(v in of_tables for v in recording.captured):
        raise JitError("the loss takes Values of a table in another way than by looking up rows")
    program = lower(graph_of(recording, set(recording.looked_up())))
    sizes: tuple[Size, Size] = (BATCH, PADDED)
    lanes = 0 if recording.guards or tables else part_size(program, max(batch_sizes)) or 0
    divided = phased(program) if lanes else None
    if divided:
        objective = _objective(recording, program, len(columns), parameters, sizes, dtype)
        return replace(objective, phased=divided, lanes=lanes)
    if len(batch_sizes) == 1:
        size = min(batch_sizes)
        row = whole_vectors(size, dtype)
        program, sizes = _sized(program, {"B": size, "P": row}), (size, row)
    return _objective(recording, program, len(columns), parameters, sizes, dtype)


def _arrays(
    loss: Callable,
    penalty: Callable | None,
    columns: Sequence[Column],
    parameters: list[Value],
    library: Engine,
    lengths: ListLengths | None,
) -> Objective:
    batch = [c.batch(_TRACED) for c in columns]
    if lengths:
        loss = at_each_length(loss, lengths)
    with refused(JitError(_DRAWN)) if lengths else nullcontext():
        recording = trace(partial(_mean, parameters, loss, penalty), batch)
    if recording.guards:
        raise JitError("on a device a loss cannot branch on its numbers: use where(x > 0, a, b)")
    graph = graph_of(recording, set())
    sizes: tuple[Size, Size] = (BATCH, PADDED)
    dtype, count = library.wide, len(columns)
    objective = _objective(recording, lower(graph), count, parameters, sizes, dtype)
    arguments = [i.argument for i in recording.inputs]
    arrays = arrays_of(for_arrays(graph), arguments)
    return replace(objective, library=library, arrays=arrays)


def _one_by_one(
    loss: Callable,
    penalty: Callable | None,
    columns: Sequence[Column],
    parameters: list[Value],
    dtype: str,
) -> Objective:
    f = partial(_single, parameters, loss, penalty)
    ragged = lengths_of(columns)
    if not ragged:
        recording = trace(f, [c.example(0) for c in columns])
        program = lower(graph_of(recording, set()))
        return _objective(recording, program, len(columns), parameters, (0, 0), dtype)
    lengths, offsets = ragged
    example = [c.example(int(lengths.argmax())) for c in columns]
    with refused(JitError(_DRAWN)):
        recording = trace(f, example)
        general = generalised(f, None, example, offsets, recording)
    if general is None:
        line = next((f"\n  at {c.co_filename}:{c.co_firstlineno}" for c in codes_of(loss)), "")
        raise JitError(f"{_UNLIKE}{line}")
    objective = _objective(recording, general.program, len(columns), parameters, (0, 0), dtype)
    objective.steps = replace(
        objective.steps, coefficients=tuple(general.coefficients), least=general.least
    )
    return objective


def _objective(
    recording: Trace,
    program: Program,
    columns: int,
    parameters: list[Value],
    sizes: tuple[Size, Size],
    dtype: str,
) -> Objective:
    drawn = drawn_by(recording)
    captured = recording.captured
    if len(captured) < len(parameters) or not all(map(is_, captured, parameters)):
        raise JitError("the loss computes with none of the optimiser's parameters")
    looked_up = recording.looked_up()
    placed = [(i.argument, p) for i, p in zip(recording.inputs, program.segments)]
    of_look_ups = {k: p for k, p in placed if k in looked_up}
    guards = len(recording.guards)
    outputs = program.outputs
    if len(outputs) - guards != (len(recording.result) if _pair(recording.result) else 1):
        raise JitError("loss and penalty have to return Values")
    steps = StepProgram(
        program=program,
        dtype=dtype,
        fills=tuple([(k, p) for k, p in placed if k not in looked_up]),
        columns=columns,
        guards=tuple([(o, holds) for o, (_, holds) in zip(outputs, recording.guards)]),
        outputs=outputs[guards:],
        batch=sizes[0],
        row=sizes[1],
        least=0,
        coefficients=(),
        captured=len(captured),
        count=len(parameters),
        look_ups=tuple([LookUp(tuple(m.indices), of_look_ups[k]) for k, m in looked_up.items()]),
    )
    made = max(1, len(recording.tape))
    tables = [m.table for m in looked_up.values()]
    return Objective(steps, captured, made, recording.depends, drawn, tables)


def _pair(result: Any) -> bool:
    return isinstance(result, tuple)


def _sized(model: Program, env: Mapping[str, Size]) -> Program:
    """The same program for one size of batches."""

    def at(size: Size) -> Size:
        return substitute(size, env)

    def sized(body: Sequence[Statement]) -> list[Statement]:
        return with_refs(with_sizes(body, at), lambda ref: ref.within(MEMORY))

    program = replace(
        model,
        forward=sized(model.forward),
        backward=sized(model.backward),
        size=at(model.size),
        outputs=tuple(map(at, model.outputs)),
        sizes=(),
        arrays=tuple([_with_rows(a, known(at(PADDED))) for a in model.arrays]),
        segments=tuple([replace(p, start=at(p.start)) for p in model.segments]),
    )
    return in_arrays(program)


def _with_rows(array: Array, row: int) -> Array:
    """An array whose rows have a known length: it is a plain one."""
    if not array.batched:
        return array
    start = substitute(array.start, {"P": row})
    parts = tuple([_with_rows(part, row) for part in array.parts])
    return replace(array, start=start, count=array.count * row, batched=False, parts=parts)
