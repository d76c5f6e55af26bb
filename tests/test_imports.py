"""Imports point one way: the graph of the package's modules has no circle, and no arrow goes up."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import micrograd

ROOT = Path(micrograd.__file__).parent
LAYERS = {  # from the lowest up; a module that stands nowhere is as low as what it imports allows
    "ops": "_native _version arithmetic extras files ieee layout modes namesake nodes notation "
    "numeric operators ops symbols",
    "engine": "_backend arrays buffers copies engine functions nested number pure random",
    "transforms": "derivatives differences jacobians mapping transforms",
    "compiler": "compiler",
    "nn, optim, train": "checkpoints checks compiled_runner compiled_steps data examples history "
    "losses nn optim progress runner saving schedules train",
    "explorer, cli": "__main__ cli demo draw explain explorer expression ledger lessons likeness "
    "plots practise source svg",
}
# Still to be opened; nothing may be added.
CIRCLES = {
    "copies -> engine",
    "compiler.calls.parts -> compiler.calls.compiled",
    "compiled_runner -> runner",
    "practise.class_page -> practise.grading",
    "compiled_steps -> runner",
}
UPWARD = {"history -> plots"}


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


GRAPH = {name: set(imported(name)) - {name, ""} for name in MODULES if name}


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        name: {target for target in targets if f"{name} -> {target}" not in CIRCLES}
        for name, targets in GRAPH.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"these import each other: {' <- '.join(error.args[1])}") from None


def test_no_import_points_up():
    level = {unit: i for i, units in enumerate(LAYERS.values()) for unit in units.split()}

    @cache
    def height(unit: str) -> int:
        if unit in level:
            return level[unit]
        targets = {t.split(".")[0] for m in GRAPH if m.split(".")[0] == unit for t in GRAPH[m]}
        return max(map(height, targets - {unit}), default=0)

    upward = {
        f"{name} -> {target}"
        for name, targets in GRAPH.items()
        for target in targets
        if height(name.split(".")[0]) < height(target.split(".")[0])
    }
    assert upward == UPWARD


def test_what_is_still_excused_is_still_there():
    arrows = {f"{name} -> {target}" for name, targets in GRAPH.items() for target in targets}
    assert arrows >= CIRCLES, "one circle less: take it out of the table"
