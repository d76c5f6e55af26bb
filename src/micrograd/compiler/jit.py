"""``jit(f)``: the same function, traced once for each structure of arguments, run as loops."""

import functools
import inspect
import threading
import types
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from ..arguments import choice, flag, function, positions
from ..forks import give_lock
from ..value.modes import mode
from .c.standalone import standalone
from .calls.changes import NO_CHANGES, Changes
from .calls.compiled import AnyRun
from .calls.first import FirstCall
from .calls.guards import Guards, moved_among
from .calls.lengths import holds_for
from .calls.maker import Maker, nests
from .calls.places import Lifted, Place
from .calls.reach import Reach
from .calls.report import CacheInfo, Entry, Report, Stages, counted, structure_of
from .calls.variant import Variant
from .collector import paused
from .errors import JitError, JitWarning
from .lower import Lowered, lower
from .tracing.draws import put_back
from .tracing.names import name_all
from .tracing.numbering import graph_of
from .tracing.signature import Argument, argument
from .tracing.trace import trace

_PATHS = 16  # through the branches of one function, for one structure of arguments
_STRUCTURES = 64


class Jitted:
    """A compiled function; ``jit`` makes it.

    Calling it returns what the function would, as Values that backpropagate like any other.
    """

    _lock: Any

    def __init__(self, f: Callable, static: tuple[int, ...], options: dict[str, Any]) -> None:
        self._f = f
        self._static = static
        self._options = options
        give_lock(self, threading.RLock)
        functools.update_wrapper(self, f)
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.clear()

    def clear(self) -> None:
        """Forget all programs, and all that was learnt of the function."""
        with self._lock:
            self._report = Report(self.__name__)
            self._named: dict[tuple[str, ...], Jitted] = {}  # for arguments passed by name only
            self._fixed: set[Place] = set()  # numbers from outside that f needs as they are
            self._written = NO_CHANGES  # what f changes, as far as it was seen
            self._effects = False
            self._start_over(NO_CHANGES)

    def _start_over(self, watched: Changes) -> None:
        """Forget all variants; what is at these places is to be read at each call."""
        self._watched, self._inputs = watched, watched.places
        self._traced = self._f
        if watched != NO_CHANGES:
            self._traced = Lifted(self._f, watched.places, watched.growing, watched.functions)
        self._maker = Maker(self._traced, self.__name__, self._options, watched)
        self._variants: OrderedDict[Any, list[Variant]] = OrderedDict()
        self._patterns: dict[frozenset[int], None] = {frozenset(): None}
        self._quick: Any = None

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
            call, look = self._quick
            if look is None or look() < 0:
                result = call(*args)
                if result is not None:
                    return result
        if mode.tracer is not None or mode.anomaly or self._report.plainly:
            return self._f(*args, **kwargs)  # inlined in the outer jit; or to be checked op by op
        if self._effects and not mode.grad:  # no gradient goes anywhere
            return self._f(*args, **kwargs)
        if kwargs:
            args, names = self._bound(args, kwargs)
            if names:
                return self._with_names(names)(*args)
        arguments = self._classified(args)
        with self._lock:
            computed = self._computed(arguments)
            if computed is None:
                variants = [v for group in self._variants.values() for v in group]
                moved = moved_among(v.guards for v in variants)
                why = self._why(arguments, moved)
                if self._learn_inputs(moved):
                    computed = self._computed(self._classified(args))
            if self._report.plainly:
                return self._f(*args)
            if computed is None:
                return self._first_call(args, why)
        variant, run, given = computed
        return variant.result(given, run, lambda: self._f(*args))

    def _computed(self, arguments: list[Argument]) -> tuple[Variant, AnyRun, list[Argument]] | None:
        """Find the variant whose branches hold for these arguments.

        Returns it, what it has computed, and the arguments with random numbers behind them.
        """
        for key in self._keys(arguments):
            variants = self._variants.get(key, [])
            for variant in variants:
                states = variant.recording.draws.states()
                given = variant.recording.with_more(arguments)
                if variant.accepts(given) and holds_for(variant, self._traced, arguments):
                    done = variant.run(given)
                    if done is not None:
                        return variant, done, given
                put_back(states)
            if len(variants) >= _PATHS:  # what does not hold any more goes first
                variants[:] = [v for v in variants if v.holds()]
            if len(variants) >= _PATHS:
                said = (
                    f"{self.__name__} took more than {_PATHS} paths through its branches: compute "
                    "both sides and choose by where(condition, x, y)"
                )
                if not self._effects:
                    raise JitError(said)
                self._run_plainly(f"it changes what is outside, and {said}", 4)
                break
        return None

    def _run_plainly(self, why: str, level: int) -> None:
        self._report.runs_plainly(why)
        message = f"{self.__name__} runs plainly: {why}"
        warnings.warn(JitWarning(message), stacklevel=level)

    def _learn_inputs(self, moved: dict[str, Place | None]) -> bool:
        """Let numbers from outside that have changed be read at each call."""
        places = [p for p in moved.values() if p is not None]
        inputs = [p for p in places if p not in self._fixed and p not in self._inputs]
        if inputs:
            self._start_over(self._watched | Changes(tuple(inputs)))
        return bool(inputs)

    def _learn_changes(self, changes: Changes) -> bool:
        """Let what f changes be read at each call, and written after it."""
        self._written |= changes
        before = self._watched
        if before | changes != before:
            self._start_over(before | changes)
        return self._watched != before

    def _first_call(self, args: tuple, why: str) -> Any:
        """Do a call plainly, and compile the function for all further ones like it."""
        try:
            return self._compiled_first(args, why)
        except JitError:
            if set(self._inputs) <= set(self._written.places):
                raise
        # A number from outside may have to be that very number: an int, or one that is compared.
        free = [p for p in self._inputs if p not in self._written.places]
        self._fixed.update([p for p in free if type(p.get()) is int] or free)
        self._start_over(self._watched.without(self._fixed))
        return self._first_call(args, why)

    def _compiled_first(self, args: tuple, why: str) -> Any:
        stages = Stages()
        first = FirstCall(
            self._f,
            self.__name__,
            args,
            self._classified,
            lambda *how: self._maker.make(self._classified(args), stages, *how),
            self._learn_changes,
            stages,
        )
        with paused():
            result = first.result()
        if first.made is None:
            self._run_plainly(first.reason, 5)
            return result
        variant, arguments = first.made.variant, first.made.arguments
        self._effects |= bool(variant.recording.effects)
        by_value = sorted(k for k in first.made.static if k < len(args))
        static = [(f"argument {k}", args[k]) for k in by_value]
        reach = Reach([(self.__name__, self._f), *static], self._watched.beside())
        variant.guards = Guards(reach, self._watched.free)
        if not self._inputs and (quick := variant.quick_call(arguments)):
            self._quick = quick, variant.guards.quick
        inputs, numbers = [p.path for p in self._inputs], list(variant.guards.numbers())
        self._report.add(Entry(why, structure_of(arguments), stages, numbers, inputs))
        key = _structure(arguments, first.made.free)
        self._patterns.setdefault(first.made.free)
        self._variants.setdefault(key, []).append(variant)
        self._variants.move_to_end(key)
        if len(self._variants) > _STRUCTURES:
            self._variants.popitem(last=False)
        return result

    def _why(self, arguments: list[Argument], moved: dict[str, Place | None]) -> str:
        """Say why no program fits a call."""
        if not self._variants:
            return "the first call"
        if moved:
            return f"{', '.join(list(moved)[:3])} changed outside"
        if not any(self._variants.get(key) for key in self._keys(arguments)):
            return "arguments of another structure"
        return "another path through its branches, or another state of a module"

    def _keys(self, arguments: list[Argument]) -> list[Any]:
        """The structure without the sizes of batches, in each way known so far, and in full."""
        return [_structure(arguments, free) for free in self._patterns]

    def _bound(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, tuple[str, ...]]:
        """Return all arguments in order; the last ones have the names that are returned besides."""
        try:
            bound = inspect.signature(self._f).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.__name__}: {error}") from None
        if bound.kwargs:
            bound.apply_defaults()  # of what comes before them
        return (*bound.args, *bound.kwargs.values()), tuple(bound.kwargs)

    def _with_names(self, names: tuple[str, ...]) -> "Jitted":
        """Return the function of which the last arguments are passed by these names."""
        with self._lock:
            if names not in self._named:
                by_name = Jitted(_by_name(self._f, names), self._static, self._options)
                by_name._report = self._report
                self._named[names] = by_name
            return self._named[names]

    def _classified(self, args: Sequence[Any]) -> list[Argument]:
        """Return the arguments as the compiler sees them, numbers from outside behind them."""
        try:
            outside = [self._watched.argument(p) for p in self._inputs]
        except JitError:  # what is there now is nothing that can be traced
            self._start_over(self._watched.without([p for p in self._inputs if not _is_input(p)]))
            return self._classified(args)
        return [
            *[
                _checked(x, f"argument {k} of {self.__name__}", k in self._static)
                for k, x in enumerate(args)
            ],
            *outside,
        ]

    # ---- looking inside

    def __repr__(self) -> str:
        programs = counted(self.cache_info().programs, "program")
        return f"<jit {self.__name__}: {'runs plainly' if self._report.plainly else programs}>"

    def report(self) -> Report:
        """Return what was compiled and why, with the time of each stage; print it to read it."""
        return self._report

    def cache_info(self) -> CacheInfo:
        """Return how many programs are kept, and how many were made."""
        own = self._variants.values()
        inner = [f.cache_info() for f in self._named.values()]
        programs = sum(map(len, own)) + sum(f.programs for f in inner)
        structures = len(self._variants) + sum(f.structures for f in inner)
        return CacheInfo(programs, structures, len(self._report.entries), _STRUCTURES * _PATHS)

    def trace(self, *args: Any) -> Any:
        """Return the scalar graph of a call, one node a line when printed."""
        arguments = self._classified(args)
        recording = trace(self._f, arguments)
        recording.draws.undo()
        return graph_of(recording, set())

    def lower(self, *args: Any, until: str = "") -> Any:
        """Return the loops of a call; print them to read them.

        Args:
            args: of the call.
            until: the pass to stop after, by its name in ``compiler/pipeline.py``: reroll, roll,
                differentiate, fuse, ...; by itself join_clears, before what C alone needs.

        Raises:
            ValueError: there is no such pass.
        """
        return self._lowered(args, until).program

    def source(self, *args: Any) -> str:
        """Return standalone C11 for a call: ``value`` and ``value_and_grad``, no allocation."""
        arguments = self._classified(args)
        slopes = self._maker.slopes
        f = slopes.function if slopes else self._f
        return standalone(f, arguments, self.__name__, self._options["dtype"])

    def _lowered(self, args: tuple, until: str = "") -> Lowered:
        arguments = self._classified(args)
        recording = trace(self._f, arguments)
        recording.draws.undo()
        lowered = lower(graph_of(recording, nests(arguments)), until)
        return name_all(lowered, recording, self._f, recording.with_first(arguments))


def _structure(arguments: Sequence[Argument], free: frozenset[int]) -> Any:
    return free, tuple([a.family if k in free else a.key for k, a in enumerate(arguments)])


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
    function("what jit compiles", f)
    choice("dtype of jit", dtype, ("float64", "float32"))
    choice("backend of jit", backend, ("auto", "c", "numpy"))
    positions("static_argnums", static_argnums)
    static = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
    most = _most_arguments(f)
    for k in static:
        if not 0 <= k < most:
            raise ValueError(
                f"static_argnums counts the arguments from 0, got {k} for "
                f"{getattr(f, '__name__', f)} with {most}"
            )
    return Jitted(f, static, {"backend": backend, "dtype": dtype, "strict": flag("strict", strict)})


def _is_input(place: Place) -> bool:
    try:
        argument(place.get(), place.path, False)
    except JitError:
        return False
    return True


def _by_name(f: Callable, names: tuple[str, ...]) -> Callable:
    def called(*args: Any) -> Any:
        count = len(args) - len(names)
        return f(*args[:count], **dict(zip(names, args[count:], strict=True)))

    called.__name__ = getattr(f, "__name__", type(f).__name__)
    return called


def _checked(x: Any, name: str, static: bool) -> Argument:
    try:
        return argument(x, name, static)
    except RecursionError:
        raise JitError(
            f"{name} is a {type(x).__name__} that holds itself, or is nested a thousand deep: "
            "flatten it"
        ) from None
    except OverflowError:
        raise JitError(f"{name} has an int that fits no float, one beyond 1.8e308") from None


def _most_arguments(f: Callable) -> float:
    """How many arguments f takes by position; any number where its signature is not known."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return inf
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return inf
    return len([p for p in parameters if p.kind is not p.KEYWORD_ONLY])
