"""What an array program needs once all its statements are there.

A variable of which each step of a loop uses a row of its own, and nobody else reads it, is one row;
which variables loops carry; and which arrays must be in memory of their own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ... import ops
from .aliases import viewed
from .joining import with_joined
from .program import (
    Applied,
    ArrayProgram,
    Expanded,
    Fill,
    Indexed,
    Let,
    Node,
    Put,
    RowLoop,
    Statement,
    StepIndex,
    Variable,
)
from .repeats import with_repeats_once
from .simplify import simplified
from .visit import children, inside, names_in, nodes_of, rebuilt, simple, with_nodes


def finished(program: ArrayProgram) -> ArrayProgram:
    """Return a program with its loops and copies as printers need them."""
    outside = [i.variable for i in program.inputs]
    outside += [i.gradient for i in program.inputs if i.gradient]
    outside += [v for _, node in program.outputs for v in inside(node) if isinstance(v, Variable)]
    users = Counter([v.name for v in outside])
    for s in simple([*program.forward, *program.backward]):
        users.update(_mentioned(s))
    defined = {i.variable.name for i in program.inputs} | {v.name for _, v in program.seeds}
    taken = {*users, *defined}
    forward, backward = (
        with_joined(_with_rows(body, users), taken) for body in (program.forward, program.backward)
    )
    forward, backward = _with_carried(forward, defined), _with_carried(backward, defined)
    forward, backward = ([with_nodes(s, simplified) for s in body] for body in (forward, backward))
    forward, backward = with_repeats_once(program.inputs, forward, backward, taken)
    return replace(program, forward=with_copies(forward), backward=with_copies(backward))


def _mentioned(s: Statement) -> set[str]:
    return {name for one in simple([s]) for name in (one.target.name, *names_in(one))}


# ---- rows of one step


def _with_rows(body: Sequence[Statement], users: Counter[str]) -> list[Statement]:
    """Return statements whose loops keep to themselves what nobody else reads.

    Args:
        body: all of forward, or of backward.
        users: how many statements of the program each variable stands in.
    """
    made, gone = list(body), set[str]()
    zeros = {s.target.name for s in made if isinstance(s, Let) and is_zero(s.value)}
    for k, loop in enumerate(made):
        if isinstance(loop, RowLoop):
            inner = Counter([name for s in simple(loop.body) for name in _mentioned(s)])
            for name in zeros & inner.keys():
                own = _with_row(loop, name) if users[name] == inner[name] + 1 else None
                if own is not None:
                    made[k] = loop = own
                    gone.add(name)
    return [s for s in made if not (isinstance(s, Let) and s.target.name in gone)]


def is_zero(node: Node) -> bool:
    """Tell whether an expression is an array of zeros."""
    return isinstance(node, Expanded) and isinstance(node.x, Fill) and node.x.value == 0.0


def _with_row(loop: RowLoop, name: str) -> RowLoop | None:
    """Return a loop in which a variable, 0 before, is a row of one step; None where it is more."""
    first = next(k for k, s in enumerate(loop.body) if name in _mentioned(s))
    start = loop.body[first]
    places = {p for s in simple(loop.body) for p in _places(s, name)}
    if places == {None}:
        new = isinstance(start, Let) and name not in names_in(start)
        return loop if new else None
    place = places.pop()
    if places or place is None or [n for n, _ in place.factors] != [loop.var]:
        return None
    body = [_on_row(s, name) for s in loop.body]
    row = next(s.target for s in simple(body) if s.target.name == name)
    if isinstance(start, Put) and is_row(start.part) and name not in names_of(start):
        value = start.value if start.value.shape == row.shape else Expanded(start.value, row.shape)
        body[first] = Let(row, value, start.formula)
    else:
        body.insert(first, Let(row, Expanded(Fill(0.0), row.shape)))
    return replace(loop, body=tuple(body))


def names_of(s: Put) -> set[str]:
    """Return the names that a change of a part reads, but for the part itself."""
    nodes = [node for top in (s.value, *s.places) for node in inside(top)]
    return {node.name for node in nodes if isinstance(node, Variable)}


def _places(s: Let | Put, name: str) -> Iterator[StepIndex | None]:
    """Yield at which row each use of a variable is, None where it is no row."""
    if isinstance(s, Let) and s.target.name == name:
        yield None
    yield from (p for node in nodes_of(s) for p in _rows_in(node, name))


def _rows_in(node: Node, name: str) -> Iterator[StepIndex | None]:
    if isinstance(node, Variable) and node.name == name:
        yield None
    elif isinstance(node, Indexed) and isinstance(node.x, Variable) and node.x.name == name:
        item = node.items[0]
        yield item if isinstance(item, StepIndex) else None
    else:
        for child in children(node):
            yield from _rows_in(child, name)


def is_row(part: Node) -> bool:
    """Tell whether a part of an array is all that is at one place of its first axis."""
    return isinstance(part, Indexed) and all(item == slice(None) for item in part.items[1:])


def _on_row(s: Statement, name: str) -> Statement:
    """Return a statement with a row in place of an array."""

    def change(node: Node) -> Node:
        if isinstance(node, Indexed) and isinstance(node.x, Variable) and node.x.name == name:
            row = Variable(name, node.x.shape[1:])
            return row if is_row(node) else Indexed(row, node.items[1:], node.shape)
        return rebuilt(node, change)

    if isinstance(s, RowLoop):
        return replace(s, body=tuple([_on_row(inner, name) for inner in s.body]))
    made = with_nodes(s, change)
    if isinstance(made, Put) and isinstance(made.part, Variable) and not made.places:
        shape = made.part.shape
        added = Applied(ops.ADD, (made.part, made.value), shape)
        full = made.value if made.value.shape == shape else Expanded(made.value, shape)
        return Let(made.part, added if made.add else full, made.formula)
    return made


# ---- what passes from step to step, and copies


def _with_carried(body: Sequence[Statement], defined: set[str]) -> list[Statement]:
    """Return statements whose loops name what they carry; note what is defined behind them."""
    made: list[Statement] = []
    for s in body:
        if isinstance(s, RowLoop):
            inner = tuple(_with_carried(s.body, {*defined}))
            changed = {one.target.name: one.target for one in simple(inner)}
            carried = tuple([v for name, v in changed.items() if name in defined])
            s = replace(s, body=inner, carried=carried)
        else:
            defined.add(s.target.name)
        made.append(s)
    return made


def with_copies(body: Sequence[Statement], later: frozenset[str] = frozenset()) -> list[Statement]:
    """Mark what has to be in memory of its own: what is changed in part later, and its source.

    Args:
        body: the statements.
        later: the names of what is changed in part behind them.
    """
    made: list[Statement] = []
    for s in reversed(body):
        changed = frozenset([one.target.name for one in simple([s]) if isinstance(one, Put)])
        if isinstance(s, RowLoop):
            s = replace(s, body=tuple(with_copies(s.body, later | changed)))
        elif isinstance(s, Let):
            s = replace(s, fresh=s.target.name in later or viewed(s.value) in later)
        later |= changed
        made.append(s)
    return made[::-1]
