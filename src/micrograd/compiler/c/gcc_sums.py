"""Sums that GCC before 12.4 and 13.2 adds up wrongly, in C that others compile with their flags.

Where an inner loop is short enough to be written out, the loop vectorizer reads the numbers of a
sum in the order in which they lie and adds some of them twice, though the sum takes them in another
order: backwards, or along columns (GCC's bug 110381). One loop alone is right.
"""

from collections.abc import Iterator
from itertools import pairwise

from ..ir.program import Nest, Program, refs
from ..ir.sizes import Poly
from ..ir.visit import simple

_BEFORE = """\
#if defined __GNUC__ && !defined __clang__ && __GNUC__ < 14 /* some add up wrongly: bug 110381 */
#pragma GCC push_options
#pragma GCC optimize ("no-tree-loop-vectorize")
#endif
"""
_BEHIND = """
#if defined __GNUC__ && !defined __clang__ && __GNUC__ < 14
#pragma GCC pop_options
#endif"""


def guarded_from_gcc(program: Program, functions: str) -> str:
    """Return C functions of a program, kept from the loop vectorizer if it may get a sum wrong."""
    return f"{_BEFORE}{functions}{_BEHIND}" if any(_in_other_orders(program)) else functions


def _in_other_orders(program: Program) -> Iterator[bool]:
    """Yield of each operand of a sum over several loops whether they leave the order of memory."""
    for s in simple([*program.forward, *program.backward]):
        if isinstance(s, Nest):
            adds = [d for d, stride in enumerate(s.target.strides) if s.accumulate and stride == 0]
            for term in s.terms:
                loops = [*adds, *range(len(s.dims), len(s.dims) + len(term.dims))]
                for ref in refs(term.expr) if len(loops) > 1 else ():
                    strides = [ref.strides[d] for d in loops]
                    steps = [x for x in strides if not isinstance(x, Poly) and x]
                    yield any(x < 0 for x in steps) or any(a < b for a, b in pairwise(steps))
