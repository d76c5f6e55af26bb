"""Write the lessons as Markdown, with their pictures: ``python docs/make_lessons.py [folder]``."""

import sys
from pathlib import Path

from micrograd.lessons import lessons
from micrograd.lessons.markdown import write_index, write_markdown

NARROW = """\
# As the texts are that these pages are made of.
extend = "../../pyproject.toml"
line-length = 76
cache-dir = "../../.ruff_cache"
"""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in lessons():
        write_markdown(lesson, folder)
    write_index(folder)
    (folder / "ruff.toml").write_text(NARROW)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "lessons")
