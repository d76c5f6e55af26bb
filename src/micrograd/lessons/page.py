"""A lesson as one page of HTML that needs nothing else: text, code, sliders and explorers.

Each explorer is the page of ``explore`` in a frame. Their program stands in the lesson once; the
lesson's own script puts it into each frame when that comes near.
"""

import html
import re
from functools import cache
from importlib import resources
from itertools import count
from typing import Any

from ..draw import Drawing
from ..explorer import Explorer
from ..explorer.page import data_json, policy, program_code, rules_code
from ..extras import require
from .lesson import Lesson, index_text, lessons
from .live import Embedded, Live, written
from .running import CodeBlock, Piece, Shown, TextBlock, reader, run

_PLACE = "/* the program */"
_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
<body>
"""
# What may be wider than the page is scrolled, and so has to be reached by the keyboard.
_REACHED = {
    "<pre>": '<pre tabindex="0">',
    "<table>": '<div class="table" tabindex="0"><table>',
    "</table>": "</table></div>",
}


def lesson_html(lesson: Lesson, linked: bool = False) -> str:
    """Return the page of a lesson.

    Args:
        lesson: which.
        linked: whether the pages of the others are beside it; else their commands are shown.
    """
    return _Page(lesson, linked).html


def index_html() -> str:
    """Return the page that leads to all lessons, which are beside it."""
    return _Page(None, True).html


class _Page:
    def __init__(self, lesson: Lesson | None, linked: bool) -> None:
        self.number = lesson.number if lesson else 0
        self.linked = linked
        self.scripts: list[str] = []  # which may run, and no others
        self.ids = count(1)
        self.framed = False
        text = lesson.text if lesson else index_text()
        body = "".join(self._piece(p) for p in run(text, lesson.name if lesson else "index"))
        title = lesson.heading if lesson else "Lessons"
        tail = ""
        if self.framed:
            tail += _data("explorer-program", program_code())
            self.scripts.append(program_code())
        code = _file("lesson.js")
        self.scripts.append(code)
        tail += f'<script type="module">{code}</script>\n'
        self.html = "".join((
            _HEAD.format(
                title=html.escape(title),
                style=_file("lesson.css"),
                policy=policy(*dict.fromkeys(self.scripts)),
            ),
            f"{self._way()}<main>\n{body}</main>\n",
            f"{self._way(', again')}{tail}</body>\n</html>\n",
        ))  # fmt: skip

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, TextBlock):
            return self._markdown(piece.markdown)
        if isinstance(piece, CodeBlock):
            printed = html.escape(piece.printed)
            output = f'<pre class="printed" tabindex="0">{printed}</pre>\n' if printed else ""
            code = _coloured(piece.code)
            return f'<pre class="code" tabindex="0"><code>{code}</code></pre>\n{output}'
        wide = ' class="wide"' if piece.wide else ""
        return f"<figure{wide}>\n{self._shown(piece)}{_caption(piece)}</figure>\n"

    def _shown(self, piece: Shown) -> str:
        what = piece.what
        if isinstance(what, Explorer):
            what = Embedded(what)
        if isinstance(what, Embedded):
            if not piece.caption:
                raise ValueError(f"{what.explorer} needs a caption: python show: What it is")
            return self._explorer(what, piece.caption)
        if isinstance(what, Live):
            return self._live(what)
        if isinstance(what, Drawing):
            return f'<div class="picture" tabindex="0">{what._repr_svg_()}</div>\n'
        if isinstance(what, str):
            return self._markdown(what)
        raise TypeError(f"a lesson cannot show {what!r}")

    def _markdown(self, text: str) -> str:
        markdown = reader(highlight=_highlighted)
        tokens = markdown.parse(text)
        for token, following in zip(tokens, [*tokens[1:], None]):
            if token.type == "heading_open" and following is not None:
                token.attrSet("id", anchor(following.content))
            for inline in token.children or []:
                if inline.type == "link_open":
                    self._link(inline)
        body: str = markdown.renderer.render(tokens, markdown.options, {})
        for plain, reached in _REACHED.items():
            body = body.replace(plain, reached)
        return body

    def _link(self, token: Any) -> None:
        """Lead to the page of another lesson, or to the top where there is none beside this one."""
        target = str(token.attrGet("href"))
        other = re.fullmatch(r"(\d\d)-([\w-]+)\.md(#.*)?", target)
        if other and self.linked:
            token.attrSet("href", f"{other[1]}-{other[2]}.html{other[3] or ''}")
        elif other:
            token.attrSet("title", f"micrograd lesson {int(other[1])}")
            token.attrSet("class", "elsewhere")
            token.attrs.pop("href")
        elif target.startswith("../"):  # a file of the project, which may not be here
            token.attrSet("title", target.replace("../", ""))
            token.attrSet("class", "elsewhere")
            token.attrs.pop("href")

    def _explorer(self, what: Embedded, caption: str) -> str:
        self.framed = True
        explorer = what.explorer
        document = explorer.html.replace(program_code(), _PLACE)
        self.scripts.append(rules_code(explorer.rules))
        name = f"explorer{next(self.ids)}"
        return (
            f'<div class="explorer" style="height:{what.height}px" data-state="{what.state}" '
            f'data-title="{html.escape(caption)}" data-page="{name}"><p>This part needs JavaScript.'
            f"</p></div>\n{_data(name, document)}"
        )

    def _live(self, made: Live) -> str:
        name = f"live{next(self.ids)}"
        rules = f"(window.lesson ??= {{}}).{name} = {made.rules};"
        self.scripts.append(rules)

        def write(kind: str, place: str, x: float) -> str:
            return f'<span class="{kind}" data-read="{place}">{written(kind, x)}</span>'

        text = reader().render(made.filled(write))
        sliders = "".join(
            f'<label class="slider"><span>{html.escape(s.label)}</span><input type="range" '
            f'min="{s.low}" max="{s.high}" step="{s.step}" '
            f'value="{made.snapshot.values[made.node(s.label)].data}" '
            f'data-node="{made.node(s.label)}"><output></output></label>\n'
            for s in made.sliders
        )
        return (
            f'<div class="live" data-live="{name}">\n<div class="sliders">{sliders}</div>\n'
            f'<div class="drawn"></div>\n<div class="said">{text}</div></div>\n'
            f"{_data(name, made.as_json())}<script>{rules}</script>\n"
        )

    def _way(self, which: str = "") -> str:
        if not self.number:
            return ""
        others, parts = lessons(), []
        if self.number > 1:
            parts.append(self._way_to(others[self.number - 2], "← "))
        if self.linked:
            parts.append('<a href="index.html">All lessons</a>')
        if self.number < len(others):
            parts.append(self._way_to(others[self.number], "", " →"))
        return f'<nav aria-label="Lessons{which}">{"".join(parts)}</nav>\n'

    def _way_to(self, other: Lesson, before: str, after: str = "") -> str:
        title = f"{before}{html.escape(other.heading)}{after}"
        if self.linked:
            return f'<a href="{other.name}.html">{title}</a>'
        return f"<span>{title} <code>micrograd lesson {other.number}</code></span>"


def anchor(heading: str) -> str:
    """Return the name of a heading in an address, as code hosts make it.

    >>> anchor("What does `sum(..., self.b)` do?")
    'what-does-sum-selfb-do'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _caption(piece: Shown) -> str:
    return f"<figcaption>{html.escape(piece.caption)}</figcaption>\n" if piece.caption else ""


def _data(name: str, what: Any) -> str:
    return f'<script type="application/json" id="{name}">{data_json(what)}</script>\n'


def _highlighted(code: str, language: str, _: str) -> str:
    return _coloured(code) if language == "python" else ""


def _coloured(code: str) -> str:
    pygments = require("pygments", "lessons", "a lesson")
    lexers = require("pygments.lexers", "lessons", "a lesson")
    formatters = require("pygments.formatters", "lessons", "a lesson")
    written = pygments.highlight(
        code, lexers.PythonLexer(), formatters.HtmlFormatter(nowrap=True, classprefix="c-")
    )
    return str(written).rstrip("\n")


@cache
def _file(name: str) -> str:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
