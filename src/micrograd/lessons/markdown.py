"""A lesson as Markdown, to be read where code is kept: pictures in place of what moves."""

from pathlib import Path

from ..draw import Drawing
from ..explorer import Explorer
from ..files import write_whole
from .lesson import Lesson, index_text, lessons
from .live import Embedded, Live
from .running import CodeBlock, Piece, Shown, TextBlock, run
from .still import still

_DRAWN = 40  # values, up to which a graph is a picture that can be read


def write_markdown(lesson: Lesson, folder: Path) -> Path:
    """Write a lesson, and its pictures in ``images``, into a folder; return the lesson's path."""
    pieces = run(lesson.text, lesson.name)
    parts = [f"{_way(lesson)}\n"]
    pictures = 0
    for piece in pieces:
        picture = _picture(piece)
        if picture is not None:
            pictures += 1
            name = f"{lesson.name}-{pictures}.svg"
            (folder / "images").mkdir(parents=True, exist_ok=True)
            picture.save(folder / "images" / name)
            assert isinstance(piece, Shown)
            parts.append(f"![{piece.caption}](images/{name})\n")
        parts.append(_written(piece, lesson.number))
    parts.append(_way(lesson))
    text = "\n".join(part for part in parts if part.strip())
    return write_whole(folder / f"{lesson.name}.md", text + "\n")


def write_index(folder: Path) -> Path:
    """Write the page that leads to the lessons, as README.md, which code hosts show first."""
    pieces = run(index_text(), "index")
    text = "\n".join(part for piece in pieces if (part := _written(piece, 0)).strip())
    return write_whole(folder / "README.md", text)


def _way(lesson: Lesson) -> str:
    others = lessons()
    links = ["[All lessons](README.md)"]
    if lesson.number > 1:
        before = others[lesson.number - 2]
        links.insert(0, f"[← {before.heading}]({before.name}.md)")
    if lesson.number < len(others):
        after = others[lesson.number]
        links.append(f"[{after.heading} →]({after.name}.md)")
    return " · ".join(links)


def _picture(piece: Piece) -> Drawing | None:
    if not isinstance(piece, Shown):
        return None
    if isinstance(piece.what, Drawing):
        return piece.what
    if not isinstance(piece.what, Embedded) or _values(piece.what.explorer) > _DRAWN:
        return None
    return still(piece.what.explorer, piece.what.still)


def _values(explorer: Explorer) -> int:
    return len(explorer.snapshot.values)


def _written(piece: Piece, number: int) -> str:
    if isinstance(piece, TextBlock):
        return f"{piece.markdown}\n"
    if isinstance(piece, CodeBlock):
        printed = f"\n```text\n{piece.printed}\n```\n" if piece.printed else ""
        return f"```python\n{piece.code}\n```\n{printed}"
    if isinstance(piece.what, str):
        return f"{piece.what.strip()}\n"
    if isinstance(piece.what, Live):
        names = " and ".join(f"**{slider.label}**" for slider in piece.what.sliders)
        quoted = "\n".join(f"> {line}".rstrip() for line in str(piece.what).strip().splitlines())
        return f"{quoted}\n>\n> *On the page, `micrograd lesson {number}`, you can move {names}.*\n"
    if isinstance(piece.what, (Explorer, Embedded)):
        explorer = piece.what.explorer if isinstance(piece.what, Embedded) else piece.what
        lines = ", beside the lines that run" if "code" in explorer.page else ""
        page = f"On the page, `micrograd lesson {number}`, you can step through it{lines}."
        if (count := _values(explorer)) > _DRAWN:
            page = f"{count:,} values are too many for a picture here. {page}"
        return f"*{piece.caption}. {page}*\n"
    return ""
