"""Sequential, ModuleList, Residual, Flatten: how layers are put together."""

from collections.abc import Iterable, Iterator
from operator import add
from typing import Any

from ..arguments import shown, whole
from ..transforms.batches import each
from .module import Module
from .shapes import depth, elementwise, nested, shape


class ModuleList(Module):
    """Modules in a list, as ``torch.nn.ModuleList``: their parameters are found under 0, 1, ...

    Args:
        modules: the first of them; more can be appended. A slice is such a list again.

    >>> from micrograd.nn import Linear
    >>> blocks = ModuleList([Linear(2, 2) for _ in range(3)])
    >>> len(blocks), sorted(blocks.state_dict())[:2]
    (3, ['0.bias', '0.weight'])
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        if isinstance(modules, (str, bytes, dict)) or not hasattr(modules, "__iter__"):
            raise TypeError(f"{type(self).__name__} expects modules, got {shown(modules)}")
        self.extend(modules)

    def extend(self, modules: Iterable[Module]) -> "ModuleList":
        """Add modules at the end; return the list."""
        for module in modules:
            self.append(module)
        return self

    def append(self, module: Module) -> "ModuleList":
        """Add a module at the end; return the list."""
        if not isinstance(module, Module):
            raise TypeError(
                f"{type(self).__name__} holds modules of micrograd.nn, got {shown(module)}: derive "
                "a class from Module that calls it"
            )
        setattr(self, str(len(self)), module)
        return self

    def __len__(self) -> int:
        return len(self._inside())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._inside())

    def __getitem__(self, i: Any) -> Any:
        part = self._inside()[i]
        return part if isinstance(part, Module) else self._of(part)

    def _of(self, modules: list[Module]) -> "ModuleList":
        return ModuleList(modules)

    def _inside(self) -> list[Module]:
        return [x for name, x in vars(self).items() if name.isdecimal()]

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self))}])"


class Sequential(ModuleList):
    """Modules one after the other, as ``torch.nn.Sequential``: each gets what the last one gave.

    >>> from micrograd.nn import Linear, Tanh
    >>> model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    >>> model
    Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    >>> sorted(model.state_dict())
    ['0.bias', '0.weight', '2.bias', '2.weight']
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def __call__(self, x: Any) -> Any:
        """Return what the last module gives for x."""
        for module in self:
            x = module(x)
        return x

    def _of(self, modules: list[Module]) -> "Sequential":
        return Sequential(*modules)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self))})"


class Residual(Module):
    """x + body(x): what the body changes, with a way around it.

    From He et al., "Deep residual learning for image recognition", 2015.

    Args:
        body: a module.
        shortcut: a module that x goes through on its way around, where the body returns another
            shape; None leaves x as it is.

    >>> from micrograd.nn import Tanh
    >>> Residual(Tanh())([0.0, 0.0])
    [0.0, 0.0]
    """

    def __init__(self, body: Module, shortcut: Module | None = None) -> None:
        for module in (body, shortcut):
            if not isinstance(module, Module) and (module is not None or module is body):
                raise TypeError(f"Residual is made of modules of micrograd.nn, got {shown(module)}")
        self.body, self.shortcut = body, shortcut

    def __call__(self, x: Any) -> Any:
        """Return the sum of both ways, number by number.

        Raises:
            ValueError: they give different shapes.
        """
        x = nested(self, x, (...,))
        changed, kept = self.body(x), x if self.shortcut is None else self.shortcut(x)
        if (way := shape(changed)) != shape(kept):
            raise ValueError(
                f"{self!r} adds what its body gives, of the shape {way}, to {shape(kept)}: a "
                "shortcut, such as Conv2d(inputs, outputs, 1, stride), makes one shape of both"
            )
        return elementwise(add, kept, changed)

    def __repr__(self) -> str:
        shortcut = "" if self.shortcut is None else f", {self.shortcut!r}"
        return f"Residual({self.body!r}{shortcut})"


class Flatten(Module):
    """Make one axis of several, as ``torch.nn.Flatten``.

    Args:
        start_dim, end_dim: the first and the last of them. As in PyTorch axis 0 is that of a batch,
            and stays: for one example write ``Flatten(0)``.

    >>> Flatten(0)([[1.0, 2.0], [3.0, 4.0]])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = whole("start_dim", start_dim)
        self.end_dim = whole("end_dim", end_dim)

    def __call__(self, x: Any) -> list[Any]:
        """Return the numbers of x, in their order, with fewer axes.

        Raises:
            ValueError: x does not have these axes.
        """
        x = nested(self, x, (...,))
        axes = depth(x)
        first, last = (d + axes if d < 0 else d for d in (self.start_dim, self.end_dim))
        if not 0 <= first <= last < axes:
            raise ValueError(f"{self!r} of what has {axes} axes: there are no such axes to join")
        return _joined(x, first, last - first)

    def __repr__(self) -> str:
        return f"Flatten({self.start_dim}, {self.end_dim})"


def _joined(x: list[Any], first: int, times: int) -> list[Any]:
    if first:
        return each(lambda part: _joined(part, first - 1, times), x)
    for _ in range(times):
        x = [item for part in x for item in part]
    return x
