"""What editors and type checkers know: of programs as people write them, and of every public name.

``make lint`` has mypy look at the same programs, as strict as it gets.
"""

import ast
import importlib
import inspect
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd
import micrograd.pure
from micrograd.engine import Value

PROGRAMS = Path(__file__).parent / "programs"
FILES = sorted(PROGRAMS.glob("*.py"))
STUB = Path(micrograd.__file__).with_name("engine.pyi")
NAMES = (
    "compiler data draw engine estimators explain explorer functions losses metrics nn "
    "nn.init ops optim plots practise pure random saving schedules train transforms"
)
MODULES = ["micrograd", *[f"micrograd.{name}" for name in NAMES.split()]]
# They are there to say, with a remedy, that a Value is no float: a checker is to say so before.
REFUSALS = {"__float__", "__index__", "__round__"}


def every_public_name():
    """A program that a strict checker accepts if it knows what each public name is."""
    lines = ["# pyright: strict"]
    for i, module in enumerate(MODULES):
        names = importlib.import_module(module).__all__
        lines += [f"from {module} import {name} as n{i}_{name}" for name in names]
        lines += [f"print(n{i}_{name})" for name in names]
    return "\n".join(lines) + "\n"


def test_pyright_finds_nothing_wrong_in_the_programs_and_knows_every_public_name(tmp_path):
    surface = tmp_path / "surface.py"
    surface.write_text(every_public_name())
    settings = json.loads((PROGRAMS / "pyrightconfig.json").read_text())
    settings |= {"include": [str(PROGRAMS), str(tmp_path)], "extraPaths": [str(STUB.parents[1])]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    checker = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(
        [*checker, "-p", tmp_path], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    report = json.loads(done.stdout)
    wrong = [f"{d['file']}:{d['range']}: {d['message']}" for d in report["generalDiagnostics"]]
    assert wrong == []
    assert report["summary"]["filesAnalyzed"] == len(FILES) + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_programs_that_are_checked_run(file, capsys):
    runpy.run_path(str(file))


def stub():
    """What the stub declares of Value: its attributes by name, as far as they are functions."""
    (cls,) = [n for n in ast.parse(STUB.read_text()).body if isinstance(n, ast.ClassDef)]
    declared = {}
    for node in cls.body:
        if isinstance(node, ast.FunctionDef):
            declared[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            declared[node.target.id] = None
    return declared


@pytest.mark.parametrize("engine", [Value, micrograd.pure.Value], ids=["chosen", "readable"])
def test_the_stub_of_value_has_what_a_value_has(engine):
    ordinary = set(dir(object)) | {"__dict__", "__weakref__", "__module__", "__slots__"}
    private = {name for name in vars(engine) if name[0] == "_" and name[:2] != "__"}
    public = {name for name in dir(engine) if name not in ordinary | private}
    assert public - set(stub()) == REFUSALS
    missing = [name for name in stub() if not hasattr(engine, name)]
    assert set(missing) <= {"_data", "_grad", "_closure"}  # in slots, or in C


def test_the_stub_names_the_parameters_as_they_are():
    for name, node in stub().items():
        method = inspect.getattr_static(micrograd.pure.Value, name, None)
        if node and inspect.isfunction(method) and not name.startswith("__"):
            declared = [a.arg for a in node.args.args]
            assert declared[1:] == list(inspect.signature(method).parameters)[1:], name


def test_import_star_hides_no_built_in():
    namespace = {}
    exec("from micrograd import *", namespace)
    assert set(vars(__import__("builtins"))) & set(micrograd.__all__) == set()
    assert namespace["exp"] is micrograd.exp
    assert "sum" not in namespace


@pytest.mark.parametrize("module", MODULES)
def test_every_public_module_says_what_is_public(module):
    place = importlib.import_module(module)
    assert [name for name in place.__all__ if not hasattr(place, name)] == []
    assert len(set(place.__all__)) == len(place.__all__)
