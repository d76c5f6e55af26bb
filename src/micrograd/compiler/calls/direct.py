"""A call that goes straight to the loops: what a program of one structure needs at every call.

Where each number goes and comes from is worked out once, for the sizes of the first call; C checks
that the arguments are of that structure, takes their numbers, runs stage after stage and writes
what the function changes. What it does not take (NotImplemented is returned) is for the general
way, which says the same at more leisure.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...value.backend import native
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trees import things_in
from .changes import Changes
from .compiled import Compiled
from .gradients import Slopes
from .kernel import CKernel, TapeKernel
from .mapped_call import mapped_call
from .memory import Addresses, Span
from .packing import Uses, int64s, packed, ranges
from .placed import PlacedStage
from .places import InPlace
from .staged import StageRun
from .unpacking import NotDirect, ResultAddresses, writes_of
from .value_calls import (
    BatchCall,
    SpentCall,
    array_call,
    arrays_of_values,
    is_array_of_values,
    value_call,
    value_leaves,
)

_VECTOR = 8  # numbers: where one of float64 may begin


class Direct(NamedTuple):
    """What such a call is of.

    ``before`` are the stages before the last, ``compiled`` is the last. ``plain`` is the function,
    ``name`` its name, ``slopes`` the gradient that is its result, if it is one; ``changes`` are
    the places that stand behind its own arguments; ``look`` says -1 where nothing else outside has
    moved.
    """

    before: Sequence[StageRun]
    compiled: Compiled
    plain: Callable[..., Any]
    name: str
    recording: Trace
    slopes: Slopes | None
    changes: Changes
    look: Callable[[], int] | None


def direct_call(of: Direct, args: Sequence[Argument]) -> Callable[..., Any] | None:
    """Return a function of a call's arguments; None where that cannot be done.

    Args:
        of: what it is to do.
        args: of the first call, with what is read in places behind them.
    """
    recording = of.recording
    if native is None or (recording.of_arguments and recording.effects):
        return None
    if recording.draws.segments or recording.updated or recording.prints:
        return None
    if (not args and not recording.effects) or not _makes_all_anew(recording):
        return None
    stages = [*[s.compiled for s in of.before], of.compiled]
    try:
        if of.compiled.is_mapped and of.compiled.lanes(of.compiled.layout.sizes(args)):
            whole = not (of.before or of.slopes or recording.effects or recording.of_arguments)
            return mapped_call(of, args) if whole else None
        if not all(_suits(compiled, args) for compiled in stages):
            return None
        return _Assembly(of, args).call()
    except NotDirect:
        return None


def _makes_all_anew(recording: Trace) -> bool:
    """Tell whether each list, dict and array that comes out is a new one, and at one place."""
    left = [x for x in recording.effects.contents.values() if not isinstance(x, InPlace)]
    things = things_in([recording.result, left])
    nests = [id(x) for x in things if isinstance(x, (list, dict, np.ndarray))]
    return len(set(nests)) == len(nests) and recording.outside.isdisjoint(nests)


def _suits(compiled: Compiled, args: Sequence[Argument]) -> bool:
    if not isinstance(compiled.kernel, CKernel | TapeKernel):
        return False
    if compiled.dtype != compiled.kernel.dtype:  # a tape is of float64
        return False
    return compiled.lanes(compiled.layout.sizes(args)) is None


class _Assembly:
    def __init__(self, of: Direct, args: Sequence[Argument]) -> None:
        self._of, self._args, self._size = of, args, 0
        self._pieces = list(self._placed())
        env = self._pieces[-1].at.env
        self._outputs = ResultAddresses(self._computed(), self._size, env.get("B", 0))

    def _placed(self) -> Iterator[PlacedStage]:
        for stage in self._of.before:
            seeds = {stage.end: 1.0} if stage.differentiates else None
            yield self._piece(stage.compiled, seeds)
        seeds = {len(self._of.compiled.layout.guards): 1.0} if self._of.slopes else None
        yield self._piece(self._of.compiled, seeds)

    def _piece(self, compiled: Compiled, seeds: dict[int, float] | None) -> PlacedStage:
        at = compiled.at(compiled.layout.sizes(self._args))
        v = self._room(at.size)
        g = 0 if seeds is None else self._room(at.size)
        narrow = None
        if compiled.dtype == np.float32:
            half = at.size // 2 + 1
            narrow = self._room(half), 0 if seeds is None else self._room(half)
        return PlacedStage(compiled, at, v, g, seeds, narrow)

    def _room(self, count: int) -> int:
        """Make room for numbers, and return where it begins."""
        start = -(-self._size // _VECTOR) * _VECTOR
        self._size = start + count
        return start

    def _computed(self) -> Iterator[int | range]:
        """Yield where each output lies, one behind the guards."""
        *_, last = self._pieces
        for k in range(len(last.compiled.layout.guards), len(last.at.outputs)):
            yield last.output(k, last.v)

    def call(self) -> Callable[..., Any]:
        """Return the function."""
        of = self._of
        if of.slopes:
            return self._made(self._of_slopes(of.slopes), [])
        if (leaves := value_leaves(of.recording)) is None:
            shape = self._outputs.of(of.recording.result)
            writes, new = writes_of(of.recording.effects, of.changes, self._outputs)
            if new:
                raise NotDirect
            made = self._made(shape, writes)
            where = arrays_of_values(of.recording.result)
            if where is None:
                return made
            if writes or of.before:
                raise NotDirect
            return BatchCall(made, where, of.compiled, of.recording, of.plain)
        of_array = is_array_of_values(of.recording.result)
        if of.recording.effects.data and not of_array:
            return self._spent(leaves)
        read = self._args[len(self._args) - len(of.changes.places) :]
        if of.recording.effects or of.before or any(a.differentiable for a in read):
            raise NotDirect
        call = self._made(None, [])
        made = value_call(call, of.compiled, self._pieces[-1].at, leaves, of.name)
        return array_call(made, np.shape(of.recording.result)) if of_array else made

    def _spent(self, leaves: Any) -> Callable[..., Any]:
        recording, flat = self._of.recording, leaves if type(leaves) in (list, tuple) else [leaves]
        numbers = [self._outputs.number(None) for _ in flat]
        writes, new = writes_of(recording.effects, self._of.changes, self._outputs)
        result = recording.result if type(leaves) in (list, tuple) else [recording.result]
        grads = dict(zip(recording.effects.new, new))
        slopes = [grads.get(id(x), self._outputs.number(0.0)) for x in result]
        call = self._made((tuple(numbers), tuple(slopes)), writes)
        return SpentCall(call, leaves, tuple(self._of.compiled.layout.captured), self._of.name)

    def _made(self, shape: Any, writes: list[Any]) -> Any:
        of, constants = self._of, self._outputs.constants
        own = len(self._args) - len(of.changes.places)
        arguments = packed(self._args, [self._uses(k) for k in range(len(self._args))])
        if arguments is None:
            raise NotDirect
        copies, read_at = self._copies()
        read = () if read_at is None else tuple(of.recording.effects.read)
        fixed = [self._fixed(piece) for piece in self._pieces]
        places = [p for at, _ in fixed for p in at]
        places += range(self._size, self._size + len(constants))
        numbers = [*[x for _, held in fixed for x in held], *constants]
        rows, nests = arguments
        assert native is not None
        return native.direct_call(
            tuple([self._stage(piece, c) for piece, c in zip(self._pieces, copies)]),
            self._size + len(constants),
            tuple([piece.compiled.kernel for piece in self._pieces]),
            of.look,
            tuple(of.compiled.layout.captured),
            read,
            read_at or 0,
            np.ndarray,
            np.float64,
            tuple([(place.owner, place.key) for place in of.changes.places]),
            own,
            rows,
            nests,
            int64s(places),
            np.array(numbers, float).tobytes(),
            shape,
            tuple(writes),
        )

    def _stage(self, piece: PlacedStage, copies: list[tuple[int, int]]) -> tuple:
        compiled, at = piece.compiled, piece.at
        assert isinstance(compiled.kernel, CKernel | TapeKernel)  # see _suits
        forward, backward, tables = compiled.kernel.addresses()
        guards = zip(at.outputs, compiled.layout.guards)
        return (
            forward,
            backward or 0,
            tables,
            piece.v,
            piece.g,
            int64s(at.sizes),
            at.scalars.tobytes(),
            compiled.seeded(at, piece.seeds).tobytes() if piece.seeds else None,
            int64s([x for row in ranges(copies) for x in row]),
            int64s([2 * (piece.v + address) + holds for address, holds in guards]),
            piece.narrow and (*piece.narrow, piece.end_of_leaves(), int64s(piece.results())),
        )

    def _fixed(self, piece: PlacedStage) -> tuple[list[int], np.ndarray]:
        places, numbers = piece.at.fixed()
        return [piece.v + place for place in places], numbers

    def _uses(self, k: int) -> Uses:
        """Where argument k goes in each stage that reads it."""
        return [
            (batched, span, piece.v)
            for piece in self._pieces
            for j, batched, span in piece.at.spans
            if j == k
        ]

    def _copies(self) -> tuple[list[list[tuple[int, int]]], int | None]:
        """Return what is copied before each stage, and where the gradients that are read come."""
        recording = self._of.recording
        captured = range(len(self._of.compiled.layout.captured))
        handed = self._handed()
        read, copies = recording.arguments if recording.effects.read else None, []
        for n, piece in enumerate(self._pieces):
            copied = [(i, piece.v + i) for i in captured] if n else []
            for k, _, span in piece.at.spans:
                to = range(piece.v + span.start, piece.v + span.start + span.length)
                if k is not None and k == read and k not in handed:
                    handed[k] = list(to)
                elif k is not None and k >= len(self._args):
                    copied += zip(handed[k], to, strict=True)
            copies.append(copied)
        return copies, handed[read][0] if read in handed else None

    def _handed(self) -> dict[int | None, list[int]]:
        """Where the numbers are that stages hand on, by the argument that they are."""
        handed: dict[int | None, list[int]] = {}
        base = self._of.recording.places()
        for k, (stage, piece) in enumerate(zip(self._of.before, self._pieces)):
            outputs = piece.at.outputs[stage.end + stage.differentiates :]
            handed[base + 2 * k] = [piece.v + address for address in outputs]
            handed[base + 2 * k + 1] = [
                piece.g + (n if j is None else _whole_span(piece.at, j).start + n)
                for j, n in stage.sources
            ]
        return handed

    def _of_slopes(self, slopes: Slopes) -> Any:
        """Return a value and its gradients with addresses for numbers."""
        (piece,) = self._pieces
        spans = {
            k: s
            for k, batched, s in piece.at.spans
            if k is not None and not batched and not s.outer
        }
        if not spans.keys() >= set(slopes.numbers()):
            raise NotDirect  # one of them is always zero
        begins = {k: piece.g + s.start + np.arange(s.length, dtype=float) for k, s in spans.items()}
        return _whole(slopes.result(self._outputs.number(None), begins, self._args))


def _whole_span(at: Addresses, k: int) -> Span:
    for j, batched, span in at.spans:
        if j == k and not batched and not span.outer:
            return span
    raise NotDirect


def _whole(shape: Any) -> Any:
    """Return addresses as ints; an array of them stays one."""
    if isinstance(shape, dict):
        return {key: _whole(branch) for key, branch in shape.items()}
    if isinstance(shape, (tuple, list)):
        return type(shape)(map(_whole, shape))
    return int(shape) if isinstance(shape, (int, float)) else shape
