"""Run a lesson: its blocks of Python in order, in one namespace, and the numbers in its sentences.

The blocks are told apart by what follows the three backticks: ``python`` is shown, with what it
prints; ``python hidden`` is run and not shown; ``python source`` shows the source of what its lines
name; ``python show: Caption`` shows what its last line gives, and so does
``python wide`` with more room. ``{{ expression }}`` in the text is
computed where it stands.
"""

import ast
import inspect
import io
import linecache
import re
import textwrap
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..extras import require
from ..writing.notation import number

_COMPUTED = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class TextBlock:
    """Markdown, its numbers filled in."""

    markdown: str


@dataclass(frozen=True)
class CodeBlock:
    """Python as it is read, and what it printed."""

    code: str
    printed: str = ""


@dataclass(frozen=True)
class Shown:
    """Something to look at, and its caption: an Explorer, a Drawing, a Live or Markdown."""

    what: Any
    caption: str
    wide: bool = False


Piece = TextBlock | CodeBlock | Shown


def reader(**options: Any) -> Any:
    """Return the Markdown parser: CommonMark and tables."""
    markdown_it = require("markdown_it", "lessons", "a lesson")
    return markdown_it.MarkdownIt("commonmark", options).enable("table")


@cache
def run(text: str, name: str) -> tuple[Piece, ...]:
    """Run the text of a lesson, once, and return its pieces.

    Args:
        text: Markdown with blocks of Python.
        name: what errors call it.

    Raises:
        ValueError: a block is of no known kind.
    """
    lines = text.splitlines(keepends=True)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    pieces: list[Piece] = []
    end = 0
    for token in reader().parse(text):
        if token.type == "fence" and token.level == 0 and token.info.startswith("python"):
            start, after = token.map
            pieces.append(_text("".join(lines[end:start]), namespace))
            pieces += _block(token.info, token.content, namespace, f"{name}:{start + 1}")
            end = after
    pieces.append(_text("".join(lines[end:]), namespace))
    return tuple(pieces)


def _text(text: str, namespace: dict[str, Any]) -> TextBlock:
    def computed(match: re.Match[str]) -> str:
        x = eval(match[1].strip(), namespace)
        return number(x) if isinstance(x, float) else f"{x:,}" if type(x) is int else str(x)

    return TextBlock(_COMPUTED.sub(computed, text).strip())


def _block(info: str, code: str, namespace: dict[str, Any], place: str) -> list[Piece]:
    kind, _, caption = info.partition(": ")
    linecache.cache[place] = (len(code), None, code.splitlines(keepends=True), place)
    if kind == "python":
        return [CodeBlock(code.rstrip(), _printed(code, namespace, place))]
    if kind == "python hidden":
        exec(compile(code, place, "exec"), namespace)
        return []
    if kind == "python source":
        sources = [inspect.getsource(eval(line, namespace)) for line in code.split()]
        return [CodeBlock("\n\n".join(map(textwrap.dedent, sources)).rstrip())]
    if kind in ("python show", "python wide"):
        *statements, last = ast.parse(code).body
        assert isinstance(last, ast.Expr), f"{place}: the last line is what is shown"
        exec(compile(ast.Module(statements, []), place, "exec"), namespace)
        what = eval(compile(ast.Expression(last.value), place, "eval"), namespace)
        return [Shown(what, caption, kind == "python wide")]
    raise ValueError(f"{place}: nothing is known of a block of {info!r}")


def _printed(code: str, namespace: dict[str, Any], place: str) -> str:
    """Run statements as a prompt does, which shows what an expression gives."""
    with redirect_stdout(io.StringIO()) as out:
        for statement in ast.parse(code).body:
            if isinstance(statement, ast.Expr):
                x = eval(compile(ast.Expression(statement.value), place, "eval"), namespace)
                if x is not None:
                    print(repr(x))
            else:
                exec(compile(ast.Module([statement], []), place, "exec"), namespace)
    return out.getvalue().rstrip()
