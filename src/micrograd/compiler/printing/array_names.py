"""Names for what lies in memory: h1[16,100], ∂w[16,2], x[t + 1], wte[tok[8],16].

Computed places that some operand joins are one array. What is only read is named for each way in
which it is read: a weight is multiplied within a sum, a bias is added to one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from math import prod

import numpy as np

from ... import ops
from ..ir.footprint import uses
from ..ir.program import Apply, Clear, Expr, Nest, Program, Ref, Term, refs
from ..ir.scope import Scope, at_start, nests, span
from ..ir.sizes import Size, evaluate
from .formulas import primed, size
from .layouts import common_word, last_words
from .slices import joined_dims, outer_first, part

_MOST_WORDS = 4  # in a legend


@dataclass(slots=True, eq=False)
class Array:
    """Places from lo to hi, of which ``start`` is the first.

    ``given``: the program names it, and says how many ``elements`` it has; ``view``: it is what one
    way of reading reaches.
    """

    lo: int
    hi: int
    start: Size = 0
    name: str = ""
    given: bool = False
    view: bool = False
    elements: int = 0
    shape: tuple[int, ...] = ()  # of what is given, where it lies in its natural order
    writers: list[Nest] = field(default_factory=list)
    readers: list[tuple[Nest, Ref]] = field(default_factory=list)


class ArrayNames:
    """The names of a program's arrays; ``inlined`` nests are to be written inside their reader."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._views: dict[tuple, Array] = {}
        self._joint: dict[Array, list[str]] = {}  # words of the labels of views that join several
        self._arrays = [
            Array(
                first := evaluate(start, Scope()),
                first + evaluate(count, Scope()) - 1,
                start,
                name,
                given=True,
                elements=prod(evaluate(d, Scope()) for d in shape),
                shape=tuple(d for d in shape if isinstance(d, int)) if count == prod(shape) else (),
            )
            for start, count, shape, name in program.names
        ]
        self._collect()
        inner = {id(a.readers[0][0]): a for a in reversed(self._arrays) if self._is_inner(a)}
        self.inlined = {a: a.writers[0] for a in inner.values()}  # one for each reader
        self._name_computed()
        self._name_views()

    def _collect(self) -> None:
        """Make one array of the places that operands join, and note who uses it."""
        touched = []
        for nest, scope in nests(self._program.forward):
            for ref, dims, *_ in uses(nest):
                touched.append((*span(ref, dims, scope), nest, ref, scope))
        known = sorted(self._arrays, key=lambda a: a.lo)
        found: list[Array] = []
        for lo, hi, *_ in sorted(touched, key=lambda use: use[:2]):
            if _holding(known, lo):
                continue
            if found and lo <= found[-1].hi:
                found[-1].hi = max(found[-1].hi, hi)
            else:
                found.append(Array(lo, hi))
        self._arrays = sorted(known + found, key=lambda a: a.lo)
        first: dict[Array, int] = {}
        for lo, _, nest, ref, scope in touched:
            array = _holding(self._arrays, lo)
            assert array is not None
            if ref is not nest.target:
                array.readers.append((nest, ref))
                continue
            array.writers.append(nest)
            if not array.given and lo < first.get(array, lo + 1):
                first[array], array.start = lo, at_start(ref.address, scope)

    def _is_inner(self, array: Array) -> bool:
        """Tell whether only a function of each of its elements reads an array."""
        if array.given or len(array.writers) != 1 or len(array.readers) != 1:
            return False
        (nest,), ((reader, ref),) = array.writers, array.readers
        return (
            not (nest.accumulate or nest.scatter or reader.terms[0].dims)
            and len(reader.terms) == 1
            and reader.dims == nest.dims
            and (ref.address, ref.strides) == (nest.target.address, nest.target.strides)
            and ref.table is ref.index is None
            and not any(
                array.lo <= evaluate(address, Scope()) <= array.hi
                for address in self._program.outputs
            )
        )

    def _name_computed(self) -> None:
        target = {
            id(nest): self.array(nest.target, nest.dims, scope)
            for nest, scope in nests(self._program.forward)
        }
        names = (f"h{n}" for n in count(1))
        for array in target.values():
            if not array.name and array not in self.inlined:
                array.name = next(names)
        for array in reversed(target.values()):
            if array in self.inlined:
                array.name = primed(target[id(array.readers[0][0])].name)

    def _name_views(self) -> None:
        """Name what is only read; a number follows where several have the same word."""
        words: dict[Array, str] = {}
        for nest, scope in nests((*self._program.forward, *self._program.backward)):
            for term in nest.terms:
                for ref in refs(term.expr):
                    dims = (*nest.dims, *term.dims)
                    view = self.array(ref, dims, scope)
                    if not view.name:  # the most telling of its uses counts
                        word = self._word(view, ref, dims, scope) or self._letter(
                            view, ref, term, nest
                        )
                        words[view] = min(words.get(view, word), word, key=_telling)
            view = self.array(nest.target, nest.dims, scope)  # the gradient of several views
            if not (view.name or view in words):
                words[view] = self._word(view, nest.target, nest.dims, scope) or "p"
        total, taken = Counter(words.values()), {a.name for a in self._arrays}
        for view, word in words.items():
            names = chain([word] if total[word] == 1 else (), (f"{word}{n}" for n in count(1)))
            view.name = next(name for name in names if name not in taken)
            taken.add(view.name)

    def _word(self, view: Array, ref: Ref, dims: Sequence[Size], scope: Scope) -> str:
        """Return what the labels of all parameters that a view reaches have in common."""
        start, labels = self._program.parameters[0], self._program.labels
        reached = np.arange(view.lo, view.hi + 1)
        if ref.table is ref.index is None:
            own = [(evaluate(s, scope), evaluate(d, scope)) for s, d in zip(ref.strides, dims) if s]
            offsets = [s * np.arange(d) for s, d in own]
            reached = view.lo + sum(np.ix_(*offsets), np.zeros((), int)).reshape(-1)
        if not labels or not all(start <= a < start + len(labels) for a in reached.tolist()):
            return ""
        mine = {labels[a - start]: None for a in sorted(reached.tolist())}
        if not common_word(mine):
            self._joint[view] = last_words(mine)
        return common_word(mine)

    def _letter(self, view: Array, ref: Ref, term: Term, nest: Nest) -> str:
        program = self._program
        if _within(view.lo, evaluate(program.constants[0], Scope()), len(program.constants[1])):
            return "c"
        if not _within(view.lo, *program.parameters):
            return "x"
        factors = [x for x in _factors(term.expr) if isinstance(x, Ref)]
        if term.dims and len(factors) > 1 and len({(x.address, x.strides) for x in factors}) > 1:
            return "w"
        return "b" if term.expr is ref and any(t.dims for t in nest.terms) else "p"

    def array(self, ref: Ref, dims: Sequence[Size], scope: Scope) -> Array:
        """Return the array that an operand lies in; of what is only read, the operand's view."""
        lo, hi = span(ref, dims, scope)
        array = _holding(self._arrays, lo)
        if array is not None and (array.given or array.writers):
            return array
        start = at_start(ref.address, scope)
        key: tuple = (start, *joined_dims([(s, d) for s, d in zip(ref.strides, dims) if s], scope))
        if ref.table is not None or ref.index is not None:
            key = (start, ref.row, ref.rows) if ref.table is None else (id(array),)
        return self._views.setdefault(key, Array(lo, hi, start, view=True))

    def operand(self, ref: Ref, dims: Sequence[Size], scope: Scope) -> str:
        """Write an operand: its array, where in it, and its own dims."""
        array = self.array(ref, dims, scope)
        own = [(s, d) for s, d in zip(ref.strides, dims) if s]
        name = ("∂" if ref.grad else "") + (array.name or "m")
        inside = [size(d) for _, d in outer_first(own, scope)]
        if ref.table is not None:
            moving = [size(d) for s, d in zip(ref.table.strides, dims) if s]
            inside.insert(0, f"{ref.table.name}[{','.join(moving)}]")
        elif array.shape and not own and isinstance(ref.address, int):
            inside = [str(i) for i in np.unravel_index(ref.address - array.lo, array.shape)]
        elif not _is_whole(ref, own, array, scope):
            name, inside = part(name, inside, own, ref.address - array.start)
        if ref.index is not None:
            inside.insert(0, self.operand(ref.index, dims, scope))
        return f"{name}[{','.join(inside)}]" if inside else name

    def cleared(self, clear: Clear) -> list[str]:
        """Name the arrays in a range of the gradient memory, those that lie there in part too."""
        lo = evaluate(clear.start, Scope())
        hi = lo + evaluate(clear.count, Scope()) - 1
        views = [a for a in self._views.values() if lo <= a.lo and a.hi <= hi]
        names = [f"∂{a.name}" for a in views if a.name]
        for a in self._arrays:
            if a.name and lo <= a.lo and a.hi <= hi:
                names.append(f"∂{a.name}")
            elif (a.given or a.writers) and max(lo, a.lo) <= min(hi, a.hi):
                first = clear.start if lo >= a.lo else a.start
                stop = clear.start + clear.count if hi <= a.hi else a.start + a.hi + 1 - a.lo
                names.append(f"∂{self.run(first, stop - first)}")
        return names or [f"∂[{size(clear.start)}:{size(clear.start + clear.count)}]"]

    def legend(self) -> Iterator[str]:
        """Write what views consist of: other views, or several lists that lie side by side."""
        views = sorted(self._views.values(), key=lambda v: v.lo)
        for key, whole in self._views.items():
            reach = whole.hi - whole.lo
            inside = [v for v in views if whole.lo <= v.lo and v.hi <= whole.hi]
            parts = [v.name for v in inside if v.hi - v.lo < reach]
            if parts and key[1:] == ((1, reach + 1),):  # without gaps
                yield f"# {whole.name} holds {', '.join(parts)}"
            elif not parts and 1 < len(self._joint.get(whole, ())) <= _MOST_WORDS:
                yield f"# {whole.name} joins {', '.join(self._joint[whole])}"

    def run(self, first: Size, count: Size) -> str:
        """Write neighbours in memory: the whole of an array, or a part of it."""
        array, lo = self.array(Ref(first, ()), (), Scope()), evaluate(first, Scope())
        if (array.lo, array.hi) == (lo, lo + evaluate(count, Scope()) - 1):
            return array.name
        begin = first - array.start
        return f"{array.name}[{size(begin)}:{size(begin + count)}]"


def _telling(word: str) -> int:
    return "wbpcx".find(word)  # -1, before all, for a word of several letters


def _within(address: int, start: int, count: int) -> bool:
    return start <= address < start + count


def _factors(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
        for arg in expr.args:
            yield from _factors(arg)
    else:
        yield expr


def _is_whole(ref: Ref, own: list[tuple[Size, Size]], array: Array, scope: Scope) -> bool:
    """Tell whether an operand begins with its array and has as many elements at least."""
    if ref.address != array.start or array.view or ref.index is not None:
        return ref.address == array.start
    written = sum(prod(evaluate(d, scope) for d in nest.dims) for nest in array.writers)
    there = array.hi - array.lo + 1  # with the padding of rows, which is never written
    count = prod(evaluate(dim, scope) for _, dim in own)
    return count >= (array.elements if array.given else min(there, written))


def _holding(arrays: Sequence[Array], address: int) -> Array | None:
    """Return the last array that begins at or before an address, if the address is in it."""
    i = bisect_right(arrays, address, key=lambda a: a.lo)
    return arrays[i - 1] if i and address <= arrays[i - 1].hi else None
