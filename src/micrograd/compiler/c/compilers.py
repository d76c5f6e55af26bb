"""The C compiler of the machine: which one it is, and how it is run.

One that is there may still not work: it is run with a time limit, in a folder that is also its own
folder for temporary files, and whatever it says, in whatever encoding, is text.
"""

import hashlib
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from time import monotonic

from .disk_cache import cache_folder, publish

_ASKING = 20.0  # seconds, for a compiler to say which it is
_MOST_WORDS = 100_000  # of what it says, in bytes
_REMEDIES = (
    "install gcc or clang, or `pip install ziglang`, or set CC to a C compiler that works; "
    'backend="numpy" needs none'
)

_useless: dict[tuple[str, ...], str] = {}  # commands that compile nothing here, and why


class CompilerNotFound(RuntimeError):
    """No C compiler works here; the message says why, and how to get one."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler that runs: how it is called, and its own words on which it is."""

    command: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended: its exit status, None when its time was up; and what it printed."""

    status: int | None
    text: str


def find_compiler() -> Compiler:
    """Find a C compiler: ``$CC``, else cc, gcc or clang on the PATH, else the ziglang package.

    Raises:
        CompilerNotFound: none of them runs, or those that do were found to compile nothing.
    """
    return _find(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath), len(_useless))


def give_up(compiler: Compiler, reason: str) -> None:
    """Do not use this compiler again in this process: it compiles nothing, for this reason."""
    _useless[compiler.command] = reason


def run(
    command: Sequence[str], folder: Path | None, seconds: float, stop: Event | None = None
) -> Answer:
    """Run a compiler, and end all that it has started when the time is up or we are interrupted.

    Args:
        command: the program and its arguments.
        folder: to work in, and for the compiler's temporary files; None: it needs none.
        seconds: to wait.
        stop: where another thread sets it, nobody waits any more.

    Raises:
        CancelledError: it was stopped.
        OSError: it cannot be run at all.
    """
    stop = stop or Event()
    environment = {**os.environ, "LC_ALL": "C"}
    if folder:
        environment |= dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,  # so that its parts can be ended with it
    )
    end = monotonic() + seconds
    try:
        said = _words(process, end, stop).decode(errors="replace")
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(end - monotonic(), 0))
        return Answer(process.returncode, said)
    finally:
        if process.returncode is None:
            _end(process)
        process.stdout.close()  # type: ignore[union-attr]


def _words(process: subprocess.Popen, end: float, stop: Event) -> bytes:
    """Return the first of what a process prints, until it ends; what it started may go on."""
    if os.name == "nt":  # where pipes cannot be waited for
        return _words_on_windows(process, end, stop)
    said, has_ended = b"", False
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]
        while (left := end - monotonic()) > 0:
            _go_on(stop)
            if selector.select(min(left, 0.0 if has_ended else 0.1)):
                piece = process.stdout.read(1 << 16)  # type: ignore[union-attr]
                said += piece[: _MOST_WORDS - len(said)]
                if not piece:
                    break
            elif has_ended:  # and somebody else holds its output open
                break
            else:
                has_ended = process.poll() is not None
    return said


def _words_on_windows(process: subprocess.Popen, end: float, stop: Event) -> bytes:
    said = b""
    while (left := end - monotonic()) > 0:
        _go_on(stop)
        try:
            return process.communicate(timeout=min(left, 0.1))[0][:_MOST_WORDS]
        except subprocess.TimeoutExpired as late:
            said = late.output or b""
    return said[:_MOST_WORDS]


def _go_on(stop: Event) -> None:
    if stop.is_set():
        raise CancelledError("nobody waits for it any more")


def _end(process: subprocess.Popen) -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


@cache
def _find(chosen: str, path: str, useless: int) -> Compiler:
    """Find the first that answers; ``useless`` counts those given up since the last search."""
    refusals: dict[str, list[str]] = {}
    for command in _candidates(chosen, path):
        compiler = _asked(command, path)
        if isinstance(compiler, Compiler):
            reason = _useless.get(compiler.command)
            if reason is None:
                return compiler
            reason = f"cannot compile here: {reason}"
        else:
            reason = compiler
        if reason:
            refusals.setdefault(reason, []).append(shlex.join(command))
    said = [f"{', '.join(names)} {reason}" for reason, names in refusals.items()]
    if chosen:
        looked = f"CC={chosen!r} {next(iter(refusals), 'does not run')}"
    else:
        looked = "; ".join(said) or "no cc, gcc or clang on the PATH"
    raise CompilerNotFound(f"{looked}; {_REMEDIES}")


def _candidates(chosen: str, path: str) -> list[list[str]]:
    if chosen:
        if shutil.which(chosen, path=path):  # a path with spaces in it
            return [[chosen]]
        try:
            return [shlex.split(chosen)]
        except ValueError:  # a quotation that does not end
            return []
    candidates = [["cc"], ["gcc"], ["clang"]]
    if find_spec("ziglang"):
        candidates.append([sys.executable, "-m", "ziglang", "cc"])
    return candidates


def _asked(command: list[str], path: str) -> Compiler | str:
    """Ask a compiler which it is, or remember what it said when its file was the same as now.

    Returns what is wrong instead, or nothing where there is no such program.
    """
    program = shutil.which(command[0], path=path) if command else None
    if program is None:
        return ""
    folder, files = cache_folder(), [Path(program).resolve()]
    if "ziglang" in command and (spec := find_spec("ziglang")) and spec.origin:
        files.append(Path(spec.origin).with_name("zig"))
    else:
        files += [Path(p).resolve() for w in command[1:] if (p := shutil.which(w, path=path))]
    try:
        marks = [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files]
    except OSError as error:
        return f"does not run: {error}"
    asked = hashlib.sha256(repr((command, marks)).encode(errors="surrogateescape")).hexdigest()[:32]
    note = folder and folder / f"version-{asked}"
    if note:
        with suppress(OSError, UnicodeDecodeError):
            return Compiler(tuple(command), note.read_text(encoding="utf-8"))
    try:
        answer = run([program, *command[1:], "--version"], None, _ASKING)
    except OSError as error:
        return f"does not run: {error}"
    if answer.status is None:
        return f"does not answer in {_ASKING:g} seconds"
    if answer.status:
        return f"does not run: --version exits {answer.status}"
    version = f"{marks}\n{answer.text}"
    if note:
        publish(version.encode(errors="replace"), note)
    return Compiler(tuple(command), version)
