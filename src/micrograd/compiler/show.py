"""Programs as people read them: ``h[100,16] = relu(Σ₂ w[16,2]·x[100,2] + b[16])``.

The brackets after a name hold its own dims, those it moves along; a sum shows how many it adds. A
function of each element of a sum is written around that sum.
"""

from collections.abc import Iterator, Sequence

from .. import ops
from .array_names import ArrayNames, Scope, nests
from .ir import For, Nest, Program, Ref, Route, Statement, Term, refs
from .formulas import Text, expression, joined, reduced, size, subscript
from .unflatten import unflattened


def show(program: Program) -> str:
    """Return a program as text, one line for each loop nest.

    Computed arrays without a name are h1, h2, ...; ∂ stands before a gradient. A prime marks an
    array before the function that is written around it.
    """
    program = unflattened(program)
    printer = _Printer(ArrayNames(program))
    lines = list(printer.lines(program.forward, Scope(), inline=True))
    outputs = (printer.names.operand(Ref(o, ()), (), Scope()) for o in program.outputs)
    lines.append("return " + ", ".join(outputs))
    if program.backward:
        lines += ["", *printer.lines(program.backward, Scope(), inline=False)]
    return "\n".join(lines)


def summary(program: Program) -> str:
    """Return what a program consists of: how many loops, gathers, and numbers in memory."""
    forward, backward = (
        [nest for nest, _ in nests(body, Scope())] for body in (program.forward, program.backward)
    )
    operands = [
        ref
        for nest in forward + backward
        for expr in (nest.target, *(term.expr for term in nest.terms))
        for ref in refs(expr)
    ]
    counts = (
        (len(forward), "loop nests"),
        (len(backward), "for the gradient"),
        (len({ref.table for ref in operands if ref.table is not None}), "index tables"),
        (len({ref.index for ref in operands if ref.index is not None}), "run-time indices"),
        (program.parameters[1], "parameters"),
        (program.inputs[1], "inputs"),
        (len(program.constants[1]), "constants"),
    )
    told = ", ".join(f"{n:,} {what}" for n, what in counts)
    return f"{told}; memory of {size(program.size)} numbers"


class _Printer:
    def __init__(self, names: ArrayNames) -> None:
        self.names = names

    def lines(self, body: Sequence[Statement], scope: Scope, inline: bool) -> Iterator[str]:
        for statement in body:
            if isinstance(statement, Nest):
                array = self.names.array(statement.target, statement.dims, scope)
                if not inline or array not in self.names.inlined:
                    yield self.nest(statement, scope, inline)
            elif isinstance(statement, For):
                yield _heading(statement)
                for line in self.lines(statement.body, scope.inside(statement), inline):
                    yield "    " + line
            elif isinstance(statement, Route):
                yield self.route(statement, scope)
            else:
                yield f"{self.names.cleared(statement)} = 0"

    def nest(self, nest: Nest, scope: Scope, inline: bool) -> str:
        target = self.names.operand(nest.target, nest.dims, scope)
        sign = "+=" if nest.accumulate else "="
        return f"{target} {sign} {self.computed(nest, scope, inline).text}"

    def computed(self, nest: Nest, scope: Scope, inline: bool) -> Text:
        """Write what a nest computes, and within it what it alone reads."""

        def written(term: Term) -> Text:
            dims = (*nest.dims, *term.dims)

            def operand(ref: Ref) -> Text:
                inner = self.names.inlined.get(self.names.array(ref, dims, scope))
                if inline and inner is not None and not ref.grad:
                    return self.computed(inner, scope, inline)
                return Text(self.names.operand(ref, dims, scope))

            return reduced(nest.reduce, term.dims, expression(term.expr, operand))

        sums_first = sorted(nest.terms, key=lambda term: not term.dims)
        return joined(nest.reduce, [written(term) for term in sums_first])

    def route(self, route: Route, scope: Scope) -> str:
        inner = (*route.dims, *route.reduced)
        result = self.names.operand(route.result, route.dims, scope)
        candidates = self.names.operand(route.candidates, inner, scope)
        which = "argmin" if route.reduce is ops.MINIMUM else "argmax"
        array = self.names.array(route.candidates, inner, scope)
        return f"∂{array.name}[{which}{subscript(route.reduced)} {candidates}] += ∂{result}"


def _heading(loop: For) -> str:
    count = size(loop.count)
    if not loop.backwards:
        return f"for {loop.var} < {count}:"
    last = size(loop.count - 1)
    return f"for {loop.var} = {last}, ..., 1, 0:"
