"""Programs as people read them: ``h[100,16] = relu(Σ₂ w[16,2]·x[100,2] + b[16])``.

The brackets after a name hold its own dims, those it moves along; a sum shows how many it adds. A
function of each element of a sum is written around that sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ... import ops
from ..ir.footprint import uses
from ..ir.joins import outputs_of
from ..ir.program import (
    Clear,
    Expr,
    For,
    Fused,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Statement,
    Term,
    moved,
)
from ..ir.scope import Scope, nests
from .array_names import ArrayNames
from .formulas import MULTIPLICATIVE, Formula, expression, joined, reduced, size, subscript
from .unflatten import unflattened


def show(program: Program) -> str:
    """Return a program as text, one line for each loop nest.

    Computed arrays without a name are h1, h2, ...; ∂ stands before a gradient. A prime marks an
    array before the function that is written around it.
    """
    program = unflattened(program)
    printer = _Printer(ArrayNames(program))
    lines = [*printer.names.legend(), *printer.lines(program.forward, Scope(), inline=True)]
    lines.append("return " + ", ".join(text for _, text in printer.together(outputs_of(program))))
    if program.backward:
        lines += ["", *printer.lines(program.backward, Scope(), inline=False)]
    return "\n".join(lines)


Program.__str__ = show  # type: ignore  # from here, since this imports ir


def summary(program: Program) -> str:
    """Return what a program consists of: how many loops, gathers, and numbers in memory."""
    forward, backward = (
        [nest for nest, _ in nests(body)] for body in (program.forward, program.backward)
    )
    operands = [use.ref for nest in forward + backward for use in uses(nest)]
    tables = {ref.table for ref in operands if ref.table is not None}
    indices = {ref.index for ref in operands if ref.index is not None}
    counts = {
        "loop nests": len(forward),
        "for the gradient": len(backward),
        "index tables": len(tables),
        "run-time indices": len(indices),
        "parameters": program.parameters[1],
        "constants": len(program.constants[1]),
    }
    told = ", ".join(f"{what} {n:,}" for what, n in counts.items())
    return f"{told}, numbers in memory {size(program.size)}"


def captions(program: Program) -> dict[int, str]:
    """Return the line that shows each nest, by the id of the nest."""
    printer = _Printer(ArrayNames(program))
    bodies = (nests(body) for body in (program.forward, program.backward))
    return {id(nest): printer.nest(nest, scope, False) for body in bodies for nest, scope in body}


class _Printer:
    def __init__(self, names: ArrayNames) -> None:
        self.names = names

    def lines(self, body: Sequence[Statement], scope: Scope, inline: bool) -> Iterator[str]:
        for kind, group in groupby(body, _kind):
            if kind == "clear":
                clears = [clear for clear in group if isinstance(clear, Clear)]
                names = [name for clear in clears for name in self.names.cleared(clear)]
                yield f"{', '.join(dict.fromkeys(names))} = 0"
            elif kind == "seed":
                yield from self.seeds([nest for nest in group if isinstance(nest, Nest)])
            else:
                for statement in group:
                    yield from self.statement(statement, scope, inline)

    def statement(self, statement: Statement, scope: Scope, inline: bool) -> Iterator[str]:
        if isinstance(statement, Nest):
            array = self.names.view(statement.target, statement.dims, scope)
            if not inline or array not in self.names.inlined:
                yield self.nest(statement, scope, inline)
        elif isinstance(statement, For):
            yield _heading(statement)
            for line in self.lines(statement.body, scope.inside(statement), inline):
                yield "    " + line
        elif isinstance(statement, Fused):
            yield from self.fused(statement, scope)
        elif isinstance(statement, Route):
            yield self.route(statement, scope)

    def fused(self, fused: Fused, scope: Scope) -> Iterator[str]:
        """Write nests that share their loops under one heading; no nest inside of another."""
        schedule, nests = fused.schedule, fused.nests
        dims = [size(d) for d in nests[0].dims]
        told = [f"for each [{','.join(dims)}]"] if dims else ["once"]
        if schedule.lanes is not None:
            told.append(f"{dims[schedule.lanes]} along the lanes")
        if any(dim is not None for dim in schedule.inner):
            told.append("sums along the lanes")
        for dim, count in schedule.blocks:
            what = "vectors" if dim == schedule.lanes else f"of {dims[dim]}"
            told.append(f"{count} {what} at a time")
        yield f"{', '.join(told)}:"
        for nest, stored in zip(nests, fused.stored, strict=True):
            yield f"    {self.nest(nest, scope, False)}{'' if stored else '  # in a register'}"

    def together(self, refs: Sequence[Ref]) -> Iterator[tuple[int, str]]:
        """Write what single numbers are, neighbours together; yield how many each time."""
        for run in _runs(refs):
            if len(run) > 1:
                view = self.names.view(run[0], (), Scope())
                yield len(run), view.part(run[0].address - view.start, len(run))
            else:
                yield 1, self.names.operand(run[0], (), Scope())

    def seeds(self, nests: Sequence[Nest]) -> Iterator[str]:
        """Write where the gradients of the outputs come in, neighbours together."""
        seeds = [expression(nest.terms[0].expr, lambda ref: Formula("")).text for nest in nests]
        values = [replace(nest.target, grad=False) for nest in nests]
        for count, target in self.together(values):
            first, seeds = seeds[:count], seeds[count:]
            yield f"∂{target} = {first[0] if count == 1 else f'{first[0]}, ..., {first[-1]}'}"

    def nest(self, nest: Nest, scope: Scope, inline: bool) -> str:
        target = self.names.operand(nest.target, nest.dims, scope)
        text, binds = self.computed(nest, scope, inline)
        if nest.accumulate and text.startswith("-") and binds >= MULTIPLICATIVE:
            return f"{target} -= {text[1:]}"
        return f"{target} {'+=' if nest.accumulate else '='} {text}"

    def computed(self, nest: Nest, scope: Scope, inline: bool) -> Formula:
        """Write what a nest computes, and within it what it alone reads."""

        def written(term: Term) -> Formula:
            dims = (*nest.dims, *term.dims)

            def inner(ref: Ref) -> Nest | None:
                found = self.names.inlined.get(self.names.view(ref, dims, scope))
                return found if inline and not ref.grad else None

            def operand(ref: Ref) -> Formula:
                if found := inner(ref):
                    return self.computed(found, scope, inline)
                return Formula(self.names.operand(ref, dims, scope))

            def opened(ref: Ref) -> Expr:
                """Put an inner expression in place of its name, so that products join."""
                found = inner(ref)
                if found is None or len(found.terms) > 1 or found.terms[0].dims:
                    return ref
                return moved(found.terms[0].expr, opened)

            return reduced(nest.reduce, term.dims, expression(moved(term.expr, opened), operand))

        sums_first = sorted(nest.terms, key=lambda term: not term.dims)
        return joined(nest.reduce, [written(term) for term in sums_first])

    def route(self, route: Route, scope: Scope) -> str:
        inner = (*route.dims, *route.reduced)
        result = self.names.operand(route.result, route.dims, scope)
        candidates = self.names.operand(route.candidates, inner, scope)
        if not route.reduced:
            return f"∂{candidates} += ∂{result}"
        which = "argmin" if route.reduce is ops.MINIMUM else "argmax"
        array = self.names.view(route.candidates, inner, scope)
        return f"∂{array.name}[{which}{subscript(route.reduced)} {candidates}] += ∂{result}"


def _heading(loop: For) -> str:
    if not loop.backwards:
        return f"for {loop.var} < {size(loop.count)}:"
    return f"for {loop.var} = {size(loop.count - 1)}, ..., 1, 0:"


def _kind(statement: Statement) -> str:
    """What may stand on one line with its neighbours."""
    if isinstance(statement, Clear):
        return "clear"
    if isinstance(statement, Nest) and not statement.dims and not statement.accumulate:
        return "seed" if isinstance(statement.terms[0].expr, Scalar) else ""
    return ""


def _runs(refs: Sequence[Ref]) -> list[list[Ref]]:
    """Split operands that are single numbers into runs of neighbours in one array."""
    runs: list[list[Ref]] = []
    for ref in refs:
        if runs and runs[-1][-1].array == ref.array and runs[-1][-1].offset + 1 == ref.offset:
            runs[-1].append(ref)
        else:
            runs.append([ref])
    return runs
