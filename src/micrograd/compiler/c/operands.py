"""The numbers that a block of C reads, keeps and writes, in registers and in memory.

Operands that several elements of a block share are loaded once. Padded arrays are read and written
in whole vectors, others in a last step with just the lanes that are still in the array.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from ..ir.program import Expr, Fused, Nest, Ref, Schedule
from ..passes.regions import same_element
from ..passes.schedules import along
from .expressions import CText
from .printer import Point, Printer

NEUTRAL = {"sum": 0.0, "prod": 1.0, "maximum": -inf, "minimum": inf}
NAMES = {"sum": "sum", "prod": "product", "maximum": "top", "minimum": "low"}  # and lane_sum, ...

Known = list[tuple[Ref, dict[Point, CText]]]  # targets whose elements are in registers


class Operands:
    """Print loads and stores of a block.

    Attributes:
        lane: the dim along the lanes of vectors, None for single numbers.
        rest: how many lanes are in the array in a last step, None in all others.
        zeroed: then the other lanes are 0, wherever there is room for a whole vector or not.
        loaded: what is in registers by now, by its text in C.
    """

    def __init__(self, out: Printer, group: Fused) -> None:
        self.out, self.writer = out, out.writer
        self._single = group.schedule == Schedule()
        self._count = len(group.nests[0].dims)
        self._scatter = any(n.scatter for n in group.nests)
        self.lane: int | None = group.schedule.lanes
        self.rest: str | None = None
        self.zeroed = False
        self.loaded: dict[str, str] = {}

    @contextmanager
    def scope(self, head: str = "") -> Iterator[None]:
        """Open a block of C; what is loaded in it is forgotten behind it."""
        loaded = self.loaded
        self.loaded = dict(loaded)
        with self.out.braces(head):
            yield
        self.loaded = loaded

    def value(self, expr: Expr, point: Point, known: Known, masks: bool = False) -> CText:
        """Print an expression at a point; a condition as a mask, if that will do."""

        def leaf(ref: Ref) -> CText:
            for target, values in reversed(known):
                if same_element(ref, target, self._count):
                    return values[point[: self._count]]
            return self._read(ref, point)

        return (self.writer.mask_or_number if masks else self.writer.number)(expr, leaf)

    def _read(self, ref: Ref, point: Point) -> CText:
        memory, address = self.out.place(ref, point)
        stride = along(ref.strides, self.lane) if self.lane is not None else 0
        where = f"{memory} + {address}"
        if stride == 0:
            return self._shared(CText(f"{memory}[{address}]"))
        if stride == 1 and self.zeroed and not self._partly(ref):
            return self._shared(CText(f"load_padded({where}, {self.rest})", True))
        if stride == 1 and self._partly(ref):
            return self._shared(CText(f"load_first({where}, {self.rest})", True))
        if stride == 1:
            return self._shared(CText(f"load({where})", True))
        if self.rest:
            return self._shared(CText(f"gather_first({where}, {stride}, {self.rest})", True))
        return self._shared(CText(f"gather({where}, {stride})", True))

    def write(self, target: Ref, point: Point, value: CText) -> None:
        """Print how a value comes to its place, as far as its lanes are in the array."""
        memory, address = self.out.place(target, point)
        value = self.writer.as_number(value)
        if self.lane is None:
            self.out.line(f"{memory}[{address}] = {unwrapped(value.code)};")
            return
        where, vector = f"{memory} + {address}", self.writer.splat(value)
        stride = along(target.strides, self.lane)
        if stride != 1:
            self.out.line(f"spread({where}, {stride}, {vector}, {self.rest or 'W'});")
        elif self._partly(target):
            self.out.line(f"store_first({where}, {vector}, {self.rest});")
        else:
            self.out.line(f"store({where}, {vector});")

    def _partly(self, ref: Ref) -> bool:
        return self.rest is not None and not (ref.padded and not self._scatter)

    def _shared(self, text: CText) -> CText:
        """Load an operand once for all that use it in a block."""
        if self._single:
            return text
        if text.code not in self.loaded:
            self.loaded[text.code] = self.kept(text, "x").code
        return CText(self.loaded[text.code], text.vector)

    def kept(self, text: CText, letters: str = "a") -> CText:
        """Give a value a name in C, unless the block has one element only."""
        if self._single or text.code.isidentifier():
            return text
        name = self.out.fresh(letters)
        kind = ("VI" if text.test else "V") if text.vector else self.out.type
        self.out.line(f"const {kind} {name} = {unwrapped(text.code)};")
        return CText(name, text.vector, text.vector and text.test)

    def accumulator(self, nest: Nest, start: CText | None = None) -> CText:
        """Print a register in which terms come together."""
        start = start or CText(self.writer.literal(NEUTRAL[nest.reduce.name]))
        name = self.out.fresh(NAMES[nest.reduce.name])
        if self.lane is None:
            self.out.line(f"{self.out.type} {name} = {unwrapped(start.code)};")
        else:
            self.out.line(f"V {name} = {self.writer.splat(start)};")
        return CText(name, self.lane is not None)


def unwrapped(code: str) -> str:
    """Take off parentheses around a whole expression."""
    if not code.startswith("("):
        return code
    depth = 0
    for i, letter in enumerate(code):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return code[1:-1] if i == len(code) - 1 else code
    return code
