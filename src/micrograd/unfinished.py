"""Files and folders that are being written: claimed by their writer, swept by the next run.

A lock that ends with its process tells one that is still written from one whose writer was killed.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_PREFIX, _SUFFIX = ".micrograd-", ".unfinished"
_ABANDONED = 3600  # seconds after which one is nobody's, where there are no locks


@contextmanager
def unfinished_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Make a file to write to and then to rename with ``take_name``; left, it is removed."""
    sweep(folder)
    while True:
        number, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        if _lock(number) is not False and os.path.exists(name):
            break
        os.close(number)  # swept before it was ours
    try:
        with open(number, "wb") as file:
            yield file, Path(name)
    finally:
        with suppress(OSError):
            os.unlink(name)


def take_name(file: BinaryIO, path: Path, target: str | os.PathLike[str]) -> None:
    """Give an unfinished file, now complete, its name: others see it whole or not at all."""
    file.flush()
    if os.name == "nt":  # where an open file cannot be renamed
        file.close()
    os.replace(path, target)


@contextmanager
def unfinished_folder(parent: Path) -> Iterator[Path]:
    """Make a folder to work in; it is removed with all that is left in it."""
    sweep(parent)
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX, dir=parent))
        number = _opened(path)
        if number is None or (_lock(number) is not False and path.exists()):
            break
        os.close(number)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if number is not None:
            os.close(number)


@cache
def sweep(folder: Path) -> None:
    """Remove, once in a process, what writers that were killed have left in a folder."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.path
                for entry in entries
                if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX)
            ]
    except OSError:
        return
    for name in names:
        number = _opened(Path(name))
        if number is None:
            continue
        try:
            status = os.fstat(number)
            free = _lock(number) if not hasattr(os, "getuid") or status.st_uid == os.getuid() else 0
            if free or (free is None and time.time() - status.st_mtime > _ABANDONED):
                _remove(name)
        finally:
            os.close(number)


def _remove(name: str) -> None:
    if os.path.isdir(name):
        shutil.rmtree(name, ignore_errors=True)
    else:
        with suppress(OSError):
            os.unlink(name)


def _opened(path: Path) -> int | None:
    """Open a file or folder for its lock; None where that cannot be, as of folders on Windows."""
    try:
        return os.open(
            path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except OSError:
        return None


def _lock(number: int) -> bool | None:
    """Lock an open file until it is closed; False: another has it, None: there are no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that has none
        return None
    return True
