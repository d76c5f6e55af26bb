"""What a learner's code raises: in words, by kind, and at which of their lines."""

import re
import sys
import traceback
import types

from ..value.attributes import Attributes
from ..value.duplicate import Duplicate
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
    own = (__file__, *(m.__file__ for m in map(sys.modules.get, _OURS) if m and m.__file__))
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if code.co_filename in own or code.co_filename == "<program>":
            continue
        if frame.f_globals.get("input") is Duplicate.no_input:
            return Place(code.co_filename, line), method_of(code)
    return None, None


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
