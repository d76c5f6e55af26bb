"""What only a ``take`` reads is computed where it is taken, and not for all the others.

A loss takes one of the logarithms of many probabilities: nobody asks for the others, and their
gradients would be zeros to be cleared, added up and passed on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ... import ops
from ..ir.array import Array
from ..ir.footprint import uses
from ..ir.joins import outputs_of
from ..ir.program import Nest, Program, Ref, Statement, Term, moved, refs
from ..ir.sizes import Size
from ..ir.visit import simple


def compute_picked(program: Program) -> Program:
    """Let what takes elements of an array compute them, where nobody else reads the array."""
    inner = {a for a in program.arrays if a.kind == "computed" and not a.parts}
    inner -= {output.array for output in outputs_of(program)}
    touched = Counter(use.ref.array for s in simple(program.forward) for use in uses(s))
    made: dict[Array, tuple[int, Nest]] = {}  # what computes each element, and its place
    forward: list[Statement | None] = list(program.forward)
    gone: set[Array] = set()
    for place, s in enumerate(program.forward):
        if not isinstance(s, Nest) or not s.terms:
            continue
        taken = s.terms[0].expr
        if _is_copy(s) and isinstance(taken, Ref) and taken.array in made:
            origin, nest = made[taken.array]
            alone = touched[taken.array] == 2 and _lasts(nest, program.forward[origin + 1 : place])
            picked = _picked(nest, s, taken) if alone else None
            if picked:
                forward[origin], forward[place] = None, picked
                gone.add(taken.array)
        if s.target.array in inner and _of_elements(s):
            made[s.target.array] = place, s
    kept = tuple([a for a in program.arrays if a not in gone])
    return replace(program, forward=[s for s in forward if s is not None], arrays=kept)


def _of_elements(nest: Nest) -> bool:
    """Tell whether each element is made of some, where these lie follows a rule, and only once."""
    if nest.accumulate or nest.scatter or nest.reduce is not ops.SUM:
        return False
    operands = [nest.target, *[ref for term in nest.terms for ref in refs(term.expr)]]
    if any(ref.table is not None or ref.index is not None for ref in operands):
        return False
    moving = [s for s in nest.target.strides if s != 0]
    one_by_one = len(moving) == len(nest.dims) == len(set(moving))
    return one_by_one and not any(term.dims for term in nest.terms)


def _is_copy(nest: Nest) -> bool:
    """Tell whether a nest copies what is at run-time indices."""
    ref = nest.terms[0].expr
    if len(nest.terms) > 1 or nest.terms[0].dims or nest.accumulate or nest.scatter:
        return False
    return isinstance(ref, Ref) and ref.index is not None and ref.table is None


def _lasts(nest: Nest, between: Sequence[Statement]) -> bool:
    """Tell whether nothing writes into arrays that a nest reads."""
    read = {ref.array for term in nest.terms for ref in refs(term.expr)}
    return not any(u.written and u.ref.array in read for s in simple(between) for u in uses(s))


def _picked(nest: Nest, copy: Nest, taken: Ref) -> Nest | None:
    """Return what computes the elements that a nest copies; None where it cannot be told."""
    target = nest.target
    dims = [_dim(target, s) for s in taken.strides[: len(copy.dims)]]
    row = _dim(target, taken.row)
    if taken.offset != target.offset or row is None or nest.dims[row] != taken.rows:
        return None
    moving = [d for d, s in zip(dims, taken.strides) if s != 0]
    if None in moving or len({row, *moving}) <= len(moving):
        return None

    def at(ref: Ref) -> Ref:
        there = replace(ref, strides=tuple([0 if d is None else ref.strides[d] for d in dims]))
        step = ref.strides[row]
        return there if step == 0 else replace(there, index=taken.index, row=step, rows=taken.rows)

    terms = tuple([Term((), moved(term.expr, at)) for term in nest.terms])
    checked = any(ref.index is not None for term in terms for ref in refs(term.expr))
    return replace(copy, terms=terms) if checked else None


def _dim(ref: Ref, stride: Size) -> int | None:
    """Return the dim along which an operand moves by a stride."""
    return next((d for d, s in enumerate(ref.strides) if s == stride != 0), None)
