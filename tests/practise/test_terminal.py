"""The session: what is printed, what is remembered, and what keys do, at a real terminal."""

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from micrograd.cli import main
from micrograd.practise import lecture
from micrograd.practise.clock import table
from micrograd.practise.digits import learn
from micrograd.practise.programs import SECTIONS
from micrograd.practise.recital import text
from micrograd.practise.state import Attempt, Memory, data_folder

LECTURE = inspect.getsource(lecture)
WRONG = LECTURE.replace("other.grad += self.data * out.grad", "other.grad += self.grad * out.grad")


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def run(*words):
    """Run the command where there is no terminal; return its exit status."""
    try:
        return main(["practise", *words])
    except SystemExit as stop:
        return stop.code


def test_the_first_run_writes_an_empty_file_and_lists_the_sections(tmp_path, capsys):
    assert run() == 0
    out = capsys.readouterr().out
    assert all(line.startswith("#") for line in (tmp_path / "mygrad.py").read_text().splitlines())
    assert all(re.search(rf"^ +{section} ", out, re.M) for section in SECTIONS)
    assert all(len(line) <= 80 for line in out.splitlines())


def test_a_file_that_is_there_is_never_written(tmp_path, capsys):
    (tmp_path / "mygrad.py").write_text(WRONG)
    assert run() == 1
    assert run("--from-memory") == 2
    assert (tmp_path / "mygrad.py").read_text() == WRONG


def test_the_first_wrong_program_is_shown_in_few_narrow_lines(tmp_path, capsys):
    (tmp_path / "mygrad.py").write_text(WRONG)
    assert run("backward") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 12
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].endswith("✗ one step back through a product")
    assert "  b.grad   yours -3.0   right 2.0" in lines
    assert not any("self.grad" in line for line in lines)  # nothing is given away


def test_a_section_is_judged_with_those_before_it_only(tmp_path):
    (tmp_path / "mygrad.py").write_text(WRONG)
    assert run("value") == 0
    assert run("val") == 0
    assert run("operations") == 1


@pytest.mark.parametrize("words", [["nothing"], ["value", "more"], ["--csv", "x.csv"], ["m", "n"]])
def test_what_is_no_section_is_refused(words, capsys):
    assert run(*words) == 2
    assert capsys.readouterr().err.startswith("micrograd practise: ")


@pytest.mark.deep
def test_what_passed_is_remembered_by_the_resolved_path(tmp_path):
    (tmp_path / "mygrad.py").write_text(WRONG)
    (tmp_path / "link.py").symlink_to(tmp_path / "mygrad.py")
    run("--file", "link.py")
    assert Memory(tmp_path / "mygrad.py").load().passed == ["derivative", "value"]


def test_a_damaged_memory_is_said_to_be_in_the_session(tmp_path, capsys):
    Memory(tmp_path / "mygrad.py").update(lambda state: None)
    next((data_folder() / "practise").glob("mygrad-*.json")).write_text("{")
    run("derivative")
    assert capsys.readouterr().out.count("is damaged, and now lies in") == 1


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"passed": 3}', '{"attempts": [{}]}', "\0"])
def test_a_damaged_memory_is_renamed_and_said_once(tmp_path, damage):
    Memory(tmp_path / "mygrad.py").update(lambda state: state.passed.append("value"))
    (kept,) = (data_folder() / "practise").glob("mygrad-*.json")
    kept.write_text(damage)
    memory = Memory(tmp_path / "mygrad.py")
    assert memory.load().passed == []
    assert memory.load().passed == []
    (note,) = memory.notes
    assert "is damaged, and now lies in" in note
    assert kept.with_suffix(".damaged").read_text() == damage


@pytest.mark.deep
def test_where_nothing_can_be_remembered_practice_goes_on(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    (tmp_path / "mygrad.py").write_text(WRONG)
    assert run() == 1
    assert capsys.readouterr().out.count("nothing will be remembered") == 1


def test_two_sessions_on_one_file_lose_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from micrograd.practise.state import Memory\n"
        "for i in range(30):\n"
        "    Memory(Path('mygrad.py')).update(lambda s: s.skipped.append(f'{sys.argv[1]}{i}'))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    assert len(Memory(tmp_path / "mygrad.py").load().skipped) == 60


def test_a_save_that_is_killed_leaves_what_was_there_before(tmp_path):
    code = (
        "from pathlib import Path; from micrograd.practise.state import Memory\n"
        "memory = Memory(Path('mygrad.py'))\n"
        "while True: memory.update(lambda s: setattr(s, 'skipped', ['x' * 100_000] * 9))"
    )
    for wait in (0.3, 0.31, 0.33, 0.37):
        process = subprocess.Popen([sys.executable, "-c", code])
        time.sleep(wait)
        process.kill()
        process.wait()
        memory = Memory(tmp_path / "mygrad.py")
        memory.update(lambda state: state.passed.append("value"))
        assert memory.notes == []
        assert set(memory.load().skipped) <= {"x" * 100_000}


def test_show_prints_the_file_or_one_section_of_it(capsys):
    assert run("show") == 0
    assert capsys.readouterr().out == LECTURE
    assert run("show", "network") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# 6. network")
    assert "class MLP" in shown
    assert "def train" not in shown
    assert "".join(text(section) for section in SECTIONS).count("class ") == 4


def test_break_makes_one_thing_wrong_and_ends_when_it_is_mended(tmp_path, capsys):
    assert run("break", "backward") == 1
    broken = (tmp_path / "broken.py").read_text()
    assert broken != LECTURE
    assert "✗" in capsys.readouterr().out
    assert run("break") == 1  # the same file again
    assert (tmp_path / "broken.py").read_text() == broken
    assert "broken.py is there, and goes on as it is" in capsys.readouterr().out
    (tmp_path / "broken.py").write_text(LECTURE)
    assert run("break") == 0
    assert "all of it is right" in capsys.readouterr().out
    assert run("break", "backward", "--another") == 1
    assert (tmp_path / "broken.py").read_text() not in (LECTURE, broken)


def test_break_writes_over_no_file_of_somebody_elses(tmp_path, capsys):
    (tmp_path / "broken.py").write_text("mine = 1\n")
    assert run("break") == run("break", "--another") == 2
    assert "name a new one with --file" in capsys.readouterr().err
    assert (tmp_path / "broken.py").read_text() == "mine = 1\n"


def test_times_are_best_last_and_trend():
    attempts = [
        Attempt("memory", float(i), {"derivative": t, "value": 3 * t}, finished=True)
        for i, t in enumerate((90.0, 60.0, 75.0))
    ]
    assert table(attempts) == [
        "from memory: 3 attempts, 3 to the end",
        "  derivative  best    1:00   last    1:15   trend 1:30 1:00 1:15",
        "  value       best    3:00   last    3:45   trend 4:30 3:00 3:45",
    ]


def test_no_attempt_yet_says_how_to_make_one(capsys):
    assert run("times") == 0
    assert "--from-memory" in capsys.readouterr().out


def test_digits_are_learned_by_the_engine_that_was_written():
    rows = [[float((i + j) % 4 == 0) for j in range(4)] for i in range(500)]
    labels = [i % 4 for i in range(500)]
    *_, (step, share) = learn(vars(lecture), rows, labels)
    assert (step, share) >= (15, 0.8)


def test_every_save_is_judged_keys_answer_and_q_leaves(tmp_path, in_terminal):
    file = tmp_path / "mygrad.py"
    terminal = in_terminal(NO_COLOR="1")
    terminal.until(r"q leave\n")
    file.write_text(WRONG)
    shown = terminal.until("h hint")
    assert "\033" not in shown
    assert "yours -3.0   right 2.0" in shown
    for asked in ("h where", "h its name", "e see it   s skip"):
        terminal.press("h")
        terminal.until(asked)
    terminal.press("e")
    page = re.search(r"in the browser: (\S+)", terminal.until(r"in the browser: \S+\n"))[1]
    with open(page) as f:
        assert '"right":{' in f.read()
    file.write_text(WRONG + "def f(:\n")
    assert "yours -3.0" in terminal.until(r"mygrad.py:198: .*\n(.*\n)*before that:\n(.*\n)*.*skip")
    replacement = tmp_path / "new"
    replacement.write_text(LECTURE)
    os.replace(replacement, file)  # as editors do
    terminal.until("all of it is right")
    terminal.press("q")
    assert terminal.status() == 0
    assert Memory(file).load().passed == list(SECTIONS)


@pytest.mark.deep
def test_a_section_can_be_left_out_and_taken_up_again(tmp_path, in_terminal):
    (tmp_path / "mygrad.py").write_text(WRONG)
    terminal = in_terminal()
    terminal.until("s skip")
    terminal.press("s")
    terminal.until("operations is left out")
    terminal.until(r"q leave\n")
    terminal.press("\x03")
    assert terminal.status() == 0
    assert Memory(tmp_path / "mygrad.py").load().skipped == ["operations"]
    assert run("operations") == 1
    assert Memory(tmp_path / "mygrad.py").load().skipped == []


def test_from_memory_starts_the_clock_with_the_first_save_and_keeps_the_splits(
    tmp_path, in_terminal
):
    terminal = in_terminal("value", "--from-memory", "--file", "again.py")
    terminal.until(r"q leave\n")
    (tmp_path / "again.py").write_text(LECTURE)
    terminal.until(r"done in 0:\d\d")
    assert terminal.status() == 0
    (attempt,) = Memory(tmp_path / "again.py").load().attempts
    assert attempt.finished
    assert list(attempt.splits) == ["derivative", "value"]


def test_a_terminal_that_closes_ends_the_session(tmp_path, in_terminal):
    terminal = in_terminal()
    terminal.until(r"q leave\n")
    terminal.hang_up()
    terminal.status()


def test_a_stopped_command_says_nothing_and_leaves_the_terminal_as_it_was(tmp_path, in_terminal):
    import termios

    terminal = in_terminal()
    terminal.until(r"q leave\n")
    during = termios.tcgetattr(terminal.fd)[3]
    os.kill(terminal.pid, signal.SIGINT)
    assert terminal.status() == 0
    after = termios.tcgetattr(terminal.fd)[3]
    assert not during & termios.ICANON
    assert after & termios.ICANON


@pytest.mark.deep
def test_signs_are_plain_where_the_terminal_has_no_others(tmp_path):
    (tmp_path / "mygrad.py").write_text(WRONG)
    done = subprocess.run(
        [sys.executable, "-m", "micrograd", "practise"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert b"x one step back through a product" in done.stdout
    assert done.stderr == b""


@pytest.mark.deep
def test_what_is_remembered_is_one_small_file_of_json(tmp_path):
    (tmp_path / "mygrad.py").write_text(LECTURE)
    run()
    (kept,) = (tmp_path / "data" / "micrograd" / "practise").glob("*.json")
    assert json.loads(kept.read_text())["file"] == str(tmp_path / "mygrad.py")
