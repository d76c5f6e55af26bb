"""Trust: what a new program gives must be what a plain run gives, or it is not used.

The plain run of the first call is the truth: structure, values, gradients and effects. Then all
numbers are moved a little and both run again, so that nothing that was frozen goes unseen. Where a
value is what large terms leave when they cancel, rounding alone decides how close is close.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from ...engine import Value, toposort
from ...value.buffers import read_data, write_data
from ..errors import JitError
from ..graph import Graph
from ..tracing.output import Heard, NotPrinted, alike
from ..tracing.signature import Argument
from .closeness import close, gradients_by, in_single_precision
from .differences import Leaf, leaves_of, other_form
from .mismatch import mismatch
from .noise import GRADIENTS
from .nudges import NUDGE, nudged
from .rounding import Rounding
from .state import State
from .variant import Variant


class Judge:
    """A trial of one program.

    Args:
        f: runs the function plainly.
        line: where the function stands.
        variant: what was compiled.
        graph: what it was compiled from.
        classify: makes Arguments of a call's arguments.
        before: the state before the call, which every run starts from.
    """

    def __init__(
        self,
        f: Callable,
        line: str,
        variant: Variant,
        graph: Graph,
        classify: Callable[[Sequence[Any]], list[Argument]],
        before: State,
    ) -> None:
        self._f, self._line, self._variant = f, line, variant
        self._classify, self._before = classify, before
        self._mismatch: JitError | None = None
        self._dtype = variant.compiled.precision
        self._rounding = Rounding(variant, graph, self._dtype, GRADIENTS)

    def listen(self, out: Heard, text: str) -> Self:
        """Compare also what is printed with what the plain run has printed."""
        self._out, self._text = out, text
        return self

    def agrees_nearby(self, args: Sequence[Any], few: Sequence[Any] | None) -> bool | None:
        """Do ahead what ``compare`` does with moved numbers: two graphs are never there at once.

        Args:
            args: of the call, which changes nothing.
            few: as for ``compare``.

        Returns:
            What ``compare`` takes; None where something is wrong, which is not said before the
            plain run: that may have something to raise itself.
        """
        try:
            return self._agrees_moved(args, few, effects=False, learns=True)
        except JitError:
            return None
        finally:
            self._before.put_back()

    def compare(
        self,
        args: Sequence[Any],
        plain: Any,
        after: State | None = None,
        few: Sequence[Any] | None = None,
        nearby: bool | None = None,
    ) -> None:
        """Run the program on a call's arguments; compare with what the plain run gave and did.

        Args:
            args: of the call.
            plain: what f has returned for them; what it has changed is still so.
            after: what it has left behind, where it changes something.
            few: the call with a few of its examples, to be moved instead of all.
            nearby: what ``agrees_nearby`` has returned, if it was asked.

        Raises:
            JitError: the program gives something else.
        """
        self._learn(args, plain)
        try:
            self._compare(args, plain, after, few, nearby)
        except JitError as error:
            if error is self._mismatch and not self._variant.recording.clocks:
                self._refuse_chance(args, plain)
            raise

    def _learn(self, args: Sequence[Any], plain: Any) -> None:
        """Take note of the kinds of numbers in what the plain run gives."""
        self._variant.learn_kinds(plain)
        single = in_single_precision([args, plain]) or self._before.in_single_precision
        if single and self._dtype == "float64":
            self._dtype = self._rounding.dtype = "float32"  # as NumPy computes there

    def _refuse_chance(self, args: Sequence[Any], plain: Any) -> None:
        """Raise where two plain runs differ: then no program can be what the function is."""
        self._before.put_back()
        again = self._f(*args)
        self._before.put_back()
        numbers = [_numbers(leaves_of(x)) for x in (plain, again)]
        if other_form(plain, again) or numbers[0].tobytes() != numbers[1].tobytes():
            raise JitError(
                f"{self._variant.name} gives something else each time it is called with the same "
                f"arguments, {plain!r:.60} and then {again!r:.60}: pass what it depends on (the "
                f"time, say) as an argument, and draw from micrograd.random\n  at {self._line}"
            )

    def _compare(
        self,
        args: Sequence[Any],
        plain: Any,
        after: State | None,
        few: Sequence[Any] | None,
        nearby: bool | None,
    ) -> None:
        updated = self._variant.recording.updated
        written = np.array([v._data for v in updated])
        self._before.put_back()
        start = len(self._out.text)
        computed = self._computed(args, guarded=False)
        if not alike(self._out.text[start:], self._text):
            raise NotPrinted(
                f"it prints {self._text!r:.60}, and compiled it would print "
                f"{self._out.text[start:]!r:.60}: return it, and print outside\n  at {self._line}"
            )
        rewritten = np.array([v._data for v in updated])
        if after is None and not close(rewritten, written, self._dtype):
            raise self._error(f"it leaves {written} plainly, and {rewritten} compiled")
        self._check_state(after)
        off = self._differing(args, plain, computed)
        del computed  # its memory is taken for the next
        if nearby is None:
            nearby = self._agrees_moved(args, few, after is not None)
        if off and not nearby:  # else rounding decides which side of a kink
            raise self._error(off)

    def _computed(self, args: Sequence[Any], guarded: bool) -> Any:
        given = self._variant.recording.with_more(self._classify(args))
        run = self._variant.run(given, guarded)
        return None if run is None else self._variant.result(given, run, lambda: self._f(*args))

    def _check_state(self, after: State | None) -> None:
        """Raise if the world is not what it was then."""
        if after is None:
            return
        if after.unlike(self._dtype, 0.0) and (
            off := after.unlike(self._dtype, self._rounding.most())
        ):
            raise self._error(off)

    def _differing(self, args: Sequence[Any], plain: Any, computed: Any) -> str | None:
        """Raise if structure or values differ; say which gradient does."""
        expected, actual = leaves_of(plain), leaves_of(computed)
        for leaf in expected:
            if leaf.kind == "complex":
                raise JitError(
                    f"{self._variant.name} gives the complex number {leaf.thing}, and a compiled "
                    f"function computes with real ones: call it plainly\n  at {self._line}"
                )
        if other := other_form(plain, computed):
            raise self._error(other)
        self._check_values(expected, actual)
        return self._differing_gradients(args, expected, actual)

    def _check_values(self, expected: list[Leaf], actual: list[Leaf]) -> None:
        there, here = _numbers(expected), _numbers(actual)
        if close(here, there, self._dtype, 0.0):
            return
        noise = np.broadcast_to(self._rounding.of_values(len(here)), here.shape)
        for a, b, room in zip(expected, actual, noise):
            if not close(_numbers([b]), _numbers([a]), self._dtype, room):
                raise self._error(f"{a.path} is {a.number} plainly, and {b.number} compiled")

    def _differing_gradients(
        self, args: Sequence[Any], expected: list[Leaf], actual: list[Leaf]
    ) -> str | None:
        """Say which gradient differs, if one does."""
        if self._variant.recording.effects.data:
            return None  # the Values are of data that is no longer there
        pairs = [
            (a, b)
            for a, b in zip(expected, actual)
            if isinstance(a.thing, Value) and isinstance(b.thing, Value)
        ]
        if not pairs:
            return None
        sources = _leaf_values(self._variant.compiled.layout.captured, args)
        for a, b in pairs[:GRADIENTS]:
            there, here = gradients_by(sources, a.thing), gradients_by(sources, b.thing)
            alike = close(here, there, self._dtype)
            if not alike and not close(here, there, self._dtype, self._rounding.of_gradients()):
                off = np.abs(here - there)
                k = int(np.nanargmax(np.where(np.isnan(off), np.inf, off)))
                name = sources[k].label or f"{sources[k]!r}"
                return (
                    f"the gradient of {a.path} by {name} is {there[k]} plainly, and "
                    f"{here[k]} compiled"
                )
        return None

    def _agrees_moved(
        self, args: Sequence[Any], few: Sequence[Any] | None, effects: bool, learns: bool = False
    ) -> bool:
        try:
            if few is not None and self._agrees_at(few, effects, learns):
                return True
        except JitError:  # f may do something else for so few
            pass
        return self._agrees_at(args, effects, learns)

    def _agrees_at(self, args: Sequence[Any], effects: bool, learns: bool) -> bool:
        """Compare once more with all numbers moved a little.

        Raises if something differs; False where f raises there, or takes another path.
        """
        self._before.put_back()
        rng = np.random.default_rng(0)
        moved = [nudged(x, rng) for x in args]
        captured = [v for v in self._variant.compiled.layout.captured if not v.parents]
        values = _unique([*captured, *self._before.leaves])
        data = np.empty(len(values))
        read_data(values, data)
        beside = data * (1 + rng.uniform(-NUDGE, NUDGE, len(values)))
        try:
            write_data(values, beside)
            plain = self._f(*moved)
            if learns:
                self._learn(args, plain)
            after = self._before.now() if effects else None
            self._before.put_back()
            write_data(values, beside)
            computed = self._computed(moved, guarded=True)
            if computed is None:
                return False
            self._check_state(after)
            off = self._differing(moved, plain, computed)
        except JitError:
            raise
        except Exception:  # whatever f raises at numbers that it was not called with
            return False
        finally:
            if effects:
                self._before.put_back()
            write_data(values, data)
        if off:
            raise self._error(off)
        return True

    def _error(self, what: str) -> JitError:
        self._mismatch = mismatch(what, self._variant, self._line)
        return self._mismatch


def _numbers(leaves: Sequence[Leaf]) -> np.ndarray:
    return np.array([leaf.number for leaf in leaves])


def _leaf_values(values: Sequence[Value], args: Sequence[Any]) -> list[Value]:
    """Return what was not computed of some Values, and of those in arguments."""
    inside = [leaf.thing for leaf in leaves_of(list(args)) if isinstance(leaf.thing, Value)]
    behind = [v for x in (*values, *inside) for v in (toposort(x) if x.parents else (x,))]
    return _unique([v for v in behind if not v.parents])


def _unique(values: Sequence[Value]) -> list[Value]:
    return list({id(v): v for v in values}.values())
