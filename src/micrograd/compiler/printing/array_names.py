"""Names for what lies in memory: h1[16,100], ∂w[16,2], x[t + 1], wte[tok[8],16].

Arguments have their names, what is computed has numbers. Parameters and constants, which are only
read, are named for each way in which they are read: a weight is multiplied within a sum, a bias is
added to one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from math import prod

import numpy as np

from ... import ops
from ..ir.array import MEMORY, Array
from ..ir.footprint import array_of
from ..ir.joins import outputs_of
from ..ir.program import Apply, Clear, Expr, Nest, Program, Ref, Term, refs
from ..ir.scope import Scope, at_start, nests, span
from ..ir.sizes import Size, evaluate
from .formulas import primed, size
from .layouts import common_word, last_words
from .slices import joined_dims, outer_first, part

_MOST_WORDS = 4  # in a legend


@dataclass(slots=True, eq=False)
class View:
    """What has one name: places from lo to hi, of which ``start`` is the first.

    ``of``: the array of which it is all; None where it is what one way of reading reaches.
    """

    lo: int
    hi: int
    start: Size
    of: Array | None = None
    name: str = ""
    writers: list[Nest] = field(default_factory=list)
    readers: list[tuple[Nest, Ref]] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an argument whose numbers lie in their natural order."""
        shape = self.of.shape if self.of else ()
        plain = tuple([d for d in shape if isinstance(d, int)])
        return plain if self.of and self.of.size == prod(shape) else ()

    @property
    def stop(self) -> Size:
        """The address behind an array."""
        return self.start + self.of.size if self.of else self.start + self.hi + 1 - self.lo

    def elements(self, scope: Scope) -> int:
        """Return how many elements an argument has; of others, how many are written."""
        if self.of and self.of.name:
            return prod([evaluate(d, Scope()) for d in self.of.shape])
        there = self.hi - self.lo + 1  # with the padding of rows, which is never written
        return min(there, sum(prod(evaluate(d, scope) for d in n.dims) for n in self.writers))

    def part(self, begin: Size, count: Size) -> str:
        """Write neighbours in memory: the whole of it, or a part."""
        if begin == 0 and count == self.stop - self.start:
            return self.name
        return f"{self.name}[{size(begin)}:{size(begin + count)}]"


class ArrayNames:
    """The names of a program's arrays; ``inlined`` nests are to be written inside their reader."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._views: dict[tuple, View] = {}  # of what is only read
        self._joint: dict[View, list[str]] = {}  # words of the labels of views that join several
        self._outputs = outputs_of(program)
        self._whole = {a: _whole(a) for a in program.leaves if a.name}
        self._collect()
        inner = {
            id(v.readers[0][0]): v for v in reversed(self._whole.values()) if self._is_inner(v)
        }
        self.inlined = {v: v.writers[0] for v in inner.values()}  # one for each reader
        self._name_computed()
        self._name_views()

    def _collect(self) -> None:
        """Note who uses each array."""
        touched = list(nests(self._program.forward))
        for nest, _ in touched:
            if nest.target.array not in self._whole:
                self._whole[nest.target.array] = _whole(nest.target.array)
            self._whole[nest.target.array].writers.append(nest)
        for nest, scope in touched:
            for term in nest.terms:
                for ref in refs(term.expr):
                    if view := self._whole_of(ref, (*nest.dims, *term.dims), scope):
                        view.readers.append((nest, ref))

    def _is_inner(self, view: View) -> bool:
        """Tell whether only a function of each of its elements reads an array."""
        if view.of is None or view.of.name or len(view.writers) != 1 or len(view.readers) != 1:
            return False
        (nest,), ((reader, ref),) = view.writers, view.readers
        return (
            not (nest.accumulate or nest.scatter or reader.terms[0].dims)
            and len(reader.terms) == 1
            and reader.dims == nest.dims
            and (ref.offset, ref.strides) == (nest.target.offset, nest.target.strides)
            and ref.table is ref.index is None
            and not any(output.array == view.of for output in self._outputs)
        )

    def _name_computed(self) -> None:
        target = {id(nest): view for view in self._whole.values() for nest in view.writers}
        names = (f"h{n}" for n in count(1))
        for nest, _ in nests(self._program.forward):
            view = target[id(nest)]
            if not view.name and view not in self.inlined:
                view.name = next(names)
        for view in reversed(target.values()):
            if view in self.inlined:
                view.name = primed(target[id(view.readers[0][0])].name)

    def _name_views(self) -> None:
        """Name what is only read; a number follows where several have the same word."""
        words: dict[View, str] = {}
        for nest, scope in nests((*self._program.forward, *self._program.backward)):
            for term in nest.terms:
                for ref in refs(term.expr):
                    dims = (*nest.dims, *term.dims)
                    view = self.view(ref, dims, scope)
                    if not view.name:  # the most telling of its uses counts
                        word = self._word(view, ref, dims, scope) or _letter(ref, term, nest)
                        words[view] = min(words.get(view, word), word, key=_telling)
            view = self.view(nest.target, nest.dims, scope)  # the gradient of several views
            if not (view.name or view in words):
                words[view] = self._word(view, nest.target, nest.dims, scope) or "p"
        total, taken = Counter(words.values()), {whole.name for whole in self._whole.values()}
        for view, word in words.items():
            names = chain([word] if total[word] == 1 else (), (f"{word}{n}" for n in count(1)))
            view.name = next(name for name in names if name not in taken)
            taken.add(view.name)

    def _word(self, view: View, ref: Ref, dims: Sequence[Size], scope: Scope) -> str:
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

    def view(self, ref: Ref, dims: Sequence[Size], scope: Scope) -> View:
        """Return the array that an operand lies in; of what is only read, the operand's view."""
        if whole := self._whole_of(ref, dims, scope):
            return whole
        start = at_start(ref.address, scope)
        key: tuple = (start, *joined_dims([(s, d) for s, d in zip(ref.strides, dims) if s], scope))
        if ref.table is not None or ref.index is not None:
            key = (start, ref.row, ref.rows) if ref.table is None else (id(ref.array),)
        return self._views.setdefault(key, View(*span(ref, dims, scope), start))

    def _whole_of(self, ref: Ref, dims: Sequence[Size], scope: Scope) -> View | None:
        """Return the array of an operand; of arguments that are joined, the one it stays in."""
        whole = self._whole.get(ref.array)
        if whole is None and ref.array.parts:
            leaf = self._whole.get(array_of(ref))
            low, high = span(ref, dims, scope)
            whole = leaf if leaf and leaf.lo <= low and high <= leaf.hi else None
        return whole

    def operand(self, ref: Ref, dims: Sequence[Size], scope: Scope) -> str:
        """Write an operand: its array, where in it, and its own dims."""
        view = self.view(ref, dims, scope)
        own = [(s, d) for s, d in zip(ref.strides, dims) if s]
        name = ("∂" if ref.grad else "") + (view.name or "m")
        inside = [size(d) for _, d in outer_first(own, scope)]
        if ref.table is not None:
            moving = [size(d) for s, d in zip(ref.table.strides, dims) if s]
            inside.insert(0, f"{ref.table.name}[{','.join(moving)}]")
        elif view.shape and not own and isinstance(ref.address, int):
            inside = [str(i) for i in np.unravel_index(ref.address - view.lo, view.shape)]
        elif not _is_whole(ref, own, view, scope):
            name, inside = part(name, inside, own, ref.address - view.start)
        if ref.index is not None:
            inside.insert(0, self.operand(ref.index, dims, scope))
        return f"{name}[{','.join(inside)}]" if inside else name

    def cleared(self, clear: Clear) -> list[str]:
        """Name the arrays in a range of the gradient memory, those that lie there in part too."""
        lo = evaluate(clear.address, Scope())
        hi = lo + evaluate(clear.count, Scope()) - 1
        views = [a for a in self._views.values() if lo <= a.lo and a.hi <= hi]
        names = [f"∂{a.name}" for a in views if a.name]
        some = [v for v in self._whole.values() if clear.array in (MEMORY, v.of)]
        for whole in sorted(some, key=lambda v: v.lo):
            if lo <= whole.lo and whole.hi <= hi:
                names.append(f"∂{whole.name}")
            elif max(lo, whole.lo) <= min(hi, whole.hi):
                first = clear.address if lo >= whole.lo else whole.start
                stop = clear.address + clear.count if hi <= whole.hi else whole.stop
                names.append(f"∂{whole.part(first - whole.start, stop - first)}")
        return names or [f"∂[{size(clear.address)}:{size(clear.address + clear.count)}]"]

    def legend(self) -> Iterator[str]:
        """Write what views consist of: other views, or several lists that lie side by side."""
        named = [whole for whole in self._whole.values() if whole.of and whole.of.name]
        views = sorted([*self._views.values(), *named], key=lambda v: v.lo)
        for key, whole in self._views.items():
            reach = whole.hi - whole.lo
            inside = [v for v in views if whole.lo <= v.lo and v.hi <= whole.hi]
            parts = [v.name for v in inside if v.hi - v.lo < reach]
            if parts and key[1:] == ((1, reach + 1),):  # without gaps
                yield f"# {whole.name} holds {', '.join(parts)}"
            elif not parts and 1 < len(self._joint.get(whole, ())) <= _MOST_WORDS:
                yield f"# {whole.name} joins {', '.join(self._joint[whole])}"


def _telling(word: str) -> int:
    return "wbpcx".find(word)  # -1, before all, for a word of several letters


def _letter(ref: Ref, term: Term, nest: Nest) -> str:
    kind = array_of(ref).kind
    if kind != "parameter":
        return "c" if kind == "constant" else "x"
    factors = [x for x in _factors(term.expr) if isinstance(x, Ref)]
    if term.dims and len(factors) > 1 and len({(x.address, x.strides) for x in factors}) > 1:
        return "w"
    return "b" if term.expr is ref and any(t.dims for t in nest.terms) else "p"


def _factors(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Apply) and expr.op in (ops.MUL, ops.PROD):
        for arg in expr.args:
            yield from _factors(arg)
    else:
        yield expr


def _is_whole(ref: Ref, own: list[tuple[Size, Size]], view: View, scope: Scope) -> bool:
    """Tell whether an operand begins with its array and has as many elements at least."""
    if ref.address != view.start or view.of is None or ref.index is not None:
        return ref.address == view.start
    return prod(evaluate(dim, scope) for _, dim in own) >= view.elements(scope)


def _whole(array: Array) -> View:
    lo = evaluate(array.start, Scope())
    return View(lo, lo + evaluate(array.size, Scope()) - 1, array.start, array, array.name)
