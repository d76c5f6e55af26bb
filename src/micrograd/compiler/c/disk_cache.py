"""Compiled programs on disk: whole or not there, private, bounded, shared by processes.

The name of an entry ends in a checksum of its bytes, so that one atomic rename publishes it and
damage shows. The cache only saves time: where it cannot be used, everything works without it.
"""

import hashlib
import os
import re
import stat
import sys
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

from ...unfinished import take_name, unfinished_file
from .library import Library

MAX_BYTES, MAX_FILES = 512 << 20, 2000
_OURS = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}\.so|version-[0-9a-f]{32}")


def cache_folder() -> Path | None:
    """Return the folder of compiled programs, made if needed; None where it cannot be trusted.

    ``$MICROGRAD_CACHE_DIR``, else ``micrograd`` in ``$XDG_CACHE_HOME``, ``~/Library/Caches`` or
    ``~/.cache``. Code is loaded from it, so it must be ours and writable by no one else.
    """
    try:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):  # read-only, or no home at all
        return None
    if hasattr(os, "getuid") and (
        status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ):
        _warn_of(folder)
        return None
    return folder


@cache
def _warn_of(folder: Path) -> None:
    warnings.warn(
        f"compiled programs are not cached: others may write to {folder}; "
        f"`chmod 700` it if it is yours, or set MICROGRAD_CACHE_DIR",
        stacklevel=2,
    )


def _folder() -> Path:
    if own := os.environ.get("MICROGRAD_CACHE_DIR"):
        return Path(own)
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(caches):  # the specification says to ignore those
        caches = str(Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache"))
    return Path(caches) / "micrograd"


def find_library(folder: Path, key: str) -> Library | None:
    """Load the entry of a key; None where there is none, or it was damaged and had to go."""
    for entry in _files(folder):
        if entry.name.startswith(key):
            try:
                if _library_name(key, Path(entry).read_bytes()) == entry.name:
                    library = Library(entry.path)
                    _touch(entry.path)
                    return library
                os.unlink(entry.path)
            except OSError:  # evicted meanwhile, or of another system
                _remove(entry.path)
    return None


def publish(content: bytes, path: Path) -> None:
    """Write a file that others see whole or not at all; a full or read-only disk is no error."""
    with suppress(OSError), unfinished_file(path.parent) as (file, temporary):
        file.write(content)
        take_name(file, temporary, path)


def keep_library(folder: Path, key: str, made: Path) -> None:
    """Make an entry of a library, by giving it its name, and make room for it."""
    with suppress(OSError):
        made.chmod(0o700)
        os.replace(made, folder / _library_name(key, made.read_bytes()))
    _evict(folder)


def _library_name(key: str, content: bytes) -> str:
    return f"{key}.{_checksum(content)}.so"


def _evict(folder: Path) -> None:
    """Drop the longest unused entries."""
    entries = []
    for entry in _files(folder):
        try:
            status = entry.stat()
        except OSError:
            continue
        if _OURS.fullmatch(entry.name):
            entries.append((status.st_mtime, status.st_size, entry.path))
    entries.sort(reverse=True)
    total = 0
    for i, (_, size, path) in enumerate(entries):
        total += size
        if i >= MAX_FILES or total > MAX_BYTES:
            _remove(path)


def _files(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _touch(path: str) -> None:
    with suppress(OSError):
        os.utime(path)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
