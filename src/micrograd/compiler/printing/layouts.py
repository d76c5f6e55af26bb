"""Many labels in few words: ``[3*i + j]  layers.0.neurons.i.w.j`` says where each number lies."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

_LETTERS = "ijklmnpq"

_Entry = tuple[tuple[int, ...], int]  # the numbers in a label, and where it is in the array

_Template = tuple[str | None, ...]  # the words of a label, None in place of its numbers


def layout(labels: Sequence[str]) -> list[str]:
    """Return lines that say where the numbers with these labels lie, in their order.

    >>> layout(["w.0.0", "w.0.1", "b.0", "w.1.0", "w.1.1", "b.1"])
    ['[3*i + j]  w.i.j, i < 2, j < 2', '[3*i + 2]  b.i, i < 2']
    """
    groups: dict[_Template, list[_Entry]] = {}
    for at, label in enumerate(labels):
        parts = label.split(".")
        template = tuple(None if part.isdigit() else part for part in parts)
        numbers = tuple(int(part) for part in parts if part.isdigit())
        groups.setdefault(template, []).append((numbers, at))
    found = [line for template, group in groups.items() for line in _lines(template, group, 0)]
    return [text for _, text in sorted(found)]


def _lines(template: _Template, group: list[_Entry], fixed: int) -> Iterator[tuple[int, str]]:
    """Yield (first place, line); without a rule, for each value of the next number apart."""
    steps = _steps(group)
    if steps is not None:
        yield group[0][1], _written(template, group, steps)
        return
    if fixed == len(group[0][0]):  # the same label several times
        for numbers, at in group:
            yield at, _written(template, [(numbers, at)], [0] * len(numbers))
        return
    apart: dict[int, list[_Entry]] = {}
    for entry in group:
        apart.setdefault(entry[0][fixed], []).append(entry)
    for part in apart.values():
        yield from _lines(template, part, fixed + 1)


def _steps(group: list[_Entry]) -> list[int] | None:
    """How far one more of each number moves; None where the places follow no such rule."""
    first, start = group[0]
    places = dict(group)
    sizes = [max(n[d] for n, _ in group) - first[d] + 1 for d in range(len(first))]
    steps = []
    for d, size in enumerate(sizes):
        after = (*first[:d], first[d] + 1, *first[d + 1 :])
        if size > 1 and after not in places:
            return None
        steps.append(places[after] - start if size > 1 else 0)
    box = product(*(range(f, f + size) for f, size in zip(first, sizes, strict=True)))
    rule = {n: start + sum(s * (x - f) for s, x, f in zip(steps, n, first)) for n in box}
    return steps if len(places) == len(group) and rule == places else None


def _written(template: _Template, group: list[_Entry], steps: list[int]) -> str:
    first, start = group[0]
    letters, terms, limits, parts = iter(_LETTERS), [], [], []
    numbers = iter(range(len(first)))
    for part in template:
        if part is not None:
            parts.append(part)
            continue
        d = next(numbers)
        if not steps[d]:
            parts.append(str(first[d]))
            continue
        letter = next(letters)
        size = max(n[d] for n, _ in group) - first[d] + 1
        parts.append(letter if not first[d] else f"({letter} + {first[d]})")
        terms.append(letter if steps[d] == 1 else f"{steps[d]}*{letter}")
        limits.append(f", {letter} < {size}")
    place = " + ".join([*terms, str(start)] if start or not terms else terms)
    return f"[{place}]  {'.'.join(parts) or 'without a name'}{''.join(limits)}"


def common_word(labels: Iterable[str]) -> str:
    """Return the last word of dotted labels, if all have the same: w of layers.0.neurons.3.w.1."""
    last = last_words(labels)
    if len(last) > 1:
        last = list({word.rstrip("0123456789") for word in last})
    return last[0] if len(last) == 1 else ""


def last_words(labels: Iterable[str]) -> list[str]:
    """Return the last words of dotted labels that are no numbers, each once."""
    words = [[part for part in label.split(".") if not part.isdigit()] for label in labels]
    return list(dict.fromkeys([parts[-1] if parts else "" for parts in words]))
