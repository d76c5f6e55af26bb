"""What must hold of a program whatever it computes; checked after every pass in the tests.

Numbers alone do not show a use that strays into its neighbour and happens to be right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import numpy as np

from .array import MEMORY, Array
from .footprint import ONE_EXAMPLE, Use, addresses, span, uses
from .joins import outputs_of
from .program import Clear, Nest, Program, Ref, Route, Statement
from .sizes import Size, evaluate, variables
from .visit import executed, loops, variables_of


class InvalidProgram(Exception):
    """A pass made a program that breaks a rule; the message names the pass and the statement."""


def verify(
    program: Program, after: str, sizes: Mapping[str, int] = ONE_EXAMPLE, whole: bool = True
) -> None:
    """Check a program, by default with a batch of one.

    Args:
        program: what a pass made.
        after: the name of the pass, for the message.
        sizes: of the batch, and the length where the program is one for all lengths.
        whole: whether all is there that fills the gradients it reads, or a part of it.

    Raises:
        InvalidProgram: a use has strides for other dims than its statement's, a size holds a
            variable that no loop binds, an address lies outside its array, a value or a gradient
            is read before it is computed, or several indices of a nest that is no scatter have one
            target.
    """
    _Verifier(program, after, sizes, whole).run()


class _Verifier:
    def __init__(self, program: Program, after: str, env: Mapping[str, int], whole: bool) -> None:
        self.program, self.after, self.env = program, after, env
        self.defined: dict[Array, np.ndarray] = {}
        self.sloped: dict[Array, np.ndarray] = {}  # the same of gradients
        self.seen: dict[int, list[tuple[Use, Ref]]] = {}  # by the identity of a statement
        for a in program.arrays:
            if (size := evaluate(a.size, env)) < 0:
                raise InvalidProgram(f"after {after}: {a!r} has {size} elements")
            self.defined[a], self.sloped[a] = np.zeros(size, bool), np.full(size, not whole)
            for leaf in a.leaves:
                first, last = (evaluate(x - a.start, env) for x in _ends(leaf))
                self.defined[a][first:last] = leaf.kind != "computed"

    def run(self) -> None:
        self.statements(self.program.forward)
        for o in outputs_of(self.program):
            place = evaluate(o.array.moved(o.offset), self.env)
            if not 0 <= place < len(self.defined[o.array]) or not self.defined[o.array][place]:
                self.fail("an output is never computed", o)
        self.statements(self.program.backward)

    def statements(self, body: Sequence[Statement]) -> None:
        for loop in loops(body):
            some = {**self.env} | dict.fromkeys(variables_of(loops(body)), 0)
            self.number(loop.count, some, loop)
        for s, env in executed(body, self.env):
            if isinstance(s, Clear):
                start = self.number(s.start, env, s)
                stop = start + self.number(s.count, env, s)
                self.inside(s, s.array, start, stop - 1)
                self.cleared(s.array, start, stop)
            else:
                self.statement(s, env)

    def cleared(self, array: Array, start: int, stop: int) -> None:
        if array is not MEMORY:
            self.sloped[array][start:stop] = True
            return
        for a, slopes in self.sloped.items():
            first = evaluate(a.start, self.env)
            slopes[max(start - first, 0) : max(stop - first, 0)] = True

    def statement(self, s: Nest | Route, env: Mapping[str, int]) -> None:
        if id(s) not in self.seen:  # in a loop it comes again, with the same names
            self.seen[id(s)] = [(use, replace(use.ref, array=MEMORY)) for use in uses(s)]
            for use, _ in self.seen[id(s)]:
                self.sizes(s, use, env)
        for use, ref in self.seen[id(s)]:
            if not all(evaluate(d, env) > 0 for d in use.dims):
                continue
            array = use.ref.array
            self.inside(s, array, *span(ref, use.dims, env))
            if not (use.written or ref.table or ref.index):
                made = (self.sloped if ref.grad else self.defined)[array]
                ids = addresses(ref, use.dims, env)
                if not made[ids].all():
                    lost = ids[~made[ids]][0]
                    self.fail(f"element {lost} of {array!r} is read and not yet made", s)
        empty = isinstance(s, Nest) and not all(evaluate(d, env) > 0 for d in s.dims)
        if isinstance(s, Nest) and not s.target.index and not empty:
            ids = addresses(replace(s.target, array=MEMORY), s.dims, env)
            if not s.scatter and _repeats(ids):
                self.fail("several indices have one target, and it is no scatter", s)
            made = (self.sloped if s.target.grad else self.defined)[s.target.array]
            if s.accumulate and not made[ids].all():
                self.fail(f"{s.target.array!r} is added to and not yet made", s)
            made[ids] = True

    def sizes(self, s: Statement, use: Use, env: Mapping[str, int]) -> None:
        ref = use.ref
        if len(ref.strides) != len(use.dims):
            self.fail(f"{len(ref.strides)} strides over {len(use.dims)} dims", s)
        if ref.table is not None and len(ref.table.strides) != len(use.dims):
            self.fail(f"a table has {len(ref.table.strides)} strides, not {len(use.dims)}", s)
        for size in (ref.offset, *ref.strides, *use.dims):
            self.number(size, env, s)

    def inside(self, s: Statement, array: Array, first: int, last: int) -> None:
        if array is MEMORY:
            count = evaluate(self.program.size, self.env)
        elif array in self.defined:
            count = len(self.defined[array])
        else:
            self.fail(f"{array!r} is no array of the program", s)
        if first < 0 or last >= count:
            self.fail(f"elements {first} to {last} of {count}", s)

    def number(self, size: Size, env: Mapping[str, int], s: Statement) -> int:
        if unbound := variables(size) - env.keys():
            self.fail(f"{size} holds {', '.join(sorted(unbound))}, which no loop binds", s)
        return evaluate(size, env)

    def fail(self, what: str, where: object) -> NoReturn:
        raise InvalidProgram(f"after {self.after}: {what}, in {where!r}")


def _repeats(ids: np.ndarray) -> bool:
    """Tell whether one of some addresses, which lie close together, is there twice."""
    low = ids.min()
    taken = np.zeros(ids.max() - low + 1, bool)
    taken[ids - low] = True
    return int(np.count_nonzero(taken)) < len(ids)


def _ends(array: Array) -> tuple[Size, Size]:
    return array.start, array.start + array.size
