"""``micrograd doctor``: what is installed here, what works, what is slow and why.

Each part is looked at by itself, so that one that is broken hides no other. Nothing is imported
before it is looked at.
"""

import argparse
import json
import os
import platform
import re
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from time import perf_counter

from ._version import __version__
from .namesake import warn_of_the_original
from .value.backend import backend

DESCRIPTION = """\
Look at what is installed: the engine, the C compiler, the cache of compiled programs, the extras,
and say of each whether it works, what is slow, why, and what to do."""
EPILOG = """\
good: it works; note: worth knowing; slow: it works, and there is something faster; missing: an
extra that is not installed; broken: it does not work."""

_DISTRIBUTION = "micrograd-next"
_HERE = "in the folder that micrograd was installed from"


@dataclass(frozen=True)
class Finding:
    """What was found of one part."""

    part: str
    state: str  # good, note, slow, missing or broken
    says: str
    remedy: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``micrograd doctor``."""
    parser.add_argument("--json", action="store_true", help="print it for programs")


def run(args: argparse.Namespace) -> None:
    """Print what was found."""
    results = findings()
    if args.json:
        print(
            json.dumps({"version": __version__, "findings": [asdict(f) for f in results]}, indent=2)
        )
        return
    print(f"micrograd {__version__} in {Path(__file__).parent}\n")
    for f in results:
        print(f"{f.state:8} {f.part:9} {f.says}")
        if f.remedy:
            print(f"{'':18} -> {f.remedy}")
    odd = [f"{f.part} is {f.state}" for f in results if f.state in ("slow", "broken")]
    print(
        "\n" + ("; ".join(odd) if odd else "Nothing is broken, and nothing slower than it need be.")
    )


def findings() -> list[Finding]:
    """Look at every part; one that raises is broken, and says so."""
    results: list[Finding] = []
    for part, look in PARTS.items():
        try:
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                results += look()
        except Exception as error:  # whatever it is: finding out is what we are for
            results.append(Finding(part, "broken", f"{type(error).__name__}: {error}"))
        results += [Finding(part, "note", str(warning.message)) for warning in said]
    return results


def _python() -> Iterator[Finding]:
    system = f"{platform.system()} {platform.machine()}"
    says = f"{platform.python_implementation()} {platform.python_version()}, {system}"
    yield Finding("python", "good", f"{says}: {sys.executable}")
    warn_of_the_original()


def _engine() -> Iterator[Finding]:
    if backend == "c":
        yield Finding("engine", "good", "the one in C")
        return
    slow = "the readable one, in Python: a graph takes tens of times as long"
    if os.environ.get("MICROGRAD_PURE", "0") not in ("", "0"):
        yield Finding("engine", "slow", f"{slow}; MICROGRAD_PURE is set", "unset MICROGRAD_PURE")
    elif sysconfig.get_config_var("Py_GIL_DISABLED"):
        yield Finding("engine", "slow", f"{slow}; this Python has no global lock, which C needs")
    else:
        yield Finding(
            "engine",
            "slow",
            f"{slow}; {_why_not_native()}",
            f"with a C compiler, {_HERE}: pip install -v --force-reinstall --no-deps .",
        )


def _why_not_native() -> str:
    try:
        import_module("micrograd._native.value")
    except ImportError as error:
        return f"the one in C was not built, or not for this Python ({error})"
    return "the one in C could not be used here"


def _numpy() -> Iterator[Finding]:
    try:
        numpy = import_module("numpy")
    except ImportError as error:
        remedy = "pip install --force-reinstall 'numpy>=1.26'"
        yield Finding("numpy", "broken", f"no arrays, no jit, no training: {error}", remedy)
    else:
        yield Finding("numpy", "good", numpy.__version__)


def _compiler() -> Iterator[Finding]:
    from .compiler.c.build import load
    from .compiler.c.compilers import CompilerNotFound, find_compiler

    try:
        compiler, start = find_compiler(), perf_counter()
        load("int answer(void) { return 42; }\n", (), ("answer",))
    except CompilerNotFound as error:
        yield Finding("compiler", "slow", "none: NumPy runs what jit and fit compile", str(error))
        return
    lines = [line for line in compiler.version.splitlines() if not line.startswith("[")]
    name = " ".join(compiler.command)
    took = perf_counter() - start
    says = f"{lines[0] if lines else name}; called as {name}, it had a line ready in {took:.2f} s"
    yield Finding("compiler", "good", says)


def _cache() -> Iterator[Finding]:
    from .compiler.c.disk_cache import MAX_BYTES, cache_folder

    folder = cache_folder()
    if folder is None:
        yield Finding(
            "cache",
            "slow",
            "none: each process compiles anew",
            "set MICROGRAD_CACHE_DIR to a folder of yours that no one else may write to",
        )
        return
    sizes = [entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(".so")]
    used = f"{len(sizes)} programs, {sum(sizes) / 2**20:.1f} of {MAX_BYTES >> 20} MiB"
    yield Finding("cache", "good", f"{folder}: {used}")


def _extras() -> Iterator[Finding]:
    try:
        requirements = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        yield Finding("extras", "note", "unknown: micrograd is imported, but not installed")
        return
    extras: dict[str, list[str]] = {}
    for text in requirements:
        match = re.match(r"([\w.-]+).*extra == ['\"](\w+)['\"]", text)
        if match and match[1] != _DISTRIBUTION:  # the extra "all" names the others
            extras.setdefault(match[2], []).append(match[1])
    for extra, names in extras.items():
        versions = {name: _version(name) for name in names}
        missing = [name for name, version in versions.items() if version is None]
        says = ", ".join(f"{name} {version or 'is missing'}" for name, version in versions.items())
        remedy = f'pip install {" ".join(missing)}, or {_HERE}: pip install ".[{extra}]"'
        state = "missing" if missing else "good"
        yield Finding(extra, state, says, remedy if missing else "")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


_SETTINGS = {
    "MICROGRAD_CACHE_DIR": ("note", "where compiled programs are kept"),
    "MICROGRAD_LOG": ("note", "what jit does is told"),
    "MICROGRAD_PRINT_AFTER": ("slow", "jit prints its programs"),
    "MICROGRAD_PURE": ("slow", "the engine in Python"),
    "MICROGRAD_REQUIRE_NATIVE": ("note", "without the engine in C nothing is imported"),
    "MICROGRAD_VERIFY": ("slow", "jit checks its programs after every pass"),
    "CC": ("note", "the C compiler"),
}


def _settings() -> Iterator[Finding]:
    for name, (state, meaning) in _SETTINGS.items():
        if value := os.environ.get(name):
            yield Finding("setting", state, f"{name}={value}: {meaning}")


PARTS: dict[str, Callable[[], Iterator[Finding]]] = {
    "python": _python,
    "engine": _engine,
    "numpy": _numpy,
    "compiler": _compiler,
    "cache": _cache,
    "extras": _extras,
    "settings": _settings,
}
