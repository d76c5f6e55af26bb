"""What comes into an array program and goes out of it: arguments, constants, outputs, gradients."""

from collections.abc import Iterator, Sequence
from math import prod

from ... import ops
from ..ir.array import Array
from ..ir.joins import outputs_of
from ..ir.program import Program, Ref
from ..ir.sizes import evaluate, known
from .program import (
    BATCH,
    PARAMETERS,
    Applied,
    Expanded,
    Given,
    Indexed,
    Node,
    Reshaped,
    Shape,
    Transposed,
    Variable,
    of_numbers,
)
from .statements import Statements, flat
from .storage import Storage, number, rows


class Ends:
    """Defines what is given, and returns what is wanted.

    Args:
        program: the loops.
        arguments: of each of its inputs which argument it is, None for 1/B; None instead of all:
            each leaf is one.
        storage: the variables.
        statements: takes the definitions.
    """

    def __init__(
        self,
        program: Program,
        arguments: Sequence[int | None] | None,
        storage: Storage,
        statements: Statements,
    ) -> None:
        self.program, self.arguments = program, arguments
        self.storage, self.statements = storage, statements
        self.given: list[tuple[Array, Given]] = []

    def inputs(self) -> list[Given]:
        """Return what is given; define the arrays that it is, or is a part of."""
        starts = [place.start for place in self.program.segments]
        of_leaf = dict(zip(starts, self.arguments or ()))
        joined = []
        for array in self.program.arrays:
            leaves = _given_in(array)
            for leaf in leaves:
                shape = tuple([d for d in leaf.shape if isinstance(d, int)])
                if prod(shape) != leaf.count or not leaf.name or leaf.start not in of_leaf:
                    shape = (known(leaf.count),)
                if self.arguments is None:
                    shape = tuple([d for d in self.storage.shape(leaf) if isinstance(d, int)])
                wanted = leaf.needs_gradient and leaf.kind in ("parameter", "variable")
                gradient = self.storage.variable(leaf, True) if wanted else None
                variable = self.storage.variable(leaf)
                which = of_leaf.get(leaf.start, PARAMETERS if leaf.kind == "parameter" else None)
                which = len(self.given) if self.arguments is None else which
                made = Given(variable, which, leaf.batched, shape, gradient)
                self.given.append((array, made))
            if array.parts and leaves:
                joined.append((array, leaves))
        self._defined()
        for array, leaves in joined:
            self._joined(array, leaves)
        return [given for _, given in self.given]

    def _defined(self) -> None:
        """Define what is given; an argument that is mapped over and read whole comes in once."""
        once: dict[int, Given] = {}
        for _, made in sorted(self.given, key=lambda given: not given[1].batched):
            source = made if made.argument is None else once.setdefault(made.argument, made)
            if source is not made:  # while it is still in the user's shape
                self.statements.let(made.variable, _as_stored(made, source))
        for _, made in self.given:
            if made.argument is None or once[made.argument] is made:
                self.statements.let(made.variable, _as_stored(made, made))
        self.given = [
            (array, g) for array, g in self.given if g.argument is None or once[g.argument] is g
        ]

    def gradients(self) -> None:
        """Define the gradients of what is given."""
        for array, given in self.given:
            if given.gradient and array.parts:
                self.statements.let(given.gradient, self._gradient_of(array, given))
            elif given.gradient:
                self.statements.let_zero(given.gradient)

    def _gradient_of(self, array: Array, given: Given) -> Node:
        """Return the gradient of what is given as a part of an array."""
        total = self.storage.variable(array, True)
        self.statements.let_zero(total)
        leaf = next(x for x in array.leaves if self.storage.variable(x) is given.variable)
        part = _within(array, leaf, total)
        shape = given.variable.shape
        return part if part.shape == shape else Reshaped(part, shape)

    def _joined(self, array: Array, leaves: Sequence[Array]) -> None:
        """Put what is given into the array that it is a part of."""
        variable = self.storage.variable(array)
        self.statements.let_zero(variable)
        for leaf in leaves:
            own = flat(self.storage.variable(leaf), leaf)
            self.statements.put(variable, _within(array, leaf, variable), own)

    def constants(self) -> None:
        """Define what is known."""
        start, numbers = self.program.constants
        for array in self.program.arrays:
            for leaf in array.leaves:
                if leaf.kind != "constant":
                    continue
                first = known(leaf.start - start)
                values = of_numbers([float(x) for x in numbers[first:][: known(leaf.count)]])
                own = self.storage.variable(leaf)
                node: Node = values if own.shape else Indexed(values, (0,), ())
                if array.parts:
                    variable = self.storage.variable(array)
                    self.statements.let_zero(variable)
                    self.statements.put(variable, _within(array, leaf, variable), values)
                else:
                    self.statements.let(own, node)

    def outputs(self) -> Iterator[tuple[int, Node]]:
        """Yield runs of neighbours among the outputs, each as one array."""
        refs = outputs_of(self.program)
        k = 0
        while k < len(refs):
            array, first = refs[k].array, _offset(refs[k])
            stop = k + 1
            while stop < len(refs) and refs[stop].array == array:
                if _offset(refs[stop]) != first + stop - k:
                    break
                stop += 1
            variable = self.storage.variable(array)
            self.statements.let_zero(variable)
            yield k, flat_part(variable, array, first, stop - k)
            k = stop


def leaves_of(program: Program) -> list[Array]:
    """Return the leaves whose numbers are given, in the order in which they are."""
    return [leaf for array in program.arrays for leaf in _given_in(array)]


def _given_in(array: Array) -> list[Array]:
    return [x for x in array.leaves if x.kind in ("parameter", "variable", "input")]


def flat_part(variable: Variable, array: Array, first: int, count: int) -> Node:
    """Return neighbours of an array: all of it, one, or some along one axis."""
    more: Shape = (BATCH,) if array.batched else ()
    if count == array.count:
        return variable
    node = flat(variable, array)
    if count == 1:
        return Indexed(node, (first,), more)
    return Indexed(node, (slice(first or None, first + count),), (count, *more))


def _as_stored(given: Given, source: Given) -> Node:
    """Return an array as it is given, with the batch last and without axes of length 1.

    Args:
        given: the array.
        source: what comes in, in the user's shape: itself, or another one of the same argument.
    """
    variable = given.variable
    if given.argument is None:
        return Expanded(Applied(ops.power(-1), (Variable(BATCH, ()),), ()), ())
    own = Variable(source.variable.name, (*[BATCH] * source.batched, *source.shape))
    plain = variable.shape[:-1] if given.batched else variable.shape
    stored = (*[BATCH] * given.batched, *plain)
    node: Node = own if stored == own.shape else Reshaped(own, stored)
    if not (given.batched and plain):
        return node
    return Transposed(node, (*range(1, len(plain) + 1), 0), variable.shape)


def _within(array: Array, leaf: Array, variable: Variable) -> Node:
    """Return the part of an array that one of those is that it was joined of."""
    first = evaluate(leaf.start - array.start, {"P": 1, "B": 1})
    count = known(leaf.count)
    shape = (count, *variable.shape[1:])
    return Indexed(variable, (slice(first, first + count),), shape)


def _offset(ref: Ref) -> int:
    return rows(ref.offset, {}) if ref.array.batched else number(ref.offset, {})
