"""The forms in which people write the engine, found by running it: which attribute is which.

``Forms`` looks once at a learner's class: where the number, the gradient and the parents are kept,
and how a result passes its gradient on (a closure, a method, local gradients kept beside the
parents). Nothing is read from the source; every name that was taken for ours is in ``names``.
"""

import inspect
import operator
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .duplicate import Duplicate, attributes
from .errors import attempt

CLASS = ("Value", "Val", "Scalar", "Tensor", "Node", "Variable", "Var", "Number")
DATA = ("data", "value", "v", "val", "_data", "_value", "x", "item", "number")
GRAD = ("grad", "_grad", "gradient", "_gradient", "g", "adjoint", "derivative", "dv")
PARENTS = ("_prev", "_children", "prev", "children", "_parents", "parents", "_ch", "_inputs",
           "inputs", "_args", "args", "operands")  # fmt: skip
PASS_ON = ("_backward", "_backwards", "_grad_fn", "grad_fn", "_backward_fn", "backward_fn")
METHODS = {
    "relu": ("relu", "ReLU", "Relu", "ReLu"),
    "tanh": ("tanh", "Tanh", "tanH"),
    "exp": ("exp", "Exp"),
    "log": ("log", "ln", "Log"),
    "sigmoid": ("sigmoid", "Sigmoid", "sigm", "logistic"),
    "backward": ("backward", "backprop", "backpropagate", "run_backward", "back_propagate"),
    "derivative": ("derivative", "deriv", "numerical_derivative", "slope", "num_derivative"),
    "train": ("train", "training", "fit", "train_model"),
    "Neuron": ("Neuron",),
    "Layer": ("Layer",),
    "MLP": ("MLP", "Mlp", "NeuralNetwork", "Network", "NN"),
}
FUNCTIONS = ("derivative", "train", "Neuron", "Layer", "MLP")
UPSTREAM = ("grad", "g", "gradient", "gout", "dout", "out_grad", "grad_output", "upstream", "dy")
_DEEP = 3


def number(x: Any) -> float:
    """Return the number that x is or holds: of an array of one, of a list of one, of a Value.

    Raises:
        TypeError: there is no number in it.
    """
    for _ in range(4):
        if isinstance(x, (int, float)):
            return float(x)
        if isinstance(x, (list, tuple)) and len(x) == 1:
            x = x[0]
        elif hasattr(x, "item") and callable(x.item):
            x = x.item()
        elif hasattr(x, "__float__"):
            x = float(x)
        else:
            x = next((getattr(x, name) for name in DATA if hasattr(x, name)), x)
    raise TypeError(f"a number is expected, got {type(x).__name__}")


def held(x: Any, cls: type, depth: int = _DEEP) -> Iterator[Any]:
    """Yield what a container of parents holds: a list, a set, a dictionary, an object's fields."""
    if isinstance(x, cls) or x is None or isinstance(x, (int, float, str)) or not depth:
        yield x
    elif isinstance(x, (list, tuple, set, frozenset, dict)):
        for item in x.values() if isinstance(x, dict) else x:
            yield from held(item, cls, depth - 1)
    elif not callable(x) or attributes(x):
        for item in attributes(x).values():  # a function object: its numbers are its own business
            yield from (y for y in held(item, cls, depth - 1) if isinstance(y, cls))


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
            self.requires_grad = "requires_grad" in _parameters(self.cls)
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
            if callable(f) and not inspect.isbuiltin(f) and _is_written(f):
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
        cls = copy.of(self.cls)
        leaf, error = attempt(partial(self.make, cls, 2.5))
        if error is not None:  # the first program will say so
            return
        self.data = _first(leaf, DATA, 2.5) or self.data
        results = list(self._results(cls))
        self.parents = _parents_of(results, cls)
        known = next((n for n in GRAD if hasattr(leaf, n)), None)
        self._find_pass_on(results, {self.data, known, *self.parents})
        self.grad = known or self._find_gradient(leaf, cls) or self.grad
        self._find_containers(results, cls)
        if not self.method("backward") and not self.function("backward"):
            self.goes_back = next((n for n in _methods(cls) if self._moves_gradients(cls, n)), None)
        self.wraps_numbers = _wraps(leaf)

    def _results(self, cls: type) -> Iterator[tuple[Any, tuple[Any, Any]]]:
        for operation in (operator.add, operator.mul):
            a, b = self.make(cls, 2.5), self.make(cls, -1.5)
            out, _ = attempt(partial(operation, a, b))  # what it raises a program will say
            if isinstance(out, cls):
                yield out, (a, b)

    def _find_gradient(self, leaf: Any, cls: type) -> str | None:
        """Find the attribute that one step back, or all of them, change; else one that is 0.0 or 0.

        What is None and never changes may be anything.
        """
        starts = [n for n, x in attributes(leaf).items() if n != self.data and _is_start(x)]
        for n in starts:
            if self._changes(cls, n, partial(self._step_back, grad=n)):
                return n
        for n in starts:
            if any(self._moves_gradients(cls, method, n) for method in _methods(cls)):
                return n
        return next((n for n in starts if getattr(leaf, n) is not None), None)

    def _step_back(self, out: Any, grad: str) -> None:
        setattr(out, grad, 1.0)
        if self.pass_on:
            step = getattr(out, self.pass_on)
            step(1.0) if self.takes_gradient else step()

    def _moves_gradients(self, cls: type, method: str, grad: str | None = None) -> bool:
        return self._changes(cls, grad or self.grad, lambda out: getattr(out, method)())

    def _changes(self, cls: type, grad: str, act: Callable[[Any], Any]) -> bool:
        """Say whether what is done with a product changes this attribute of a factor."""
        a, b = self.make(cls, 2.5), self.make(cls, -1.5)
        out, error = attempt(lambda: a * b)
        if error is not None or not isinstance(out, cls) or not hasattr(a, grad):
            return False
        before = getattr(a, grad)
        before = number(before) if before is not None else None
        attempt(partial(act, out))
        after, error = attempt(partial(_number_of, a, grad))
        return error is None and after != before

    def _find_pass_on(self, results: list, others: set) -> None:
        for out, pair in results:
            fields = attributes(out)
            called = [n for n in PASS_ON if n in fields or callable(getattr(out, n, None))]
            called += [n for n, f in fields.items() if _is_written(f) and n != "backward"]
            if called:
                self.pass_on = called[0]
                self.takes_gradient = _takes_gradient(getattr(out, called[0]))
                self.is_method = called[0] not in fields
                return
            for n, x in fields.items():
                if n not in others and _is_slopes(x, len(pair)):
                    self.locals = n
                    return

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
    arithmetic = [c for c in arithmetic if _is_written(c.__add__)]
    return arithmetic[0] if arithmetic else classes.get("Value")


def _first(leaf: Any, names: tuple[str, ...], x: float) -> str | None:
    others = [n for n in attributes(leaf) if n not in names]
    for n in [*names, *others]:
        if attempt(partial(_number_of, leaf, n))[0] == x:
            return n
    return None


def _number_of(leaf: Any, name: str) -> float:
    return number(getattr(leaf, name))


def _parents_of(results: list, cls: type) -> tuple[str, ...]:
    for out, pair in results:
        fields = [n for n in PARENTS if hasattr(out, n)]
        fields += [n for n in attributes(out) if n not in fields]
        direct = tuple(n for n in fields if any(getattr(out, n) is x for x in pair))
        if direct:
            return direct
        for n in fields:
            if any(item is x for item in held(getattr(out, n), cls) for x in pair):
                return (n,)
    for out, _ in results:
        for n in PARENTS:
            if hasattr(out, n):
                return (n,)
    return ()


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
    return [n for n, f in methods if hasattr(f, "__code__") and len(_required(f)) == 1]


def _is_start(x: Any) -> bool:
    """Say whether a gradient may begin as that."""
    if x is None:
        return True
    return not isinstance(x, (bool, str)) and attempt(lambda: number(x))[0] == 0


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


def _is_slopes(x: Any, n: int) -> bool:
    numbers = isinstance(x, (list, tuple)) and all(isinstance(y, (int, float)) for y in x)
    return numbers and len(x) == n


def _is_written(f: Any) -> bool:
    return hasattr(f, "__code__") or isinstance(f, type)


def _parameters(f: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return {}


def required(f: Any) -> int:
    """Return how many arguments a function cannot do without."""
    return len(_required(f))


def _required(f: Any) -> list[str]:
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = _parameters(f).items()
    return [n for n, p in parameters if p.default is p.empty and p.kind not in many]


def _takes_gradient(f: Any) -> bool:
    names = _required(f)
    return len(names) == 1 and names[0].strip("_") in UPSTREAM
