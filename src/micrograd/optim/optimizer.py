"""Optimizer: what moves parameters, by a rule that is written once, for one of them."""

import copy
import functools
from collections.abc import Iterable, Mapping
from typing import Any

from ..arguments import array as array_of
from ..arguments import shown, whole
from ..engine import Value
from ..value import tables
from ..value.tables import Parameters
from .arguments import rate
from .groups import Group, Share, split

State = tuple[Any, ...]


class Optimizer:
    """Base of the optimisers: it moves parameters by a rule, which a subclass defines.

    Args:
        params: the Values to move, such as ``model.parameters()``; or groups of them, dicts as
            ``{"params": [...], "lr": 0.01, "weight_decay": 0.1}``, with rates of their own.
        lr: the learning rate, 0 or more; the attribute may be set between steps. The rates of
            groups keep their ratio to it.

    Raises:
        TypeError: params holds something else than Values, or than groups.
        ValueError: params is empty, or holds a Value twice or one that was computed.
    """

    state_names: tuple[str, ...] = ()  # what is kept for each parameter from step to step
    weight_decay: Any = 0.0

    def __init__(self, params: Iterable[Value], lr: float) -> None:
        import numpy as np

        self.lr = lr
        self.parameters, self.groups = split(params, self.lr, self.weight_decay)
        if isinstance(self.parameters, Parameters):
            self._refuse_tables()
        if self.groups:
            self.state_names = (*self.state_names, "group_lr", "group_decay")
        self.steps = 0
        self.state = tuple(np.zeros(len(self.parameters)) for _ in self.state_names)
        self._spread()

    def __setattr__(self, name: str, x: Any) -> None:
        if name == "lr":
            x = rate(name, x)
        super().__setattr__(name, x)

    @property
    def by_rows(self) -> bool:
        """Whether a parameter is left alone, and so is its state, where there is no gradient."""
        return False

    def rule(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Compute a step for one parameter; numbers, arrays and Values will do for all arguments.

        The arrays of a step compute when they are looked at. What takes nothing but NumPy's own
        class, such as ``torch.from_numpy``, is given ``np.asarray(g)``.

        Args:
            p: the parameter.
            g: its gradient.
            state: one item for each of ``state_names``; 0 before the first step.
            step: the number of this step, from 1.
            lr: the learning rate of this step.

        Returns:
            The new parameter and the new state.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has to define rule(p, g, state, step, lr)"
        )

    def update(self, p: Any, g: Any, state: State, step: Any, lr: Any) -> tuple[Any, State]:
        """Do what ``rule`` says, with the rate and the decay of each parameter's group.

        How these differ from the optimiser's own are the last two states, which never change.
        """
        if not self.groups:
            return self.rule(p, g, state, step, lr)
        *states, more_lr, more_decay = state
        of_group = copy.copy(self)
        of_group.weight_decay = self.weight_decay + more_decay
        p, new = of_group.rule(p, g, tuple(states), step, lr * (1 + more_lr))
        return p, (*new, more_lr, more_decay)

    def decayed(self, g: Any, p: Any) -> Any:
        """Return a gradient with the weight decay in it, for rules."""
        none = isinstance(self.weight_decay, (float, int)) and not self.weight_decay
        return g if none else g + self.weight_decay * p

    @property
    def param_groups(self) -> list[Group]:
        """The groups, each a mapping whose "lr" and "weight_decay" may be set; one, if none are."""
        if not self.groups:
            return [Group(self, 0, self.parameters)]
        counts = [share.size for share in self.groups]
        ends = [sum(counts[: i + 1]) for i in range(len(counts))]
        return [
            Group(self, i, self.parameters[end - count : end])
            for i, (count, end) in enumerate(zip(counts, ends, strict=True))
        ]

    def regroup(self, i: int, share: Share) -> None:
        """Give group i another rate and decay."""
        self.groups = (*self.groups[:i], share, *self.groups[i + 1 :])
        self._spread()

    def _spread(self) -> None:
        """Write the rates and decays of groups into the last two states, for each parameter."""
        import numpy as np

        if self.groups:
            counts, *columns = zip(*self.groups, strict=True)
            rows = [np.repeat(np.array(column), counts) for column in columns]
            self.state = (*self.state[:-2], *rows)

    def step(self) -> None:
        """Move all parameters once, along their present gradients."""
        parameters = self.parameters
        if type(parameters) is not list and isinstance(parameters, Parameters):
            self._step_of_tables(parameters)
            return
        attributes = self.__dict__  # not by way of __setattr__
        attributes["state"] = self._move(parameters, self.state)
        attributes["steps"] += 1

    def _move(self, values: list[Value], state: State) -> State:
        """Move some parameters; return their new state."""
        return _lazy().move(values, state, self.update, self.steps + 1, self.lr)

    def _step_of_tables(self, parameters: Parameters) -> None:
        """Move what is no table, and of tables the rows that were looked up."""
        self._refuse_tables()
        values, places = parameters.moving()
        state = self._move(values, tuple([kept[places] for kept in self.state]))
        self.steps += 1
        parameters.moved()
        for kept, new in zip(self.state, state, strict=True):
            kept[places] = new

    def _refuse_tables(self) -> None:
        if not self.by_rows:
            raise ValueError(
                f"{type(self).__name__} as it is set moves parameters without a gradient too: for "
                "a table of which a step moves the rows that were looked up (sparse=True), take "
                "SGD without momentum and weight_decay, Adagrad without weight_decay, or SparseAdam"
            )

    def zero_grad(self) -> None:
        """Set the gradients of the parameters to 0."""
        tables.clear(self.parameters)

    def state_dict(self) -> dict[str, Any]:
        """Return what a later run needs to go on: ``steps``, ``lr`` and an array for each state."""
        arrays = {
            name: array.copy() for name, array in zip(self.state_names, self.state, strict=True)
        }
        return {"optimizer": type(self).__name__, "steps": self.steps, "lr": self.lr, **arrays}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state_dict`` returned.

        Raises:
            ValueError: it is of another optimiser or other parameters; nothing changes.
        """

        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict, got {type(state).__name__}")
        wanted = {"optimizer", "steps", "lr", *self.state_names}
        if state.get("optimizer") != type(self).__name__ or set(state) != wanted:
            raise ValueError(
                f"this is the state of {state.get('optimizer')!r} with {sorted(state)}; "
                f"{type(self).__name__} as it was made here needs {sorted(wanted)}"
            )
        steps, lr = whole("steps", state["steps"], 0), rate("lr", state["lr"])
        arrays = tuple(array_of(name, state[name]) for name in self.state_names)
        for name, array in zip(self.state_names, arrays, strict=True):
            if array.shape != (len(self.parameters),):
                raise ValueError(
                    f"{name} is for {array.size} parameters, this has {len(self.parameters)}: got "
                    f"{shown(state[name])}"
                )
        self.state, self.steps, self.lr = arrays, steps, lr

    def settings(self) -> dict[str, Any]:
        """Return what it was made with, ``lr`` included, by name."""
        hidden = ("parameters", "steps", "state", "state_names", "groups")
        found = {name: x for name, x in vars(self).items() if name not in hidden}
        shares = tuple([number for share in self.groups for number in share])
        return found | ({"groups": shares} if shares else {})

    def __repr__(self) -> str:
        shown = [f"{name}={x}" for name, x in self.settings().items() if name != "groups"]
        groups = f" in {len(self.groups)} groups" if self.groups else ""
        return (
            f"{type(self).__name__}({len(self.parameters)} parameters{groups}, {', '.join(shown)})"
        )


@functools.cache
def _lazy() -> Any:
    """Return the module, which needs NumPy."""
    from ..value import lazy

    return lazy
