"""A learner's file as text: Python, or the code cells of a notebook. Nothing is run here.

A notebook's cells have the file name "cell 3", so that tracebacks and places read "cell 3, line 5";
code cells are counted from the top. What only a notebook understands becomes ``pass``.
"""

import ast
import io
import json
import re
import stat
import threading
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 5_000_000  # bytes: ten times what a person writes in a year
_KEPT_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun", "%%practise", "%%memit")
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w, ]+=\s*[%!].*|.*\w\?{1,2}\s*)$")

_PARSING = threading.Lock()  # Python 3.11 counts the depth of a tree wrongly in two threads


class Unreadable(ValueError):
    """A file that cannot be run as Python; the message is one line, with the place."""


@dataclass(frozen=True)
class Cell:
    """Some Python, and what its places are called: "mygrad.py" or "cell 3"."""

    file: str
    source: str


def read_cells(path: Path) -> list[Cell]:
    """Return the code of a file: one cell of a ``.py``, all code cells of an ``.ipynb``.

    Raises:
        Unreadable: it is no text, no Python, too large, a folder, or cannot be opened.
    """
    data = _bytes(path)
    if path.suffix == ".ipynb":
        return list(_notebook(path.name, data))
    return [Cell(path.name, _decoded(path.name, data))]


def parsed(cell: Cell) -> ast.Module:
    """Parse a cell.

    Raises:
        Unreadable: it is no Python; the message names the line and what Python says of it.
    """
    try:
        with _PARSING:
            return ast.parse(cell.source, cell.file)
    except SyntaxError as error:
        raise Unreadable(f"{place(cell.file, error.lineno or 1)}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{cell.file}: {error or 'nested too deep'}") from None


def place(file: str, line: int) -> str:
    """Write a place as people do: mygrad.py:12, or cell 3, line 5."""
    return f"{file}, line {line}" if file.startswith("cell ") else f"{file}:{line}"


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable(f"{path} is a folder: name a file in it")
        if not stat.S_ISREG(status.st_mode):  # a pipe would wait for ever
            raise Unreadable(f"{path} is no ordinary file")
        if status.st_size > LARGEST:
            raise Unreadable(
                f"{path} has {status.st_size:,} bytes, more than anybody writes by hand: "
                "is it data, or a notebook with its pictures? Clear its outputs"
            )
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from None


def _decoded(name: str, data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeDecodeError) as error:
        if b"\0" in data:
            raise Unreadable(f"{name} is no text: it has bytes that no Python file has") from None
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise Unreadable(
            f"{name}:{line}: not UTF-8, so that Python refuses it too: save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise Unreadable(f"{name} is no text: it has bytes that no Python file has")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _notebook(name: str, data: bytes) -> Iterator[Cell]:
    try:
        notebook = json.loads(data)
        cells = notebook.get("cells")
        if cells is None:  # format 3
            cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
        sources = [
            _joined(cell.get("source", cell.get("input", "")))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"{name} is no notebook: {type(error).__name__}: {error}") from None
    for number, source in enumerate(sources, 1):
        yield Cell(f"cell {number}", without_magics(source))


def _joined(source: Any) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\0", "")


def without_magics(source: str) -> str:
    """Return a cell as Python: ``%magic``, ``!command`` and ``help?`` become ``pass``."""
    first = source.lstrip().partition("\n")[0]
    if first.startswith("%%"):
        if first.split()[0] not in _KEPT_MAGICS:
            return ""  # another language, or a file to write
        source = source.replace(first, "pass", 1)
    try:
        with _PARSING:
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        pass
    else:
        return source  # a line may begin with % where it goes on from the one before
    return "\n".join(_MAGIC.sub(r"\1pass", line) for line in source.split("\n"))
