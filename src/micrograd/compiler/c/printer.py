"""The lines of a C function: indentation, names, addresses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..ir.program import Ref
from ..ir.sizes import Poly, Size
from .expressions import Writer

_LETTERS = "ijklmnpqr"

Point = tuple[Size, ...]  # an index, in loop variables, for each dim of a nest and of a term


class Printer:
    """Lines of C, and what they call things.

    Args:
        writer: writes expressions.
        tables: the place of each table among the arguments, by the id of its values.
        taken: names that mean something else.
        number: what the type of numbers is called.
        rows: what lies elsewhere than in memory: addresses, and the names of pointers.
        apart: how many addresses less memory has, as parameters stay where they are given.
    """

    def __init__(
        self,
        writer: Writer,
        tables: dict[int, int],
        taken: set[str],
        number: str = "T",
        rows: Mapping[Size, str] | None = None,
        apart: int = 0,
    ) -> None:
        self.writer, self.tables, self.taken, self.type = writer, tables, taken, number
        self.rows, self.apart = rows or {}, apart
        self.variables = [c for c in _LETTERS if c not in taken]
        self.variables += [f"i{n}" for n in range(20) if f"i{n}" not in taken]
        self.lines: list[str] = []
        self._depth, self._count = 1, 0

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def braces(self, head: str = "") -> Iterator[None]:
        """Put the lines that follow into a block."""
        self.line(f"{head} {{".lstrip())
        self._depth += 1
        yield
        self._depth -= 1
        self.line("}")

    def fresh(self, letters: str) -> str:
        """Return a name that nothing has yet."""
        self._count += 1
        while f"{letters}{self._count}" in self.taken:
            self._count += 1
        return f"{letters}{self._count}"

    def place(self, ref: Ref, point: Point) -> tuple[str, str]:
        """Write the memory that an operand is in, and its address there at an index."""
        if row := "" if ref.grad else self.rows.get(ref.address):
            return row, bare(_along(ref.strides, point))
        if self.apart and ref.array.kind == "parameter":
            return "parameters", self.address(ref, point)
        return "g" if ref.grad else "v", self.address(ref, point)

    def address(self, ref: Ref, point: Point) -> str:
        """Write the address of an operand at an index."""
        start = ref.address - (0 if ref.array.kind == "parameter" else self.apart)
        text = bare(start + _along(ref.strides, point))
        if ref.table is not None:
            place = bare(_along(ref.table.strides, point))
            entry = f"tables[{self.tables[id(ref.table.values)]}][{place}]"
            text += f" + {entry}" if ref.table.scale == 1 else f" + {entry} * {ref.table.scale}"
        if ref.index is not None:
            memory, place = self.place(ref.index, point)
            row = self.writer.row(f"{memory}[{place}]", bare(ref.rows))
            text += f" + {row}" if ref.row == 1 else f" + {row} * {ref.row}"
        return text


def _along(strides: tuple[Size, ...], point: Point) -> Size:
    total: Size = 0
    for stride, at in zip(strides, point, strict=False):
        total = total + stride * at
    return total


def bare(size: Size) -> str:
    """Write a size without the parentheses around the whole of it."""
    return str(size)[1:-1] if isinstance(size, Poly) else str(size)
