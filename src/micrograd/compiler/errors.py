"""What the compiler says when it cannot: each error names the line and the remedy."""

import traceback
from pathlib import Path

PACKAGE = str(Path(__file__).resolve().parent.parent)


class JitError(Exception):
    """A function cannot be compiled as it is; the message says which line and what to do."""

    __module__ = "micrograd"  # where it is to be had, as messages name it


class JitWarning(UserWarning):
    """A function under ``jit`` is run as it is, uncompiled; the message says why."""


def users_line() -> str:
    """Return ``file:line: source`` of the innermost line that is not micrograd's own."""
    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.startswith(PACKAGE):
            return f"{frame.filename}:{frame.lineno}: {frame.line}"
    return "unknown line"
