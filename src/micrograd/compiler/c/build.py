"""From C to a loaded library: compiled once, and found again by all that decides it.

That is the source, the compiler, its flags, and the instructions of the processor. A compiler that
refuses a program is tried on one of two lines: it tells a wrong program from a useless compiler.
"""

import gc
import hashlib
import platform
import re
import shlex
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from ...unfinished import unfinished_folder
from .compilers import Compiler, CompilerNotFound, find_compiler, give_up, run
from .disk_cache import cache_folder, find_library, keep_library
from .library import Library

__all__ = ["CompileError", "Compiler", "CompilerNotFound", "find_compiler", "load"]

LINK = ("-shared", "-fPIC")
# Of some large programs GCC takes long to learn which bits of addresses are 0, for no faster loops.
_OF_GCC, _GCC = ("-fno-tree-bit-ccp",), "Free Software Foundation"

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


def load(source: str, flags: Sequence[str] = (), functions: Sequence[str] = ()) -> Library:
    """Compile C source to a shared object, or find it in the cache, and load it.

    Args:
        source: one whole C file.
        flags: of the compiler, in order.
        functions: the names of those that will be called.

    Raises:
        CompilerNotFound: there is no C compiler, or none that can compile anything here.
        CompileError: the compiler refused the source, or took too long.
    """
    doubtful = False
    while True:
        compiler, folder = find_compiler(), cache_folder()
        every = (*flags, *(_OF_GCC if _GCC in compiler.version else ()))
        key = _digest(repr((source, compiler, every, LINK, _cpu())))[:32]
        library = _loaded.get(key) or (find_library(folder, key) if folder else None)
        try:
            library = library or _build(compiler, source, every, functions, folder, key, doubtful)
        except _Useless as error:
            give_up(compiler, str(error))
            doubtful = True
        else:
            _make_room()
            return _loaded.setdefault(key, library)


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
    source: str,
    flags: Sequence[str],
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
                made = _compile(compiler, source, flags, workplace, _LEAST + len(source) / _LETTERS)
                library = _loaded_with(functions, made)
                if place == folder:
                    keep_library(folder, key, made)
        except CompileError as error:
            trouble = _trouble(compiler, place)
            if not trouble:
                raise CompileError(f"{error}{_kept(source)}") from None
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


def _compile(
    compiler: Compiler, source: str, flags: Sequence[str], workplace: Path, seconds: float
) -> Path:
    """Write ``program.c`` into a folder, compile it, and return the path of the shared object.

    Raises:
        CompileError: the compiler refused the source, or had not finished in time.
        OSError: the folder cannot be written to.
    """
    (workplace / "program.c").write_text(source, encoding="utf-8")
    made = workplace / "program.so"
    without = [f for f in flags if f != "-march=native"]  # some compilers do not know it
    refusals = []
    for attempt in [list(flags)] + ([without] if len(without) < len(flags) else []):
        command = [*compiler.command, *attempt, *LINK, "-o", made.name, "program.c", "-lm"]
        answer = run(command, workplace, seconds)
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
            made = _compile(compiler, _PROBE, (), workplace, _PROBING)
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


def _kept(source: str) -> str:
    """Keep a source that was refused, for a report; return the words that say where."""
    try:
        path = Path(tempfile.mkdtemp(prefix="micrograd-")) / "program.c"
        path.write_text(source, encoding="utf-8")
    except OSError:
        return ""
    return f"\nthe source is {path}"


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
