"""From C to a loaded library: compiled once, and found again by all that decides it.

That is the source, the compiler, its flags, and the instructions of the processor. A compiler that
refuses a program is tried on one of two lines: it tells a wrong program from a useless compiler.
"""

import gc
import hashlib
import re
import shlex
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ...unfinished import unfinished_folder
from .compilers import Answer, Compiler, CompilerNotFound, find_compiler, give_up, run
from .disk_cache import cache_folder, find_library, keep_library
from .library import Library
from .target import cpu, is_x86, registers

__all__ = ["CompileError", "Compiler", "CompilerNotFound", "find_compiler", "load"]

LINK = ("-shared", "-fPIC")
# Of some large programs GCC takes long to learn which bits of addresses are 0, for no faster loops.
# Before 12.4 and 13.2 its vectors of loops add up wrongly (see gcc_sums); ours are written out.
_OF_GCC = ("-fno-tree-bit-ccp", "-fno-tree-loop-vectorize")
# Where it is not asked, it leaves functions of vectors one behind the other, as C has them: each
# waits for its own steps. In turns options and their Greeks take an eighth less with AVX2, LeNet a
# fortieth, and GCC 3 % longer. ARM's does so by itself; with AVX-512 nobody has measured it.
_IN_TURNS = ("-fschedule-insns", "-fsched-pressure")
# For the first Zen it writes vectors in halves, which takes longer than to write them as they are.
_WHOLE = ("-mno-avx256-split-unaligned-store",)
_GCC = "Free Software Foundation"

_PROBE = """\
#include <math.h>
#include <stdint.h>
#include <string.h>
int answer(void) { return 42; }
"""
_PROBING = 20.0  # seconds, for that
_LEAST, _LETTERS = 60.0, 2000  # seconds for any program, and how many letters get one more

_loaded: "weakref.WeakValueDictionary[str, Library]" = weakref.WeakValueDictionary()
_FEW = 1000  # libraries; more are counted after what nobody uses was collected
_enough = _FEW
_unfit: set[Path] = set()  # folders that no program can be compiled in and loaded from


class CompileError(RuntimeError):
    """The C compiler refused a program; the message has its words and the path of the source."""


class _Useless(Exception):
    """A compiler that compiles nothing here; the message says why."""


class _Job(NamedTuple):
    """What is to be compiled, and what tells that nobody wants it any more."""

    files: tuple[str, ...]
    flags: tuple[str, ...]
    stop: Event


def load(
    source: str | tuple[str, ...],
    flags: Sequence[str] = (),
    functions: Sequence[str] = (),
    stop: Event | None = None,
) -> Library:
    """Compile C source to a shared object, or find it in the cache, and load it.

    Args:
        source: one whole C file, or several, which are compiled side by side.
        flags: of the compiler, in order.
        functions: the names of those that will be called.
        stop: where it is set, the compiler is ended.

    Raises:
        CompilerNotFound: there is no C compiler, or none that can compile anything here.
        CompileError: the compiler refused the source, or took too long.
        CancelledError: it was stopped.
    """
    doubtful = False
    while True:
        compiler, folder = find_compiler(), cache_folder()
        every = (*flags, *_own_flags(compiler))
        key = _digest(repr((source, compiler, every, LINK, cpu())))[:32]
        library = _loaded.get(key) or (find_library(folder, key) if folder else None)
        try:
            files = (source,) if isinstance(source, str) else source
            job = _Job(files, every, stop or Event())
            library = library or _build(compiler, job, functions, folder, key, doubtful)
        except _Useless as error:
            give_up(compiler, str(error))
            doubtful = True
        else:
            _make_room()
            return _loaded.setdefault(key, library)


def _own_flags(compiler: Compiler) -> tuple[str, ...]:
    """Return the flags that only one compiler knows."""
    if _GCC not in compiler.version:
        return ()
    in_turns = _IN_TURNS if registers() == 16 else ()
    return (*_OF_GCC, *in_turns, *(_WHOLE if is_x86() else ()))


def _make_room() -> None:
    """Collect functions that nobody uses, when libraries have doubled: ctypes makes them cycles.

    A system maps some thousand libraries and no more.
    """
    global _enough
    if len(_loaded) >= _enough:
        gc.collect()
        _enough = max(_FEW, 2 * len(_loaded))


def _build(
    compiler: Compiler,
    job: _Job,
    functions: Sequence[str],
    folder: Path | None,
    key: str,
    doubtful: bool,
) -> Library:
    """Compile in the cache, where others see nothing before it was loaded; else elsewhere.

    Raises:
        CompileError: the compiler works, and refused this source.
        _Useless: it compiles nothing.
    """
    reasons: dict[Path, str] = {}
    for place in _places(folder):
        if (doubtful or reasons) and (trouble := _trouble(compiler, place)):
            reasons[place] = trouble
            continue
        try:
            with unfinished_folder(place) as workplace:
                seconds = _LEAST + sum(map(len, job.files)) / _LETTERS
                made = _compile(compiler, job, workplace, seconds)
                library = _loaded_with(functions, made)
                if place == folder:
                    keep_library(folder, key, made)
        except CompileError as error:
            trouble = _trouble(compiler, place)
            if not trouble:
                raise CompileError(f"{error}{_kept(job.files)}") from None
            reasons[place] = trouble
        except OSError as error:
            reasons[place] = _because(str(error), place)
        else:
            _unfit.update(reasons)
            return library
    raise _Useless("; ".join(dict.fromkeys(reasons.values())) or "no folder can be written to")


def _places(folder: Path | None) -> Iterator[Path]:
    """The folders to compile in: the cache, then the one for temporary files."""
    if folder and folder not in _unfit:
        yield folder
    with suppress(OSError):  # where there is none
        temporary = Path(tempfile.gettempdir())  # which tries it, and may leave a file when killed
        if temporary not in _unfit:
            yield temporary


def _compile(compiler: Compiler, job: _Job, workplace: Path, seconds: float) -> Path:
    """Write the C into a folder, compile it, and return the path of the shared object.

    Raises:
        CompileError: the compiler refused the source, or had not finished in time.
        OSError: the folder cannot be written to.
    """
    names = _written(job.files, workplace)
    made = workplace / "program.so"
    without = [f for f in job.flags if f != "-march=native"]  # some compilers do not know it
    refusals = []
    for attempt in [list(job.flags)] + ([without] if len(without) < len(job.flags) else []):
        start, parts = [*compiler.command, *attempt], names
        if len(names) > 1:
            parts = [f"{Path(name).stem}.o" for name in names]
            apart = [[*start, "-fPIC", "-c", name] for name in names]
            command, answer = _side_by_side(apart, job.stop, workplace, seconds)
        if len(names) == 1 or answer.status == 0:
            command = [*start, *LINK, "-o", made.name, *parts, "-lm"]
            answer = run(command, workplace, seconds, job.stop)
        if answer.status is None:
            raise CompileError(
                f"{shlex.join(command)} had not finished after {seconds:.0f} seconds"
            )
        if answer.status == 0 and made.exists() and made.stat().st_size:
            return made
        ended = f"exit {answer.status}" + ("" if answer.status else ", but it wrote nothing")
        said = answer.text.replace(str(workplace), str(workplace.parent)).splitlines()[:40]
        refusals.append("\n".join([f"{shlex.join(command)} failed ({ended}):", *said]))
    raise CompileError(refusals[0])


def _written(files: Sequence[str], folder: Path) -> list[str]:
    """Write files of C into a folder; return their names."""
    names = ["program.c", *[f"program{k}.c" for k in range(1, len(files))]]
    for name, text in zip(names, files, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return names


def _side_by_side(
    commands: Sequence[list[str]], stop: Event, workplace: Path, seconds: float
) -> tuple[list[str], Answer]:
    """Run commands at the same time; return the first that failed, or the last, and its answer."""
    with ThreadPoolExecutor(len(commands), "micrograd cc") as pool:
        try:
            answers = list(pool.map(lambda c: run(c, workplace, seconds, stop), commands))
        except BaseException:  # Ctrl-C, say: the threads are waited for
            stop.set()
            raise
    ends = list(zip(commands, answers, strict=True))
    return next(((c, answer) for c, answer in ends if answer.status != 0), ends[-1])


def _loaded_with(functions: Sequence[str], made: Path) -> Library:
    """Load a library; raise a CompileError where one of its functions is missing."""
    library = Library(str(made))
    for name in functions:
        if not hasattr(library, name):
            raise CompileError(f"the compiler made a library without the function {name}")
    return library


def _trouble(compiler: Compiler, place: Path) -> str:
    """Say why a compiler cannot make the smallest library in a folder; nothing where it can."""
    try:
        with unfinished_folder(place) as workplace:
            made = _compile(compiler, _Job((_PROBE,), (), Event()), workplace, _PROBING)
            if _loaded_with(["answer"], made).answer() != 42:
                return "what it compiles computes something else"
    except (CompileError, OSError) as error:
        return _because(str(error), place)
    return ""


def _because(said: str, place: Path) -> str:
    """Choose the line that gives the reason, and add what helps against it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines[1:] if "error" in line or "No space" in line]
    reason = re.sub(r"\.micrograd-\w+\.unfinished/", "", (telling or lines[1:] or lines)[0])[
        :300
    ].rstrip(":")
    if "No space left" in said or "quota" in said:
        return f"{reason} (make room in {place}, or set TMPDIR)"
    if re.search(
        r"(No such file|not found|no include path).*\.h\b|\.h\b.*(not found|No such file)", reason
    ):
        return f"{reason} (the C library's headers are missing: Debian has them in libc6-dev)"
    if "failed to map" in said or "not permitted" in said or "Permission denied" in said:
        return f"{reason} ({place} does not allow it: set MICROGRAD_CACHE_DIR to another folder)"
    return reason


def _kept(files: Sequence[str]) -> str:
    """Keep a source that was refused, for a report; return the words that say where."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="micrograd-"))
        names = _written(files, folder)
    except OSError:
        return ""
    return f"\nthe source is {', '.join([str(folder / name) for name in names])}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
