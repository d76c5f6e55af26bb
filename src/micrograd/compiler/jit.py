"""``jit(f)``: the same function, traced once for each structure of arguments, run as loops."""

import functools
import inspect
import threading
import types
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from ..modes import mode
from .c.standalone import standalone
from .calls.compiled import AnyRun
from .calls.gradients import Slopes
from .calls.lengths import Lengths, generalised, holds_for
from .calls.variant import Variant
from .collector import paused
from .errors import JitError
from .lower import Lowered, lower
from .tracing.draws import put_back
from .tracing.names import name_all
from .tracing.numbering import graph_of
from .tracing.recording import Trace
from .tracing.signature import Argument, argument
from .tracing.trace import trace

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
        self._patterns: dict[frozenset[int], None] = {frozenset(): None}
        self._lengths = Lengths()
        self._quick: Any = None
        who, *asked = getattr(f, "_slopes_of", (None,))  # a wrapper copies it, and is not meant
        self._slopes = Slopes(*asked) if who is f and not options["strict"] else None
        self._lock = threading.RLock()
        functools.update_wrapper(self, f)
        self.__name__ = getattr(f, "__name__", type(f).__name__)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> tuple:  # copies are compiled anew: they may be of another model
        return Jitted, (self._f, self._static, self._options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute what the function does; compile it first where these arguments are new in kind.

        Raises:
            JitError: the function does what cannot be compiled.
        """
        if self._quick is not None and not mode.on and not kwargs:
            result = self._quick(*args)
            if result is not None:
                return result
        if mode.tracer is not None or mode.anomaly:
            return self._f(*args, **kwargs)  # inlined in the outer jit; or to be checked op by op
        arguments = self._arguments(args, kwargs)
        with self._lock:
            variant, run, given = self._computed(arguments)
        return variant.result(given, run)

    def _computed(self, arguments: list[Argument]) -> tuple[Variant, AnyRun, list[Argument]]:
        """Find the variant whose branches hold for these arguments, or make it.

        Returns it, what it has computed, and the arguments with random numbers behind them.
        """
        for key in self._keys(arguments):
            variants = self._variants.get(key, ())
            for variant in variants:
                states = variant.recording.draws.states()
                given = variant.recording.with_draws(arguments)
                if variant.accepts(given) and holds_for(variant, self._f, arguments):
                    done = variant.compiled.run(given)
                    if done is not None:
                        return variant, done, given
                put_back(states)
            if len(variants) >= _PATHS:
                raise JitError(
                    f"{self.__name__} took more than {_PATHS} paths through its branches: compute "
                    "both sides and choose by where(condition, x, y)"
                )
        with paused():
            variant, free = self._made(arguments)
            self._quick = variant.quick_call(arguments) or self._quick
        given = [*arguments, *variant.recording.draws.first()]
        done = variant.compiled.run(given)
        if done is None:  # a condition so near its edge that rounding decides: the trace is right
            done = variant.compiled.run(given, guarded=False)
            assert done is not None
            return variant, done, given
        key = _structure(arguments, free)
        self._patterns.setdefault(free)
        self._variants.setdefault(key, []).append(variant)
        self._variants.move_to_end(key)
        if len(self._variants) > _STRUCTURES:
            self._variants.popitem(last=False)
        return variant, done, given

    def _made(self, arguments: list[Argument]) -> tuple[Variant, frozenset[int]]:
        """Trace and compile; for all lengths at once where two lengths have been seen.

        Returns the variant, and the arguments whose length it takes as it comes.
        """
        if self._slopes and self._slopes.suit(arguments):
            recording = trace(self._slopes.function, arguments)
            if self._slopes.suit_recording(recording):
                graph = graph_of(recording, set(self._slopes.numbers()))
                name, options = self.__name__, self._options
                variant = Variant(recording, graph, arguments, name, options, slopes=self._slopes)
                return variant, recording.free()
        recording = trace(self._f, arguments)
        if recording.batch is not None:
            return self._variant(recording, arguments), recording.free()
        offsets = self._lengths.varying(arguments)
        if offsets and not recording.draws.segments and not self._options["strict"]:
            self._lengths.give_up(arguments)  # now or never
            general = generalised(self._f, arguments, offsets, recording)
            try:
                if general:
                    variant = self._variant(recording, arguments, general, offsets)
                    return variant, frozenset(offsets)
            except JitError:  # alike at four lengths, and yet not at this one
                recording = trace(self._f, arguments)
        return self._variant(recording, arguments), frozenset()

    def _variant(self, recording: Trace, arguments: list[Argument], *general: Any) -> Variant:
        graph = graph_of(recording, _nests(arguments))
        graph.strict = self._options["strict"]
        arguments = [*arguments, *recording.draws.first()]
        return Variant(recording, graph, arguments, self.__name__, self._options, *general)

    def _keys(self, arguments: list[Argument]) -> list[Any]:
        """The structure without the sizes of batches, in each way known so far, and in full."""
        return [_structure(arguments, free) for free in self._patterns]

    def _arguments(self, args: tuple, kwargs: dict[str, Any]) -> list[Argument]:
        if kwargs:
            bound = inspect.signature(self._f).bind(*args, **kwargs)
            if bound.kwargs:
                bound.apply_defaults()  # of what comes before them
            if bound.kwargs:
                raise JitError(
                    f"{self.__name__}: keyword-only arguments cannot be traced; make "
                    f"{list(bound.kwargs)} positional"
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
        recording = trace(self._f, arguments)
        recording.draws.undo()
        return graph_of(recording, set())

    def lower(self, *args: Any) -> Any:
        """Return the loops of a call; print them to read them."""
        return self._lowered(args).program

    def source(self, *args: Any) -> str:
        """Return standalone C11 for a call: ``value`` and ``value_and_grad``, no allocation."""
        arguments = self._arguments(args, {})
        f = self._slopes.function if self._slopes else self._f
        return standalone(f, arguments, self.__name__, self._options["dtype"])

    def _lowered(self, args: tuple) -> Lowered:
        arguments = self._arguments(args, {})
        recording = trace(self._f, arguments)
        recording.draws.undo()
        lowered = lower(graph_of(recording, _nests(arguments)))
        return name_all(lowered, recording, self._f, [*arguments, *recording.draws.first()])


def _nests(arguments: Sequence[Argument]) -> set[int]:
    """The arguments that hold Values: their gradients are wanted."""
    return {k for k, a in enumerate(arguments) if a.kind == "nest"}


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
