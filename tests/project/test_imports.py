"""Imports point one way: the graph of the package's modules has no circle, and no arrow goes up."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import micrograd

ROOT = Path(micrograd.__file__).parent
LAYERS = {  # from the lowest up; a module that stands nowhere is as low as what it imports allows
    "ops": "_native _version arguments extras files forks namesake ops unfinished value.arithmetic "
    "value.attempts value.attributes value.duplicate value.ieee value.modes value.nodes "
    "value.numeric value.operators writing.encodings writing.notation writing.symbols "
    "drawing.layout drawing.appearance drawing.formats",
    "engine": "engine functions pure random value writing.ledger writing.naming",
    "transforms": "transforms",
    "compiler": "compiler",
    "nn, optim, train": "data estimators examples losses metrics nn optim plots saving schedules "
    "train",
    "explorer, cli": "__main__ cli demo draw drawing explain explorer lessons practise writing",
}


def modules() -> dict[str, Path]:
    """All modules, by their names within the package."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts).removesuffix("__init__").removesuffix(".")] = path
    return found


MODULES = modules()


def imported(name: str) -> Iterator[str]:
    """The modules of the package that one imports, inside functions and for types as well."""
    path = MODULES[name]
    package = ["micrograd", *(name.split(".") if name else [])]
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            absolute = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *([node.module] if node.module else [])]
            absolute = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for target in absolute:
            parts = target.split(".")
            if parts[0] == "micrograd":
                inside = ".".join(parts[1:])
                yield inside if inside in MODULES else ".".join(parts[1:-1])


@cache
def graph() -> dict[str, set[str]]:
    """What each module imports; made by the first test, since reading every file takes a while."""
    return {name: set(imported(name)) - {name, ""} for name in MODULES if name}


def test_no_modules_import_each_other_in_a_circle():
    try:
        tuple(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        raise AssertionError(f"these import each other: {' <- '.join(error.args[1])}") from None


LEVELS = {unit: i for i, units in enumerate(LAYERS.values()) for unit in units.split()}


@cache
def level(module: str) -> int:
    """The layer of a module: that of its name, or else of the folder that it is in."""
    if module in LEVELS:
        return LEVELS[module]
    if "." in module:
        return level(module.rpartition(".")[0])
    targets = {t for m, found in graph().items() if m.split(".")[0] == module for t in found}
    return max((level(target) for target in targets if target.split(".")[0] != module), default=0)


def test_no_import_points_up():
    upward = {
        f"{name} -> {target}"
        for name, targets in graph().items()
        for target in targets
        if level(name) < level(target)
    }
    assert not upward


def test_no_two_classes_have_one_name():
    """But for a schedule and a layer, which both have PyTorch's; practise has the learner's."""
    names = [
        node.name
        for module, path in MODULES.items()
        if not module.startswith("practise")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name, count in Counter(names).items() if count > 1} <= {"Linear"}
