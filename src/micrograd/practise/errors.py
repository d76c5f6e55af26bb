"""What a learner's code raises: in words, by kind, and at which of their lines."""

import re
import sys
import types

from ..value.attributes import Attributes
from ..value.duplicate import Duplicate
from .loops import outermost
from .results import Place

_KINDS = (
    (r"object is not callable", "not callable"),
    (r"missing \d+ required", "argument missing"),
    (r"takes .* positional arguments? but|expected \d+ arguments?, got|expected at most",
     "too many arguments"),
    (r"unsupported operand|bad operand", "unsupported operand"),
    (r"object is not iterable|must be iterable", "not iterable"),
    (r"not subscriptable", "not subscriptable"),
    (r"unhashable", "unhashable"),
    (r"unexpected keyword", "unexpected keyword"),
)  # fmt: skip
_BUILTIN = ("int", "float", "str", "list", "tuple", "set", "dict", "NoneType", "function", "bool")


def described(error: BaseException) -> str:
    """Write an error on one line, as Python does at the end of a traceback."""
    try:
        text = str(error).strip().split("\n")[0][:160]
    except BaseException:  # an error of the learner's that cannot say what it is
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def kind(error: BaseException) -> str:
    """Return what is the same about an error in every version of Python and every file."""
    name, text = type(error).__name__, described(error)
    types_named = [t for t in re.findall(r"'(\w+)'", text) if t in _BUILTIN]
    if isinstance(error, AttributeError):
        return f"{name}: {' '.join(types_named[:1])} {error.name}".replace("  ", " ")
    sort = next((word for pattern, word in _KINDS if re.search(pattern, text)), "")
    return ": ".join(part for part in (name, " ".join([*types_named[:2], sort]).strip()) if part)


def raised_at(error: BaseException) -> tuple[Place | None, str | None]:
    """Find the learner's line and method that raised an error: the innermost of their frames."""
    for trace in reversed(_learners(error)):
        code = trace.tb_frame.f_code
        return Place(code.co_filename, trace.tb_lineno), method_of(code)
    return None, None


def stopped_in(error: BaseException) -> tuple[Place | None, str | None]:
    """Find the learner's loop, and its method, that an alarm of ours has ended."""
    loop = outermost([(t.tb_frame.f_code, t.tb_lasti) for t in _learners(error)])
    if loop is None:
        return raised_at(error)
    return Place(loop.code.co_filename, loop.line), method_of(loop.code)


def _learners(error: BaseException) -> list[types.TracebackType]:
    """Return what the traceback of an error has of the learner's frames, the outermost first."""
    own = (__file__, *(m.__file__ for m in map(sys.modules.get, _OURS) if m and m.__file__))
    frames, trace = [], error.__traceback__
    while trace is not None:
        frame, file = trace.tb_frame, trace.tb_frame.f_code.co_filename
        theirs = frame.f_globals.get("input") is Duplicate.no_input
        if theirs and file not in own and file != "<program>":
            frames.append(trace)
        trace = trace.tb_next
    return frames


_OURS = (
    f"{__package__}.adapter",
    f"{__package__}.forms",
    Attributes.__module__,
    Duplicate.__module__,
)


def method_of(code: types.CodeType) -> str:
    """Return "__mul__" for a closure in Value's, "Neuron.__call__" for one of another class."""
    parts = code.co_qualname.split(".<locals>")[0].split(".")
    return (
        parts[-1]
        if len(parts) < 2 or parts[-2] not in ("Neuron", "Layer", "MLP")
        else (".".join(parts[-2:]))
    )
