"""The text of array programs: a line for each statement, its formula behind it or above it."""

from collections.abc import Iterable

from .aliases import is_same, viewed
from .printing import ArrayPrinter
from .program import (
    Applied,
    Contracted,
    Expanded,
    Fill,
    First,
    Gathered,
    Indexed,
    Let,
    Node,
    Padded,
    Put,
    Reduced,
    Reshaped,
    Statement,
    Variable,
)

_ATOM = 3
_WIDTH = 100


def lines(printer: ArrayPrinter, statements: Iterable[Statement]) -> list[str]:
    """Write statements."""
    return [line for s in statements for line in _statement(printer, s)]


def _statement(printer: ArrayPrinter, s: Statement) -> list[str]:
    before = len(printer.checks)
    text = _let(printer, s) if isinstance(s, Let) else _put(printer, s)
    checks = [f"bad = bad | {check}" for check in dict.fromkeys(printer.checks[before:])]
    if not s.formula:
        return [*checks, text]
    if len(text) + len(s.formula) > _WIDTH - 8:
        return [*checks, f"# {s.formula}", text]
    return [*checks, f"{text}  # {s.formula}"]


def _let(printer: ArrayPrinter, s: Let) -> str:
    text = printer.write(s.value)
    if s.fresh and printer.dialect.in_place and not _is_fresh(s.value):
        text = _copied(printer, text)
    return f"{s.target.name} = {text}"


def _copied(printer: ArrayPrinter, text: str) -> str:
    if printer.m == "np":
        return f"np.array({text}, order='C')"
    return f"torch.clone({text}, memory_format=torch.contiguous_format)"


def _put(printer: ArrayPrinter, s: Put) -> str:
    if not printer.dialect.in_place:
        return f"{s.target.name} = {_with_change(printer, s)}"
    part, value = (
        printer.write(s.part),
        printer.array(s.value) if s.places else printer.write(s.value),
    )
    if viewed(s.value) == s.target.name:
        value = _copied(printer, value)
    if not s.places:
        part = part if part.endswith("]") else f"{part}[...]"
        return f"{part} {'+=' if s.add else '='} {value}"
    at = printer.indices(s.places)
    if not s.add:
        return f"{part}[{at}] = {value}"
    if printer.m == "np":
        return f"np.add.at({part}, ({at},), {value})"
    return f"{part}.index_put_(({at},), {value}, accumulate=True)"


def _with_change(printer: ArrayPrinter, s: Put) -> str:
    """Write the whole of a variable of which a part is changed."""
    part, value, how = s.part, printer.write(s.value), "add" if s.add else "set"
    if s.places:
        changed = f"{printer.write(part, _ATOM)}.at[{printer.indices(s.places)}].{how}({value})"
    elif isinstance(part, Indexed):
        changed = f"{printer.write(part.x)}.at[{printer.items(part.items)}].{how}({value})"
        part = part.x
    else:
        changed = f"({printer.write(part)} + {value})" if s.add else printer.write(s.value, _ATOM)
    while not isinstance(part, Variable):
        assert isinstance(part, Indexed | Reshaped)
        if isinstance(part, Reshaped):
            changed = f"{changed}.reshape({printer.shape(part.x.shape)})"
        else:
            changed = f"{printer.write(part.x)}.at[{printer.items(part.items)}].set({changed})"
        part = part.x
    return changed


def _is_fresh(node: Node) -> bool:
    """Tell whether an expression makes new numbers."""
    if isinstance(node, Expanded):
        return isinstance(node.x, Fill)
    if isinstance(node, Applied):
        return not is_same(node)
    return isinstance(node, Contracted | Reduced | Gathered | First | Padded)
