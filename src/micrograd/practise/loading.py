"""From a learner's file to a namespace: the file is imported, or only what it defines.

Statements run one by one, so that what one binds can be looked at before the next: a later ``from
micrograd import Value`` leaves the class that was written here in its place.
"""

import __future__

import ast
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from .definitions import definitions, imports, loose_methods, trains
from .limits import TimeLimit
from .reading import Cell, Unreadable, parsed, place, read_cells

_FUTURE = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
Limit = Callable[[], AbstractContextManager[Any]]  # what ends a run that takes too long


@dataclass
class Loaded:
    """What running a file left.

    Attributes:
        namespace: its names.
        remarks: one line each, for the learner: what was left out, what stands at a wrong place.
        stopped: why the whole file could not be run, so that only its definitions were.
    """

    namespace: dict[str, Any]
    remarks: list[str] = field(default_factory=list)
    stopped: str = ""


def load(
    path: Path, package: str = "", limit: Limit = nullcontext, only_definitions: str = ""
) -> Loaded:
    """Run a file and return its namespace; nothing that it raises gets out.

    Args:
        path: a ``.py`` or ``.ipynb``; of a notebook the definitions are run.
        package: the package that it belongs to, for relative imports.
        limit: makes a context manager that raises where importing takes too long.
        only_definitions: why nothing else is to be run, where that is known before.

    Raises:
        Unreadable: it is no Python; the message is one line.
    """
    notebook = path.suffix == ".ipynb"
    trees: list[tuple[str, ast.Module]] = []
    broken = []
    for cell in read_cells(path):
        try:
            trees.append((cell.file, parsed(cell)))
        except Unreadable as error:
            if not notebook:
                raise
            broken.append(f"{error}: the cell is left out")
    stopped = only_definitions
    if not notebook and any(trains(tree.body) for _, tree in trees):
        stopped = "it trains when it is imported"
    run = _Run(path, package, limit)
    if not stopped and not notebook:
        stopped = run.whole(trees)
    if stopped or notebook:
        run = _Run(path, package, limit)
        run.definitions(trees)
    remarks = [f"{stopped}: only its definitions are run"] if stopped else []
    remarks += broken + [r for r in run.remarks if not stopped.endswith(r)]
    return Loaded(run.namespace, remarks + list(_loose(trees, run.namespace)), stopped)


def module_name(path: Path, package: str = "") -> str:
    """Return the name to import a file by: never ``__main__``, nor that of a library's module."""
    stem = path.stem
    taken = stem in sys.stdlib_module_names or stem in ("micrograd", "numpy", "torch")
    if not stem.isidentifier() or (taken and not package):
        stem = "mygrad"
    return f"{package}.{stem}" if package else stem


class _Run:
    """One execution of a file, statement by statement."""

    def __init__(self, path: Path, package: str, limit: Limit) -> None:
        name = module_name(path, package)
        module = types.ModuleType(name)
        module.__file__, module.__package__ = str(path), package
        module.__spec__ = ModuleSpec(name, None, origin=str(path))
        vars(module.__spec__)["_initializing"] = True  # so that Python names circular imports
        sys.modules[name] = module
        self.namespace: dict[str, Any] = vars(module)
        self.remarks: list[str] = []
        self._home = f"{path.parent}{os.sep}"
        self._limit = limit
        self._flags = 0
        self._written: dict[str, Any] = {}  # classes of this file, by name

    def whole(self, trees: Iterable[tuple[str, ast.Module]]) -> str:
        """Run everything; return where and why it stopped, or nothing."""
        with self._limit():
            for file, tree in trees:
                for statement in tree.body:
                    error = self._executed(statement, file)
                    if error is not None:
                        return _told(error, statement, file, self._home)
        return ""

    def definitions(self, trees: Iterable[tuple[str, ast.Module]]) -> None:
        """Run what defines; where something fails, the rest goes on."""
        missing: list[str] = []
        with self._limit():
            for file, tree in trees:
                for statement in definitions(tree.body):
                    error = self._executed(statement, file)
                    if isinstance(error, ModuleNotFoundError):
                        missing.append((error.name or "?").partition(".")[0])
                    elif error is not None and isinstance(statement, ast.ClassDef):
                        why = _told(error, statement, file, self._home)
                        self.remarks.append(f"{why}: class {statement.name} is left out")
                    elif error is not None and imports(statement):
                        self.remarks.append(_told(error, statement, file, self._home))
        self.remarks += [f"No module named {name!r}" for name in dict.fromkeys(missing)]

    def _executed(self, statement: ast.stmt, file: str) -> BaseException | None:
        """Run one statement; return what it raised. Ctrl-C goes through."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                self._flags |= _FUTURE.get(alias.name, 0)
            return None
        try:
            tree = ast.Module([statement], [])
            code = compile(tree, file, "exec", flags=self._flags, dont_inherit=True)
            exec(code, self.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also SystemExit, and what is no Exception
            return error
        self._keep_written(statement)
        return None

    def _keep_written(self, statement: ast.stmt) -> None:
        """Put classes of this file back where an import has taken their names."""
        if isinstance(statement, ast.ClassDef):
            self._written[statement.name] = self.namespace.get(statement.name)
        elif imports(statement):
            bound = {n.name for n in ast.walk(statement) if isinstance(n, ast.ClassDef)}
            for name, cls in self._written.items():
                if name not in bound and self.namespace.get(name) is not cls:
                    self.namespace[name] = cls
                    self.remarks.append(
                        f"line {statement.lineno} imports another {name}: yours is the one judged"
                    )


def _told(error: BaseException, statement: ast.stmt, file: str, home: str) -> str:
    """Write where and why a statement failed: mygrad.py:12: NameError: name 'x' is not defined."""
    line, trace = statement.lineno, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno or line
    text = (str(error).strip().splitlines() or [""])[0]
    text = text.replace(home, "")[:160]
    if isinstance(error, TimeLimit):
        return f"{place(file, line)}: importing it {text}"
    if isinstance(error, SystemExit):
        return f"{place(file, line)}: it exits when it is imported"
    name = type(error).__name__
    return f"{place(file, line)}: {name}: {text}" if text else f"{place(file, line)}: {name}"


def _loose(trees: Iterable[tuple[str, ast.Module]], namespace: dict[str, Any]) -> Iterator[str]:
    """Name the methods that stand outside of every class, and were not attached to one."""
    attached = {
        id(member)
        for cls in namespace.values()
        if isinstance(cls, type)
        for member in vars(cls).values()
    }
    for file, tree in trees:
        for function in loose_methods(tree):
            if id(namespace.get(function.name)) not in attached:
                yield (
                    f"{place(file, function.lineno)}: def {function.name}(self, …) stands outside "
                    "the class: is it indented?"
                )


__all__ = ["Cell", "Loaded", "Unreadable", "load", "module_name"]
