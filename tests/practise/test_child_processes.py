"""A file is judged in a process of its own: whatever it does ends in one clear line."""

import inspect
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from thorough import sampled

from micrograd.practise import lecture, processes
from micrograd.practise.processes import judge_file
from micrograd.practise.reading import Unreadable
from micrograd.practise.report import lines_of

LECTURE = inspect.getsource(lecture)
EVER = "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"


@pytest.fixture(autouse=True)
def short_limits(monkeypatch, tmp_path):
    """Impatient, and with a folder of its own for what is temporary."""
    monkeypatch.setattr(processes, "IMPORT_SECONDS", 1.0)
    monkeypatch.setattr(processes, "PROGRAM_SECONDS", 0.5)
    monkeypatch.setattr(processes, "_GRACE", 1.5)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield
    assert list((tmp_path / "temporary").iterdir()) == []  # nothing is left behind


@pytest.fixture
def report(tmp_path):
    def of(text, sections=("value", "operations")):
        (tmp_path / "mygrad.py").write_text(text)
        return judge_file(tmp_path / "mygrad.py", sections)

    return of


def states(report):
    return [section.state for section in report.judgement.sections]


def test_a_right_file_passes(report):
    assert states(report(LECTURE)) == ["passed", "passed"]


@sampled(
    "statements, why",
    [
        ("while True: pass", "mygrad.py:199: importing it took over 1 s"),
        (EVER, "importing it took over 1 s"),
        ("while True: print('x' * 10_000)", "mygrad.py:199: importing it took over 1 s"),
        ("import os; os._exit(3)", "mygrad.py:199: it exits when it is imported"),
        ("import os, signal; os.kill(os.getpid(), 9)", "importing it crashed: SIGKILL"),
        ("input('name? ')", "mygrad.py:199: EOFError: input() cannot be answered"),
        ("x = [0] * 10**9", "mygrad.py:199: MemoryError"),
        ("import socket; socket.create_connection(('10.0.0.1', 80))", "the network is off"),
        ("import mygrad; mygrad.later", "mygrad.py:199: AttributeError"),
    ],
    of=2,
)
def test_what_a_file_does_when_it_is_imported_harms_nobody(report, statements, why):
    result = report(f"{LECTURE}\n{statements}\n")
    assert why in result.remarks[0]
    assert result.remarks[0].endswith("only its definitions are run")
    assert states(result) == ["passed", "passed"]


def test_a_file_that_deletes_deletes_copies(report, tmp_path):
    text = f"{LECTURE}\nimport os, shutil; shutil.rmtree(os.getcwd()); os.makedirs(os.getcwd())\n"
    report(text)
    assert (tmp_path / "mygrad.py").read_text() == text


@sampled(
    "instead, error",
    [
        ("while True: pass", "took over 0.5 s: does it ever end?"),
        (EVER, "took over 0.5 s: does it ever end?"),
        ("import os, signal; os.kill(os.getpid(), 9)", "crashed: SIGKILL"),
        ("import sys; sys.exit(1)", "SystemExit: 1"),
        ("x = [0] * 10**9", "MemoryError"),
        ("input()", "EOFError: input() cannot be answered"),
    ],
    of=2,
)
def test_a_program_that_does_not_come_back_fails_and_the_others_count(report, instead, error):
    step = "self.grad += other.data * out.grad\n"
    body = instead.rstrip().replace("\n", "\n            ") + "\n"
    failed = report(LECTURE.replace(step, body)).judgement.failed
    assert failed.name == "operations"
    assert failed.failure.title == "one step back through a product"
    assert failed.failure.error.startswith(error)


def test_a_class_that_cannot_even_be_tried_out_is_one_line(report):
    text = LECTURE.replace("self.data = data\n", "self.data = data\n        while True: pass\n")
    line = LECTURE[: LECTURE.index("self.data = data\n")].count("\n") + 2
    assert report(text).error == (
        "making a Value took over 0.5 s: does it ever end? "
        f"It was stopped in __init__, mygrad.py:{line}"
    )


def test_an_endless_loop_is_shown_with_its_line(report):
    step = "self.grad += other.data * out.grad\n"
    line = LECTURE[: LECTURE.index(step)].count("\n") + 1
    shown = lines_of(report(LECTURE.replace(step, "while True: pass\n")).judgement)
    assert f"  stopped in the loop at mygrad.py:{line} in __mul__" in shown


def test_of_an_endless_loop_its_own_line_is_shown_not_where_it_was_just_then(report):
    step = "        for value in reversed(order):\n            value._backward()\n"
    loop = (
        "        while order:\n"
        "            for parent in order[0]._prev:\n"
        "                order.append(parent)\n"
        "            order[0]._backward()\n"
    )
    failed = report(LECTURE.replace(step, loop), ["backward"]).judgement.failed
    assert failed.diagnosis.method == "backward"
    assert failed.diagnosis.place.line == LECTURE[: LECTURE.index(step)].count("\n") + 1


def test_modules_beside_the_file_are_used_and_circles_are_said(tmp_path):
    (tmp_path / "engine.py").write_text(LECTURE.replace("self.data + other.data", "self.data"))
    (tmp_path / "nn.py").write_text("from engine import *\n")
    assert judge_file(tmp_path / "nn.py", ["value"]).judgement.failed.failure.title == "a sum"
    (tmp_path / "engine.py").write_text(f"from nn import other\n{LECTURE}")
    assert "circular import" in judge_file(tmp_path / "nn.py", ["value"]).remarks[0]


def test_a_package_of_ones_own_called_micrograd_is_the_one_judged(tmp_path):
    package = tmp_path / "micrograd"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "engine.py").write_text(LECTURE.replace("self.data + other.data", "self.data"))
    (package / "nn.py").write_text("from .engine import Value\nfrom micrograd.engine import math\n")
    for file in ("engine.py", "nn.py"):
        assert judge_file(package / file, ["value"]).judgement.failed.failure.title == "a sum"


def test_places_of_errors_are_those_of_the_learners_files(tmp_path):
    wrong = LECTURE.replace("out._backward = _backward", "out._backward = _backward()", 1)
    (tmp_path / "engine.py").write_text(wrong)
    (tmp_path / "nn.py").write_text("from engine import Value\n")
    said = judge_file(tmp_path / "nn.py", ["value", "operations"]).to_json()
    assert "micrograd-practise" not in str(said)


def test_a_file_with_a_syntax_error_needs_no_process(report, monkeypatch):
    monkeypatch.setattr(processes, "_Child", None)
    with pytest.raises(Unreadable, match=r"mygrad\.py:1: "):
        report("def f(:")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_when_the_command_is_stopped(tmp_path, number):
    """Neither the child, nor what it has started, nor the copy."""
    temporary = tmp_path / "temporary"
    started = tmp_path / "started"
    (tmp_path / "mygrad.py").write_text(
        f"import os, pathlib\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n{EVER}"
    )
    code = (
        "from pathlib import Path; from micrograd.practise.processes import judge_file\n"
        f"judge_file(Path({str(tmp_path / 'mygrad.py')!r}))"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: started.exists() and started.read_text())
    child = int(started.read_text())
    parent.send_signal(number)
    parent.wait()
    wait_for(lambda: not alive(child))
    wait_for(lambda: not list(temporary.iterdir()))


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
