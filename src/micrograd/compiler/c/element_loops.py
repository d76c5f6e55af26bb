"""What fused nests do with single elements stands once in C, in a loop over those of a block.

A block keeps several sums in registers, which share what they load. What is done with each sum
afterwards shares little; written for every element it makes long C, and long to compile.
"""

from collections.abc import Iterator, Sequence

from ..ir.program import Fused, Nest, Ref
from ..ir.sizes import Poly, Size
from ..passes.regions import operands, same_element
from .blocks import BlockPrinter, Points
from .expressions import CText
from .operands import Known
from .printer import Point

_LEAST = 24  # operands that need not be written again, of which a loop makes shorter C


def print_block(out: BlockPrinter, points: Points) -> None:
    """Print what computes a block of elements.

    Args:
        out: prints nests.
        points: the indices along each dim.
    """
    known: Known = []
    loaded = dict(out.operands.loaded)
    several = [len(indices) for indices in points if len(indices) > 1]
    if len(several) == 1 and not out.inner:
        loop = _ElementLoop(out, points)
        for run, is_short in _runs(out.group, several[0]):
            if is_short:
                loop.print(run, known)
            else:
                for i in run:
                    out.nest(i, points, known)
    else:
        for i in range(len(out.group.nests)):
            out.nest(i, points, known)
    out.operands.loaded = loaded


def _runs(group: Fused, elements: int) -> Iterator[tuple[range, bool]]:
    """Divide a group into runs of nests; tell which of them are worth a loop over elements."""
    alone = [not any(term.dims for term in nest.terms) for nest in group.nests]
    first = 0
    for k in range(1, len(alone) + 1):
        if k == len(alone) or alone[k] != alone[first]:
            count = sum([1 + len(list(operands(nest))) for nest in group.nests[first:k]])
            yield range(first, k), alone[first] and (elements - 1) * count >= _LEAST
            first = k


class _ElementLoop:
    """A loop over the elements of a block, which lie along one dim.

    Args:
        out: prints nests.
        points: the indices along each dim.
    """

    def __init__(self, out: BlockPrinter, points: Points) -> None:
        self.out, self.type = out, out.out.type if out.operands.lane is None else "V"
        self.dim = next(d for d, indices in enumerate(points) if len(indices) > 1)
        self.indices = points[self.dim]
        self.first = tuple([indices[0] for indices in points])
        self.name = out.out.fresh("k")

    def print(self, run: range, known: Known) -> None:
        """Print the loop.

        Args:
            run: which nests of the group.
            known: targets whose elements are in registers; takes those that others read later.
        """
        nests, line = self.out.group.nests, self.out.out.line
        now = self._at(Poly.var(self.name))
        inside: Known = []
        for target, values in known:
            if self._is_read(target, nests[run.start : run.stop]):
                texts = ", ".join([self._number(values[self._at(b)]) for b in self._places()])
                row = self._row(f" = {{{texts}}}")
                inside.append((target, {now: self._element(row, self.name)}))
        rows: dict[int, str] = {}
        for i in run:
            if self._is_read(nests[i].target, nests[run.stop :]):
                rows[i] = self._row("")
        head = f"for (int {self.name} = 0; {self.name} < {len(self.indices)}; {self.name}++)"
        with self.out.operands.scope(head):
            for i in run:
                self.out.nest(i, [[index] for index in now], inside)
                if i in rows:
                    line(f"{rows[i]}[{self.name}] = {self._number(inside[-1][1][now])};")
        for i, row in rows.items():
            values = {self._at(b): self._element(row, str(b)) for b in self._places()}
            known.append((nests[i].target, values))

    def _places(self) -> range:
        return range(len(self.indices))

    def _at(self, place: Size) -> Point:
        start, step = self.indices[0], self.indices[1] - self.indices[0]
        return (*self.first[: self.dim], start + step * place, *self.first[self.dim + 1 :])

    def _is_read(self, target: Ref, nests: Sequence[Nest]) -> bool:
        count = len(self.first)
        return any(same_element(ref, target, count) for n in nests for _, ref in operands(n))

    def _row(self, start: str) -> str:
        name = self.out.out.fresh("row")
        self.out.out.line(f"{self.type} {name}[{len(self.indices)}]{start};")
        return name

    def _element(self, row: str, place: str) -> CText:
        return CText(f"{row}[{place}]", self.out.operands.lane is not None)

    def _number(self, value: CText) -> str:
        number = self.out.writer.as_number(value)
        return number.code if self.out.operands.lane is None else self.out.writer.splat(number)
