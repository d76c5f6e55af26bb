"""Compiled programs on disk: whole or not there, private, bounded, shared by processes.

The name of an entry ends in a checksum of its bytes, so that one atomic rename publishes it and
damage shows. The cache only saves time: where it cannot be used, everything works without it.
"""

import ctypes
import hashlib
import os
import re
import stat
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

MAX_BYTES, MAX_FILES = 512 << 20, 2000
_OURS = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}\.so|version-[0-9a-f]{32}")
_UNFINISHED = ".micrograd-"
_ABANDONED = 3600  # seconds after which an unfinished file is no one's


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


def find_library(folder: Path, key: str) -> ctypes.CDLL | None:
    """Load the entry of a key; None where there is none, or it was damaged and had to go."""
    for entry in _files(folder):
        if entry.name.startswith(key):
            try:
                if _library_name(key, Path(entry).read_bytes()) == entry.name:
                    library = ctypes.CDLL(entry.path)
                    _touch(entry.path)
                    return library
                os.unlink(entry.path)
            except OSError:  # evicted meanwhile, or of another system
                _remove(entry.path)
    return None


def publish(content: bytes, path: Path) -> None:
    """Write a file that others see whole or not at all; a full or read-only disk is no error."""
    temporary = None
    try:
        number, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
        with open(number, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    except OSError:
        if temporary:
            _remove(temporary)


def publish_library(folder: Path, key: str, content: bytes) -> Path:
    """Add an entry, and make room for it; return its path."""
    path = folder / _library_name(key, content)
    publish(content, path)
    _evict(folder)
    return path


def _library_name(key: str, content: bytes) -> str:
    return f"{key}.{_checksum(content)}.so"


def _evict(folder: Path) -> None:
    """Drop unfinished files that no one is writing any more, then the longest unused entries."""
    entries, now = [], time.time()
    for entry in _files(folder):
        try:
            status = entry.stat()
        except OSError:
            continue
        if _OURS.fullmatch(entry.name):
            entries.append((status.st_mtime, status.st_size, entry.path))
        elif entry.name.startswith(_UNFINISHED) and now - status.st_mtime > _ABANDONED:
            _remove(entry.path)
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
