"""What values are called, in words, formulas and pictures alike.

A value is called by its label: w, or w#2 if it is the second of that label; without one it is v1,
v2, ... in the order of computation. A leaf without a label is a constant where other leaves have
one: it is called by its number.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..engine import Value
from .notation import ATOM, CHOICE, SUM, Written, inside, name_tex, name_text, number, number_tex


class Name(NamedTuple):
    """A name in three forms.

    Args:
        text: where something follows it: ``w`` or ``(x1*w1)``, of which ``.grad`` can be asked.
        written: as a part of a formula, which adds the brackets that it needs.
        tex: the same in TeX.
    """

    text: str
    written: Written
    tex: Written


def constants_of(values: Iterable[Value]) -> set[Value]:
    """Return the leaves that are constants: those without a label, where any leaf has one."""
    leaves = [value for value in values if not value.parents]
    unnamed = {value for value in leaves if not value.label}
    return unnamed if len(unnamed) < len(leaves) else set()


def names_of(order: Iterable[Value]) -> dict[Value, Name]:
    """Name every value."""
    values = list(order)
    constants = constants_of(values)
    taken = {name_text(value.label) for value in values if value.label}
    count: dict[str, int] = {}
    names = {}
    for value in values:
        if value in constants:
            names[value] = _number(value.data)
            continue
        stem = name_text(value.label) if value.label else ""
        while True:
            count[stem] = count.get(stem, 0) + 1
            name = stem if stem else f"v{count[stem]}"
            if stem and count[stem] > 1:
                name = f"{stem}#{count[stem]}"
            if name == stem or name not in taken:
                break
        bare = inside(name)
        written = Written(name) if bare is None else Written(bare, CHOICE)
        names[value] = Name(name, written, Written(name_tex(name)))
    return names


def _number(x: float) -> Name:
    text = number(x)
    return Name(text, Written(text, SUM if text.startswith("-") else ATOM), number_tex(x))
