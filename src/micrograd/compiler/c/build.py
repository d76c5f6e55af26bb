"""The C compiler: where it is, how it is called, and what it made loaded with the standard library.

What it made is found again by all that decides it: the source, the compiler, its flags, and the
instructions of the processor.
"""

import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .disk_cache import cache_folder, find_library, publish, publish_library

LINK = ("-shared", "-fPIC")

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
        publish(version.encode(), note)
    return version


@cache
def _cpu() -> str:
    """Name the instructions that this processor has: a folder may be shared between machines."""
    words = f"{platform.system()} {platform.machine()} "
    try:
        first = Path("/proc/cpuinfo").read_text().partition("\n\n")[0]
    except OSError:
        return words + platform.processor()
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
    library = find_library(folder, key) if folder else None
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
        if folder:
            entry = publish_library(folder, key, made.read_bytes())
        try:
            library = ctypes.CDLL(str(made))
        except OSError:  # where nothing may be run from the folder for temporary files
            if not folder:
                raise
            library = ctypes.CDLL(str(entry))
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
    (workplace / "program.c").write_text(source, encoding="utf-8")
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
