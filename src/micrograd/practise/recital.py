"""The lecture-style file, to read and recite: the whole of it, or one section."""

import inspect
import re

from . import lecture

_HEADING = re.compile(r"^ *# \d+\. (\w+)", re.MULTILINE)


def text(section: str | None = None) -> str:
    """Return the source of the file, or of one section of it.

    Raises:
        ValueError: the file has no such section.
    """
    source = inspect.getsource(lecture)
    if section is None:
        return source
    marks = list(_HEADING.finditer(source))
    names = [mark[1] for mark in marks]
    if section not in names:
        raise ValueError(f"the sections are {', '.join(names)}, got {section!r}")
    i = names.index(section)
    end = marks[i + 1].start() if i + 1 < len(marks) else len(source)
    return source[marks[i].start() : end].rstrip() + "\n"
