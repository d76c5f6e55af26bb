"""The text of array programs: a line for each statement, its formula behind it or above it."""

from collections.abc import Sequence

from .aliases import is_same, viewed
from .printing import ArrayPrinter
from .program import (
    Accumulated,
    Applied,
    Contracted,
    Expanded,
    Fill,
    First,
    Gathered,
    Indexed,
    Joined,
    Let,
    Node,
    Padded,
    Put,
    Reduced,
    Reshaped,
    RowLoop,
    Statement,
    Variable,
)
from .scans import MadeRow, scan_of
from .visit import simple

_ATOM = 3
_WIDTH = 100


def lines(printer: ArrayPrinter, statements: Sequence[Statement]) -> list[str]:
    """Write statements."""
    made, around = list[str](), printer.changing
    for k, s in enumerate(statements):
        if printer.dialect.differentiates:
            later = {one.target.name for one in simple(statements[k:]) if isinstance(one, Put)}
            printer.changing = around | later
        made += _statement(printer, s)
    printer.changing = around
    return made


def _statement(printer: ArrayPrinter, s: Statement) -> list[str]:
    if isinstance(s, RowLoop):
        return _loop(printer, s)
    before = len(printer.checks)
    text = _let(printer, s) if isinstance(s, Let) else _put(printer, s)
    checks = [f"bad = bad | {check}" for check in dict.fromkeys(printer.checks[before:])]
    if not s.formula:
        return [*checks, text]
    if len(text) + len(s.formula) > _WIDTH - 8:
        return [*checks, f"# {s.formula}", text]
    return [*checks, f"{text}  # {s.formula}"]


def _loop(printer: ArrayPrinter, s: RowLoop) -> list[str]:
    if printer.dialect.in_place:
        body = lines(printer, s.body)
        steps = f"reversed(range({s.count}))" if s.backwards else f"range({s.count})"
        return [f"for {s.var} in {steps}:", *[f"    {line}" for line in body]]
    return _scan(printer, s)


def _scan(printer: ArrayPrinter, s: RowLoop) -> list[str]:
    scan, before = scan_of(s), len(printer.checks)
    body = lines(printer, scan.body)
    names = [v.name for v in scan.carried] + ["bad"] * (len(printer.checks) > before)
    first = _tuple([*names, *[printer.write(state.first) for state in scan.states]])
    following = _tuple([*names, *[state.next.name for state in scan.states]])
    inside = _tuple([*names, *[state.name.name for state in scan.states]])
    last = _tuple([*names, *["_"] * len(scan.states)])
    made = _tuple([row.local.name for row in scan.rows])
    count, reverse = s.count, ", reverse=True" * s.backwards
    text = [
        f"def step(carried, {s.var}):",
        *[f"    {inside} = carried"] * (inside != "()"),
        *[f"    {line}" for line in body],
        f"    return {following}, {made}",
        f"{last}, {_tuple([_stacked(row, count) for row in scan.rows])} = "
        f"jax.lax.scan(step, {first}, jnp.arange({count}){reverse})",
    ]
    parts = [row for row in scan.rows if not _is_all(row, count)]
    return text + [f"{r.array.name} = {_replaced(printer, r, count)}" for r in parts]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _is_all(row: MadeRow, count: int) -> bool:
    ((_, factor),) = row.place.factors
    return (factor, row.place.offset, row.array.shape[0]) == (1, 0, count)


def _stacked(row: MadeRow, count: int) -> str:
    return row.array.name if _is_all(row, count) else f"{row.local.name}s"


def _replaced(printer: ArrayPrinter, row: MadeRow, count: int) -> str:
    """Write an array in which there are the rows of all steps."""
    ((_, factor),), offset = row.place.factors, row.place.offset
    last = offset + factor * (count - 1) + 1
    items = (slice(offset or None, last, factor if factor > 1 else None),)
    return f"{row.array.name}.at[{printer.items(items)}].set({_stacked(row, count)})"


def _let(printer: ArrayPrinter, s: Let) -> str:
    if s.target.name in printer.conditions:
        return f"{s.target.name} = {printer.condition(s.value)}"
    text = printer.array(s.value)
    scalar = printer.m == "np" and s.target.shape == ()  # NumPy makes a number, without memory
    if s.fresh and printer.dialect.in_place and (scalar or not _is_fresh(s.value)):
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
        printer.as_is(s.part),
        printer.array(s.value) if s.places else printer.write(s.value),
    )
    if viewed(s.value) == s.target.name and not printer.dialect.differentiates:
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
    made = Contracted | Reduced | Accumulated | Gathered | First | Padded | Joined
    return isinstance(node, made)
