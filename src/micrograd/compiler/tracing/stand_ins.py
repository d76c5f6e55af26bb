"""What a traced function gets in place of its arguments: numbers, lists and arrays of leaves.

The leaves are the inputs of the program. An array makes its own when it is first used; one that is
only mapped over makes none, beside those of the one example that stands for all.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...engine import Value
from ...value.columns import ValueSet
from ...value.nested import leaves
from ...value.number import Number
from ..errors import JitError
from .arrays import TracedArray
from .integers import Integer
from .passed import Passed, things_of, with_passed
from .recording import Input
from .signature import Argument


class ChangesArgument(JitError):
    """A function writes into the lists, dicts or arrays that it is called with."""


class StandIns:
    """The stand-ins of one trace, and the inputs that they consist of."""

    def __init__(self) -> None:
        self.inputs: dict[tuple[int | None, bool], Input] = {}
        self.measured: set[int] = set()
        self._arrays: dict[int, tuple[int, Argument, Any]] = {}  # stand-ins by identity
        self._nests: dict[int, Any] = {}  # by argument
        self._of_arrays: set[int] = set()
        self._places: dict[int, tuple[int, int]] | None = None
        self._of_numpy: set[int] = set()  # leaves by identity
        self._seen: dict[tuple[int | None, bool], int] = {}  # how many of each input

    def stand_in(self, k: int, argument: Argument) -> Any:
        """Return what f sees in place of an argument."""
        if argument.kind == "static":
            return argument.value
        into = self.inputs[k, False] = Input(k, False, [])
        if argument.kind == "nest":
            self._nests[k] = argument.rebuilt(lambda x: leaf_of(into, x))
            return self._nests[k]
        if not argument.shape:
            return leaf_of(into, argument.number)
        self._of_arrays.add(k)
        made: Any
        if argument.is_list:
            made = _nested([leaf_of(into, x) for x in argument.flat()], argument.shape)
        else:
            fill = partial(_leaves, into, argument)
            shape, kind = argument.shape, argument.value.dtype
            made = TracedArray.lazily(fill, shape, kind, partial(self.measured.add, k))
        self._arrays[id(made)] = k, argument, made
        return made

    def refuse_changes(self, count: int) -> None:
        """Raise ChangesArgument where other numbers are in one of the first so many arguments.

        They may be equal this time.
        """
        for k, made in self._made(count):
            if not _unchanged(self.inputs[k, False], made):
                raise ChangesArgument(
                    f"it changes argument {k}, which is no variable or attribute: keep what "
                    "changes in one of them, or return it"
                )

    def with_passed(self, tree: Any, count: int) -> Any:
        """Return a result with ``Passed`` for what it has of the first so many arguments."""
        wanted = {id(thing) for thing, _ in things_of(tree)}
        passed = {
            id(thing): Passed(k, keys)
            for k, made in (self._made(count) if wanted else ())
            for thing, keys in things_of(made)
            if id(thing) in wanted
        }
        return with_passed(tree, passed, {}) if passed else tree

    def _made(self, count: int) -> list[tuple[int, Any]]:
        """Return what stands for the first so many arguments, without single numbers."""
        made = {k: made for k, _, made in self._arrays.values()} | self._nests
        return [(k, made[k]) for k in sorted(made) if k < count]

    # ---- of a batch

    def length(self, a: Any) -> int | None:
        """Return the length of an array or list that is as it came; None of anything else."""
        k, argument, made = self._arrays.get(id(a), (0, None, None))
        if made is None or argument is None or not _unchanged(self.inputs[k, False], made):
            return None
        return argument.shape[0]

    def example(self, a: Any) -> tuple[list[Value], Any]:
        """Return the leaves of the first example of an array, and the example made of them."""
        k, argument, _ = self._arrays[id(a)]
        into = self.inputs.get((k, True))
        if into is None:
            into = self.inputs[k, True] = Input(k, True, [])
            for x in argument.example():
                leaf_of(into, x)
        inner = argument.shape[1:]
        if not inner:
            return into.leaves, into.leaves[0]
        if argument.is_list or argument.form == "lists":
            return into.leaves, _nested(list(into.leaves), inner)
        made = TracedArray.of(list(into.leaves), inner)
        made._kind = argument.value.dtype
        return into.leaves, made

    def of_example(self, x: Value) -> tuple[int, int] | None:
        """Return of which argument's example a number is, and which of its numbers it is."""
        for (k, batched), into in self.inputs.items():
            if batched and k is not None:
                for place, leaf in enumerate(into.leaves):
                    if leaf is x:
                        return k, place
        return None

    # ---- afterwards

    def of_arrays(self, args: Sequence[Argument]) -> list[Value]:
        """Return the leaves of the arguments that are NumPy's arrays, or lists of its numbers."""
        return [leaf for _, i in self._inputs_of_numpy(args) for leaf in i.leaves]

    def are_of_arrays(self, args: Sequence[Argument]) -> set[int]:
        """Return the same by identity: a set that grows with the inputs, for it is asked often."""
        for key, i in self._inputs_of_numpy(args):
            if len(i.leaves) > self._seen.get(key, 0):
                self._of_numpy.update(map(id, i.leaves[self._seen.get(key, 0) :]))
                self._seen[key] = len(i.leaves)
        return self._of_numpy

    def _inputs_of_numpy(
        self, args: Sequence[Argument]
    ) -> Iterator[tuple[tuple[int | None, bool], Input]]:
        for key, i in self.inputs.items():
            if i.argument is not None and args[i.argument].is_of_numpy:
                yield key, i

    def values(self) -> dict[int, tuple[int, int]]:
        """Where the Values among the arguments stand, by the identity of what stands for them."""
        return {
            id(x): (i.argument, n)
            for i in self.inputs.values()
            if i.argument is not None and not i.batched and i.argument not in self._of_arrays
            for n, x in enumerate(i.leaves)
            if type(x) is Value
        }

    def place_of(self, value: Value) -> tuple[int, int] | None:
        """Return where a stand-in stands among the arguments; None of what is none."""
        if self._places is None:
            self._places = self.values()
        return self._places.get(id(value))

    def used(self, read: Callable[[], ValueSet]) -> list[Input]:
        """Return the inputs of a program that reads the values that it tells."""
        return [i for i in self.inputs.values() if i.leaves and self._is_read(i, read)]

    def _is_read(self, i: Input, read: Callable[[], ValueSet]) -> bool:
        """Tell whether an input is used: of an array that was only mapped over, none is."""
        if i.argument is None or i.batched or (i.argument not in self._of_arrays):
            return True
        return any(leaf in read() for leaf in i.leaves)


def leaf_of(into: Input, x: Value | float) -> Value:
    """Return a new leaf of an input: a Value, a float or an int, as the number is."""
    make: Any = Value if isinstance(x, Value) else Integer if type(x) is int else Number
    into.leaves.append(make(x._data if isinstance(x, Value) else x))
    return into.leaves[-1]


def _leaves(into: Input, argument: Argument) -> list[Value]:
    return [leaf_of(into, x) for x in argument.flat()]


def _unchanged(into: Input, made: Any) -> bool:
    if not isinstance(made, TracedArray):
        items = [x for _, x in leaves(made) if isinstance(x, Value)]
    elif made._fill is None:
        items = made.view(np.ndarray).reshape(-1).tolist()
    else:
        return True
    return list(map(id, items)) == list(map(id, into.leaves))


def _nested(items: Sequence[Any], shape: tuple[int, ...]) -> list:
    """The items as lists of lists of this shape."""
    if len(shape) == 1:
        return list(items)
    step = len(items) // shape[0] if shape[0] else 0
    return [_nested(items[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
