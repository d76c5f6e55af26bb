"""The C compiler: where it is, how it is called, and a cache on disk of what it made.

An entry's name holds a hash of all that decides its bytes and a checksum of those bytes, so that
one atomic rename publishes it and damage shows. The cache only saves time: where it cannot be used,
everything works without it.
"""

import ctypes
import hashlib
import os
import platform
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LINK = ("-shared", "-fPIC")
MAX_BYTES, MAX_FILES = 512 << 20, 2000
_OURS = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}\.so|version-[0-9a-f]{32}")
_UNFINISHED = ".micrograd-"
_ABANDONED = 3600  # seconds after which an unfinished file is no one's

_loaded: dict[str, ctypes.CDLL] = {}


class CompilerNotFound(RuntimeError):
    """No C compiler could be run; the message says how to get one."""


class CompileError(RuntimeError):
    """The C compiler refused a program; the message has its words and the path of the source."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler that runs: how it is called, and its own words on which it is."""

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler:
    """Find a C compiler: ``$CC``, else cc, gcc or clang on the PATH, else the ziglang package.

    Raises:
        CompilerNotFound: none of them runs.
    """
    return _find(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath))


@cache
def _find(chosen: str, path: str) -> Compiler:
    candidates = [shlex.split(chosen)] if chosen else [["cc"], ["gcc"], ["clang"]]
    if not chosen and find_spec("ziglang"):
        candidates.append([sys.executable, "-m", "ziglang", "cc"])
    for command in candidates:
        if version := _version(command, path):
            return Compiler(tuple(command), version)
    looked = f"CC={chosen!r} does not run" if chosen else "no cc, gcc or clang on the PATH"
    raise CompilerNotFound(
        f"{looked}: install gcc or clang, or `pip install ziglang`, or set CC to a C compiler; "
        'backend="numpy" needs none'
    )


def _version(command: list[str], path: str) -> str | None:
    """Ask the compiler which it is, or remember what it said when its file was the same as now."""
    program = shutil.which(command[0], path=path)
    if program is None:
        return None
    folder, files = cache_folder(), [Path(program).resolve()]
    if "ziglang" in command and (spec := find_spec("ziglang")) and spec.origin:
        files.append(Path(spec.origin).with_name("zig"))
    else:
        files += [Path(p).resolve() for w in command[1:] if (p := shutil.which(w, path=path))]
    try:
        marks = [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files]
    except OSError:
        return None
    note = folder and folder / f"version-{_digest(repr((command, marks)))[:32]}"
    if note:
        with suppress(OSError, UnicodeDecodeError):
            return note.read_text()
    try:
        said = subprocess.run(
            [*command, "--version"], capture_output=True, stdin=subprocess.DEVNULL, text=True
        )
    except OSError:
        return None
    if said.returncode:
        return None
    version = f"{marks}\n{said.stdout}"
    if note:
        _publish(version.encode(), note)
    return version


@cache
def _cpu() -> str:
    """Name the instructions that this processor has: a folder may be shared between machines."""
    words = f"{platform.system()} {platform.machine()} {platform.processor()}"
    try:
        first = Path("/proc/cpuinfo").read_text().partition("\n\n")[0]
    except OSError:
        return words
    told = ("model name", "flags", "Features")  # and not the clock of this moment
    return words + "".join(line for line in first.splitlines() if line.startswith(told))


def load(source: str, flags: Sequence[str] = ()) -> ctypes.CDLL:
    """Compile C source to a shared object, or find it in the cache, and load it.

    Args:
        source: one whole C file.
        flags: of the compiler, in order.

    Raises:
        CompilerNotFound: there is no C compiler.
        CompileError: the compiler refused the source.
    """
    compiler = find_compiler()
    key = _digest(repr((source, compiler, tuple(flags), LINK, _cpu())))[:32]
    if key in _loaded:
        return _loaded[key]
    folder = cache_folder()
    library = _cached(folder, key) if folder else None
    if library is None:
        library = _build(compiler, source, flags, folder, key)
    return _loaded.setdefault(key, library)


def _build(
    compiler: Compiler, source: str, flags: Sequence[str], folder: Path | None, key: str
) -> ctypes.CDLL:
    """Compile in a folder of its own, so that nothing unfinished is ever in the cache."""
    workplace = Path(tempfile.mkdtemp(prefix="micrograd-"))
    try:
        made = _compile(compiler, source, flags, workplace)
        library = ctypes.CDLL(str(made))
        if folder:
            content = made.read_bytes()
            _publish(content, folder / f"{key}.{_checksum(content)}.so")
            _evict(folder)
    except CompileError:
        raise  # the message names the source, which stays
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    shutil.rmtree(workplace, ignore_errors=True)  # what is loaded stays loaded
    return library


def _compile(compiler: Compiler, source: str, flags: Sequence[str], workplace: Path) -> Path:
    """Write ``program.c`` into a folder, compile it, and return the path of the shared object.

    Raises:
        CompileError: the compiler refused the source.
    """
    (workplace / "program.c").write_text(source)
    without = [f for f in flags if f != "-march=native"]  # some compilers do not know it
    refusals = []
    for attempt in [list(flags)] + ([without] if len(without) < len(flags) else []):
        command = [*compiler.command, *attempt, *LINK, "-o", "program.so", "program.c", "-lm"]
        done = subprocess.run(
            command,
            cwd=workplace,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if not done.returncode:
            return workplace / "program.so"
        said = "\n".join((done.stderr or done.stdout).splitlines()[:40])
        refusals.append(f"{shlex.join(command)} failed (exit {done.returncode}):\n{said}")
    raise CompileError(f"{refusals[0]}\nthe source is {workplace / 'program.c'}")


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
        warnings.warn(
            f"compiled programs are not cached: others may write to {folder}; "
            f"`chmod 700` it if it is yours, or set MICROGRAD_CACHE_DIR",
            stacklevel=2,
        )
        return None
    return folder


def _folder() -> Path:
    if own := os.environ.get("MICROGRAD_CACHE_DIR"):
        return Path(own)
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(caches):  # the specification says to ignore those
        caches = str(Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache"))
    return Path(caches) / "micrograd"


def _cached(folder: Path, key: str) -> ctypes.CDLL | None:
    """Load an entry, or remove it where it is damaged."""
    for entry in _files(folder):
        if entry.name.startswith(key):
            try:
                if f"{key}.{_checksum(Path(entry).read_bytes())}.so" == entry.name:
                    library = ctypes.CDLL(entry.path)
                    _touch(entry.path)
                    return library
                os.unlink(entry.path)
            except OSError:  # evicted meanwhile, or of another system
                _remove(entry.path)
    return None


def _publish(content: bytes, path: Path) -> None:
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
