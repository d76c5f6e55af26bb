"""What is picked out of an array in the same way several times, forward and backward, once.

A gather copies all that it picks, and whole numbers made of an argument are several operations.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any

from .program import (
    Constant,
    Gathered,
    Given,
    Indexed,
    Let,
    Node,
    Put,
    Reshaped,
    RowLoop,
    Statement,
    Transposed,
    Variable,
    Whole,
)
from .visit import children, inside, nodes_of, rebuilt, simple, with_nodes

_LOOK = ("op", "value", "items", "order", "letters", "rows", "count", "axes", "offset", "factors")


class _Repeats:
    """Finds what is picked twice or more, and gives it a name where it is picked first.

    Args:
        inputs: of the program.
        statements: all of them, forward and backward.
        taken: names that variables have; new ones are added.
    """

    def __init__(
        self, inputs: Sequence[Given], statements: Sequence[Statement], taken: set[str]
    ) -> None:
        self.taken = taken
        outside = [s for s in statements if not isinstance(s, RowLoop)]
        written = Counter([s.target.name for s in simple(statements)])
        lets = {s.target.name: s.value for s in outside if isinstance(s, Let)}
        self.kept = {name for name in lets if written[name] == 1}
        self.kept |= {i.variable.name for i in inputs} - {*written}
        given = {i.variable.name for i in inputs}  # of one name as given and as it is laid
        self.views = {n: lets[n] for n in self.kept & {*lets} - given if _is_view(lets[n])}
        self.times = Counter([self.key(node) for s in outside for node in _picks(s)])
        self.names: dict[Any, Variable] = {}

    def once(self, body: Sequence[Statement]) -> list[Statement]:
        """Return statements in which what was named is read by its name."""
        made: list[Statement] = []
        for s in body:
            if isinstance(s, RowLoop):
                made.append(s)
                continue
            before: list[Statement] = []
            changed = with_nodes(s, partial(self.named, before))
            made += [*before, changed]
        return made

    def named(self, before: list[Statement], node: Node) -> Node:
        """Return an expression with names, and add what gives new ones their numbers."""
        node_key = self.key(node) if isinstance(node, Gathered | Whole) else None
        known = self.names.get(node_key)
        if known is not None:
            return known
        made = rebuilt(node, partial(self.named, before))
        if node_key is None or self.times[node_key] < 2 or not self.is_kept(node):
            return made
        target = Variable(self.free(node), made.shape)
        self.names[node_key] = target
        before.append(Let(target, made))
        return target

    def is_kept(self, node: Node) -> bool:
        """Tell whether what an expression reads has the same numbers everywhere."""
        return all(v.name in self.kept for v in inside(node) if isinstance(v, Variable))

    def key(self, node: Node) -> Any:
        """Return what is equal for equal expressions."""
        if isinstance(node, Variable):
            view = self.views.get(node.name)
            return node.name if view is None else self.key(view)
        if isinstance(node, Constant):
            return node.shape, node.numbers.tobytes()
        look = [
            str(getattr(node, name, "")) for name in ("op", "items", "order", "letters", "rows")
        ]
        parts = [self.key(child) for child in children(node)]
        return type(node).__name__, getattr(node, "value", None), node.shape, *look, *parts

    def free(self, node: Node) -> str:
        """Return a name for what is picked."""
        of = next((v.name for v in inside(node) if isinstance(v, Variable)), "c")
        word = f"{of}_index" if isinstance(node, Whole) else f"{of}_at"
        names = (f"{word}{k}" for k in count(2))
        name = word if word not in self.taken else next(n for n in names if n not in self.taken)
        self.taken.add(name)
        return name


def with_repeats_once(
    inputs: Sequence[Given],
    forward: Sequence[Statement],
    backward: Sequence[Statement],
    taken: set[str],
) -> tuple[list[Statement], list[Statement]]:
    """Return statements in which nothing is picked out of an array twice."""
    repeats = _Repeats(inputs, [*forward, *backward], taken)
    return repeats.once(forward), repeats.once(backward)


def _is_view(node: Node) -> bool:
    return isinstance(node, Indexed | Reshaped | Transposed)


def _picks(s: Let | Put) -> list[Node]:
    return [n for top in nodes_of(s) for n in inside(top) if isinstance(n, Gathered | Whole)]
