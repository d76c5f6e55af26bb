"""Schedules: how the learning rate changes over a run. A schedule is any function step -> factor.

Steps count from 0, and the factor multiplies the optimiser's ``lr``. ``fit`` takes one as
``schedule=``; in a loop of your own: ``optimizer.lr = lr * schedule(step)``.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from .arguments import finite, function, is_traced, values, whole
from .value.numeric import number

__all__ = ["Cosine", "Exponential", "Linear", "OneCycle", "Plateau", "Step", "Warmup"]

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
        return self._after(*_progress(step, self.steps))

    def _after(self, done: Any, steps: int) -> Any:
        """Return the factor after so many of the steps: of a number, or of each of an array."""
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


@dataclass(frozen=True)
class Exponential:
    """Multiply by ``gamma`` at every step."""

    gamma: float

    def __post_init__(self) -> None:
        finite("gamma", self.gamma, least=0)

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        return self.gamma**step


@dataclass(frozen=True)
class Warmup:
    """Go from ``start`` to 1 in a straight line over ``steps`` steps, and on as ``then`` says.

    Args:
        steps: how long.
        then: any schedule, which starts at its own step 0; None stays at 1.
        start: the first factor.
    """

    steps: int
    then: Schedule | None = None
    start: float = 0.0

    def __post_init__(self) -> None:
        whole("steps", self.steps, 1)
        finite("start", self.start, least=0)
        if self.then is not None:
            function("then", self.then)

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        if step < self.steps:
            return self.start + (1 - self.start) * step / self.steps
        return 1.0 if self.then is None else self.then(step - self.steps)

    def over(self, steps: int) -> "Warmup":
        """Return this with all steps of a run filled in."""
        return replace(self, then=over(self.then, max(1, steps - self.steps)))


@dataclass(frozen=True)
class OneCycle:
    """Rise to 1 and fall to almost 0, along half cosines (Smith, "Super-convergence", 2018).

    Args:
        steps: how long; None stands for all steps of the run, which ``fit`` fills in.
        pct_start: the share of them in which it rises.
        div_factor: it starts at 1 / div_factor.
        final_div_factor: it ends at the start / final_div_factor.
    """

    steps: int | None = None
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def __post_init__(self) -> None:
        if self.steps is not None:
            whole("steps", self.steps, 2)
        if not finite("pct_start", self.pct_start, least=0) < 1:
            raise ValueError(f"pct_start is a share from 0 to below 1, got {self.pct_start!r}")
        for name in ("div_factor", "final_div_factor"):
            if not finite(name, getattr(self, name), least=0):
                raise ValueError(f"{name} expects a number above 0, got 0")

    def __call__(self, step: int) -> float:
        """Return the factor of a step."""
        done, steps = _progress(step, self.steps)
        top, last = self.pct_start * steps - 1, steps - 1
        start = 1 / self.div_factor
        if done <= top:
            return _cosine(start, 1.0, done / top if top > 0 else 1.0)
        end = start / self.final_div_factor
        return _cosine(1.0, end, min(1.0, (done - top) / (last - top)))


@dataclass(frozen=True)
class Plateau:
    """Multiply by ``factor`` when the loss has not become lower for more than ``patience`` epochs.

    It looks at the losses of the epochs so far, so it is no function of the step alone: ``fit``
    takes it as ``schedule=`` (and watches the validation loss, if there is one). In a loop of your
    own: ``optimizer.lr = lr * plateau(losses)``.

    Args:
        factor: from 0 to below 1.
        patience: so many epochs may pass.
        threshold: by which share a loss has to be lower, to count.
        cooldown: for so many epochs after a change nothing is counted.
        least: below this it does not go.

    >>> Plateau(factor=0.5, patience=1)([1.0, 0.9, 0.9, 0.9])
    0.5
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    cooldown: int = 0
    least: float = 0.0

    def __post_init__(self) -> None:
        if not finite("factor", self.factor, least=0) < 1:
            raise ValueError(f"factor is a share from 0 to below 1, got {self.factor!r}")
        whole("patience", self.patience, 0), whole("cooldown", self.cooldown, 0)
        finite("threshold", self.threshold, least=0), finite("least", self.least, least=0)

    def __call__(self, losses: Iterable[float]) -> float:
        """Return the factor of the epoch after those of the losses."""
        factor, best, waited, rest = 1.0, math.inf, 0, 0
        for loss in [number(x, "a plateau expects") for x in values("a plateau", losses)]:
            if loss < best * (1 - self.threshold):
                best, waited = loss, 0
            else:
                waited += 1
            if rest:
                rest, waited = rest - 1, 0
            if waited > self.patience:
                factor, waited, rest = max(self.least, factor * self.factor), 0, self.cooldown
        return factor


def over(schedule: Schedule | None, steps: int) -> Schedule:
    """Return the schedule for a run of so many steps: constant for None, ``steps`` filled in."""
    if schedule is None:
        return lambda step: 1.0
    if isinstance(schedule, Warmup):
        return schedule.over(steps)
    if isinstance(schedule, (Linear, Cosine, OneCycle)) and schedule.steps is None:
        return replace(schedule, steps=steps)
    return schedule


def rates(schedule: Schedule | None, lr: float, steps: int) -> Any:
    """Return the learning rates of a run of ``steps`` steps that starts at ``lr``, as an array."""
    import numpy as np

    if schedule is None:
        return np.full(steps, float(lr))
    schedule = over(schedule, steps)
    if type(schedule) is Linear and schedule.steps:  # at once: a call takes as long as a small step
        array = schedule._after(np.minimum(np.arange(steps), schedule.steps), schedule.steps)
        return lr * array
    factors = list(map(schedule, range(steps)))
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
    if type(step) is int and 0 <= step < steps:  # at once, for fit asks for every step of a run
        return step, steps
    counted = step if is_traced(step) and step >= 0 else whole("step", step, 0)
    return min(counted, steps), steps


def _cosine(start: float, end: float, share: float) -> float:
    """The way from start to end along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def _check(schedule: Linear | Cosine) -> None:
    finite("end", schedule.end, least=0)
    if schedule.steps is not None:
        whole("steps", schedule.steps, 1)
