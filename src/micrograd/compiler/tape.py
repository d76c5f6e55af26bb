"""A graph as a tape: the engine in C runs it at once, and nothing is compiled.

It is what a function runs as at first, and what one in which few loops are found stays: a compiler
works longer at 4,000 lines without a loop than their values take in 50,000 calls. All is computed
in the order in which it was written, so that what a trace leaves as it is (not a logsumexp, which
it writes out) comes out as plainly in every bit.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import ops
from ..ops import Op
from ..value.backend import native
from .graph import BATCH_SUM, PICK, Graph
from .ir.array import Placement
from .ir.program import PADDED
from .ir.sizes import Size
from .nodes import Ops, Parents
from .passes.rules import check_rule

_CODES = {} if native is None else {name: 1 + i for i, name in enumerate(native.CASES)}
_PICK = len(_CODES) + 3  # behind what the engine has no case for
_BATCH_SUM = _PICK + 1
_OTHERS = _BATCH_SUM + 1
_EXACT = 1 << 53  # larger ints are not all floats


@dataclass(slots=True)
class Tape:
    """Operations in their order. Memory holds parameters, inputs, constants, then what is computed.

    Where there is a batch axis, plain numbers come first, in that order, then rows, in the same.
    The names are those of ``Program``, as far as a call needs them.
    """

    columns: Any  # of the engine in C
    size: Size
    constants: tuple[int, np.ndarray]
    outputs: tuple[Size, ...]
    passing: list[bool]  # of each output, whether it has a gradient to pass on
    scalars: tuple[str, ...]
    segments: tuple[Placement, ...]
    sizes: tuple[str, ...] = ()
    forward: tuple[()] = field(default=(), init=False)  # its statements: there are none
    why: str = ""  # it is run as a tape, to be read behind "one operation after the other"


def tape_of(graph: Graph) -> Tape | None:
    """Return a graph as a tape; None where the engine in C is not, or an exponent is no float.

    Raises:
        JitError: a derivative that is needed does not hold for all numbers at once.
    """
    if native is None:
        return None
    others: list[Op] = []
    ops_of, parents = Ops.of(graph.ops), Parents.of(graph.parents)
    codes = [_code(op, others) for op in ops_of.table]
    first, wanted = [*graph.parameters, *graph.inputs], list(graph.differentiable)
    made = native.steps_of(
        ops_of.codes,
        parents.starts,
        parents.numbers,
        graph.data if isinstance(graph.data, memoryview) else array("d", graph.data),
        array("i", [number for number, _ in codes]),
        array("d", [exponent for _, exponent in codes]),
        first,
        wanted,
        graph.outputs,
    )
    if made is None:
        return None
    *columns, constants = made
    _check_rules(others, columns[0], columns[1], columns[5])
    batched = bytes(map(graph.batched.__getitem__, first)) if any(graph.batched) else b""
    if not batched and _BATCH_SUM in np.frombuffer(columns[1], np.int32)[::3]:
        return None
    rows_in = batched + bytes(len(constants) // 8) if batched else b""
    tape = native.tape(*columns, rows_in, tuple(others))
    places, passes = array("i", columns[4]), columns[5]
    plain, rows = len(passes), 0
    at: Sequence[int] = range(plain)
    if batched:
        plain, rows, held = tape.places()
        at = array("i", held)

    def address(k: int) -> Size:
        return at[k] if at[k] >= 0 else plain + ~at[k] * PADDED

    return Tape(
        columns=tape,
        size=plain + rows * PADDED,
        constants=(len(first) - sum(batched), np.frombuffer(constants)),
        outputs=tuple(map(address, places)),
        passing=[bool(passes[k]) for k in places],
        scalars=tuple([f"seed{k}" for k in range(len(places))]),
        segments=tuple(_segments(graph, address)),
        sizes=("B", "P") if batched else (),
    )


def _check_rules(others: list[Op], first: int, steps: bytes, wanted: bytes) -> None:
    """Loops will be made of these: what they refuse is refused now."""
    if others:
        columns = np.frombuffer(steps, np.int32).reshape(-1, 3)
        needed = columns[:, 0] * np.frombuffer(wanted, np.uint8)[first:] >= _OTHERS
        for code, count in set(map(tuple, columns[needed][:, ::2].tolist())):
            check_rule(others[code - _OTHERS], count)


def _code(op: Op | None, others: list[Op]) -> tuple[int, float]:
    """The engine's number for an operation, and the exponent of a power; −1 where it has none.

    Those that it has not got go to ``others``: their records are called.
    """
    if op is None:
        return -1, 0.0
    if op in (PICK, BATCH_SUM):
        return _BATCH_SUM if op is BATCH_SUM else _PICK, 0.0
    if op.name == "powc":
        n = op.static
        exact = isinstance(n, float) or (isinstance(n, int) and abs(n) < _EXACT)
        return (_CODES["powc"], float(n)) if exact and n is not None else (-1, 0.0)
    if op.name in _CODES and ops.OPS[op.name] is op:
        return _CODES[op.name], 0.0
    others.append(op)
    return _OTHERS + len(others) - 1, 0.0


def _segments(graph: Graph, address: Callable[[int], Size]) -> Iterator[Placement]:
    at = len(graph.parameters)
    for count in graph.segments:
        yield Placement(address(at) if count else 0, count)
        at += count
