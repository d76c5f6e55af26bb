"""What stands inside what in array programs, and the same with something else in its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from ... import ops
from .program import (
    Applied,
    ArrayProgram,
    Constant,
    Contracted,
    Expanded,
    Fill,
    First,
    Gathered,
    Indexed,
    Joined,
    Let,
    Node,
    Put,
    Range,
    Reshaped,
    RowLoop,
    Statement,
    StepIndex,
    Transposed,
    Variable,
)

_CHILDREN: dict[type, Callable[[Any], Sequence[Node]]] = {
    Applied: attrgetter("args"),
    Contracted: attrgetter("args"),
    Joined: attrgetter("parts"),
    Gathered: lambda node: (node.x, *node.places),
    First: attrgetter("x", "result"),
    **dict.fromkeys((Fill, Variable, Constant, Range, StepIndex), lambda node: ()),
}


def children(node: Node) -> Sequence[Node]:
    """Return what an expression is made of."""
    special = _CHILDREN.get(type(node))
    return special(node) if special else (node.x,)  # type: ignore[union-attr]


def inside(node: Node) -> list[Node]:
    """Return an expression and all that it is made of."""
    found, left = list[Node](), [node]
    while left:
        found.append(node := left.pop())
        left += reversed(children(node))
    return found


def nodes_of(s: Let | Put) -> tuple[Node, ...]:
    """Return the expressions of a statement."""
    return (s.value,) if isinstance(s, Let) else (s.part, *s.places, s.value)


def simple(statements: Sequence[Statement]) -> Iterator[Let | Put]:
    """Yield every statement that is no loop, those inside loops included."""
    for s in statements:
        if isinstance(s, RowLoop):
            yield from simple(s.body)
        else:
            yield s


def names_in(statement: Statement) -> list[str]:
    """Return the names of the variables that a statement reads, and of those it changes in part."""
    tops = [top for s in simple([statement]) for top in nodes_of(s)]
    return [node.name for top in tops for node in inside(top) if isinstance(node, Variable)]


def changed_by(statement: Statement) -> Sequence[Variable]:
    """Return the variables that a statement gives numbers, or other numbers."""
    return statement.carried if isinstance(statement, RowLoop) else (statement.target,)


def saved_of(program: ArrayProgram) -> list[Variable]:
    """Return the variables that backward reads of forward."""
    made = {v.name: v for s in program.forward for v in changed_by(s)}
    made |= {i.variable.name: i.variable for i in program.inputs}
    kept = dict.fromkeys(name for s in program.backward for name in names_in(s))
    return [made[name] for name in kept if name in made]


def conditions_of(program: ArrayProgram) -> set[str]:
    """Return the variables that hold comparisons, and that nothing but a choice reads."""
    every = [*program.forward, *program.backward]
    made = {s.target.name for s in every if isinstance(s, Let) and _is_comparison(s)}
    others = [s.target.name for s in simple(every) if not _is_comparison(s)]
    tops = [top for s in simple(every) for top in nodes_of(s)]
    tops += [node for _, node in program.outputs]
    return made - {*others, *[name for top in tops for name in _as_numbers(top)]}


_COMPARISONS = (ops.LT, ops.LE, ops.GT, ops.GE)


def _is_comparison(s: Let | Put) -> bool:
    return isinstance(s, Let) and isinstance(s.value, Applied) and s.value.op in _COMPARISONS


def _as_numbers(node: Node, chooses: bool = False) -> Iterator[str]:
    """Yield the variables that an expression reads otherwise than to choose by them."""
    if isinstance(node, Variable):
        if not chooses:
            yield node.name
    elif isinstance(node, Indexed | Reshaped | Transposed | Expanded):
        yield from _as_numbers(node.x, chooses)
    else:
        for k, child in enumerate(children(node)):
            is_test = isinstance(node, Applied) and node.op.name == ops.WHERE.name and not k
            yield from _as_numbers(child, is_test)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return an expression of which all parts were changed; itself where none was."""
    parts = children(node)
    new = [change(part) for part in parts]
    if all(x is y for x, y in zip(new, parts)):
        return node
    match node:
        case Applied() | Contracted():
            return replace(node, args=tuple(new))
        case Joined():
            return replace(node, parts=tuple(new))
        case Gathered():
            return replace(node, x=new[0], places=tuple(new[1:]))
        case First():
            return replace(node, x=new[0], result=new[1])
    return replace(node, x=new[0])  # type: ignore[arg-type]


def with_nodes(s: Statement, change: Callable[[Node], Node]) -> Statement:
    """Return a statement with other expressions."""
    if isinstance(s, RowLoop):
        return replace(s, body=tuple([with_nodes(inner, change) for inner in s.body]))
    if isinstance(s, Let):
        return replace(s, value=change(s.value))
    places = tuple(map(change, s.places))
    return replace(s, value=change(s.value), places=places, part=change(s.part))


def unrolled(statements: Sequence[Statement]) -> list[Let | Put]:
    """Return the statements of all steps of all loops, one after the other."""
    made: list[Let | Put] = []
    for s in statements:
        if isinstance(s, RowLoop):
            steps = range(s.count)
            for step in reversed(steps) if s.backwards else steps:
                made += unrolled([with_nodes(inner, _at({s.var: step})) for inner in s.body])
        else:
            made.append(s)
    return made


def _at(step: Mapping[str, int]) -> Callable[[Node], Node]:
    """Return what replaces the variables of loops by numbers."""

    def change(node: Node) -> Node:
        if isinstance(node, StepIndex):
            known = node.at(step)
            return Fill(known) if isinstance(known, int) else known
        if isinstance(node, Indexed):
            items = [i.at(step) if isinstance(i, StepIndex) else i for i in node.items]
            node = replace(node, items=tuple(items))
        return rebuilt(node, change)

    return change
