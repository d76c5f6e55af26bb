"""What comes out of a call, as C makes it: nests of addresses, and what is written to where."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ...engine import Value
from ...value.number import Number
from ..tracing.arrays import TracedArray
from ..tracing.batches import Batch
from ..tracing.effects import Effects
from ..tracing.integers import EXACT, Integer
from ..tracing.passed import Passed
from ..tracing.predicates import truth
from .changes import Changes
from .packing import int64s
from .places import InPlace
from .writes import is_list_of_floats

_DATA, _GRAD, _BOTH, _FLOATS, _PLACE, _END, _ELEMENTS = range(7)  # as in ``direct.h``
HELD = (str, bytes, bool, type(None))  # constants that come out as they are
_Write = tuple[int, Any, Any]  # one of the above, what is written to, and addresses


class NotDirect(Exception):
    """C does not make this."""


class ResultAddresses:
    """Where the numbers of results are: what is computed, then the constants behind all else.

    Args:
        outputs: the addresses of what is computed, in order; ranges of them where it has a number
            for each example of a batch.
        behind: the address of the first constant.
        batch: the number of examples.
    """

    def __init__(self, outputs: Iterator[int | range], behind: int, batch: int) -> None:
        self._outputs, self._behind, self._batch = outputs, behind, batch
        self._constants: dict[str, int] = {}

    @property
    def constants(self) -> list[float]:
        """The constants, one after the other."""
        return list(map(float.fromhex, self._constants))

    def of(self, tree: Any) -> Any:
        """Return a result with addresses for its numbers, and -1 - address for an int.

        A slice says in which argument, and under which keys, there is what comes out as it came.

        Raises:
            NotDirect: it has more than nests and arrays of plain numbers, texts and None.
        """
        if isinstance(tree, Integer) or type(tree) is int:
            return -1 - self.number(tree)
        if type(tree) in (Number, float):
            return self.number(tree)
        if type(tree) in HELD:
            return tree
        if isinstance(tree, Passed):
            return slice(tree.argument, tree.keys)
        if isinstance(tree, TracedArray) and tree.dtype == np.float64:
            items = self.floats(np.asarray(tree).reshape(-1).tolist())
            return np.array(items, float).reshape(np.shape(tree))
        if isinstance(tree, Batch):
            return self._of_batch(tree)
        if type(tree) is dict and all(type(key) is str for key in tree):
            return dict(zip(tree, self.of(list(tree.values()))))
        if type(tree) not in (tuple, list):
            raise NotDirect
        return type(tree)(map(self.of, tree))

    def _of_batch(self, tree: Batch) -> Any:
        """Return the addresses of all examples; those of Values as if these were floats."""
        columns, kinds = [self._column(x) for x in tree.elements()], [k.kind for k in tree.kinds]
        if not columns or (tree.is_list and not {"b", "O"}.isdisjoint(kinds)):
            raise NotDirect
        addresses = np.array(columns)
        if tree.is_list:
            whole = np.array(kinds) == "i"
            addresses[whole] = -1 - addresses[whole]
        shape = (self._batch, *np.shape(tree.example))
        addresses = np.ascontiguousarray(addresses.T).reshape(shape)
        if tree.is_list:
            return addresses.tolist()
        return addresses.astype({"i": np.int64, "b": np.uint64}.get(tree.dtype.kind, float))

    def _column(self, x: Any) -> Any:
        if type(x) in (float, int):
            return [self.number(x)] * self._batch
        if not isinstance(truth(x), Value):
            raise NotDirect
        column = next(self._outputs)
        return column if isinstance(column, range) else [column] * self._batch

    def floats(self, items: list[Any]) -> list[int]:
        """Return the addresses of floats, one or more."""
        if not items or any(type(x) not in (Number, float) for x in items):
            raise NotDirect
        return list(map(self.number, items))

    def number(self, x: Any) -> int:
        """Return the address of a number, whatever it is."""
        if type(x) not in (float, int):
            output = next(self._outputs)
            if isinstance(output, range):
                raise NotDirect
            return output
        if type(x) is int and not abs(x) < EXACT:
            raise NotDirect
        return self._behind + self._constants.setdefault(float(x).hex(), len(self._constants))


def writes_of(
    effects: Effects, changes: Changes, at: ResultAddresses
) -> tuple[list[_Write], list[int]]:
    """Return what is written, in the order in which ``writes.py`` writes it.

    Behind it come the addresses of the gradients that new Values have.

    Raises:
        NotDirect: some of it is more than numbers.
    """
    made = list(_to_values(effects, at))
    new = [at.number(share) for share in effects.new.values()]
    made += [_content(changes, k, tree, at) for k, tree in effects.contents.items()]
    return made, new


def _to_values(effects: Effects, at: ResultAddresses) -> Iterator[_Write]:
    """Yield what is written to Values: data and gradients at once where both are."""
    data, grad = [
        {id(v): (v, at.number(share)) for v, share in pairs}
        for pairs in (effects.data, effects.grad)
    ]
    both = dict.fromkeys([key for key in data if key in grad])
    data_of, grad_of = [[written[key][1] for key in both] for written in (data, grad)]
    if both:
        yield _BOTH, tuple([data[key][0] for key in both]), int64s(data_of + grad_of)
    for kind, written in ((_DATA, data), (_GRAD, grad)):
        rest = [pair for key, pair in written.items() if key not in both]
        if rest:
            yield kind, tuple([v for v, _ in rest]), int64s([address for _, address in rest])


def _content(changes: Changes, k: int, tree: Any, at: ResultAddresses) -> _Write:
    if k >= len(changes.places):
        return _END, changes.growing[k - len(changes.places)].items, at.of(list(tree.items))
    place = changes.places[k]
    to = place.owner, place.key
    if is_list_of_floats(changes, k, tree):
        return _FLOATS, place.owner, int64s(at.floats(tree))
    if not isinstance(tree, InPlace):
        return _PLACE, to, at.of(tree)
    if not isinstance(tree.items, TracedArray) or tree.items.dtype != np.float64:
        raise NotDirect
    return _ELEMENTS, to, int64s(at.floats(_elements(tree.items)))


def _elements(array: Iterable[Any]) -> list[Any]:
    return np.asarray(array).reshape(-1).tolist()
