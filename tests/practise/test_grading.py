"""Many files at once: a line for each, exit status, JSON, CSV and a page."""

import csv
import inspect
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from micrograd.cli import main
from micrograd.practise import grading, lecture, processes
from micrograd.practise.programs import SECTIONS

LECTURE = inspect.getsource(lecture)
WRONG = LECTURE.replace("self.grad += out.grad\n", "self.grad = out.grad\n", 1).replace(
    "other.grad += out.grad\n", "other.grad = out.grad\n", 1
)
UNFINISHED = LECTURE.split("    # 4. backward")[0]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Where what was judged is remembered, so that no file is judged twice here."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def own_folders(judged, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(judged))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def homework(tmp_path):
    (tmp_path / "homework").mkdir()
    for name, source in {
        "ada.py": LECTURE,
        "bo<b>.py": WRONG,
        "cy.py": UNFINISHED,
        "dee.py": "def f(:\n",
        "=eve.py": WRONG,
    }.items():
        (tmp_path / "homework" / name).write_text(source)
    return tmp_path / "homework"


def check(*words):
    try:
        return main(["practise", "check", *map(str, words)])
    except SystemExit as stop:
        return stop.code


def test_the_exit_status_says_whether_something_is_wrong(homework):
    assert check(homework / "ada.py", homework / "cy.py") == 0
    assert check(homework / "cy.py", "--through", "value") == 0
    assert check(homework / "cy.py", "--through", "backward") == 1
    assert check(homework / "bo<b>.py") == 1
    assert check(homework / "dee.py") == 1


@pytest.mark.parametrize(
    "words",
    [[], ["gone.py"], ["empty"], ["homework", "--through", "x"], ["homework", "--csv", "a/b"]],
)
def test_wrong_usage_exits_2_and_names_it(homework, words, capsys):
    (homework.parent / "empty" / "inside").mkdir(parents=True)
    assert check(*words) == 2
    assert capsys.readouterr().err.startswith("micrograd practise: ")


def test_json_has_every_file_its_sections_numbers_and_bug(homework, tmp_path):
    check(homework, "--json", "class.json")
    found = json.loads((tmp_path / "class.json").read_text())
    assert found["version"] == 1
    entries = {entry["file"]: entry for entry in found["files"]}
    assert list(entries) == ["=eve.py", "ada.py", "bo<b>.py", "cy.py", "dee.py"]
    assert set(entries["ada.py"]["sections"].values()) == {"passed"}
    assert entries["ada.py"]["bug"] is entries["ada.py"]["error"] is None
    wrong = entries["bo<b>.py"]
    assert list(wrong["sections"]) == list(SECTIONS)
    assert wrong["sections"]["backward"] == "failed"
    assert wrong["sections"]["more"] == "not reached"
    assert (wrong["yours"], wrong["right"]) == ("1.0", "2.0")
    assert wrong["program"] == "a = Value(3.0); b = a + a; b.backward()"
    assert set(wrong["bug"]) == {"id", "name", "method", "cell", "line", "sure"}
    assert wrong["bug"]["method"] == "__add__"
    assert entries["cy.py"]["sections"]["backward"] == "absent"
    assert entries["dee.py"]["error"].startswith("dee.py:1: ")


def test_csv_is_a_row_for_each_file_that_no_spreadsheet_runs(homework, tmp_path):
    check(homework, "--csv", "class.csv")
    with open(tmp_path / "class.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["'=eve.py", "ada.py", "bo<b>.py", "cy.py", "dee.py"]
    assert rows[2]["backward"] == "failed"


def test_the_page_is_well_formed_and_needs_nothing_else(homework, tmp_path):
    check(homework, "--html", "class.html")
    text = (tmp_path / "class.html").read_text()
    assert "http" not in text
    assert "<script" not in text
    body = text[text.index("<h1>") : text.index("</html>")]
    page = ElementTree.fromstring(f"<body>{body}</body>")
    names = [cell.text for cell in page.iter("th") if cell.get("class") == "turned"]
    assert {"bo<b>.py", "=eve.py", "dee.py"} <= set(names)


def test_without_names_no_name_is_anywhere(homework, tmp_path, capsys):
    check(homework, "--no-names", "--html", "a.html", "--json", "a.json", "--csv", "a.csv")
    texts = [(tmp_path / f"a.{kind}").read_text() for kind in ("html", "json", "csv")]
    texts.append(capsys.readouterr().out)
    for text in texts:
        assert "student 5" in text
        assert not any(name in text for name in ("ada", "bo<b>", "bo&lt;", "cy.py", "dee", "eve"))


def test_a_file_that_was_judged_before_is_not_run_again(homework, monkeypatch, capsys):
    assert check(homework) == 1
    first = capsys.readouterr().out
    monkeypatch.setattr(grading, "judge_file", None)
    (homework / "dee.py").unlink()
    assert check(homework) == 1
    assert set(capsys.readouterr().out.splitlines()[:4]) <= set(first.splitlines())
    (homework / "cy.py").write_text(UNFINISHED + "\n# changed\n")
    with pytest.raises(TypeError):  # a changed one is
        check(homework)


def test_a_file_that_takes_too_long_is_run_twice_and_then_remembered(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(processes, "PROGRAM_SECONDS", 0.3)
    loop = "        while True: pass\n"
    source = LECTURE.replace("self.data = data\n", f"self.data = data\n{loop}")
    (tmp_path / "loop.py").write_text(source)
    assert check("loop.py", "--html", "class.html") == check("loop.py") == 1
    assert "does not end" in (tmp_path / "class.html").read_text("utf-8")
    said = capsys.readouterr().out
    monkeypatch.setattr(grading, "judge_file", None)
    assert check("loop.py") == 1
    assert said == capsys.readouterr().out * 2
    assert "It was stopped in __init__, loop.py:" in said


def test_files_in_which_nothing_is_written_are_counted(tmp_path, capsys):
    (tmp_path / "ada.py").write_text(LECTURE)
    (tmp_path / "bo.py").write_text("")
    assert check("ada.py", "bo.py", "--html", "class.html") == 0
    assert capsys.readouterr().out.endswith(
        "2 of 2 files: nothing is wrong in what is written; in 1 of these nothing is written yet\n"
    )
    assert "(1 of them with nothing yet)" in (tmp_path / "class.html").read_text("utf-8")


def test_files_of_one_name_in_several_folders_keep_their_folders(homework, tmp_path, capsys):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mygrad.py").write_text(UNFINISHED)
    check("x/mygrad.py", "y/mygrad.py", "--through", "value")
    out = capsys.readouterr().out
    assert "x/mygrad.py" in out
    assert "y/mygrad.py" in out


def test_of_a_folder_the_folders_in_it_are_looked_at_and_the_rest_is_named(tmp_path, capsys):
    for name in ("x", "y", ".git", "__pycache__"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "mygrad.py").write_text(UNFINISHED)
    (tmp_path / "class" / "x" / "notes.txt").write_text("hello")
    assert check("class", "--through", "value") == 0
    x, y, last, rest = capsys.readouterr().out.splitlines()
    assert x.startswith("class/x/mygrad.py")
    assert y.startswith("class/y/mygrad.py")
    assert last == "2 of 2 files: right through value"
    assert rest == "not looked at, since neither .py nor .ipynb: notes.txt"


def test_what_is_no_python_is_not_right(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("1")
    assert check("notes.txt") == 1
    assert "notes.txt is no Python file (.py) and no notebook (.ipynb)" in capsys.readouterr().out


def test_what_is_missing_of_what_is_to_be_written_is_unfinished_in_its_row_and_the_sum(
    homework, capsys
):
    out = ["--csv", "class.csv", "--html", "class.html"]
    check(homework / "ada.py", homework / "cy.py", "--through", "backward", *out)
    _, cy, last = capsys.readouterr().out.splitlines()
    rows = list(csv.DictReader(Path("class.csv").read_text("utf-8").splitlines()))
    missing = [name for name, cell in rows[1].items() if cell == "unfinished"]
    assert missing == cy.partition("not written: ")[2].split(", ")
    page = Path("class.html").read_text("utf-8")
    assert f"unfinished, not written: {', '.join(missing)}" in page
    assert "unfinished" not in rows[0].values()
    assert cy.split("  ")[1].strip() == "✗ unfinished"
    assert last == "1 of 2 files: right through backward, 1 unfinished"


def test_an_error_that_is_no_known_bug_is_in_the_table(tmp_path, capsys):
    (tmp_path / "ada.py").write_text(LECTURE.replace("math.tanh(self", "math.tahn(self"))
    check("ada.py")
    assert ": AttributeError: module 'math' has no attribute 'tahn' (tanh, line " in (
        capsys.readouterr().out
    )


def test_the_line_of_a_notebook_has_its_cell_and_what_was_not_run_is_said(tmp_path, capsys):
    cells = [{"cell_type": "code", "source": text} for text in ("import math", WRONG)]
    (tmp_path / "ada.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "bo.py").write_text(LECTURE + "\n1 / 0\n")
    check("ada.ipynb", "bo.py")
    ada, bo, _ = capsys.readouterr().out.splitlines()
    assert "(__add__, cell 2, line " in ada
    assert "(only definitions were run: bo.py:" in bo
