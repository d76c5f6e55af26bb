"""Random numbers for models: the same ones eagerly and compiled, from the same seed.

Number i of a generator is a hash of its seed and i (SplitMix64: Steele, Lea and Flood, "Fast
splittable pseudorandom number generators", 2014), so that many at once are the same as one at a
time. Inside ``jit`` a draw becomes an input, which is drawn anew at each call.
"""

import math
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .arguments import finite
from .arguments import seed as whole_seed
from .engine import Value
from .forks import give_lock
from .functions import where
from .value.modes import mode

__all__ = ["Generator", "bernoulli", "default", "normal", "seed", "uniform"]

UNIFORM, NORMAL = 1, 2  # kinds of draws; each is also how many hashes it takes

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MASK = 2**64 - 1


class _Refusal(threading.local):
    error: Exception | None = None


_refusal = _Refusal()


class Generator:
    """A sequence of random numbers. Threads may share it: none gets a number twice.

    Args:
        seed: a whole number; None takes one from the operating system.
    """

    _lock: Any

    def __init__(self, seed: int | None = None) -> None:
        give_lock(self, threading.Lock)
        self.seed(seed)

    def seed(self, seed: int | None = None) -> None:
        """Start the sequence of a seed; None takes a seed from the operating system."""
        if seed is None:
            seed = int.from_bytes(os.urandom(8), "little")
        self._seed, self._position = whole_seed("a seed", seed), 0

    def state(self) -> dict[str, int]:
        """Return the seed and how far the sequence has got, for ``set_state``."""
        return {"seed": self._seed, "position": self._position}

    def set_state(self, state: dict[str, int]) -> None:
        """Go on from where ``state()`` was taken.

        Raises:
            ValueError: state has no seed and position.
        """
        if not isinstance(state, dict) or set(state) != {"seed", "position"}:
            raise ValueError(f"a generator's state has a seed and a position, got {state!r:.60}")
        first = whole_seed("seed", state["seed"])
        position = whole_seed("position", state["position"])
        if position < 0:
            raise ValueError(f"a generator's position is 0 or more, got {position}")
        self._seed, self._position = first, position

    def uniform(self, low: Any = 0.0, high: Any = 1.0) -> Value:
        """Return a Value between low and high, without high; gradients pass to low and high."""
        for name, x in (("low", low), ("high", high)):
            if not _is_value(x):
                finite(name, x)
        if not (_is_value(low) or _is_value(high) or low <= high):
            raise ValueError(f"uniform expects low of at most high, got {low!r} and {high!r}")
        u = self._draw(UNIFORM)
        if type(low) is float and type(high) is float and (low, high) == (0.0, 1.0):
            return u
        return low + (high - low) * u

    def normal(self, mean: Any = 0.0, std: Any = 1.0) -> Value:
        """Return a Value of the normal distribution; gradients pass to mean and std."""
        if not _is_value(mean):
            finite("mean", mean)
        if not _is_value(std):
            finite("std", std, least=0)
        z = self._draw(NORMAL)
        if type(mean) is float and type(std) is float and (mean, std) == (0.0, 1.0):
            return z
        return mean + std * z

    def bernoulli(self, p: Any = 0.5) -> Value:
        """Return 1 with probability p, else 0, as a Value; no gradient passes to p."""
        if not _is_value(p) and not 0 <= finite("p, a probability,", p) <= 1:
            raise ValueError(f"bernoulli expects a probability p from 0 to 1, got {p!r}")
        return where(self._draw(UNIFORM) < p, Value(1.0), 0.0)

    def numbers(self, kinds: Sequence[int], rows: int) -> Any:
        """Draw these kinds of numbers ``rows`` times over: an array (rows, len(kinds))."""
        import numpy as np

        costs = np.array(kinds, dtype=np.uint64)
        start = self._take(int(costs.sum()) * rows)
        firsts = np.concatenate([[0], np.cumsum(costs)[:-1]]).astype(np.uint64)
        steps = np.arange(rows, dtype=np.uint64)[:, None] * costs.sum()
        places = (steps + firsts + np.uint64(start & _MASK)).reshape(-1)
        with np.errstate(over="ignore"):
            u = _uniforms(np, _key(self._seed), places)
            out = u.copy()
            normal = np.flatnonzero(np.tile(costs == NORMAL, rows))
            second = _uniforms(np, _key(self._seed), places[normal] + np.uint64(1))
        out[normal] = [_normal(a, b) for a, b in zip(u[normal].tolist(), second.tolist())]
        return out.reshape(rows, len(kinds))

    def number(self, kind: int) -> float:
        """Draw one number."""
        start, key = self._take(kind), _key(self._seed)
        u = _uniform_of(_hash(key, start))
        return u if kind == UNIFORM else _normal(u, _uniform_of(_hash(key, start + 1)))

    def _draw(self, kind: int) -> Value:
        if mode.tracer is not None and hasattr(mode.tracer, "draw"):
            return mode.tracer.draw(self, kind)
        return Value(self.number(kind))

    def _take(self, count: int) -> int:
        if _refusal.error is not None:
            raise _refusal.error
        with self._lock:
            start = self._position
            self._position += count
        return start

    def __getstate__(self) -> dict[str, int]:
        return self.state()

    def __setstate__(self, state: dict[str, int]) -> None:
        give_lock(self, threading.Lock)
        self.set_state(state)


def _is_value(x: Any) -> bool:
    return hasattr(x, "_is_micrograd_value") or hasattr(x, "_apply")


def _key(seed: int) -> int:
    return _hash(seed & _MASK, 0)


def _hash(key: int, i: int) -> int:
    z = (key + (i + 1) * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)


def _uniforms(np: Any, key: int, i: Any) -> Any:
    """Do the same for an array of places; NumPy's unsigned numbers go round at 2**64."""
    word = np.uint64
    z = word(key) + (i + word(1)) * word(_GOLDEN)
    z = (z ^ (z >> word(30))) * word(_FIRST)
    z = (z ^ (z >> word(27))) * word(_SECOND)
    return ((z ^ (z >> word(31))) >> word(11)) * 2.0**-53


def _uniform_of(hashed: int) -> float:
    return (hashed >> 11) * 2.0**-53


def _normal(u: float, w: float) -> float:
    """Return a normally distributed number of two uniform ones (Box and Muller, 1958)."""
    return math.sqrt(-2.0 * math.log1p(-u)) * math.cos(2.0 * math.pi * w)


default = Generator()
"""The generator that the functions of this module use."""


def seed(seed: int | None = None) -> None:
    """Start the default generator's sequence of a seed.

    >>> seed(1)
    >>> first = uniform().data
    >>> seed(1)
    >>> uniform().data == first
    True
    """
    default.seed(seed)


def uniform(low: Any = 0.0, high: Any = 1.0) -> Value:
    """Return a Value between low and high from the default generator."""
    return default.uniform(low, high)


def normal(mean: Any = 0.0, std: Any = 1.0) -> Value:
    """Return a normally distributed Value from the default generator."""
    return default.normal(mean, std)


def bernoulli(p: Any = 0.5) -> Value:
    """Return 1 with probability p, else 0, from the default generator."""
    return default.bernoulli(p)


@contextmanager
def refused(error: Exception) -> Iterator[None]:
    """Raise this error at every draw in this thread, for a while."""
    former, _refusal.error = _refusal.error, error
    try:
        yield
    finally:
        _refusal.error = former
