"""Which lines of the reader's code run, one after the other, and what names hold after each.

A *moment* is a line that has run, or one that has just called another function of the reader's.
"""

import linecache
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from ..practise import lecture
from ..practise.forms import METHODS
from ..practise.loops import outermost
from ..value.likeness import is_value
from ..value.nodes import attribute, parents_of
from .kept import Kept, keep, size

MOST = 40_000  # lines to record: more than anyone steps through, and megabytes of page
BACKWARD = METHODS["backward"]  # what it is called
_LARGEST = 4_000_000  # items of lists to keep: hundreds of megabytes
_LONGEST = 1_000_000  # lines to run, after which a program is taken not to end

_PACKAGE = Path(__file__).parents[1]
_OTHERS = tuple(
    {
        f"{sysconfig.get_path(name)}{os.sep}"
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    | {f"{_PACKAGE}{os.sep}"}
)


@dataclass
class Call:
    """One call of a function, from its first line to its last."""

    number: int
    code: CodeType
    caller: int  # -1 for none
    frame: FrameType
    line: int = 0  # the line that runs
    has_called: bool = False  # since that line began
    held: dict[str, Kept] = field(default_factory=dict)


@dataclass
class Moment:
    """A line, and what it changed.

    Args:
        call: the number of the call that it belongs to.
        line: in the file of that call's function.
        calls: it has not run to its end: another function was called.
        changed: what names hold now that held something else before.
        graded: the values whose gradient the line set.
    """

    call: int
    line: int
    calls: bool
    changed: dict[str, Kept]
    graded: list[Any]


class Enough(BaseException):
    """Ends the reader's program when all that is to be shown has been recorded."""


class LineTracer:
    """Run a function and note its lines.

    Args:
        sources: the text of files that are under no path, by the names they were compiled with.
        until_backward: stop the program when its first ``backward`` is over.
        backward: the names that ``backward`` may have.

    Attributes:
        calls: every call of a function of the reader's.
        moments: the lines, in the order in which they ran.
        started: the values whose ``backward`` was called.
    """

    def __init__(
        self,
        sources: Mapping[str, str],
        until_backward: bool = False,
        backward: tuple[str, ...] = BACKWARD,
    ) -> None:
        self.sources, self.backward = dict(sources), backward
        self.calls: list[Call] = []
        self.moments: list[Moment] = []
        self.started: list[Any] = []
        self._until_backward = until_backward
        self._by_frame: dict[int, Call] = {}
        self._grads: dict[int, tuple[Any, Any]] = {}  # by id: a value, and its gradient
        self._texts: dict[str, list[str]] = {}
        self._run = self._size = 0

    def run(self, function: Callable[[], Any]) -> Any:
        """Call a function of no arguments under the tracer; return what it returns."""
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            return function()
        except Enough:
            return None
        finally:
            sys.settrace(before)

    def look_at(self, values: Iterable[Any]) -> None:
        """Take the gradients that values have now for those before the next line."""
        self._grads.update({id(v): (v, getattr(v, attribute(v, "grad"))) for v in values})

    def is_readers(self, code: CodeType) -> bool:
        """Tell whether a function is one to be shown: its source is there, and of no library."""
        return bool(self._lines(code.co_filename))

    def text(self, moment: Moment) -> str:
        """Return the line that ran."""
        file = self.calls[moment.call].code.co_filename
        return "".join(self._lines(file)[moment.line - 1 : moment.line])

    def _lines(self, file: str) -> list[str]:
        if file not in self._texts:
            text = self.sources.get(file)
            if text is None:
                library = file.startswith(_OTHERS) and file != lecture.__file__
                text = "" if library else "".join(linecache.getlines(file))
            self._texts[file] = text.splitlines()
            if text:
                self.sources[file] = text
        return self._texts[file]

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event != "call" or _is_class_body(frame.f_code) or not self.is_readers(frame.f_code):
            return None
        call = self._by_frame.get(id(frame))
        caller = self._caller(frame)
        if caller is not None and caller.line and not caller.has_called:
            caller.has_called = True
            self._note(caller, calls=True)
        if call is None:
            number = -1 if caller is None else caller.number
            call = Call(len(self.calls), frame.f_code, number, frame)
            self.calls.append(call)
            self._by_frame[id(frame)] = call
            if self._is_outermost_backward(call) and frame.f_code.co_argcount:
                self.started.append(frame.f_locals[frame.f_code.co_varnames[0]])
        return self._on_line

    def _on_line(self, frame: FrameType, event: str, arg: Any) -> Any:
        call = self._by_frame[id(frame)]
        if event not in ("line", "return"):
            return self._on_line
        self._run += 1
        if self._run > _LONGEST:
            raise RuntimeError(f"{_LONGEST:,} lines have run{self._loop(frame)}")
        if call.line:
            self._note(call, calls=False)
        call.has_called = False
        call.line = frame.f_lineno if event == "line" else 0
        if event == "return" and arg is not None and frame.f_code.co_name != "<module>":
            self._returned(call, arg)
        if event == "return" and self._until_backward and self._is_outermost_backward(call):
            raise Enough
        return self._on_line

    def _is_outermost_backward(self, call: Call) -> bool:
        """Tell whether a call is of a backward that no other backward has called."""
        names = [call.code.co_name]
        while call.caller >= 0:
            call = self.calls[call.caller]
            names.append(call.code.co_name)
        return names[0] in self.backward and not set(names[1:]) & set(self.backward)

    def _caller(self, frame: FrameType) -> Call | None:
        above = frame.f_back
        while above is not None:
            call = self._by_frame.get(id(above))
            if call is not None:
                return call
            above = above.f_back
        return None

    def _note(self, call: Call, calls: bool) -> None:
        if call.code.co_name == "<module>" and self._only_defines(call):
            return
        changed, values = {}, []
        for name, x in call.frame.f_locals.items():
            if name.startswith("__") or isinstance(x, (type, ModuleType)):
                continue
            kept = keep(x, self.is_readers, before=call.held.get(name))
            if kept.kind == "closure" and call.code.co_name == "<module>":
                continue
            if kept.kind == "value":
                values.append(x)
            if name not in call.held or not call.held[name].same(kept):
                changed[name] = call.held[name] = kept
                self._size += size(kept)
        if len(self.moments) >= MOST:
            raise RuntimeError(f"more than {MOST:,} lines run{self._loop(call.frame)}")
        if self._size > _LARGEST:
            raise RuntimeError(f"what the lines hold grows and grows{self._loop(call.frame)}")
        graded = [] if calls else self._graded(call, values)
        self.moments.append(Moment(call.number, call.line, calls, changed, graded))

    def _loop(self, frame: FrameType | None) -> str:
        """Ask whether the loop that a frame is in ever ends, and say what helps where it does."""
        stack: list[tuple[CodeType, int]] = []
        while frame is not None:
            if id(frame) in self._by_frame:
                stack.insert(0, (frame.f_code, frame.f_lasti))
            frame = frame.f_back
        smaller = "record a smaller program, one example in place of many"
        if (loop := outermost(stack)) is None:
            return f", too many to step through: {smaller}"
        at = f"{Path(loop.code.co_filename).name}, line {loop.line}"
        return f": does the loop at {at}, ever end? If it does, {smaller}"

    def _only_defines(self, call: Call) -> bool:
        words = self._lines(call.code.co_filename)[call.line - 1].split()[:1]
        return words in (["def"], ["class"], ["import"], ["from"], ["@"])

    def _returned(self, call: Call, result: Any) -> None:
        """Keep what a function gives back with its last line."""
        for moment in reversed(self.moments):
            if moment.call == call.number:
                moment.changed["return"] = keep(result, self.is_readers)
                return

    def _graded(self, call: Call, values: list[Any]) -> list[Any]:
        """Return the values in sight whose gradient is another object than before, or assigned."""
        in_sight = {id(v): v for v in values}
        for v in values:
            in_sight.update((id(p), p) for p in parents_of(v) if is_value(p))
        text = self._lines(call.code.co_filename)[call.line - 1]
        graded = []
        for key, v in in_sight.items():
            name = attribute(v, "grad")
            grad = getattr(v, name)
            if grad is not getattr(
                v, name
            ):  # made anew whenever it is asked for: of our own engine
                continue
            _, before = self._grads.get(key, (v, grad))
            assigned = any(
                f"{n}.{name} {sign}= " in text or f"{n}.{name} = " in text
                for n, kept in call.held.items()
                if kept.what is v
                for sign in "+-"
            )
            if grad is not before or assigned:
                graded.append(v)
            self._grads[key] = v, grad
        return graded


def _is_class_body(code: CodeType) -> bool:
    return not code.co_flags & CO_OPTIMIZED and code.co_name != "<module>"
