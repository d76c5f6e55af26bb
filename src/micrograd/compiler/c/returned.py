"""What standalone C writes into ``value``: a result, number by number, in the order it prints.

Of a batch the same number of every example stands together. What depends on nothing that is
passed is written as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import Value
from ..ir.sizes import Size, variables
from ..tracing.batches import Batch
from ..tracing.predicates import truth
from ..tracing.recording import Trace
from ..tracing.trees import leaves_of, rebuilt
from .arrays import BATCH, HeaderArray, batched_size, plain


@dataclass(frozen=True, slots=True)
class Item:
    """One number of a result, or one of every example of a batch."""

    of_batch: bool
    output: int | None  # which of the program's; None: it is ``number`` at each call
    number: float = 0.0


def items_of(recording: Trace) -> list[Item]:
    """Return the numbers that a traced function returns; text and None are left out."""
    result = recording.result[0] if recording.prints else recording.result
    result = result[0] if recording.updated else result
    seen: list[tuple[Any, bool]] = []

    def vector(tree: Any, made: list[Any]) -> None:
        if isinstance(tree, Batch):
            seen.extend([(x, True) for x in leaves_of(tree)])

    rebuilt(result, lambda x: seen.append((x, False)), vector)
    items: list[Item] = []
    output = len(recording.guards)
    for x, of_batch in seen:
        if isinstance(truth(x), Value):
            items.append(Item(of_batch, output))
            output += 1
        elif np.asarray(x).dtype.kind in "biuf":
            items += [Item(of_batch, None, float(y)) for y in np.ravel(x)]
    return items


class Result:
    """The numbers of a result.

    Args:
        items: them.
        outputs: where the program has its outputs.
        literal: writes a number.
    """

    def __init__(
        self, items: list[Item], outputs: Sequence[Size], literal: Callable[[float], str]
    ) -> None:
        self._items, self._outputs, self._literal = items, outputs, literal
        self.singles = [item for item in items if not item.of_batch]
        self.graded = any(item.output is not None for item in self.singles)

    def described(self) -> str:
        """Write it with its shape."""
        batched = len(self._items) - len(self.singles)
        if not batched:
            return f"value[{len(self._items)}]"
        if not self.singles:
            return f"value[{batched}][batch]" if batched > 1 else "value[batch]"
        sizes = ["batch" if item.of_batch else "1" for item in self._items]
        return f"value: one after the other, {', '.join(sizes)} numbers"

    def differentiated(self) -> str:
        """Say what the gradient is of."""
        if len(self._items) == 1:
            return "of the value"
        if len(self.singles) == 1:
            return "of the one number among the values"
        return "of the sum of weights[k] times the k-th number, batches left out"

    def weights(self) -> dict[int, str]:
        """Return what the outputs count in the gradient."""
        many = len(self.singles) > 1
        return {
            item.output: f"weights[{k}]" if many else self._literal(1.0)
            for k, item in enumerate(self.singles)
            if item.output is not None
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines that write it."""
        at: Size = 0
        for item in self._items:
            address = None if item.output is None else self._outputs[item.output]
            number = self._literal(item.number)
            if address is not None:
                number = f"workspace[{plain(batched_size(address))}]"
            if not item.of_batch:
                yield f"    value[{plain(at)}] = {number};"
                at = at + 1
                continue
            if address is not None and "P" in variables(address):
                there = f"value + {plain(at)}" if at else "value"
                start = plain(batched_size(address))
                yield f"    memcpy({there}, workspace + {start}, (size_t)batch * sizeof *value);"
            else:
                place = f"{plain(at)} + s" if at else "s"
                yield f"    for (int64_t s = 0; s < batch; s++) value[{place}] = {number};"
            at = at + BATCH


@dataclass(slots=True)
class Gradient:
    """The gradient of the one number that a program computes, by some arrays, or both."""

    with_value: bool
    by: list[HeaderArray]

    def described(self) -> str:
        """Write it with its shape."""
        names = ", ".join(array.described() for array in self.by)
        whole = sum([array.count() for array in self.by]) + self.with_value
        said = "the value, then its gradient by" if self.with_value else "the gradient by"
        return f"value[{whole}]: {said} {names}"

    def lines(self, kind: str, output: Size) -> Iterator[str]:
        """Yield the lines that write it, when the program has run forward and backward.

        Args:
            kind: of the numbers.
            output: where the program has its number.
        """
        if self.with_value:
            yield f"    value[0] = workspace[{plain(output)}];"
        at = int(self.with_value)
        for array in self.by:
            if array.places:
                yield "    {"
                yield f"        {kind} *const {array.name}_gradient = value + {at};"
                for batched, place in array.places:
                    for line in array.copied(batched, place, "g", back=True):
                        yield f"    {line}"
                yield "    }"
            else:
                yield f"    memset(value + {at}, 0, {array.count()} * sizeof *value);"
            at += array.count()
