"""The session that docs/practise.md shows is what the command prints, but for the times in it."""

import inspect
import re

import pytest
from pages import ROOT

from micrograd.practise import lecture

LECTURE = inspect.getsource(lecture)
UNTIL_OPERATIONS, BACKWARD = LECTURE.split("    # 5. more")[0].split("    # 4. backward")
WRONG = UNTIL_OPERATIONS.replace("+= other.data", "= other.data").replace(
    "+= self.data", "= self.data"
)
SAVES = (
    (UNTIL_OPERATIONS.split("    # 3. operations")[0], r"missing: .*\n.*q leave\n"),
    (WRONG, r"backward   not written yet\n(.*\n)*.*q leave\n"),
    (f"{WRONG}    # 4. backward{BACKWARD}", r"h hint .*\n"),
    (f"{UNTIL_OPERATIONS}    # 4. backward{BACKWARD}", r"more   not .*\n(.*\n)*.*q leave\n"),
    (LECTURE, r"all of it is right\n.*q leave\n"),
)


def untimed(text):
    return re.sub(r"\d+:\d\d(:\d\d)?", "0:00", text).split("\n")


@pytest.mark.deep
def test_the_recorded_session_is_what_the_command_prints(tmp_path, monkeypatch, in_terminal):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    terminal = in_terminal(NO_COLOR="1")
    printed = terminal.until(r"q leave\n")
    for source, shown in SAVES:
        (tmp_path / "mygrad.py").write_text(source)
        printed += terminal.until(shown)
        if shown.startswith("h hint"):
            for answer in (r"h where .*\n", r"h its name .*\n", r"never =\.\n.*q leave\n"):
                terminal.press("h")
                printed += terminal.until(answer)
    terminal.press("q")
    assert terminal.status() == 0
    terminal = in_terminal("--speedrun", "--file", "again.py", NO_COLOR="1")
    printed += terminal.until(r"q leave\n")
    for source, shown in (SAVES[3], (LECTURE, r"done in .*\n")):
        (tmp_path / "again.py").write_text(source)
        printed += terminal.until(shown)
    assert terminal.status() == 0
    terminal = in_terminal("times", "--file", "again.py")
    printed += terminal.until(r"training .*\n")
    page = (ROOT / "docs" / "practise.md").read_text()
    recorded = page[page.index("```text\n$") :].split("```")[1].removeprefix("text\n")
    lines = [line for line in untimed(recorded) if line.strip() and not line.startswith("$")]
    assert [line for line in lines if line not in untimed(printed)] == []
