"""A compiled function: traced once for each structure of arguments, run as loops ever after."""

import threading
import types
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from ..forks import give_lock
from ..references import reduced, take_names
from ..value.modes import mode
from ..value.nested import is_record
from .calls.binding import bound, by_name
from .calls.cache import (
    OTHER_PATH,
    OTHER_STRUCTURE,
    PATHS,
    STRUCTURES,
    Cache,
    VariantRun,
    branch,
    is_full,
    many_paths,
    reason,
    run_first,
    too_many_paths,
)
from .calls.changes import Changes
from .calls.first import FirstCall
from .calls.guards import Guards, moved_among
from .calls.lengths import holds_for
from .calls.listings import header, loops, scalar_graph
from .calls.maker import Maker
from .calls.outside import Outside
from .calls.patience import Patience
from .calls.places import Place
from .calls.quick import QuickCall
from .calls.reach import Reach
from .calls.report import CacheInfo, Entry, Report, Stages, counted, structure_of
from .calls.variant import Variant
from .calls.waiting import waiting
from .collector import paused
from .errors import JitError, JitWarning
from .tracing.signature import Argument, can_be_argument, checked_argument

P = ParamSpec("P")
Q = ParamSpec("Q")  # without self
R = TypeVar("R")


class Jitted(QuickCall, Generic[P, R]):  # type: ignore[misc,valid-type]
    """A compiled function; ``jit`` makes it.

    Calling it returns what the function would, as Values that backpropagate like any other. It
    raises JitError where the function does what cannot be compiled.
    """

    _lock: Any
    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
            """Compute what the function does."""

    def __init__(self, f: Callable[P, R], static: tuple[int, ...], options: dict[str, Any]) -> None:
        take_names(self, f)
        self._f: Callable[..., Any] = f
        self._static = static
        self._options = options
        give_lock(self, threading.RLock)
        self.clear()

    def clear(self) -> None:
        """Forget all programs, and all that was learnt of the function."""
        with self._lock:
            self._report = Report(self.__name__)
            self._others: OrderedDict[Any, Jitted[..., Any]] = OrderedDict()  # by names, by object
            self._outside = Outside()
            self._effects = False
            self._patience = Patience(self._options)
            self._start_over()

    def _start_over(self) -> None:
        """Forget all variants: they were made for other places to be read at each call."""
        watched = self._outside.watched
        self._traced = self._outside.lifted(self._f)
        self._maker = Maker(self._traced, self.__name__, self._options, watched)
        self._cache = Cache()
        self._quick: tuple[Any, ...] = ()

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(
        self: "Jitted[Concatenate[Any, Q], R]", instance: object, owner: type | None = None
    ) -> Callable[Q, R]: ...

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if is_record(instance) and can_be_argument(instance):  # it consists of numbers
            return types.MethodType(self, instance)
        return self._method_of(instance)

    def __reduce__(self) -> Any:
        return reduced(self, self._f, (Jitted, (self._f, self._static, self._options)))

    def _call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute what the function does; compile it where these arguments are new in kind."""
        if mode.tracer is not None or mode.anomaly or self._report.plainly:
            return self._f(*args, **kwargs)  # inlined in the outer jit; or to be checked op by op
        if self._effects and not mode.grad:  # no gradient goes anywhere
            return self._f(*args, **kwargs)
        if kwargs:
            args, names = bound(self._f, self.__name__, args, kwargs)
            if names:
                return self._with_names(names)(*args)
        arguments = self._classified(args)
        with self._lock:
            computed = self._computed(arguments)
            if computed is None:
                moved = moved_among(v.guards for v in self._cache.variants())
                why = reason(self._cache, arguments, moved)
                if self._learn_inputs(moved):
                    computed = self._computed(self._classified(args))
                elif what := self._report.often(moved):
                    said = f"{self.__name__} is compiled anew each time that {what} changes"
                    warnings.warn(JitWarning(f"{said}: pass it as an argument"), stacklevel=3)
            if self._report.plainly:
                return self._f(*args)
            if computed is None:
                if why == OTHER_STRUCTURE and self._is_early(arguments):
                    return self._f(*args)
                return self._first_call(args, why)
            self._go_straight(computed.variant.way(arguments))
        return computed.result(lambda: self._f(*args))

    def _computed(self, arguments: list[Argument]) -> VariantRun | None:
        """Run the variant whose branches hold for these arguments."""
        for group in self._cache.groups_for(arguments):
            if computed := run_first(group, arguments, self._holds):
                self._count(computed.variant, computed.arguments)
                return computed
            if is_full(group):
                if places := self._outside.only_read:
                    self._fix(places)  # what is outside moves less often than paths are taken
                    return None
                said = too_many_paths(self.__name__, group)
                if not self._effects:
                    raise JitError(said)
                self._run_plainly(f"it changes what is outside, and {said}", 4)
                break
        return None

    def _count(self, variant: Variant, arguments: list[Argument]) -> None:
        """Take note of a call; loops are compiled at the third."""
        if variant.called():
            with paused(), waiting(self.__name__):
                variant.settle(arguments)
            self._report.settled(variant.stages)

    def _holds(self, variant: Variant, arguments: list[Argument]) -> bool:
        """Tell whether a variant is right at these lengths; where it is not, they are of weight."""
        holds = holds_for(variant, self._traced, arguments)
        if not holds:
            self._maker.measured |= variant.lists
        return holds

    def _is_early(self, arguments: list[Argument]) -> bool:
        """Tell whether this step of a new structure is not worth a program yet; count it."""
        return self._effects and self._patience.lasts(self._cache.variants(), arguments)

    def _go_straight(self, way: Callable[..., Any] | None) -> None:
        """Let the next call go straight to the loops, if it is like this one."""
        if way and way not in self._quick:
            self._quick = (way, *self._quick[: PATHS - 1])

    def _run_plainly(self, why: str, level: int) -> None:
        self._report.runs_plainly(why)
        message = f"{self.__name__} runs plainly: {why}"
        warnings.warn(JitWarning(message), stacklevel=level)

    def _learn_inputs(self, moved: dict[str, Place | None]) -> bool:
        """Let numbers from outside that have changed be read at each call."""
        if new := self._outside.read(moved.values()):
            self._start_over()
        return new

    def _learn_changes(self, changes: Changes) -> bool:
        """Let what f changes be read at each call, and written after it."""
        if new := self._outside.write(changes):
            self._start_over()
        return new

    def _first_call(self, args: tuple[Any, ...], why: str) -> Any:
        """Do a call plainly, and compile the function for all further ones like it."""
        try:
            return self._compiled_first(args, why)
        except JitError:
            if not self._outside.only_read:
                raise
        # A number from outside may have to be that very number: an int, or one that is compared.
        places = self._outside.only_read
        self._fix([p for p in places if type(p.get()) is int] or places)
        return self._first_call(args, why)

    def _fix(self, places: Sequence[Place]) -> None:
        """Let programs hold for what is in these places at the moment only."""
        self._outside.need(places)
        self._start_over()

    def _compiled_first(self, args: tuple[Any, ...], why: str) -> Any:
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
        with paused(), waiting(self.__name__):
            result = first.result()
        if first.made is None:
            self._run_plainly(first.reason, 5)
            return result
        variant, arguments = first.made.variant, first.made.arguments
        self._effects |= bool(variant.recording.effects)
        by_value = sorted(k for k in first.made.static if k < len(args))
        static = [(f"argument {k}", args[k]) for k in by_value]
        watched = self._outside.watched
        reach = Reach([(self.__name__, self._f), *static], watched.beside())
        variant.guards, variant.plain = Guards(reach, watched.free), self._f
        self._go_straight(variant.direct(arguments))
        inputs, numbers = [p.path for p in watched.places], list(variant.guards.numbers())
        group = self._cache.add(variant, arguments, first.made.free)
        if why == OTHER_PATH and (line := branch(group)):
            why = f"another path through its branches, at {line}"
        self._report.add(Entry(why, structure_of(arguments), stages, numbers, inputs))
        if said := many_paths(self.__name__, group, self._effects):
            warnings.warn(JitWarning(said), stacklevel=5)
        return result

    def _with_names(self, names: tuple[str, ...]) -> "Jitted[..., Any]":
        """Return the function of which the last arguments are passed by these names."""
        return self._derived(names, lambda: by_name(self._f, names), self._static)

    def _method_of(self, x: Any) -> "Jitted[..., Any]":
        """Return the method of one object, compiled for it alone: its attributes are its world."""
        static = tuple([k - 1 for k in self._static if k])
        return self._derived(id(x), lambda: types.MethodType(self._f, x), static)

    def _derived(
        self, key: Any, make: Callable[[], Any], static: tuple[int, ...]
    ) -> "Jitted[..., Any]":
        with self._lock:
            if key not in self._others:
                self._others[key] = other = Jitted(make(), static, self._options)
                other._report = self._report
                if len(self._others) > STRUCTURES:
                    self._others.popitem(last=False)
            return self._others[key]

    def _classified(self, args: Sequence[Any]) -> list[Argument]:
        """Return the arguments as the compiler sees them, numbers from outside behind them."""
        try:
            outside = self._outside.arguments()
        except JitError:
            self._outside.leave_untraceable()
            self._start_over()
            return self._classified(args)
        return [
            *[
                checked_argument(x, f"argument {k} of {self.__name__}", k in self._static)
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
        inner = [f.cache_info() for f in self._others.values()]
        programs = len(self._cache.variants()) + sum(f.programs for f in inner)
        structures = len(self._cache.groups) + sum(f.structures for f in inner)
        return CacheInfo(programs, structures, len(self._report.entries), STRUCTURES * PATHS)

    def trace(self, *args: Any) -> Any:
        """Return the scalar graph of a call, one node a line when printed."""
        return scalar_graph(self._f, self._classified(args)[: len(args)])

    def lower(self, *args: Any, until: str = "") -> Any:
        """Return the loops of a call; print them to read them.

        Args:
            args: of the call.
            until: the pass to stop after, by its name in ``compiler/pipeline.py``: flatten (what
                it returns prints as rows), reroll, roll, differentiate, fuse, ...; by itself
                join_clears, before what C alone needs.

        Raises:
            ValueError: there is no such pass.
        """
        return loops(self._f, self._classified(args)[: len(args)], until)

    def source(self, *args: Any) -> str:
        """Return standalone C11 for a call, or the Python of the library that is the back end."""
        arguments, name = self._classified(args)[: len(args)], self.__name__
        return header(self._f, arguments, name, self._options, self._maker.slopes)
