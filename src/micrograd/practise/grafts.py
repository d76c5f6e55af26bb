"""Our methods, written for a learner's class: its names, its containers, its way back.

A graft is put into a copy of the learner's class in place of one method. What it makes looks like
what the learner's own methods make, so that the rest of their code goes on working.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from .adapter import Adapter, Handle, bare

Graft = Callable[[Adapter], None]
Slopes = Callable[..., tuple[float, tuple[float, ...]]]  # numbers -> (number, slopes)


def _exp(x: float) -> tuple[float, tuple[float, ...]]:
    return math.exp(x), (math.exp(x),)


def _sigmoid(x: float) -> tuple[float, tuple[float, ...]]:
    s = 0.5 * math.tanh(0.5 * x) + 0.5
    return s, (s * (1.0 - s),)


RULES: dict[str, Slopes] = {
    "__add__": lambda x, y: (x + y, (1.0, 1.0)),
    "__mul__": lambda x, y: (x * y, (y, x)),
    "__sub__": lambda x, y: (x - y, (1.0, -1.0)),
    "__truediv__": lambda x, y: (x / y, (1.0 / y, -x / y**2)),
    "__radd__": lambda x, y: (y + x, (1.0, 1.0)),
    "__rmul__": lambda x, y: (y * x, (y, x)),
    "__rsub__": lambda x, y: (y - x, (-1.0, 1.0)),
    "__rtruediv__": lambda x, y: (y / x, (-y / x**2, 1.0 / x)),
    "__neg__": lambda x: (-x, (-1.0,)),
    "tanh": lambda x: (math.tanh(x), (1.0 - math.tanh(x) ** 2,)),
    "relu": lambda x: (max(x, 0.0), (float(x > 0),)),
    "exp": _exp,
    "log": lambda x: (math.log(x), (1.0 / x,)),
    "sigmoid": _sigmoid,
}


def operation(name: str) -> Graft:
    """Return the graft of an operation: its number, its parents, and its way back."""

    def graft(adapter: Adapter) -> None:
        forms = adapter.forms
        method = forms.method(name) if not name.startswith("__") else name
        outside = forms.function(name) if method is None else None
        place: Any = adapter.copy.namespace if outside else adapter.cls
        original = place[outside] if outside else getattr(place, method or name, None)

        def ours(*arguments: Any) -> Any:
            return node(adapter, original, arguments, RULES[name])

        if outside:
            place[outside] = ours
        else:
            setattr(place, method or name, ours)

    return graft


def power(adapter: Adapter) -> None:
    """Graft x ** n, for a number n."""
    original = getattr(adapter.cls, "__pow__", None)

    def ours(self: Any, n: Any) -> Any:
        if isinstance(n, adapter.cls):
            return original(self, n) if original else NotImplemented

        def rule(x: float) -> tuple[float, tuple[float, ...]]:
            return x**n, (n * x ** (n - 1),)

        return node(adapter, lambda x: original(x, n) if original else None, (self,), rule)

    adapter.cls.__pow__ = ours


def node(adapter: Adapter, original: Any, arguments: Sequence[Any], rule: Slopes) -> Any:
    """Make the result of an operation, as the learner's class keeps it."""
    cls, forms = adapter.cls, adapter.forms
    parents = [adapter.wrap(x) if isinstance(x, cls) else adapter.Value(x) for x in arguments]
    data, slopes = rule(*[parent.data for parent in parents])
    if forms.keeps_step_elsewhere:  # what their backward looks at, we do not know: keep it
        out = Handle(adapter, original(*arguments))
        out.data = data
    else:
        out = adapter.Value(data)
        _set_parents(adapter, out, parents)
        _set_step(adapter, out, parents, slopes)
    return out.inner


def _set_parents(adapter: Adapter, out: Handle, parents: list[Handle]) -> None:
    forms = adapter.forms
    if len(forms.parents) > 1:
        for name, parent in zip(forms.parents, [*parents, None, None]):
            setattr(out.inner, name, bare(parent))
    else:
        setattr(out.inner, forms.parents[0], forms.container(bare(parents)))


def _set_step(
    adapter: Adapter, out: Handle, parents: list[Handle], slopes: tuple[float, ...]
) -> None:
    forms = adapter.forms
    if forms.pass_on is None:
        kept = slopes if forms.slopes is tuple else forms.slopes(slopes)
        setattr(out.inner, forms.locals or "", kept)
        return

    def step(*gradient: Any) -> None:
        for parent, slope in zip(parents, slopes, strict=True):
            parent.grad = parent.grad + slope * out.grad

    if forms.is_method:
        steps = adapter.steps
        if not steps:
            original = getattr(adapter.cls, forms.pass_on)
            setattr(adapter.cls, forms.pass_on, _dispatching(steps, original))
        steps[id(out.inner)] = (step, out.inner)
    else:
        setattr(out.inner, forms.pass_on, step)


def _dispatching(steps: dict[int, Any], original: Any) -> Callable[..., Any]:
    def method(self: Any, *gradient: Any) -> Any:
        if id(self) in steps:
            return steps[id(self)][0](*gradient)
        return original(self, *gradient)

    return method


def backward(adapter: Adapter) -> None:
    """Graft the way back: depth first, each value after all that use it, over their parents."""

    def ours(root: Any) -> None:
        order, visited = [], set()
        stack: list[tuple[Handle, bool]] = [(adapter.wrap(root), False)]
        while stack:
            value, done = stack.pop()
            if done:
                order.append(value)
            elif value not in visited:
                visited.add(value)
                stack.append((value, True))
                stack += [(p, False) for p in value._prev if isinstance(p.inner, adapter.cls)]
        order[-1].grad = 1.0
        for value in reversed(order):
            if value._prev:
                value._backward()

    name = adapter.forms.method("backward")
    if name:
        setattr(adapter.cls, name, ours)
    else:
        adapter.copy.namespace[adapter.forms.function("backward") or "backward"] = ours


def identity(adapter: Adapter) -> None:
    """Graft equality and hash: two values are one only where they are the same object."""
    adapter.cls.__eq__ = object.__eq__
    adapter.cls.__hash__ = adapter.copy.hash


def representation(adapter: Adapter) -> None:
    """Graft repr."""
    adapter.cls.__repr__ = lambda self: f"Value(data={adapter.wrap(self).data})"
