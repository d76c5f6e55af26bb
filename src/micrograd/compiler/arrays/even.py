"""Which loops have even steps: each does the same as the one before, some rows further on."""

from collections.abc import Mapping

from ..ir.program import For, Nest, Ref, Route, Statement, refs
from ..ir.sizes import Size, substitute, variables


def is_even(loop: For, env: Mapping[str, Size]) -> bool:
    """Tell whether only where operands begin depends on the step, and by how much is always equal.

    Args:
        loop: whose steps.
        env: the variables of the loops around that are unrolled.
    """
    return all(_is_even(s, env) for s in loop.body)


def _is_even(s: Statement, env: Mapping[str, Size]) -> bool:
    if isinstance(s, For):
        return _is_fixed(env, s.count) and is_even(s, env)
    if isinstance(s, Route):
        return _is_fixed(env, *s.dims, *s.reduced) and all(
            _begins_evenly(ref, env) for ref in (s.candidates, s.result)
        )
    if not isinstance(s, Nest):
        return False
    dims = [*s.dims, *[d for term in s.terms for d in term.dims]]
    operands = [s.target, *[ref for term in s.terms for ref in refs(term.expr)]]
    return _is_fixed(env, *dims) and all(_begins_evenly(ref, env) for ref in operands)


def _is_fixed(env: Mapping[str, Size], *sizes: Size) -> bool:
    return not any(variables(substitute(size, env)) - {"B", "P"} for size in sizes)


def _begins_evenly(ref: Ref, env: Mapping[str, Size]) -> bool:
    x = substitute(ref.offset, env)
    names = [[n for n in monomial if n != "P"] for monomial in getattr(x, "terms", ())]
    table = (*ref.table.strides, ref.table.scale) if ref.table else ()
    return (
        all(len(some) < 2 and not any(n.endswith("_2") for n in some) for some in names)
        and _is_fixed(env, *ref.strides, ref.row, ref.rows, *table)
        and (ref.index is None or _begins_evenly(ref.index, env))
    )
