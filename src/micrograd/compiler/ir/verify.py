"""What must hold of a program whatever it computes; checked after every pass in the tests.

Numbers alone do not show a use that strays into its neighbour and happens to be right.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from .array import Array
from .footprint import ONE_EXAMPLE, Use, addresses, span, uses
from .program import Clear, Nest, Program, Route, Statement
from .sizes import Size, evaluate, known, variables
from .visit import executed, loops, variables_of


class InvalidProgram(Exception):
    """A pass made a program that breaks a rule; the message names the pass and the statement."""


def verify(program: Program, after: str) -> None:
    """Check a program of known lengths, with a batch of one.

    Args:
        program: what a pass made.
        after: the name of the pass, for the message.

    Raises:
        InvalidProgram: a use has strides for other dims than its statement's, a size holds a
            variable that no loop binds, an address lies outside its array, a value is read before
            it is computed, or several indices of a nest that is no scatter have one target.
    """
    _Verifier(program, after).run()


class _Verifier:
    def __init__(self, program: Program, after: str) -> None:
        self.program, self.after = program, after
        count = program.plain + program.rows
        self.spans: dict[Array, tuple[int, int]] = {}
        self.defined = np.zeros(count, dtype=bool)
        for a in program.arrays:
            start = evaluate(a.start, ONE_EXAMPLE)
            self.spans[a] = start, start + known(a.count) - 1
        for a in program.leaves:
            start = evaluate(a.start, ONE_EXAMPLE)
            self.defined[start : start + a.count] = a.kind != "computed"

    def run(self) -> None:
        self.statements(self.program.forward)
        outputs = [evaluate(o, ONE_EXAMPLE) for o in self.program.outputs]
        if not self.defined[outputs].all():
            self.fail("an output is never computed", outputs)
        self.statements(self.program.backward)

    def statements(self, body: Sequence[Statement]) -> None:
        for loop in loops(body):
            some = ONE_EXAMPLE | dict.fromkeys(variables_of(loops(body)), 0)
            self.number(loop.count, some, loop)
        for s, env in executed(body, ONE_EXAMPLE):
            if isinstance(s, Clear):
                self.inside(s, self.number(s.start, env, s), self.number(s.count, env, s))
            else:
                self.statement(s, env)

    def statement(self, s: Nest | Route, env: Mapping[str, int]) -> None:
        for use in uses(s):
            self.sizes(s, use, env)
            low, high = span(use.ref, use.dims, env)
            self.inside(s, low, high - low + 1)
            self.within(s, use.ref.array, low, high)
            if not (use.written or use.ref.grad or use.ref.table or use.ref.index):
                ids = addresses(use.ref, use.dims, env)
                if not self.defined[ids].all():
                    self.fail(f"address {ids[~self.defined[ids]][0]} is read and not yet made", s)
        if isinstance(s, Nest) and not s.target.index:
            ids = addresses(s.target, s.dims, env)
            if not s.scatter and len(np.unique(ids)) < len(ids):
                self.fail("several indices have one target, and it is no scatter", s)
            if not s.target.grad:
                self.defined[ids] = True

    def sizes(self, s: Statement, use: Use, env: Mapping[str, int]) -> None:
        ref = use.ref
        if len(ref.strides) != len(use.dims):
            self.fail(f"{len(ref.strides)} strides over {len(use.dims)} dims", s)
        if ref.table is not None and len(ref.table.strides) != len(use.dims):
            self.fail(f"a table has {len(ref.table.strides)} strides, not {len(use.dims)}", s)
        for size in (ref.address, *ref.strides, *use.dims):
            self.number(size, env, s)

    def inside(self, s: Statement, start: int, count: int) -> None:
        if start < 0 or start + count > len(self.defined):
            self.fail(f"addresses {start} to {start + count - 1} of {len(self.defined)}", s)

    def within(self, s: Statement, array: Array, low: int, high: int) -> None:
        if array not in self.spans:
            self.fail(f"{array!r} is no array of the program", s)
        first, last = self.spans[array]
        if low < first or high > last:
            self.fail(f"addresses {low} to {high} leave their array, {first} to {last}", s)

    def number(self, size: Size, env: Mapping[str, int], s: Statement) -> int:
        if unbound := variables(size) - env.keys():
            self.fail(f"{size} holds {', '.join(sorted(unbound))}, which no loop binds", s)
        return evaluate(size, env)

    def fail(self, what: str, where: object) -> None:
        raise InvalidProgram(f"after {self.after}: {what}, in {where!r}")
