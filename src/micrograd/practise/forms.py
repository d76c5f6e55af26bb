"""The forms in which people write the engine, found by running it: which attribute is which.

``Forms`` looks once at a learner's class: where the number, the gradient and the parents are kept,
and how a result passes its gradient on (a closure, a method, local gradients kept beside the
parents). Nothing is read from the source; every name that was taken for ours is in ``names``.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from ..value.attempts import attempt
from ..value.attributes import (
    BACKWARD,
    PARENTS,
    Attributes,
    is_written,
    parameters,
    required,
)
from ..value.duplicate import Duplicate

CLASS = ("Value", "Val", "Scalar", "Tensor", "Node", "Variable", "Var", "Number")
METHODS = {
    "relu": ("relu", "ReLU", "Relu", "ReLu"),
    "tanh": ("tanh", "Tanh", "tanH"),
    "exp": ("exp", "Exp"),
    "log": ("log", "ln", "Log"),
    "sigmoid": ("sigmoid", "Sigmoid", "sigm", "logistic"),
    "backward": BACKWARD,
    "derivative": ("derivative", "deriv", "numerical_derivative", "slope", "num_derivative"),
    "train": ("train", "training", "fit", "train_model"),
    "Neuron": ("Neuron",),
    "Layer": ("Layer",),
    "MLP": ("MLP", "Mlp", "NeuralNetwork", "Network", "NN"),
}
FUNCTIONS = ("derivative", "train", "Neuron", "Layer", "MLP")


class Forms:
    """What a learner's Value looks like.

    Args:
        namespace: the learner's; it is tried on a copy.
        names: class names to look at first.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.cls: type | None = _find_class(namespace)
        self.data, self.grad = "data", "grad"
        self.parents: tuple[str, ...] = ()  # one attribute, or one for each parent
        self.pass_on: str | None = None  # the attribute to call
        self.takes_gradient = False
        self.is_method = False  # one method of the class for all steps, not a function a result
        self.locals: str | None = None  # the attribute with local gradients
        self.paired = False  # whether each parent stands beside its local gradient
        self.goes_back: str | None = None  # the method that goes all the way back, by what it does
        self.container: Callable[[list], Any] = tuple  # of parents
        self.slopes: Callable[[tuple], Any] = tuple  # of local gradients
        self.keeps_step_elsewhere = True
        self.requires_grad = False
        self.wraps_numbers = True
        self.variants: dict[Any, str] = {}  # that were found out, by what was changed
        if self.cls is not None:
            self.requires_grad = "requires_grad" in parameters(self.cls)
            self._try(Duplicate(namespace))

    def make(self, cls: Callable[..., Any], x: float) -> Any:
        """Make a leaf, with gradient where one has to ask for it."""
        return cls(x, requires_grad=True) if self.requires_grad else cls(x)

    def method(self, name: str) -> str | None:
        """Return the learner's name of a method of the class, None where there is none."""
        names = METHODS.get(name, (name,))
        known = next((n for n in names if callable(getattr(self.cls, n, None))), None)
        return known or (self.goes_back if name == "backward" else None)

    def function(self, name: str) -> str | None:
        """Return the learner's name of a function or class outside the class."""
        for n in METHODS.get(name, (name,)):
            f = self.namespace.get(n)
            if callable(f) and not inspect.isbuiltin(f) and is_written(f):
                return n
        return None

    def has(self, name: str) -> bool:
        """Say whether the learner has written an operation, as a method or as a function."""
        return bool(self.method(name) or self.function(name))

    def provides(self, need: str) -> bool:
        """Say whether the learner has written what a program needs, by the programs' words."""
        if need in FUNCTIONS:
            return bool(self.function(need))
        if self.cls is None:
            return False
        if need == "pass_on":
            return bool(self.pass_on or self.locals or self.paired)
        if need.startswith("__"):
            method = getattr(self.cls, need, None)
            if need == "__pow__" and method is None:
                method = getattr(self.cls, "pow", None)
            return callable(method) and method is not getattr(object, need, None)
        simple = {"Value": True, "parents": bool(self.parents), "numbers": self.wraps_numbers}
        return simple[need] if need in simple else any(map(self.has, need.split(" or ")))

    @property
    def names(self) -> dict[str, str]:
        """The learner's names for ours, where they differ."""
        ours = {"data": self.data, "grad": self.grad, "parents": ", ".join(self.parents) or "_prev"}
        ours["_backward"] = self.pass_on or "_backward"
        usual = {"data": "data", "grad": "grad", "parents": "_prev", "_backward": "_backward"}
        if self.cls is not None and self.cls.__name__ != "Value":
            ours["class"], usual["class"] = self.cls.__name__, "Value"
        if self.locals and not self.pass_on:
            ours["local gradients"], usual["local gradients"] = self.locals, ""
        for name in METHODS:
            taken = (self.method(name) if self.cls else None) or self.function(name)
            if taken:
                ours[name], usual[name] = taken, name
        return {name: taken for name, taken in ours.items() if taken != usual[name]}

    def _try(self, copy: Duplicate) -> None:
        cls: Any = copy.of(self.cls)
        methods = _methods(cls)
        found = Attributes(cls, partial(self.make, cls), methods)
        if found.error is not None:  # the first program will say so
            return
        self.data, self.grad = found.data or self.data, found.grad or self.grad
        self.parents = found.parents or _parents_by_name(found.results)
        self.pass_on, self.locals = found.pass_on or None, found.locals or None
        self.takes_gradient, self.is_method = found.takes_gradient, found.is_method
        self._find_containers(found.results, cls)
        if not self.method("backward") and not self.function("backward"):
            self.goes_back = next(filter(found.goes_back, methods), None)
        self.wraps_numbers = _wraps(found.leaf)

    def _find_containers(self, results: list, cls: type) -> None:
        """Find of which kind the containers are; objects with fields are not ours to make."""
        if not results or not self.parents:
            return
        parents = getattr(results[0][0], self.parents[0], None)
        known = type(parents) in (tuple, list, set, frozenset) or isinstance(parents, cls)
        self.container = type(parents) if known and not isinstance(parents, cls) else tuple
        self.paired = _is_paired(parents, cls)
        self.slopes = list if type(getattr(results[0][0], self.locals or "", 0)) is list else tuple
        elsewhere = self.paired or not (self.pass_on or self.locals)
        self.keeps_step_elsewhere = not known or elsewhere


def _find_class(namespace: dict[str, Any]) -> type | None:
    classes = {n: c for n, c in namespace.items() if isinstance(c, type)}
    own = {n: c for n, c in classes.items() if not getattr(c, "_is_micrograd_value", False)}
    for name in CLASS:
        for n, c in own.items():
            if n.lower() == name.lower():
                return c
    arithmetic = [c for c in own.values() if hasattr(c, "__add__") and hasattr(c, "__mul__")]
    arithmetic = [c for c in arithmetic if is_written(c.__add__)]
    return arithmetic[0] if arithmetic else classes.get("Value")


def _parents_by_name(results: list) -> tuple[str, ...]:
    """Return what is called like parents, where nothing holds the operands."""
    return next(((n,) for out, _ in results for n in PARENTS if hasattr(out, n)), ())


def _wraps(leaf: Any) -> bool:
    """Say whether a number may stand on the right of + or of *."""
    for operation in (lambda a: a + 1.0, lambda a: a * 3.0):
        _, error = attempt(partial(operation, leaf))
        if not isinstance(error, (AttributeError, TypeError, AssertionError)):
            return True
    return False


def _methods(cls: type) -> list[str]:
    """The methods that need no arguments, those with two underscores left out."""
    names = [n for c in reversed(cls.__mro__[:-1]) for n in vars(c) if not n.startswith("__")]
    methods = [(n, getattr(cls, n)) for n in dict.fromkeys(names)]
    return [n for n, f in methods if hasattr(f, "__code__") and len(required(f)) == 1]


def _is_paired(parents: Any, cls: type) -> bool:
    """Say whether a container has pairs of a parent and a number in it."""
    if not isinstance(parents, (list, tuple)) or not parents:
        return False
    return all(
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and sum(isinstance(x, cls) for x in pair) == 1
        and any(isinstance(x, (int, float)) for x in pair)
        for pair in parents
    )
