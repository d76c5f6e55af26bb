"""Schedules: how the learning rate changes over a run. A schedule is any function step -> factor.

Steps count from 0, and the factor multiplies the optimiser's ``lr``. ``fit`` takes one as
``schedule=``; in a loop of your own: ``optimizer.lr = lr * schedule(step)``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .arguments import finite, is_traced, whole
from .value.numeric import number

__all__ = ["Cosine", "Linear", "Step"]

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class Linear:
    """Go from 1 to ``end`` in a straight line over ``steps`` steps, and stay there.

    ``steps=None`` stands for all steps of the run, which ``fit`` fills in.
    """

    end: float = 0.0
    steps: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        done, steps = _progress(step, self.steps)
        return 1 + (self.end - 1) * done / steps


@dataclass(frozen=True)
class Cosine:
    """Go from 1 to ``end`` along half a cosine over ``steps`` steps, and stay there.

    ``steps=None`` stands for all steps of the run, which ``fit`` fills in.
    """

    end: float = 0.0
    steps: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        done, steps = _progress(step, self.steps)
        return self.end + (1 - self.end) * (1 + math.cos(math.pi * done / steps)) / 2


@dataclass(frozen=True)
class Step:
    """Multiply by ``gamma`` every ``every`` steps."""

    every: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        whole("every", self.every, 1)
        finite("gamma", self.gamma, least=0)

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        return self.gamma ** (step // self.every)


def over(schedule: Schedule | None, steps: int) -> Schedule:
    """Return the schedule for a run of so many steps: constant for None, ``steps`` filled in."""
    if schedule is None:
        return lambda step: 1.0
    if isinstance(schedule, (Linear, Cosine)) and schedule.steps is None:
        return replace(schedule, steps=steps)
    return schedule


def rates(schedule: Schedule | None, lr: float, steps: int) -> Any:
    """Return the learning rates of a run of ``steps`` steps that starts at ``lr``, as an array."""
    import numpy as np

    if schedule is None:
        return np.full(steps, float(lr))
    factors = list(map(over(schedule, steps), range(steps)))
    if not set(map(type, factors)) <= {float, int}:
        factors = [number(x, "a schedule has to return") for x in factors]
    array = np.array(factors, dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= 0)))
    if len(wrong):
        k = int(wrong[0])
        raise ValueError(
            f"a schedule has to return a factor of 0 or more, got {array[k]} in step {k}"
        )
    return lr * array


def _progress(step: int, steps: int | None) -> tuple[int, int]:
    if steps is None:
        raise ValueError("how many steps? outside of fit, say so: Linear(end=0.1, steps=1000)")
    counted = step if is_traced(step) and step >= 0 else whole("step", step, 0)
    return min(counted, steps), steps


def _check(schedule: Linear | Cosine) -> None:
    finite("end", schedule.end, least=0)
    if schedule.steps is not None:
        whole("steps", schedule.steps, 1)
