"""``jit(f)``: the same function, traced once for each structure of its arguments, then run as loops."""

import functools
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from ..modes import mode
from .errors import JitError
from .signature import Argument, argument
from .trace import graph_of, trace
from .variant import Variant, program_of

_PATHS = 16  # through the branches of one function, for one structure of arguments
_STRUCTURES = 64


class Jitted:
    """A compiled function; ``jit`` makes it.

    Calling it returns what the function would, as Values that backpropagate like any other: a
    compiled function is one big operation.
    """

    def __init__(self, f: Callable, static: tuple[int, ...], options: dict[str, Any]) -> None:
        self._f = f
        self._static = static
        self._options = options
        self._variants: OrderedDict[Any, list[Variant]] = OrderedDict()
        self._lock = threading.RLock()
        functools.update_wrapper(self, f)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if mode.tracer is not None or mode.anomaly:
            return self._f(*args, **kwargs)  # inlined in the outer jit; or to be checked op by op
        arguments = self._arguments(args, kwargs)
        with self._lock:
            variant, v, sizes = self._computed(arguments)
        return variant.wrapped(arguments, v, sizes)

    def _computed(self, arguments: list[Argument]) -> tuple[Variant, Any, tuple[int, ...]]:
        """Find the variant whose branches hold for these arguments, or make it."""
        for key in self._keys(arguments):
            variants = self._variants.get(key, ())
            for variant in variants:
                if all(getattr(o, a) == x for o, a, x in variant.recording.depends):
                    done = variant.run(arguments)
                    if done is not None:
                        return variant, *done
            if len(variants) >= _PATHS:
                raise JitError(
                    f"{self.__name__} took more than {_PATHS} paths through its branches: compute both sides and "
                    "choose by where(condition, x, y)"
                )
        recording = trace(self._f, arguments, {})
        variant = Variant(recording, arguments, self.__name__, self._options)
        key = _structure(arguments, _free(variant))
        self._variants.setdefault(key, []).append(variant)
        self._variants.move_to_end(key)
        if len(self._variants) > _STRUCTURES:
            self._variants.popitem(last=False)
        done = variant.run(arguments)
        if done is None:
            raise JitError(
                f"{self.__name__} branches on a value that its own trace decides otherwise"
            )
        return variant, *done

    def _keys(self, arguments: list[Argument]) -> list[Any]:
        """The structure with the sizes of batches left out, in each way known so far, and in full."""
        patterns = {key[0] for key in self._variants} | {frozenset()}
        return [_structure(arguments, free) for free in patterns]

    def _arguments(self, args: tuple, kwargs: dict[str, Any]) -> list[Argument]:
        if kwargs:
            bound = inspect.signature(self._f).bind(*args, **kwargs)
            if bound.kwargs:
                raise JitError(
                    f"{self.__name__}: keyword-only arguments cannot be traced; make {list(bound.kwargs)} positional"
                )
            args = bound.args
        return [
            argument(x, f"argument {k} of {self.__name__}", k in self._static)
            for k, x in enumerate(args)
        ]

    # ---- looking inside

    def trace(self, *args: Any) -> Any:
        """Return the scalar graph of a call, one node a line when printed."""
        arguments = self._arguments(args, {})
        return graph_of(trace(self._f, arguments, {}), set())

    def lower(self, *args: Any) -> Any:
        """Return the loops of a call; print them to read them."""
        arguments = self._arguments(args, {})
        return program_of(trace(self._f, arguments, {}), arguments)

    def source(self, *args: Any) -> str:
        """Return standalone C11 for a call: ``value`` and ``value_and_grad``, no allocation."""
        from .standalone import standalone

        return standalone(self.lower(*args), self.__name__, self._options["dtype"])


def _free(variant: Variant) -> frozenset[int]:
    """The arguments whose length is the batch size and nothing else."""
    inputs = variant.recording.inputs
    batched = {i.argument for i in inputs if i.batched}
    whole = {i.argument for i in inputs if not i.batched and i.leaves}
    return frozenset(k for k in batched - whole - variant.recording.measured if k is not None)


def _structure(arguments: Sequence[Argument], free: frozenset[int]) -> Any:
    return free, tuple([a.shape[1:] if k in free else a.key for k, a in enumerate(arguments)])


def jit(
    f: Callable | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    backend: str = "auto",
    dtype: str = "float64",
    strict: bool = False,
) -> Any:
    """Compile a function written one scalar at a time into loops over arrays.

    Args:
        f: a function of numbers, Values, arrays and nested lists of them. Values that it uses
            besides (a model's parameters) are read at each call and receive gradients; Python
            numbers that it uses besides are constants, as they were when it was traced.
        static_argnums: which arguments are plain Python objects: f is compiled for each value.
        backend: "c", "numpy", or "auto": C where there is a compiler.
        dtype: "float64" or "float32", of all numbers inside.
        strict: keep the order of every sum, at some cost in speed.

    Returns:
        A function that returns what f does, as Values that backpropagate. It is traced anew for
        each structure of arguments and each path through its branches.

    Raises:
        JitError: f does what cannot be compiled; the message names the line and the remedy.

    >>> from micrograd import Value, jit
    >>> square = jit(lambda x: x * x)
    >>> x = Value(3.0)
    >>> y = square(x)
    >>> y.backward()
    >>> y.data, x.grad
    (9.0, 6.0)
    """
    if f is None:
        return functools.partial(
            jit, static_argnums=static_argnums, backend=backend, dtype=dtype, strict=strict
        )
    if dtype not in ("float64", "float32"):
        raise ValueError(f"jit computes in float64 or float32, got {dtype!r}")
    if backend not in ("auto", "c", "numpy"):
        raise ValueError(f"jit has the back ends auto, c and numpy, got {backend!r}")
    static = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
    return Jitted(f, static, {"backend": backend, "dtype": dtype, "strict": strict})
