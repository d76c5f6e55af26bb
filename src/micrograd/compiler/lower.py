"""From a scalar graph to a program: reroll, differentiate, and place in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .graph import Graph
from .ir import PADDED, Clear, Memory, Program, Ref, Statement
from .loops.differentiate import differentiate
from .loops.footprint import uses
from .loops.place import Place, Places, place
from .printing import show as show  # a program prints as formulas
from .rerolling.reroll import Loops, reroll
from .rerolling.roll import roll
from .sizes import Size, evaluate, variables

_WITH_GRADIENT = ("parameter", "variable")


@dataclass(slots=True)
class Lowered:
    """A program, and where the graph's leaves went."""

    program: Program
    inputs: list[Place]  # one for each of the graph's segments


def lower(graph: Graph) -> Lowered:
    """Return the loops that compute the graph's outputs and their gradients."""
    loops = reroll(graph)
    outputs = [loops.address[i] for i in graph.outputs]
    symbolic: list[Size] = [
        loops.plain + row * PADDED if graph.batched[i] else row
        for i, row in zip(graph.outputs, outputs)
    ]
    leaves = [
        (a.start, a.count) for a in loops.arrays if a.kind in _WITH_GRADIENT and not a.batched
    ]
    starts = tuple(sorted(a.start + a.batched * loops.plain for a in loops.arrays))
    needs_gradient = _needs_gradient(loops)
    rolled = roll(loops.nests, lambda s: tuple([needs_gradient(use.ref) for use in uses(s)]))
    backward = differentiate(
        rolled,
        symbolic,
        needs_gradient,
        Memory(loops.plain, loops.rows, starts),
        leaves,
    )
    spans, movable = _spans(loops, graph)
    forward, backward, places = place(rolled, backward, spans, movable, loops.plain)
    constants = [places.at(a.start).new for a in loops.arrays if a.kind == "constant"]
    program = Program(
        forward=forward,
        backward=list(_clears_joined(backward)),
        size=places.end + loops.rows * PADDED,
        parameters=(0, len(graph.parameters)),
        inputs=_plain_inputs(loops, places),
        constants=(constants[0] if constants else 0, tuple(loops.constants)),
        outputs=tuple(
            places.end + row * PADDED if graph.batched[i] else places.at(row).moved(row)
            for i, row in zip(graph.outputs, outputs)
        ),
        sizes=("B", "P") if loops.rows else (),
        scalars=tuple(f"seed{k}" for k in range(len(outputs))),
    )
    return Lowered(program, _input_places(loops, graph, places))


def _clears_joined(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements, neighbours cleared at once: a recurrence has an array for each step."""
    held: Clear | None = None
    for s in statements:
        if held and isinstance(s, Clear) and held.start + held.count == s.start:
            held = Clear(held.start, held.count + s.count)
            continue
        if held:
            yield held
        held = s if isinstance(s, Clear) else None
        if held is None:
            yield s
    if held:
        yield held


def _segments(loops: Loops, graph: Graph) -> list[tuple[int, int, bool]]:
    """(first address or row, count, batched) of each of the graph's segments of inputs."""
    found, at = [], 0
    for count in graph.segments:
        first = graph.inputs[at]
        found.append((loops.address[first], count, graph.batched[first]))
        at += count
    return found


def _spans(loops: Loops, graph: Graph) -> tuple[list[tuple[int, int]], set[int]]:
    """The plain arrays, those of inputs cut into segments; and which of them may be turned over."""
    segments = [(start, count) for start, count, batched in _segments(loops, graph) if not batched]
    inputs = {start for start, _ in segments}
    spans, movable = segments, set()
    for a in loops.arrays:
        if a.batched:
            continue
        if a.kind in ("computed", "input"):
            movable |= {a.start} | {s for s in inputs if a.start <= s < a.start + a.count}
        if a.start not in inputs:
            spans.append((a.start, a.count))
    return sorted(spans), movable


def _input_places(loops: Loops, graph: Graph, places: Places) -> list[Place]:
    return [
        Place(start, count, places.end + start * PADDED) if batched else places.at(start)
        for start, count, batched in _segments(loops, graph)
    ]


def _plain_inputs(loops: Loops, places: Places) -> tuple[Size, Size]:
    """Where the inputs that have no batch lie, one after the other: their start and extent."""
    starts = [a.start for a in loops.arrays if a.kind in ("variable", "input") and not a.batched]
    count = sum(a.count for a in loops.arrays if a.start in starts and not a.batched)
    inside = [p for p in places.all if starts and 0 <= p.old - starts[0] < count]
    return (inside[0].new, sum(p.size for p in inside)) if inside else (0, 0)


def _needs_gradient(loops: Loops) -> Callable[[Ref], bool]:
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
