"""Module: an object that finds its own parameters: a model is any class with Values in attributes.

They are searched in the order in which the attributes were set, through lists, tuples, dicts and
other modules. The search is done once, and repeated only when something it went through changed.
"""

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .. import arguments
from ..engine import Value
from ..value import tables
from ..value.backend import native
from ..value.columns import ValueSet, are_leaves
from ..value.modes import mode
from ..value.numeric import is_array
from ..value.tables import LookupTable, gathered
from . import prediction, states
from .parameters import shape_of

_making = threading.local()  # whether a module is being made, which then labels the inner ones


@dataclass(slots=True)
class _Findings:
    """What a search found, and what was in the containers it looked into, to notice changes."""

    parameters: dict[str, Value | LookupTable] = field(default_factory=dict)
    modules: dict[str, "Module"] = field(default_factory=dict)
    looked_into: list[Any] = field(default_factory=list)
    items: list[tuple[Any, ...]] = field(default_factory=list)
    repeatable: bool = True  # False where a class computes its parameters, perhaps anew each time
    gathered: Any = None  # the parameters as a list, or as ``Parameters``

    def still_hold(self) -> bool:
        return self.repeatable and self.are_unchanged()

    def are_unchanged(self) -> bool:
        """Tell whether the containers hold what they held: then the modules are the same."""
        if native is not None and native.hold(self.looked_into, self.items):
            return True  # as nearly always: a few ns per parameter
        try:
            return list(map(_everything_in, self.looked_into)) == self.items
        except ValueError:  # an array was replaced: arrays do not compare to one bool
            return False


class Module:
    """Base of everything that has parameters.

    Assign Values, lists or dicts of them, and other Modules to attributes; define ``__call__``. A
    class may define ``parameters()`` itself, as in the original library: then it says what they
    are.
    """

    __slots__ = ("__dict__", "__weakref__", "_feature_names", "_found", "_mapped", "_training")
    _found: _Findings | None
    _training: bool
    _feature_names: list[str]  # of the table that ``fit`` trained it on, for ``predict`` to compare
    _mapped: Callable[..., Any] | None  # over rows: what ``predict`` calls
    __call__: Callable[..., Any]  # of a subclass

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the outermost module label all parameters when it has been made."""
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = _labelling(cls.__init__)  # type: ignore[method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make the object without asking subclasses to call ``super().__init__()``."""
        self = super().__new__(cls)
        self._found = self._mapped = None
        self.training = True
        self._feature_names = []
        return self

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, Any]]:
        slots = {"training": self.training, "_feature_names": self._feature_names}
        return vars(self).copy(), slots  # for pickle

    @property
    def training(self) -> bool:
        """Whether it is being trained; ``train`` and ``eval`` set it."""
        if mode.tracer is not None:
            mode.tracer.depends_on(self, "training", self._training)
        return self._training

    @training.setter
    def training(self, training: bool) -> None:
        self._training = training

    def parameters(self) -> list[Value]:
        """Return the parameters, each once, in the order in which they were set.

        Where there are tables, as of ``Embedding(..., sparse=True)``, this is no list but a
        sequence, whose Values are made when they are looked at.
        """
        parameters: list[Value] = self._findings().gathered
        return parameters.copy() if type(parameters) is list else parameters

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Go through (dotted path, parameter): ``("layers.0.neurons.3.w.1", Value(...))``."""
        for path, thing in _chosen(self, self._findings()).items():
            if isinstance(thing, LookupTable):
                rows = ((i, thing[i]) for i in range(len(thing)))
                yield from ((f"{path}.{i}.{j}", v) for i, row in rows for j, v in enumerate(row))
            else:
                yield path, thing

    def modules(self) -> Iterator["Module"]:
        """Go through this module and all inside it, outer ones first."""
        return iter(list(self._modules().values()))

    def named_modules(self) -> Iterator[tuple[str, "Module"]]:
        """Go through (dotted path, module), this one first, whose path is empty."""
        return iter(list(self._modules().items()))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        tables.clear(self.parameters() if _computes_parameters(self) else self._findings().gathered)

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` of this module and all inside it; return the module."""
        arguments.flag("mode of train", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set ``training`` to False; return the module."""
        return self.train(False)

    def predict(self, X: Any) -> Any:
        """Return what the model gives in evaluation mode, for each row of X a row of numbers.

        X is what ``fit`` takes: lists, an array, a table. Of no rows none are given. The model is
        compiled for any number of rows, where it can be.

        Raises:
            ValueError: it is a table with other columns than the one that ``fit`` trained it on,
                or with these in another order.
        """
        return prediction.outputs("predict", self, X)

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, (rows, classes), for a model that gives logits.

        One score for each row is the log odds of the second of two classes.
        """
        return prediction.probabilities(self, X)

    def tensors(self) -> dict[str, Any]:
        """Return this module's own parameters as ``state_dict`` names and shapes them.

        A nested list of one shape is one entry; anything else is an entry for each of its items.
        Override it to gather the parameters of inner modules in one array, as ``Layer`` does.
        """
        return {k: v for name, thing in vars(self).items() for k, v in _tensors(name, thing)}

    def state_dict(self) -> dict[str, Any]:
        """Return the parameters as float64 NumPy arrays under PyTorch's names.

        ``layers.0.weight`` of an MLP has the shape (outputs, inputs), ``layers.0.bias`` (outputs,).
        A parameter that is used in two places appears once, under its first name.
        """
        return states.state_of(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the parameters from arrays under the names of ``state_dict``.

        Args:
            state: NumPy arrays, PyTorch tensors or nested lists.

        Raises:
            TypeError: state is no dict.
            ValueError: names or shapes are not this model's; the model is left as it was.
        """
        states.load(self, state)

    def _modules(self) -> dict[str, "Module"]:
        found = self._found  # holds of modules also where a class computes its parameters
        return (found if found and found.are_unchanged() else self._findings()).modules

    def _findings(self) -> _Findings:
        if self._found is None or not self._found.still_hold():
            self._found = _search(self)
            self._found.gathered = gathered(self._found.parameters.values())
            for path, value in self._found.parameters.items():
                if not value.label or path.endswith("." + value.label):
                    value.label = path  # it had none, or one from an inner module
        return self._found


def _labelling(make: Callable[..., None]) -> Callable[..., None]:
    """Wrap an ``__init__``: where no other is under way, the module's parameters get labels."""

    @functools.wraps(make)
    def __init__(self: Module, *args: Any, **kwargs: Any) -> None:
        outermost = not getattr(_making, "under_way", False)
        _making.under_way = True
        try:
            make(self, *args, **kwargs)
        finally:
            if outermost:
                _making.under_way = False
        if outermost:
            self._findings()

    return __init__


def _search(root: Module) -> _Findings:
    found = _Findings()
    known, seen = ValueSet(), set()
    stack: list[tuple[str, Any]] = [("", root)]
    while stack:
        path, thing = stack.pop()
        if isinstance(thing, Value):
            if not thing.parents and known.added([thing]):  # else the model keeps a result
                found.parameters[path] = thing
            continue
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, LookupTable):
            found.parameters[path] = thing
            continue
        if isinstance(thing, Module):
            found.modules[path] = thing
            if thing is not root and _computes_parameters(thing):
                found.repeatable = False
                inner = _search(thing)
                found.looked_into += inner.looked_into
                found.items += inner.items
                stack += [(_join(path, k), p) for k, p in reversed(_chosen(thing, inner).items())]
                found.modules |= {_join(path, k): m for k, m in inner.modules.items() if k}
                seen.update(map(id, inner.modules.values()))
                continue
        inside = vars(thing) if isinstance(thing, Module) else thing
        found.looked_into.append(inside)
        found.items.append(_everything_in(inside))
        if type(inside) is list and are_leaves(inside):  # most of what there is in a large model
            new = known.added(inside)
            if len(new) == len(inside):
                places: Iterable[int] = range(len(inside))
            else:
                first = {id(v): k for k, v in reversed(list(enumerate(inside)))}
                places = [first[id(v)] for v in new]
            found.parameters.update(zip([f"{path}.{k}" for k in places], new, strict=True))
            continue
        stack += [(_join(path, key), child) for key, child in reversed(_items(inside))]
    return found


def _everything_in(container: Any) -> tuple[Any, ...]:
    """What a container holds, a dict its keys and values in turn; equal where nothing changed."""
    if isinstance(container, dict):
        return tuple([x for pair in container.items() for x in pair])
    return tuple(container.ravel().tolist() if is_array(container) else container)


def _items(thing: Any) -> list[tuple[Any, Any]]:
    """The (key, child) pairs of a container that can hold parameters."""
    if is_array(thing):
        thing = thing.tolist()
    pairs = thing.items() if isinstance(thing, dict) else enumerate(thing)
    return [(key, child) for key, child in pairs if _can_hold(child)]


def _can_hold(thing: Any) -> bool:
    if isinstance(thing, (Value, Module, LookupTable, list, tuple, dict)):
        return True
    return is_array(thing) and thing.ndim > 0 and thing.dtype == object


def _computes_parameters(module: Module) -> bool:
    return type(module).parameters is not Module.parameters


def _chosen(module: Module, found: _Findings) -> dict[str, Value | LookupTable]:
    """The module's parameters by name: those found, or what its own ``parameters()`` returns."""
    if not _computes_parameters(module):
        return found.parameters
    names = {id(value): name for name, value in found.parameters.items()}
    return {names.get(id(p), f"parameters.{i}"): p for i, p in enumerate(module.parameters())}


def _tensors(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, LookupTable) or shape_of(thing) is not None:
        yield name, thing
    elif _can_hold(thing) and not isinstance(thing, (Value, Module)):
        for key, child in _items(thing):
            yield from _tensors(_join(name, key), child)


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
