"""What a Program means: its statements run one number at a time, as ``compiler.ir`` words it.

Slow and plain on purpose: every back end is tested against it.
"""

from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from itertools import product

from micrograd.compiler.ir.program import (
    Apply,
    Clear,
    Expr,
    For,
    Literal,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Statement,
)
from micrograd.compiler.ir.sizes import Size, bound, evaluate

Numbers = MutableSequence[float]


def run_forward(
    program: Program,
    memory: Numbers,
    sizes: Mapping[str, int] | None = None,
    scalars: Mapping[str, float] | None = None,
) -> None:
    """Compute all values of a program in place; IndexError when a run-time index is wrong."""
    _Run(memory, [], dict(sizes or {}), scalars or {}).statements(program.forward)


def run_backward(
    program: Program,
    memory: Numbers,
    gradients: Numbers,
    sizes: Mapping[str, int] | None = None,
    scalars: Mapping[str, float] | None = None,
) -> None:
    """Compute all gradients in place; the gradients of the outputs have been set before."""
    _Run(memory, gradients, dict(sizes or {}), scalars or {}).statements(program.backward)


class _Run:
    def __init__(
        self, v: Numbers, g: Numbers, sizes: dict[str, int], scalars: Mapping[str, float]
    ) -> None:
        self.v, self.g, self.sizes, self.scalars = v, g, sizes, scalars

    def size(self, x: Size) -> int:
        return evaluate(x, self.sizes)

    def indices(self, dims: Sequence[Size]) -> Iterator[tuple[int, ...]]:
        return product(*(range(self.size(d)) for d in dims))

    def address(self, ref: Ref, at: tuple[int, ...]) -> int:
        address = self.size(ref.address) + self.along(ref.strides, at)
        if ref.table is not None:
            row = ref.table.values[self.along(ref.table.strides, at)]
            address += row * self.size(ref.table.scale)
        if ref.index is not None:
            k = self.v[self.address(ref.index, at)]
            if not (0 <= k < self.size(ref.rows) and k == int(k)):
                raise IndexError(f"index {k} is not a whole number below {self.size(ref.rows)}")
            address += int(k) * self.size(ref.row)
        return address

    def along(self, strides: Sequence[Size], at: tuple[int, ...]) -> int:
        return sum(self.size(s) * i for s, i in zip(strides, at, strict=False))

    def number(self, expr: Expr, at: tuple[int, ...]) -> float:
        match expr:
            case Literal(value):
                return value
            case Scalar(name):
                return self.scalars[name]
            case Ref():
                return (self.g if expr.grad else self.v)[self.address(expr, at)]
            case Apply(op, args):
                return op.fn(*(self.number(a, at) for a in args))
        raise TypeError(f"not an expression: {expr!r}")

    def statements(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            match statement:
                case Nest():
                    self.nest(statement)
                case Route():
                    self.route(statement)
                case For(var, count, body, backwards):
                    steps = range(self.size(count))
                    for step in reversed(steps) if backwards else steps:
                        self.sizes.update(bound(var, step))
                        self.statements(body)
                case Clear():
                    first = self.size(statement.address)
                    for address in range(first, first + self.size(statement.count)):
                        self.g[address] = 0.0

    def nest(self, nest: Nest) -> None:
        for at in self.indices(nest.dims):
            numbers = [
                self.number(term.expr, at + inner)
                for term in nest.terms
                for inner in self.indices(term.dims)
            ]
            empty = {"sum": 0.0, "prod": 1.0, "maximum": -float("inf"), "minimum": float("inf")}
            total = nest.reduce.fn(*numbers) if numbers else empty[nest.reduce.name]
            memory = self.g if nest.target.grad else self.v
            address = self.address(nest.target, at)
            memory[address] = memory[address] + total if nest.accumulate else total

    def route(self, route: Route) -> None:
        for at in self.indices(route.dims):
            result = self.address(route.result, at)
            for inner in self.indices(route.reduced):
                candidate = self.address(route.candidates, at + inner)
                if self.v[candidate] == self.v[result]:
                    self.g[candidate] += self.g[result]
                    break
