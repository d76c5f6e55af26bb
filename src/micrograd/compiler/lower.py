"""From a scalar graph to a program: reroll, differentiate, and lay out in memory."""

import numpy as np

from .. import ops
from .differentiate import differentiate
from .graph import Graph
from .ir import BATCH, PADDED, Memory, Program, Ref
from .reroll import Loops, reroll
from .sizes import Size, evaluate, variables


def lower(graph: Graph) -> tuple[Program, list[int]]:
    """Return the loops that compute the graph's outputs and gradients, and the nodes' addresses.

    The address of a batched node is that of its row when rows are of length one.
    """
    loops = reroll(graph)
    memory = Memory(loops.plain, loops.rows)
    outputs = tuple(_place(loops, graph, i) for i in graph.outputs)
    needs = _needs_gradient(loops)
    leaves = [
        (a.start, a.count)
        for a in loops.arrays
        if a.needs_gradient and a.kind in _LEAVES and not a.batched
    ]
    backward = differentiate(list(loops.nests), list(outputs), needs, memory, leaves)
    batched = any(a.batched for a in loops.arrays)
    program = Program(
        forward=list(loops.nests),
        backward=backward,
        size=memory.size,
        parameters=_range(loops, "parameter"),
        inputs=_range(loops, "input"),
        constants=(_range(loops, "constant")[0], tuple(loops.constants)),
        outputs=outputs,
        sizes=("B", "P") if batched else (),
        scalars=tuple(f"seed{k}" for k in range(len(outputs))),
    )
    plain = loops.plain
    addresses = [a + plain if b and a >= 0 else a for a, b in zip(loops.address, graph.batched)]
    return program, addresses


_LEAVES = ("parameter", "variable")


def _place(loops: Loops, graph: Graph, node: int) -> Size:
    row = loops.address[node]
    return loops.plain + row * PADDED if graph.batched[node] else row


def _range(loops: Loops, kind: str) -> tuple[int, int]:
    found = [a for a in loops.arrays if a.kind == kind and not a.batched]
    return (found[0].start, found[0].count) if found else (0, 0)


def _needs_gradient(loops: Loops):
    needs = np.zeros(loops.plain + loops.rows, dtype=bool)
    for a in loops.arrays:
        start = a.start + (loops.plain if a.batched else 0)
        needs[start : start + a.count] = a.needs_gradient
    known: dict[Size, bool] = {}

    def test(ref: Ref) -> bool:
        if ref.offset not in known:
            env = dict.fromkeys(variables(ref.offset), 0) | {"B": 1, "P": 1}
            known[ref.offset] = bool(needs[evaluate(ref.offset, env)])
        return known[ref.offset]

    return test
