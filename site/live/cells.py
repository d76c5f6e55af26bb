"""The Python side of a page's live cells: runs one, and tells what its last line gives.

All cells of a page share one namespace, as those of a notebook do. What is shown is one of
``text``, ``svg`` (a picture) and ``page`` (an HTML document, for a frame of its own).
"""

import ast
import json
import linecache
import sys
import traceback
from collections.abc import Callable
from typing import Any

NAMESPACE: dict[str, Any] = {"__name__": "__main__"}
MOST = 20_000  # characters that a cell may print: more only slows the page down


class Output:
    """A stream that hands on what is printed, and after so many characters says that it stops."""

    encoding = "utf-8"

    def __init__(self, hand_on: Callable[[str], None]) -> None:
        self.hand_on = hand_on
        self.left = MOST

    def write(self, text: str) -> int:
        """Hand on what there is still room for."""
        if self.left > 0:
            shown = text[: self.left]
            self.left -= len(text)
            self.hand_on(shown if self.left > 0 else f"{shown}\n… more is not shown\n")
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """No terminal."""
        return False


def run(source: str, cell: int, hand_on: Callable[[str], None]) -> str:
    """Run a cell, and return as JSON what its last expression gives, or the error.

    Args:
        source: the lines of the cell.
        cell: its number on the page, for messages.
        hand_on: is called with what is printed, piece by piece.
    """
    name = f"cell {cell}"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = Output(hand_on)
    try:
        return json.dumps(shown(_value(source, name)))
    except BaseException as error:
        return json.dumps({"error": _told(error)})
    finally:
        sys.stdout, sys.stderr = streams


def _value(source: str, name: str) -> Any:
    """Run a cell's statements; return the value of the last one, where it is an expression."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), NAMESPACE)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), NAMESPACE)


def shown(value: Any) -> dict[str, str]:
    """Say how a value is shown: the explorer as a page, a drawing as a picture, else its repr."""
    if value is None:
        return {}
    if hasattr(value, "html") and hasattr(value, "_repr_html_"):
        return {"page": value.html}
    if hasattr(value, "_repr_svg_"):
        return {"svg": value._repr_svg_()}
    told = {"text": value if isinstance(value, str) else repr(value)}
    if drawing := getattr(value, "drawing", None):
        told["svg"] = drawing._repr_svg_()
    return told


def _told(error: BaseException) -> str:
    """Write an error as Python does, with the lines of cells alone."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = traceback.format_list([f for f in frames if f.filename.startswith("cell ")])
    told = "".join([*lines, *traceback.format_exception_only(error)])
    if isinstance(error, ModuleNotFoundError) and error.name == "numpy":
        told += (
            "There is no NumPy on this page, and so no jit, fit or arrays: install the package.\n"
        )
    return told
