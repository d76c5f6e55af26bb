"""Which attribute holds the number, the gradient, the parents: by its name, or by what it does.

Known names are looked for first. Else two values are made, added and multiplied: what holds the
number it was made from is the number, what holds the operands are the parents, and what one step
back changes is the gradient.
"""

import inspect
import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from .attempts import attempt
from .duplicate import Duplicate, attributes

DATA = ("data", "value", "v", "val", "_data", "_value", "x", "item", "number")
GRAD = ("grad", "_grad", "gradient", "_gradient", "g", "adjoint", "derivative", "dv")
PARENTS = ("_prev", "_children", "prev", "children", "_parents", "parents", "_ch", "_inputs",
           "inputs", "_args", "args", "operands")  # fmt: skip
PASS_ON = ("_backward", "_backwards", "_grad_fn", "grad_fn", "_backward_fn", "backward_fn")
BACKWARD = ("backward", "backprop", "backpropagate", "run_backward", "back_propagate")
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


def required(f: Any) -> list[str]:
    """Return the arguments that a function cannot do without."""
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [n for n, p in parameters(f).items() if p.default is p.empty and p.kind not in many]


def parameters(f: Any) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function by name, none where it does not tell."""
    try:
        return dict(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return {}


def is_written(f: Any) -> bool:
    """Tell whether a function is written in Python, or is a class."""
    return hasattr(f, "__code__") or isinstance(f, type)


class Attributes:
    """What a class calls the parts of its values; nothing where there is no such part.

    Args:
        cls: the class; its methods are called, so pass a copy.
        make: makes a value from a number.
        methods: names of what may go all the way back, to be tried.

    Attributes:
        data: the number.
        grad: the gradient.
        parents: one attribute, or one for each parent.
        pass_on: what passes the gradient on, to be called.
        takes_gradient: whether that wants the gradient as an argument.
        is_method: whether it is one method of the class, and no function of each result.
        locals: the attribute with local gradients.
        results: a sum and a product, each with its operands.
    """

    def __init__(
        self, cls: Any, make: Callable[[float], Any], methods: Sequence[str] = BACKWARD
    ) -> None:
        self._cls, self._make, self._methods = cls, make, methods
        self.data = self.grad = ""
        self.parents: tuple[str, ...] = ()
        self.pass_on = self.locals = ""
        self.takes_gradient = self.is_method = False
        self.results: list[tuple[Any, tuple[Any, Any]]] = []
        self.leaf, self.error = attempt(partial(make, 2.5))
        if self.error is not None:
            return
        self.data = _first(self.leaf, DATA, 2.5)
        self.results = list(self._results())
        self.parents = self._find_parents()
        known = next((n for n in GRAD if hasattr(self.leaf, n)), "")
        self._find_pass_on({self.data, known, *self.parents})
        self.grad = known or self._find_gradient()

    def goes_back(self, method: str, grad: str = "") -> bool:
        """Tell whether a method changes the gradients of what a value was computed from."""
        return self._changes(grad or self.grad, lambda out: getattr(out, method)())

    def _results(self) -> Iterator[tuple[Any, tuple[Any, Any]]]:
        for operation in (operator.add, operator.mul):
            a, b = self._make(2.5), self._make(-1.5)
            out, _ = attempt(partial(operation, a, b))
            if isinstance(out, self._cls):
                yield out, (a, b)

    def _find_parents(self) -> tuple[str, ...]:
        for out, pair in self.results:
            fields = [n for n in PARENTS if hasattr(out, n)]
            fields += [n for n in attributes(out) if n not in fields]
            direct = tuple(n for n in fields if any(getattr(out, n) is x for x in pair))
            if direct:
                return direct
            for n in fields:
                if any(item is x for item in held(getattr(out, n), self._cls) for x in pair):
                    return (n,)
        return ()

    def _find_pass_on(self, others: set[str]) -> None:
        for out, pair in self.results:
            fields = attributes(out)
            called = [n for n in PASS_ON if n in fields or callable(getattr(out, n, None))]
            called += [n for n, f in fields.items() if is_written(f) and n != "backward"]
            if called:
                self.pass_on = called[0]
                names = required(getattr(out, called[0]))
                self.takes_gradient = len(names) == 1 and names[0].strip("_") in UPSTREAM
                self.is_method = called[0] not in fields
                return
            for n, x in fields.items():
                if n not in others and is_slopes(x, len(pair)):
                    self.locals = n
                    return

    def _find_gradient(self) -> str:
        """Find the attribute that one step back, or all of them, change; else one that is 0.0 or 0.

        What is None and never changes may be anything.
        """
        starts = [n for n, x in attributes(self.leaf).items() if n != self.data and _is_start(x)]
        for n in starts:
            if self._changes(n, partial(self._step_back, grad=n)):
                return n
        for n in starts:
            if any(self.goes_back(method, n) for method in self._methods):
                return n
        return next((n for n in starts if getattr(self.leaf, n) is not None), "")

    def _step_back(self, out: Any, grad: str) -> None:
        setattr(out, grad, 1.0)
        if self.pass_on:
            step = getattr(out, self.pass_on)
            step(1.0) if self.takes_gradient else step()

    def _changes(self, grad: str, act: Callable[[Any], Any]) -> bool:
        """Tell whether what is done with a product changes this attribute of a factor."""
        a, b = self._make(2.5), self._make(-1.5)
        out, error = attempt(lambda: a * b)
        if error is not None or not isinstance(out, self._cls) or not hasattr(a, grad):
            return False
        before = getattr(a, grad)
        before = number(before) if before is not None else None
        attempt(partial(act, out))
        after, error = attempt(partial(_number_of, a, grad))
        return error is None and after != before


_FOUND: WeakKeyDictionary[type, Attributes | None] = WeakKeyDictionary()


def attributes_of(cls: type) -> Attributes | None:
    """Return what a class of values calls its parts, as a copy of it shows; None for any other.

    Only what does arithmetic in Python is tried, once, and nothing of a library.
    """
    if cls not in _FOUND:
        _FOUND[cls] = None  # while it is looked at
        if _is_arithmetic(cls):
            multiply: Any = getattr(cls, "__mul__", None)
            copy = Duplicate(multiply.__globals__).of(cls)
            found, _ = attempt(lambda: Attributes(copy, copy)) if copy is not cls else (None, None)
            if found and found.data and found.grad and found.parents:
                _FOUND[cls] = found
    return _FOUND[cls]


def way_back(cls: type) -> str:
    """Return the method of a class of values that goes all the way back; nothing for none."""
    usual = next((n for n in BACKWARD if callable(getattr(cls, n, None))), "")
    found = None if usual else attributes_of(cls)
    if found is None:
        return usual
    methods = [n for n, f in vars(cls).items() if is_written(f) and not n.startswith("__")]
    alone = (n for n in methods if len(required(getattr(cls, n))) == 1)
    return next(filter(found.goes_back, alone), "")


def is_slopes(x: Any, n: int) -> bool:
    """Tell whether x is a number for each of n parents."""
    numbers = isinstance(x, (list, tuple)) and all(isinstance(y, (int, float)) for y in x)
    return numbers and len(x) == n


def _is_arithmetic(cls: type) -> bool:
    methods = [getattr(cls, name, None) for name in ("__add__", "__mul__")]
    return all(hasattr(f, "__code__") and hasattr(f, "__globals__") for f in methods)


def _first(leaf: Any, names: tuple[str, ...], x: float) -> str:
    others = [n for n in attributes(leaf) if n not in names]
    for n in [*names, *others]:
        if attempt(partial(_number_of, leaf, n))[0] == x:
            return n
    return ""


def _number_of(leaf: Any, name: str) -> float:
    return number(getattr(leaf, name))


def _is_start(x: Any) -> bool:
    """Tell whether a gradient may begin as that."""
    if x is None:
        return True
    return not isinstance(x, (bool, str)) and attempt(lambda: number(x))[0] == 0
