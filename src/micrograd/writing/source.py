"""A graph in writing: as a LaTeX formula, and as the Python that builds it again."""

import keyword
import re
from collections import Counter
from math import isfinite

from ..engine import Value, toposort
from .naming import names_of
from .notation import ATOM, PRODUCT, Written, number_tex, write_python, write_tex

_LONG = 72  # characters, after which a subexpression gets a line of its own


def formula(root: Value) -> str:
    """Return the graph as LaTeX: a line for every value that has a label or is used twice.

    >>> a = Value(2.0, label="a")
    >>> formula(a * a + 1)
    'v_{2} = a \\\\cdot a + 1'
    """
    order = toposort(root)
    names = {value: name.tex.text for value, name in names_of(order).items()}
    lines = []
    written: dict[Value, Written] = {}
    uses = _uses(order)
    for value in order:
        if not value.parents or value.op is None:
            written[value] = Written(names[value]) if value.label else number_tex(value.data)
            continue
        expression = write_tex(value.op, [written[p] for p in value.parents])
        if value is root or value.label or uses[value] > 1 or len(expression.text) > 4 * _LONG:
            lines.append(f"{names[value]} &= {expression.text}")
            expression = Written(names[value])
        written[value] = expression
    if not lines:
        return f"{names[root]} = {number_tex(root.data).text}"
    if len(lines) == 1:
        return lines[0].replace("&", "", 1)
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def python(root: Value) -> str:
    """Return Python source that builds the same graph again; its last line assigns the root.

    A hand-set ``_backward`` has no source here: a comment says where it is missing.
    """
    order = toposort(root)
    names = _identifiers(order)
    uses = _uses(order)
    lines: list[str] = []
    written: dict[Value, Written] = {}
    for value in order:
        constant = not (value.parents or value.label or uses[value] > 1 or value is root)
        if constant:
            written[value] = Written(f"Value({_literal(value.data)})")
            continue
        expression = _expression(value, written)
        inline = value.parents and not value.label and uses[value] == 1 and value is not root
        if inline and not value._closure and len(expression.text) <= _LONG:
            written[value] = expression
            continue
        comment = "  # its _backward was set by hand" if value._closure else ""
        lines.append(f"{names[value]} = {expression.text}{comment}")
        if value.label and value.parents:
            lines.append(f"{names[value]}.label = {value.label!r}")
        written[value] = Written(names[value])
    imports = ["from micrograd import Value"]
    source = "\n".join(lines)
    if "micrograd." in source:
        imports.insert(0, "import micrograd")
    if "OPS[" in source:
        imports.append("from micrograd.ops import OPS")
    return "\n".join([*imports, "", *lines]) + "\n"


def _expression(value: Value, written: dict[Value, Written]) -> Written:
    args = [written[parent] for parent in value.parents]
    if not value.parents or value.op is None:
        label = f", label={value.label!r}" if value.label else ""
        return Written(f"Value({_literal(value.data)}{label})")
    if value.op.partials is None:
        children = ", ".join(arg.text for arg in args)
        return Written(f"Value({_literal(value.data)}, [{children}], {value.op.symbol!r})")
    numbers = [_bare_number(arg) for arg in args]
    # A number beside a Value becomes one; an exponent would become part of the op.
    if value.op.arity != 1 and None in numbers:
        keep = 1 if value.op.name == "pow" else len(args)
        args = [number or arg for number, arg in zip(numbers[:keep], args, strict=False)] + args[
            keep:
        ]
    if not hasattr(Value, value.op.name) and write_python(value.op, args).text.endswith("()"):
        return Written(f"OPS[{value.op.name!r}]({', '.join(arg.text for arg in args)})")
    return write_python(value.op, args)


def _bare_number(x: Written) -> Written | None:
    """Return the number in ``Value(number)``, or None if x is anything else."""
    found = re.fullmatch(r"Value\((-?[\d.]+(?:e[-+]?\d+)?|float\('[-a-z]+'\))\)", x.text)
    if not found:
        return None
    return Written(found[1], PRODUCT if found[1].startswith("-") else ATOM)


def _literal(x: float) -> str:
    return repr(x) if isfinite(x) else f"float('{x}')"


def _uses(order: list[Value]) -> Counter[Value]:
    return Counter(parent for value in order for parent in value.parents)


def _identifiers(order: list[Value]) -> dict[Value, str]:
    """Make a different identifier of every name."""
    taken = {"Value", "micrograd", "OPS", "abs", "float"}
    identifiers = {}
    for value, name in names_of(order).items():
        stem = re.sub(r"\W", "_", name.text.strip("()"))
        if not stem.isidentifier() or keyword.iskeyword(stem):
            stem = "v_" + stem
        identifier, n = stem, 1
        while identifier in taken:
            n += 1
            identifier = f"{stem}_{n}"
        taken.add(identifier)
        identifiers[value] = identifier
    return identifiers
