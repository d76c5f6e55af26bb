"""What lessons there are, by what stands at the head of each text."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HEAD = re.compile(r"# (\d+)\. (.+)\n\n\*(.+?)\*\n", re.DOTALL)


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, the name of its file, its title, its first question, its text."""

    number: int
    name: str
    title: str
    question: str
    text: str

    @property
    def heading(self) -> str:
        """The number and the title."""
        return f"{self.number}. {self.title}"


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons, in order."""
    files = [f for f in texts().iterdir() if re.match(r"\d\d-.+\.md", f.name)]
    found = []
    for file in sorted(files, key=lambda f: f.name):
        text = file.read_text(encoding="utf-8")
        head = _HEAD.match(text)
        if head is None:
            raise ValueError(f"{file.name} does not begin with '# 1. Title' and '*A question?*'")
        question = " ".join(head[3].split())
        name = file.name.removesuffix(".md")
        found.append(Lesson(int(head[1]), name, head[2], question, text))
    return tuple(found)


def texts() -> resources.abc.Traversable:
    """Return the folder with what the lessons are made of."""
    return resources.files(__package__) / "texts"


def index_text() -> str:
    """Return the text of the page that leads to the lessons."""
    return (texts() / "index.md").read_text(encoding="utf-8")
