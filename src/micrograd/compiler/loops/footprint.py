"""Which addresses statements read and write. Every batched row counts as one address."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ir import For, Nest, Program, Ref, Route, Statement, refs
from ..sizes import Size, bound, evaluate, variables

_ONE_EXAMPLE = {"B": 1, "P": 1}


class Use(NamedTuple):
    """One operand of a statement, over the dims along which its strides count."""

    ref: Ref
    dims: tuple[Size, ...]
    written: bool


def needs_gradient(program: Program) -> Callable[[Ref], bool]:
    """Return a test of operands: whether the gradient of what they point to matters."""
    needs = np.zeros(program.plain + program.rows, dtype=bool)
    for a in program.arrays:
        start = evaluate(a.start, _ONE_EXAMPLE)
        needs[start : start + a.count] = a.needs_gradient
    known: dict[Size, bool] = {}

    def test(ref: Ref) -> bool:
        if ref.offset not in known:
            env = dict.fromkeys(variables(ref.offset), 0) | _ONE_EXAMPLE
            known[ref.offset] = bool(needs[evaluate(ref.offset, env)])
        return known[ref.offset]

    return test


def uses(statement: Statement) -> Iterator[Use]:
    """Yield the operands of a nest or a route, those behind run-time indices included."""
    if isinstance(statement, Route):
        yield Use(statement.candidates, (*statement.dims, *statement.reduced), False)
        yield Use(statement.result, statement.dims, False)
    elif isinstance(statement, Nest):
        yield Use(statement.target, statement.dims, True)
        if statement.target.index is not None:
            yield Use(statement.target.index, statement.dims, False)
        for term in statement.terms:
            for ref in refs(term.expr):
                yield Use(ref, (*statement.dims, *term.dims), False)


def rounds(loop: For, env: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield the values of all variables in each round of a loop.

    Offsets may be quadratic, and step over what lies between: no two rounds stand for the rest.
    """
    for t in range(evaluate(loop.count, env)):
        yield {**env, **bound(loop.var, t)}


def gradient_spans(
    statement: Statement, env: Mapping[str, int] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield the first and last address of each gradient operand, over all rounds of a loop."""
    env = env or {}
    if isinstance(statement, For):
        for now in rounds(statement, env):
            for inner in statement.body:
                yield from gradient_spans(inner, now)
        return
    for ref, dims, _ in uses(statement):
        if ref.grad or isinstance(statement, Route):
            yield span(ref, dims, env)


def span(ref: Ref, dims: tuple[Size, ...], env: Mapping[str, int]) -> tuple[int, int]:
    """Return the first and last address that an operand may touch."""
    counted = {**env, **_ONE_EXAMPLE}
    low = high = evaluate(ref.offset, counted)
    for dim, stride in zip(dims, ref.strides):
        step = evaluate(stride, counted) * (evaluate(dim, counted) - 1)
        low, high = low + min(step, 0), high + max(step, 0)
    if ref.table is not None:
        scale = evaluate(ref.table.scale, counted)
        low += scale * min(ref.table.values)
        high += scale * max(ref.table.values)
    if ref.index is not None:
        high += evaluate(ref.row, counted) * (evaluate(ref.rows, counted) - 1)
    return low, high


def addresses(ref: Ref, dims: tuple[Size, ...]) -> NDArray[np.int64]:
    """Return all addresses of an operand whose sizes are known and that has no run-time index."""
    shape = [evaluate(d, _ONE_EXAMPLE) for d in dims]
    address = _affine(shape, [evaluate(s, _ONE_EXAMPLE) for s in ref.strides])
    if ref.table is not None:
        place = _affine(shape, [evaluate(s, _ONE_EXAMPLE) for s in ref.table.strides])
        scale = evaluate(ref.table.scale, _ONE_EXAMPLE)
        address = address + scale * np.array(ref.table.values)[place]
    return (address + evaluate(ref.offset, _ONE_EXAMPLE)).reshape(-1)


def _affine(shape: list[int], strides: list[int]) -> NDArray[np.int64]:
    """Σ stride·index over all indices of a shape."""
    total = np.zeros(shape, dtype=np.int64)
    for d, (size, stride) in enumerate(zip(shape, strides)):
        steps = np.arange(size, dtype=np.int64) * stride
        total += steps.reshape([-1 if k == d else 1 for k in range(len(shape))])
    return total
