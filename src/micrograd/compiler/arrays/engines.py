"""The libraries that run array programs: where arrays are put, how functions are compiled."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

import numpy as np

from ...extras import require
from .dialects import JAX, NUMPY, TORCH, Dialect

ENGINES = ("jax", "torch")
DTYPES = ("float64", "float32", "bfloat16")  # the last by these engines alone


class Engine(Protocol):
    """What a library does for us: ``dtype`` is the name of the dtype that programs compute in.

    ``wide`` is that of what adds up over many steps, parameters and an optimiser's states: in
    bfloat16, of eight bits, p - 0.001 is mostly p.
    """

    dialect: Dialect
    dtype: str
    wide: str
    device: str

    def context(self) -> AbstractContextManager[Any]:
        """Return what everything is done in: nothing global is changed."""

    def put(self, numbers: np.ndarray) -> Any:
        """Return an array on the device."""

    def put_wide(self, numbers: np.ndarray) -> Any:
        """Return an array of the wide dtype on the device."""

    def cast(self, x: Any, dtype: str) -> Any:
        """Return an array of the device in another dtype."""

    def compiled(self, f: Callable) -> Callable:
        """Return a function of arrays, compiled if the library does that."""

    def get(self, x: Any) -> np.ndarray:
        """Return an array's numbers."""

    def repeated(self, step: Callable) -> Callable:
        """Return a function that does several steps of training.

        It takes parameters, states and gradient, how many steps were done, learning rates, the
        examples of each step as rows of columns, the columns, and random numbers of each step or
        None; and returns parameters, states and gradient, the losses, and whether an index was bad.
        """


class _Numpy:
    """Arrays in this process's memory."""

    dialect, device = NUMPY, "cpu"

    def __init__(self, dtype: str) -> None:
        self.dtype = self.wide = dtype

    def context(self) -> AbstractContextManager[Any]:
        return np.errstate(all="ignore")

    def put(self, numbers: np.ndarray) -> Any:
        return np.asarray(numbers, self.dtype)

    put_wide = put

    def cast(self, x: Any, dtype: str) -> Any:
        return x

    def compiled(self, f: Callable) -> Callable:
        return f

    def get(self, x: Any) -> np.ndarray:
        return np.asarray(x)

    def repeated(self, step: Callable) -> Callable:
        return _one_by_one(step, lambda x: x, np.stack, lambda x: x, lambda x: x)


class _Jax:
    """XLA: a CPU, GPU or TPU. float64 is switched on for our own calls alone."""

    dialect = JAX

    def __init__(self, dtype: str, device: str | None) -> None:
        self._jax = require("jax", "jax", "backend='jax'")
        self.dtype, self.wide = dtype, wide(dtype)
        try:
            found = self._jax.devices(*([device.split(":")[0]] if device else []))
        except RuntimeError:
            there = ", ".join(sorted({d.platform for d in self._jax.devices()} | {"cpu"}))
            raise ValueError(f"JAX has no device {device!r} here: it has {there}") from None
        place = int((device or "").partition(":")[2] or 0)
        if place >= len(found):
            raise ValueError(f"JAX has {len(found)} devices of this kind, got device={device!r}")
        self._device = found[place]
        self.device = str(self._device)

    def context(self) -> AbstractContextManager[Any]:
        stack = ExitStack()
        stack.enter_context(self._jax.enable_x64(self.dtype == "float64"))
        stack.enter_context(self._jax.default_device(self._device))
        return stack

    def put(self, numbers: np.ndarray) -> Any:
        return self._jax.device_put(np.asarray(numbers, self.dtype), self._device)

    def put_wide(self, numbers: np.ndarray) -> Any:
        return self._jax.device_put(np.asarray(numbers, self.wide), self._device)

    def cast(self, x: Any, dtype: str) -> Any:
        return x.astype(dtype)

    def compiled(self, f: Callable) -> Callable:
        return self._jax.jit(f)

    def get(self, x: Any) -> np.ndarray:
        return np.asarray(x)

    def repeated(self, step: Callable) -> Callable:
        jax = self._jax

        def scanned(p: Any, states: Any, dp: Any, numbers: Any, *given: Any) -> Any:
            rates, order, columns, drawn = given

            def body(carried: Any, x: Any) -> Any:
                p, states, _, bad = carried
                number, rate, rows, more = x
                batch = [None if c is None else c[rows] for c in columns]
                batch += [] if more is None else [more]
                p, states, dp, loss, wrong = step(p, states, number, rate, batch)
                return (p, states, dp, bad | wrong), loss

            start = (p, states, dp, jax.numpy.zeros((), bool))
            (p, states, dp, bad), losses = jax.lax.scan(body, start, (numbers, rates, order, drawn))
            return p, states, dp, losses, bad

        compiled = jax.jit(scanned)

        def several(p: Any, states: Any, dp: Any, done: int, *given: Any) -> Any:
            rates, order, columns, drawn = given
            numbers = self.put_wide(done + 1.0 + np.arange(len(rates)))
            more = None if drawn is None else self.put(drawn)
            return compiled(p, states, dp, numbers, self.put_wide(rates), order, columns, more)

        return several


class _Torch:
    """PyTorch, one operation after the other: our backward is written out, autograd is off."""

    dialect = TORCH

    def __init__(self, dtype: str, device: str | None) -> None:
        self._torch = require("torch", "torch", "backend='torch'")
        self.dtype, self.wide = dtype, wide(dtype)
        if device is None:
            device = "cuda" if self._torch.cuda.is_available() else "cpu"
        try:
            self._device = self._torch.device(device)
            self._torch.empty(0, device=self._device)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(f"PyTorch cannot use device={device!r} here: {error}") from None
        self.device = str(self._device)

    def context(self) -> AbstractContextManager[Any]:
        return self._torch.no_grad()

    def put(self, numbers: np.ndarray) -> Any:
        return self.cast(self.put_wide(numbers), self.dtype)

    def put_wide(self, numbers: np.ndarray) -> Any:
        return self._torch.tensor(np.asarray(numbers, self.wide), device=self._device)

    def cast(self, x: Any, dtype: str) -> Any:
        return x.to(getattr(self._torch, dtype))

    def compiled(self, f: Callable) -> Callable:
        return f

    def get(self, x: Any) -> np.ndarray:
        if not self._torch.is_tensor(x):
            return np.asarray(x)
        return (x.float() if x.dtype == self._torch.bfloat16 else x).cpu().numpy()

    def repeated(self, step: Callable) -> Callable:
        def placed(rows: np.ndarray) -> Any:
            return self._torch.as_tensor(rows, device=self._device)

        return _one_by_one(step, self.put, self._torch.stack, placed, self.put_wide)


def _one_by_one(
    step: Callable, put: Callable, stack: Callable, placed: Callable, put_wide: Callable
) -> Callable:
    """Return what does steps one after the other; see ``Engine.repeated``."""

    def several(p: Any, states: Any, dp: Any, done: int, *given: Any) -> Any:
        rates, order, columns, drawn = given
        rates, order = put_wide(rates), placed(order)
        numbers = put_wide(done + 1.0 + np.arange(len(order)))
        more, losses, bad = None if drawn is None else put(drawn), [], False
        for k in range(len(order)):
            batch = [None if c is None else c[order[k]] for c in columns]
            batch += [] if more is None else [more[k]]
            p, states, dp, loss, wrong = step(p, states, numbers[k], rates[k], batch)
            losses.append(loss)
            bad = bad | wrong
        return p, states, dp, stack(losses), bad

    return several


def wide(dtype: str) -> str:
    """Return the dtype of what adds up over many steps; NumPy has it too."""
    return "float32" if dtype == "bfloat16" else dtype


def engine(backend: str, dtype: str, device: str | None = None) -> Engine:
    """Return the library that runs array programs.

    Args:
        backend: "numpy", "jax" or "torch".
        dtype: of the numbers inside.
        device: as the library names it, "cpu", "cuda" or "cuda:1"; None: the best there is.

    Raises:
        ImportError: the library is not installed.
        ValueError: it has no such device.
    """
    if backend == "numpy":
        return _Numpy(dtype)
    return _Jax(dtype, device) if backend == "jax" else _Torch(dtype, device)


def check_device(backend: str, device: str | None, strict: bool, dtype: str) -> None:
    """Refuse options that a back end does not have.

    Raises:
        ImportError: the library is not installed.
        TypeError, ValueError: it has no such device or numbers, or no fixed order of sums.
    """
    if device is not None and not isinstance(device, str):
        raise TypeError(f"device is a name such as 'cpu' or 'cuda', got {device!r}")
    if backend not in ENGINES:
        if device is not None:
            raise ValueError(f"device={device!r} needs backend='jax' or backend='torch'")
        if dtype == "bfloat16":
            raise ValueError(
                "dtype='bfloat16' needs backend='jax' or backend='torch': C and NumPy have no such "
                "numbers; dtype='float32' is half as wide as float64 everywhere"
            )
        return
    if strict:
        raise ValueError(f"strict=True keeps the order of every sum, which {backend} cannot")
    engine(backend, "float64", device)
