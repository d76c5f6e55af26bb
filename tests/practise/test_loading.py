"""A learner's file becomes a namespace, whatever it does besides, and keeps its places."""

import json
import sys
import traceback
from pathlib import Path

import pytest

from micrograd.practise.loading import Unreadable, load
from micrograd.practise.siblings import copy_with_siblings

VALUE = "class Value:\n    def __init__(self, data): self.data = data\n"


@pytest.fixture(autouse=True)
def own_modules(tmp_path):
    """Forget what the files registered as modules; what they imported of others stays."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or tmp_path).is_relative_to(tmp_path):
            del sys.modules[name]


@pytest.fixture
def loaded(tmp_path):
    def write_and_load(text, name="mygrad.py"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path)

    return write_and_load


@pytest.fixture
def notebook(tmp_path):
    def write_and_load(*cells):
        path = tmp_path / "mygrad.ipynb"
        code = [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
        path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "#"}, *code]}))
        return load(path)

    return write_and_load


def test_a_file_is_imported_under_its_own_name(loaded):
    names = loaded("name = __name__\nif __name__ == '__main__': 1 / 0\n").namespace
    assert names["name"] == "mygrad"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("1 / 0", "mygrad.py:3: ZeroDivisionError: division by zero"),
        ("open('names.txt')", "mygrad.py:3: FileNotFoundError"),
        ("import sys; sys.exit()", "mygrad.py:3: it exits when it is imported"),
        ("import nothing_of_this_name", "mygrad.py:3: ModuleNotFoundError"),
        ("for i in range(9): Value(2.0).backward()", "it trains when it is imported"),
    ],
)
def test_where_importing_fails_the_definitions_are_run_and_said_to_be(loaded, statement, why):
    result = loaded(f"{VALUE}{statement}\nSTEP = 1 / 8\ndef f(x): return x\n")
    assert result.remarks[0].startswith(why)
    assert result.remarks[0].endswith(": only its definitions are run")
    assert result.namespace["Value"](2.0).data == 2.0
    assert result.namespace["f"](3) == 3
    assert result.namespace["STEP"] == 0.125


def test_a_loop_below_the_main_guard_is_no_training(loaded):
    text = f"{VALUE}if __name__ == '__main__':\n    for i in range(9): Value(1).backward()\n"
    assert loaded(text).stopped == ""


def test_definitions_include_what_is_attached_and_what_try_and_if_hold(loaded):
    text = (
        "1 / 0\n" + VALUE + "def add(self, other): return 7\n"
        "Value.__add__ = add\n"
        "setattr(Value, '__mul__', lambda self, other: 8)\n"
        "try:\n    import nothing_of_this_name as np\nexcept ImportError:\n    np = None\n"
        "if 1 > 0:\n    def here(): return 1\n    print(1 / 0)\n"
    )
    names = loaded(text).namespace
    value = names["Value"](1)
    assert (value + value, value * value, names["np"], names["here"]()) == (7, 8, None, 1)


def test_a_later_import_does_not_take_the_place_of_the_class_that_was_written(loaded):
    result = loaded(f"{VALUE}from micrograd.engine import Value\nfrom micrograd import *\n")
    assert result.namespace["Value"].__module__ == "mygrad"
    assert "line 3 imports another Value: yours is the one judged" in result.remarks


def test_an_error_inside_the_class_names_its_line(loaded):
    result = loaded("class Value:\n    a = 1\n    b = unknown\n")
    assert "mygrad.py:3: NameError: name 'unknown' is not defined" in result.remarks[0]
    assert "Value" not in result.namespace


def test_a_method_outside_of_the_class_is_pointed_out(loaded):
    result = loaded(f"{VALUE}\ndef __add__(self, other):\n    return 1\n")
    (remark,) = result.remarks
    assert remark.startswith("mygrad.py:4: def __add__(self, …) stands outside the class")


def test_a_future_import_holds_for_the_whole_file(loaded):
    text = "from __future__ import annotations\nclass Value:\n    def f(self, x: Missing): ...\n"
    assert loaded(text).stopped == ""


def test_tracebacks_have_the_places_of_the_file(loaded):
    names = loaded(f"{VALUE}\n\ndef f():\n    return 1 / 0\n").namespace
    with pytest.raises(ZeroDivisionError) as error:
        names["f"]()
    frame = traceback.extract_tb(error.tb)[-1]
    assert (frame.filename, frame.lineno) == ("mygrad.py", 6)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\ndef f(:\n", "mygrad.py:2: "),
        (b"x = 1\nname = '\xe9'\n", "mygrad.py:2: not UTF-8"),
        (b"\x00\x01\xff\xfe", "mygrad.py is no text"),
        (b"# coding: klingon\n", "not UTF-8"),
        (b"x = " + b"(" * 500 + b")" * 500, "mygrad.py:1: too many nested parentheses"),
    ],
)
def test_what_is_no_python_is_said_on_one_line(loaded, data, message):
    with pytest.raises(Unreadable, match=message) as error:
        loaded(data)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfx = 'gr\xc3\xbcn'\r\n",
        b"# -*- coding: latin-1 -*-\nx = 'gr\xfcn'\n",
        "x = 'grün'\r".encode(),
    ],
)
def test_marks_encodings_and_line_ends_of_other_systems_are_read(loaded, data):
    assert loaded(data).namespace["x"] == "grün"


def test_folders_pipes_and_missing_files_are_named(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(Unreadable, match=r"pipe\.py is no ordinary file"):
        load(tmp_path / "pipe.py")
    with pytest.raises(Unreadable, match="is a folder"):
        load(tmp_path)
    with pytest.raises(Unreadable, match=r"cannot read .*gone\.py: No such file"):
        load(tmp_path / "gone.py")


def test_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to(tmp_path / "there" / "real.py")
    assert load(tmp_path / "link.py").namespace["x"] == 1


def test_ten_thousand_lines_are_read(loaded):
    text = "".join(f"def f{i}(x):\n    return x + {i}\n" for i in range(5000))
    assert loaded(text).namespace["f4999"](1) == 5000


def test_a_notebook_is_run_by_its_definitions(notebook):
    result = notebook(
        "%matplotlib inline\n!pip install x\nimport math",
        VALUE,
        "a = Value(2.0)\na.plot()\na.data?",
        "%%html\n<b>no Python</b>",
        "%%time\nFACTOR = 3\nfiles = !ls",
        "def double(self): return FACTOR * self.data\nValue.double = double",
    )
    assert result.namespace["Value"](2.0).double() == 6.0
    assert result.remarks == []


def test_the_last_definition_of_a_notebook_wins(notebook):
    result = notebook(VALUE, "class Value:\n    second = True")
    assert result.namespace["Value"].second


def test_places_in_a_notebook_are_cells(notebook):
    result = notebook("x = 1", "y = 2\ndef __add__(self, other): ...", "def f(:")
    assert result.remarks == [
        "cell 3, line 1: invalid syntax: the cell is left out",
        "cell 2, line 2: def __add__(self, …) stands outside the class: is it indented?",
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [{}]}', '{"cells": 3}', "\0"])
def test_what_is_no_notebook_is_named(tmp_path, text):
    (tmp_path / "mygrad.ipynb").write_text(text)
    with pytest.raises(Unreadable, match=r"mygrad\.ipynb is no notebook"):
        load(tmp_path / "mygrad.ipynb")


def test_the_copy_has_the_modules_that_the_file_imports_and_no_others(tmp_path):
    home, copy = tmp_path / "home", tmp_path / "copy"
    (home / "pack" / "inner").mkdir(parents=True)
    copy.mkdir()
    (home / "mygrad.py").write_text("import engine\nfrom pack.inner import deep\nimport math\n")
    (home / "engine.py").write_text("import further\n")
    (home / "further.py").write_text("import mygrad\n")
    (home / "unrelated.py").write_text("")
    (home / "data.bin").write_text("")
    (home / "pack" / "inner" / "deep.py").write_text("")
    copy_with_siblings(home / "mygrad.py", copy)
    files = {str(p.relative_to(copy)) for p in copy.rglob("*.py")}
    assert files == {"mygrad.py", "engine.py", "further.py", "pack/inner/deep.py"}
