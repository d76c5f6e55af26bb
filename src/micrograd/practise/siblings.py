"""A copy of a learner's file and of the modules beside it that it imports.

It runs in the copy, so that what it deletes or writes there is not lost or left. Data is not
copied: a file that reads some is judged by its definitions.
"""

import ast
import shutil
from collections.abc import Iterable
from pathlib import Path

from .definitions import imported_modules
from .reading import Unreadable, parsed, read_cells

_MOST = 300  # files; more is no homework
_SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"}


def copy_with_siblings(path: Path, folder: Path) -> tuple[Path, str]:
    """Copy a file and what it imports from beside it.

    Args:
        path: the file.
        folder: an empty folder for the copies.

    Returns:
        The copy of the file, and the package that it belongs to: "" where its folder is none.
    """
    home = path.parent
    package: list[str] = []
    while (home / "__init__.py").is_file() and len(package) < 5:
        package.insert(0, home.name)
        home = home.parent
    if package:
        _copy_tree(home / package[0], folder / package[0])
    copied: set[str] = set(package[:1])
    waiting = [path]
    while waiting and len(copied) < _MOST:
        for name in _names(waiting.pop()):
            if name in copied:
                continue
            copied.add(name)
            for beside in dict.fromkeys((path.parent, home)):
                module, tree = beside / f"{name}.py", beside / name
                if module.is_file() and module != path:
                    shutil.copyfile(module, folder / module.name)
                    waiting.append(module)
                    break
                if any(next(tree.glob(pattern), None) for pattern in ("*.py", "*/*.py")):
                    waiting += _copy_tree(tree, folder / name)
                    break
    copy = folder.joinpath(*package, path.name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)
    return copy, ".".join(package)


def imported_files(path: Path) -> list[Path]:
    """Return the modules in the file's folder that it imports itself."""
    files = [path.parent / f"{name}.py" for name in dict.fromkeys(_names(path))]
    return [file for file in files if file.is_file() and file != path]


def _names(path: Path) -> Iterable[str]:
    """Return the first part of all that a file imports."""
    names = []
    try:
        for cell in read_cells(path):
            try:
                tree: ast.Module = parsed(cell)
            except Unreadable:
                continue  # said when it is run
            names += [name.partition(".")[0] for _, name in imported_modules(tree) if name]
    except Unreadable:
        pass
    return names


def _copy_tree(source: Path, target: Path) -> list[Path]:
    """Copy the Python files of a package, and return them."""
    files: list[Path] = []
    waiting = [source]
    while waiting and len(files) < _MOST:
        for entry in sorted(waiting.pop().iterdir()):
            if entry.is_symlink() and entry.is_dir():
                continue  # it may lead round in a circle
            if entry.is_dir() and entry.name not in _SKIPPED and not entry.name.startswith("."):
                waiting.append(entry)
            elif entry.suffix == ".py" and entry.is_file():
                copy = target / entry.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(entry, copy)
                files.append(entry)
    return files
