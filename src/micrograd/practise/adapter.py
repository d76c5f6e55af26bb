"""The names that programs use, on top of a learner's class: ``Value(2.0)``, ``a.grad``, ``+``.

A ``Handle`` stands for one of the learner's objects and does everything with it that a program
says, under the learner's own names; so one program text runs on every form of engine.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

from ..value.attributes import held, number, required
from ..value.duplicate import Duplicate
from .forms import Forms


class Handle:
    """One of the learner's values, under the names that programs use."""

    __slots__ = ("_adapter", "inner")

    def __init__(self, adapter: "Adapter", inner: Any) -> None:
        self._adapter = adapter
        self.inner = inner

    @property
    def data(self) -> float:
        """The number."""
        return number(getattr(self.inner, self._adapter.forms.data))

    @data.setter
    def data(self, x: float) -> None:
        setattr(self.inner, self._adapter.forms.data, x)

    @property
    def grad(self) -> float:
        """The gradient."""
        kept = getattr(self.inner, self._adapter.forms.grad)
        return 0.0 if kept is None else number(kept)  # a container that is made when it is needed

    @grad.setter
    def grad(self, x: float) -> None:
        setattr(self.inner, self._adapter.forms.grad, x)

    @property
    def _prev(self) -> list["Handle"]:
        """The parents, in the learner's order; what is no Value among them stays as it is."""
        adapter = self._adapter
        fields = [getattr(self.inner, n) for n in adapter.forms.parents]
        items = [x for field in fields for x in held(field, adapter.cls) if x is not None]
        if adapter.forms.paired:
            items = [x for x in items if isinstance(x, adapter.cls)]
        return [adapter.wrap(x) for x in items if not isinstance(x, str)]

    def _backward(self) -> None:
        """Pass the gradient on to the parents: call what is kept, or multiply what is kept."""
        forms = self._adapter.forms
        for parent in self._prev:  # their backward may make gradients when they are needed
            if getattr(parent.inner, forms.grad, 0.0) is None:
                parent.grad = 0.0
        if forms.pass_on:
            f = getattr(self.inner, forms.pass_on)
            f(getattr(self.inner, forms.grad)) if forms.takes_gradient else f()
            return
        if forms.paired:
            pairs = getattr(self.inner, forms.parents[0])
            slopes = [next(x for x in p if isinstance(x, (int, float))) for p in pairs]
        else:
            slopes = getattr(self.inner, forms.locals or "")
        for parent, slope in zip(self._prev, slopes, strict=True):
            parent.grad = parent.grad + slope * self.grad

    def backward(self) -> None:
        """Go back from here: the learner's method, or their function of one value."""
        name = self._adapter.forms.method("backward")
        if name:
            getattr(self.inner, name)()
        else:
            self._adapter.call("backward", self)

    def __repr__(self) -> str:
        return repr(self.inner)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self.inner is other.inner

    def __hash__(self) -> int:
        return id(self.inner)

    def __getitem__(self, i: int) -> "Handle":
        return self._adapter.wrap(self.inner[i])

    def __neg__(self) -> "Handle":
        return self._adapter.wrap(-self.inner)

    def __pow__(self, n: float) -> "Handle":
        if not hasattr(type(self.inner), "__pow__") and hasattr(self.inner, "pow"):
            return self._adapter.wrap(self.inner.pow(n))
        return self._adapter.wrap(self.inner**n)


def _binary(operation: Callable[[Any, Any], Any]) -> tuple[Callable, Callable]:
    def left(self: Handle, other: Any) -> Handle:
        return self._adapter.wrap(operation(self.inner, bare(other)))

    def right(self: Handle, other: Any) -> Handle:
        return self._adapter.wrap(operation(other, self.inner))

    return left, right


def _unary(name: str) -> Callable[[Handle], Handle]:
    def apply(self: Handle) -> Handle:
        method = self._adapter.forms.method(name)
        if method:
            return self._adapter.wrap(getattr(self.inner, method)())
        return self._adapter.call(name, self)

    return apply


for _name in ("add", "sub", "mul", "truediv"):
    for _side, _method in zip(("", "r"), _binary(getattr(operator, _name)), strict=True):
        setattr(Handle, f"__{_side}{_name}__", _method)
for _name in ("tanh", "relu", "exp", "log", "sigmoid"):
    setattr(Handle, _name, _unary(_name))


def bare(x: Any) -> Any:
    """Return the learner's object for a handle, also inside a list; anything else as it is."""
    if isinstance(x, (list, tuple)):
        return type(x)(bare(item) for item in x)
    return getattr(x, "inner") if isinstance(x, Handle) else x  # noqa: B009


def _says(x: Handle, data: float) -> bool:
    """Say whether the learner's repr shows a number, to as many digits as it shows."""
    shown = re.findall(r"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?", repr(x))
    digits = [len(text.partition(".")[2]) for text in shown]
    return any(abs(float(t) - data) <= 0.5001 * 10.0**-n for t, n in zip(shown, digits))


class Adapter:
    """A fresh copy of a learner's namespace, and its class under the names that programs use."""

    def __init__(self, forms: Forms, change: Callable[["Adapter"], None] | None = None) -> None:
        self.forms = forms
        self.copy = Duplicate(forms.namespace)
        self.cls: Any = self.copy.of(forms.cls) if forms.cls is not None else None
        self.steps: dict[int, Any] = {}  # of grafts, where the class has one method for all steps
        if change is not None:
            if self.cls is forms.cls and self.cls is not None:
                raise TypeError(f"{self.cls.__name__} cannot be copied, so nothing is put into it")
            change(self)

    def environment(self) -> dict[str, Any]:
        """Return the names that a program may use, but those of networks."""
        return {
            "Value": self.Value,
            "derivative": self.derivative,
            "says": _says,
            "is_value": lambda x: isinstance(bare(x), self.cls),
        }

    def derivative(self, f: Callable[[float], float], x: float) -> float:
        """Call the learner's, with a step only where it has none of its own."""
        slope = self.copy.namespace[self.forms.function("derivative") or "derivative"]
        out = slope(f, x, 1e-6) if len(required(slope)) > 2 else slope(f, x)
        if out is None:
            raise TypeError("derivative returned None")
        return number(out)

    def inputs(self, xs: Any) -> Any:
        """Return inputs of a network: numbers, or Values where numbers may not stand left."""
        if self.forms.provides("numbers") and self.forms.provides("__rmul__"):
            return xs
        return [self.Value(x).inner for x in xs]

    def activate(self, x: Any) -> Any:
        """Apply the activation that the learner has, tanh before relu, or none."""
        for name in ("tanh", "relu"):
            if self.forms.has(name):
                return bare(getattr(self.wrap(x), name)())
        return x

    def Value(self, x: float) -> Handle:
        """Make a leaf."""
        return Handle(self, self.forms.make(self.cls, x))

    def wrap(self, x: Any) -> Any:
        """Return a handle of what an operation gave, lists item by item."""
        if hasattr(x, "tolist") and getattr(x, "ndim", None) and not isinstance(x, self.cls):
            x = x.tolist()
        if isinstance(x, (list, tuple)):
            return [self.wrap(item) for item in x]
        return Handle(self, x)

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's by our name for it."""
        function = self.copy.namespace[self.forms.function(name) or name]
        out = function(*[bare(x) for x in arguments])
        return out if isinstance(out, (int, float)) else self.wrap(out)
