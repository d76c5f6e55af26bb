"""What is to be checked: files that were named, and all in a folder, however deep they lie."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

KINDS = (".py", ".ipynb")
_NOT_WRITTEN = ("__pycache__", "site-packages", "node_modules", "__MACOSX")  # by a student


@dataclass
class HandedIn:
    """The files to check, in order, and those in the folders that are of another kind."""

    files: list[Path] = field(default_factory=list)
    passed_over: list[Path] = field(default_factory=list)


def handed_in(words: Sequence[str]) -> HandedIn:
    """Return the files named; of a folder its Python files and notebooks, however deep they lie.

    Raises:
        ValueError: there is no such file, or nothing to check in a folder.
    """
    found = HandedIn()
    for word in words:
        path = Path(word)
        if not path.exists():
            raise ValueError(f"there is no file {path}")
        inside = sorted(_inside(path)) if path.is_dir() else [path]
        files = [file for file in inside if file.suffix in KINDS or not path.is_dir()]
        if not files:
            raise ValueError(f"there is no .py or .ipynb in the folder {path}")
        found.files += files
        found.passed_over += [file for file in inside if file not in files]
    if not found.files:
        raise ValueError("check needs files: micrograd practise check homework/*.py")
    found.files = list(dict.fromkeys(found.files))
    return found


def _inside(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        yield from (Path(root, name) for name in files if not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _NOT_WRITTEN
