"""Loops over rows as ``scan`` has them: a step takes what the one before hands on, and makes rows.

Where a loop changes rows of whole arrays, a step of a scan only makes its row; what an earlier step
has made is handed on. XLA then copies no array in any step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ... import ops
from .finishing import is_row
from .program import (
    Applied,
    Expanded,
    Indexed,
    Item,
    Let,
    Node,
    Put,
    RowLoop,
    Statement,
    StepIndex,
    Variable,
)
from .visit import children, names_in, nodes_of, rebuilt, simple, with_nodes

_MOST = 4  # steps back, of what is handed on


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A row that each step makes of an array: the local variable, and where it goes."""

    local: Variable
    array: Variable
    place: StepIndex


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """What is handed on: its name in the step, its value before the first, and the next one's."""

    name: Variable
    first: Node
    next: Variable


@dataclass(frozen=True, slots=True)
class Scan:
    """A loop whose steps make rows; ``carried`` are arrays that it changes otherwise."""

    body: tuple[Statement, ...]
    carried: tuple[Variable, ...]
    states: tuple[CarriedRow, ...]
    rows: tuple[MadeRow, ...]


def scan_of(loop: RowLoop) -> Scan:
    """Return a loop as a scan."""
    body, carried = loop.body, list[Variable]()
    states, rows = list[CarriedRow](), list[MadeRow]()
    taken = {name for s in simple(loop.body) for name in (s.target.name, *names_in(s))}
    for array in loop.carried:
        lanes = _lanes(loop, body, array)
        if lanes is None:
            carried.append(array)
            continue
        for places in lanes:
            lane = _Lane(loop, array, places, taken)
            body = lane.body(body)
            states += lane.states
            rows.append(lane.row)
    return Scan(body, tuple(carried), tuple(states), tuple(rows))


def _lanes(
    loop: RowLoop, body: Sequence[Statement], array: Variable
) -> list[list[StepIndex]] | None:
    """Return the places at which steps use rows: a list for each row made, which is its first.

    None where a use is none of a row, where a step makes a row twice, or others are mixed in.
    """
    parts = {id(node) for s in body if isinstance(s, Put) for node in _uses_in(s.part, array)}
    uses = [node for s in simple(body) for node in _uses(s, array)]
    places = dict.fromkeys(map(_place, uses))
    if any(isinstance(s, RowLoop) and array.name in names_in(s) for s in body):
        return None
    rows = [
        p for p in places if isinstance(p, StepIndex) and [n for n, _ in p.factors] == [loop.var]
    ]
    if len(rows) < len(places) or len({p.factors for p in rows}) != 1:
        return None
    factor = rows[0].factors[0][1]
    made = {_place(use) for use in uses if id(use) in parts}
    lanes: list[list[StepIndex]] = []
    for place in rows:
        lane = [p for p in rows if factor > 0 and (p.offset - place.offset) % factor == 0]
        if place in made:
            if factor < 1 or sum(p in made for p in lane) > 1:
                return None
            lanes.append([place, *[p for p in lane if p != place]])
    back = max([_back(loop, p, lane[0]) for lane in lanes for p in lane], default=0)
    return lanes if back <= _MOST else None


def _uses(s: Let | Put, array: Variable) -> Iterator[Node]:
    """Yield the parts of an array that a statement uses, and the array where it is no part."""
    if isinstance(s, Let) and s.target.name == array.name:
        yield array
    for node in nodes_of(s):
        yield from _uses_in(node, array)


def _uses_in(node: Node, array: Variable) -> Iterator[Node]:
    is_part = isinstance(node, Indexed) and isinstance(node.x, Variable)
    name = node.x if is_part and isinstance(node, Indexed) else node
    if isinstance(name, Variable):
        if name.name == array.name:
            yield node
    else:
        for child in children(node):
            yield from _uses_in(child, array)


def _place(use: Node) -> StepIndex | None:
    item = use.items[0] if isinstance(use, Indexed) else None
    return item if isinstance(item, StepIndex) else None


def _back(loop: RowLoop, read: StepIndex, written: StepIndex) -> int:
    """Return how many steps before a row was made that this step reads."""
    steps = (written.offset - read.offset) // written.factors[0][1]
    return -steps if loop.backwards else steps


class _Lane:
    """Rewrites a step so that the row that it makes of an array is a variable of the step.

    Args:
        loop: whose step.
        array: of which it is a row.
        places: where the array is used; first where the row goes.
        taken: names that variables have.
    """

    def __init__(
        self, loop: RowLoop, array: Variable, places: Sequence[StepIndex], taken: set[str]
    ) -> None:
        self.loop, self.array, self.places = loop, array, places
        shape = array.shape[1:]
        self.all: tuple[Item, ...] = (slice(None),) * len(shape)

        def free(word: str) -> Variable:
            while word in taken:
                word += "_"
            taken.add(word)
            return Variable(word, shape)

        self.row = MadeRow(free(f"{array.name}_{loop.var}"), array, places[0])
        back = max([_back(loop, p, places[0]) for p in places])
        self.before = [free(f"{array.name}_before") for _ in range(back)]
        at = places[0].at({loop.var: loop.count - 1 if loop.backwards else 0})
        step = places[0].factors[0][1] * (-1 if loop.backwards else 1)
        assert isinstance(at, int)
        following = [self.row.local, *self.before]
        self.states = [
            CarriedRow(name, Indexed(array, (at - step * k, *self.all), shape), following[k - 1])
            for k, name in enumerate(self.before, 1)
        ]

    def body(self, body: Sequence[Statement]) -> tuple[Statement, ...]:
        """Return the statements with the row, and with what earlier steps made of it."""
        made, local, is_made = list[Statement](), self.row.local, False
        for s in body:
            if not (isinstance(s, Put) and self._makes(s)):
                made.append(with_nodes(s, partial(self._read, is_made)))
                continue
            whole = isinstance(s.part, Indexed) and is_row(s.part) and not s.places
            value = self._read(is_made, s.value)
            if not is_made and (s.add or not whole):
                old = Indexed(self.array, (self.places[0], *self.all), local.shape)
                made.append(Let(local, old))
            if not whole:
                places = tuple([self._read(is_made, place) for place in s.places])
                made.append(replace(s, part=self._read(True, s.part), value=value, places=places))
            else:
                if s.add:
                    value = Applied(ops.ADD, (local, value), local.shape)
                elif value.shape != local.shape:
                    value = Expanded(value, local.shape)
                made.append(Let(local, value, s.formula))
            is_made = True
        return tuple(made)

    def _makes(self, s: Put) -> bool:
        """Tell whether a statement changes the row."""
        uses = list(_uses_in(s.part, self.array))
        return any(_place(use) == self.places[0] for use in uses)

    def _read(self, is_made: bool, node: Node) -> Node:
        """Return an expression with the row, once it is made, and with what earlier steps made."""
        if isinstance(node, Indexed) and isinstance(node.x, Variable):
            place = node.items[0]
            if (
                node.x.name == self.array.name
                and isinstance(place, StepIndex)
                and place in self.places
            ):
                back = _back(self.loop, place, self.places[0])
                if back > 0 or (back == 0 and is_made):
                    row = self.before[back - 1] if back else self.row.local
                    return row if is_row(node) else Indexed(row, node.items[1:], node.shape)
        return rebuilt(node, partial(self._read, is_made))
