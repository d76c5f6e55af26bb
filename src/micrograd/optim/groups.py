"""Groups of parameters, with rates and decays of their own, as PyTorch's ``param_groups``."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

from ..arguments import shown
from ..engine import Value
from .arguments import leaves_of, rate


class Share(NamedTuple):
    """How a group differs from its optimiser: by a factor 1 + lr of its rate, and a sum of decays.

    Both are 0 where it does not differ.
    """

    size: int  # how many parameters
    lr: float
    decay: float


def split(params: Any, lr: float, weight_decay: float) -> tuple[list[Value], tuple[Share, ...]]:
    """Return all parameters, and the groups; none where there are plain parameters.

    Raises:
        TypeError: a group is no dict with "params", or has other settings.
        ValueError: it has a rate where the optimiser's is 0.
    """
    kinds = set(map(type, params)) if isinstance(params, (list, tuple)) else set()
    if not any(issubclass(kind, Mapping) for kind in kinds):
        return leaves_of(params), ()
    values, shares = [], []
    for group in params:
        if not isinstance(group, Mapping) or "params" not in group:
            raise TypeError(f'a group is a dict with "params", got {shown(group)}')
        others = set(group) - {"params", "lr", "weight_decay"}
        if others:
            raise TypeError(
                f"a group has params, lr and weight_decay, got {sorted(map(str, others))}: make "
                "an optimiser for each group that differs in more"
            )
        inside = leaves_of(group["params"])
        decay = rate("weight_decay", group.get("weight_decay", weight_decay)) - weight_decay
        shares.append(Share(len(inside), factor(group.get("lr", lr), lr) - 1, decay))
        values += inside
    return leaves_of(values), tuple(shares)


def factor(lr: Any, base: float) -> float:
    """Return by what the rate of a group differs from that of its optimiser."""
    lr = rate("lr", lr)
    if lr != base and not base:
        raise ValueError(f"a group of the rate {lr} needs an optimiser whose lr is above 0, got 0")
    return lr / base if base else 1.0


class Group(MutableMapping[str, Any]):
    """One group: "params", "lr" and "weight_decay", of which the last two can be set."""

    def __init__(self, optimizer: Any, index: int, params: list[Value]) -> None:
        self._optimizer, self._index, self._params = optimizer, index, params

    def __getitem__(self, name: str) -> Any:
        optimizer = self._optimizer
        share = optimizer.groups[self._index] if optimizer.groups else Share(0, 0.0, 0.0)
        known = {
            "params": self._params,
            "lr": optimizer.lr * (1 + share.lr),
            "weight_decay": optimizer.weight_decay + share.decay,
        }
        return known[name]

    def __setitem__(self, name: str, x: Any) -> None:
        if name not in ("lr", "weight_decay"):
            raise KeyError(f"of a group lr and weight_decay can be set, got {name!r}")
        optimizer, x = self._optimizer, rate(name, x)
        if not optimizer.groups:
            setattr(optimizer, name, x)
            return
        share = optimizer.groups[self._index]
        changed = {"decay": x - optimizer.weight_decay}
        if name == "lr":
            changed = {"lr": factor(x, optimizer.lr) - 1}
        optimizer.regroup(self._index, share._replace(**changed))

    def __delitem__(self, name: str) -> None:
        raise KeyError(f"{name!r} of a group cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter(("params", "lr", "weight_decay"))

    def __len__(self) -> int:
        return 3

    def __repr__(self) -> str:
        rates = f"lr={self['lr']:g}, weight_decay={self['weight_decay']:g}"
        return f"Group({len(self._params)} parameters, {rates})"
