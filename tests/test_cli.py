"""The command line: what it prints, what it writes, and how it refuses."""

import inspect
import os
import re
import shlex
import subprocess
import sys

import pytest
from thorough import sampled

from micrograd.cli import COMMANDS, main
from micrograd.inventions import STARS
from micrograd.practise import lecture


def test_explain_prints_the_backward_pass(capsys):
    assert main(["explain", "c = a*b + b", "a=2", "b=3"]) == 0
    out = capsys.readouterr().out
    assert "a.grad += ∂v1/∂a · v1.grad = 3.0 · 1.0 = 3.0" in out
    assert "b.grad = 1.0 + 2.0 = 3.0" in out


def test_explain_prints_tex_when_asked(capsys):
    assert main(["explain", "c = a*b", "a=2", "b=3", "--latex"]) == 0
    assert r"\frac{\partial c}{\partial a}" in capsys.readouterr().out


def test_draw_writes_a_picture_with_gradients(tmp_path, capsys):
    path = tmp_path / "graph.svg"
    assert main(["draw", "L = (a*b + c)*f", "a=2", "b=-3", "c=10", "f=-2", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert ">-8.0</text>" in path.read_text()
    assert ">6.0</text>" in path.read_text()  # dL/da = b f


def test_draw_writes_a_slide_as_the_name_says(tmp_path):
    path = tmp_path / "slide.png"
    assert main(["draw", "c = a*b", "a=2", "b=3", "-o", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["explain", "a.b", "a=1"], "attribute access 'a.b' is not allowed"),
        (["explain", "a ** 1000000", "a=1"], "exponent beyond 1,000"),
        (["explain", "f(a)", "a=1"], "f is not a known function"),
        (["explain", "a + b", "a=1"], "b has no value"),
        (["explain", "a", "a=1", "b=2"], "b=2 is not used"),
        (["explain", "a", "a=1", "a=2"], "give each name one"),
        (["draw", "a", "a=1", "-o", "graph.gif"], "saved as .svg, .html, .png or .pdf"),
        (["draw", "a", "a=1", "-o", "nowhere/graph.svg"], "there is no folder"),
    ],
)
def test_what_the_user_can_put_right_is_said_and_exits_2(argv, message, capsys):
    assert main(argv) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.startswith(f"micrograd {argv[0]}: ")


def test_the_command_alone_prints_its_help(capsys):
    assert main([]) == 0
    assert "usage: micrograd" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["explain"], ["explain", "a", "a"], ["nothing"], ["demo", "x"]])
def test_wrong_usage_exits_2(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "usage: micrograd" in capsys.readouterr().err


def test_a_pair_that_is_none_is_named(capsys):
    with pytest.raises(SystemExit):
        main(["explain", "a", "a=two"])
    assert "expected name=number, like a=2.0; got 'a=two'" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help_worth_reading(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command.name, "--help"])
    assert stop.value.code == 0
    assert command.description in capsys.readouterr().out


def test_the_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(re.search(rf"^    {command.name} +\S", out, re.M) for command in COMMANDS)


def test_the_module_runs_as_the_command():
    argv = [sys.executable, "-m", "micrograd", "--version"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"micrograd \d+\.\d+\S*\n", done.stdout)


def run(*argv, **environment):
    command = [sys.executable, "-m", "micrograd", *argv]
    return subprocess.run(command, capture_output=True, env={**os.environ, **environment})


WRITING = {
    "explain": ["explain", "c = a**-12 + b*a**2", "a=2", "b=3"],
    "latex": ["explain", "c = a*b", "a=2", "b=3", "--latex"],
    "draw": ["draw", "a*b", "a=1", "b=2", "-o", "∂.svg"],
    "explore": ["explore", "a*b", "a=1", "b=2", "-o", "∂.html"],
    "demo": ["demo", "tiny"],
    "help": ["explain", "--help"],
    "refusal": ["explain", "a*∂", "a=1"],
}


@sampled("encoding", ["ascii", "latin-1", "cp1252"], of=3)
@pytest.mark.parametrize("argv", WRITING.values(), ids=WRITING)
def test_every_command_writes_in_encodings_that_lack_its_letters(
    argv, encoding, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    done = run(*argv, PYTHONIOENCODING=encoding)
    assert done.returncode == (2 if argv is WRITING["refusal"] else 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert (done.stdout or done.stderr).decode(encoding)


def test_what_an_encoding_lacks_is_written_in_plain_letters():
    out = run(*WRITING["explain"], PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "v1 = a^-12 = 2.0^-12" in out
    assert "a.grad += dv1/da * v1.grad" in out


ENDINGS = {  # of standard output: its reader has left, it is closed, the disk behind it is full
    "no reader": ("| (exec <&-; sleep 0.1)", 0),
    "closed": (">&-", 0),
    "full": (">/dev/full", 2),
}


@pytest.mark.parametrize(("ending", "status"), ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("command", ["explain", "latex", "demo"])
def test_output_that_nobody_can_take_is_no_traceback(command, ending, status):
    line = f"{shlex.join([sys.executable, '-m', 'micrograd', *WRITING[command]])} {ending}"
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert ("No space left" in done.stderr) == (status == 2)


def test_a_reader_that_stops_early_is_no_error():
    argv = [sys.executable, "-m", "micrograd", "explain", "*".join("a" * 200), "a=1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("name", ["notes.txt", "notes", "lesson.html"])
def test_explore_overwrites_nothing_that_is_no_page(name, tmp_path, capsys):
    path = tmp_path / name
    path.write_text("<p>mine</p>")
    assert main(["explore", "a*b", "a=1", "b=2", "-o", str(path)]) == 2
    assert path.read_text() == "<p>mine</p>"
    assert re.search("end the name in .html|choose another name", capsys.readouterr().err)


def test_explore_writes_its_own_page_again(tmp_path):
    path = tmp_path / "page.html"
    for expression in ("a*b", "a+b"):
        assert main(["explore", expression, "a=1", "b=2", "-o", str(path)]) == 0
        assert f"<title>{expression}</title>" in path.read_text()


def test_demo_tiny_shows_every_step(capsys):
    assert main(["demo", "tiny"]) == 0
    steps = re.findall(r"^step +\d+   loss ([\d.]+)", capsys.readouterr().out, re.M)
    assert len(steps) == 51
    assert float(steps[-1]) < 0.05 < float(steps[0])


def test_demo_moons_writes_its_pictures(tmp_path, capsys):
    assert main(["demo", "moons", "-o", str(tmp_path / "demo")]) == 0
    out = capsys.readouterr().out
    assert "100% of the points that it learnt from are right" in out
    names = sorted(p.name for p in (tmp_path / "demo").iterdir())
    assert names == ["boundary.png", "loss.png", "neuron.svg"]
    assert all(name in out for name in names)


def test_demo_digits_tells_held_out_from_learnt_and_shows_only_what_it_misread(tmp_path, capsys):
    assert main(["demo", "digits", "-o", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    learnt = float(re.search(r"learnt from: ([\d.]+)% right", out)[1])
    held_out = re.search(r"held out, never seen in training: ([\d.]+)% right, (\d+) of 300", out)
    assert 90 < float(held_out[1]) < learnt
    pairs = re.findall(r"(\d) as (\d)(?: \((\d+)×\))?", out)
    assert all(digit != guess for digit, guess, _ in pairs)
    assert sum(int(times or 1) for *_, times in pairs) == int(held_out[2])
    assert [path.name for path in tmp_path.iterdir()] == ["misread.png"]
    assert str(tmp_path / "misread.png") in out


def test_demo_invent_draws_digits_and_names_that_are_none_it_learnt_from(tmp_path, capsys):
    assert main(["demo", "invent", "-o", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    names = re.search(r"makes up: (.*)", out)[1].split(", ")
    assert len(names) == 12
    assert all(re.fullmatch(r"[a-z]{1,10}", name) for name in names)
    assert not set(names) & set(STARS)
    assert [path.name for path in tmp_path.iterdir()] == ["invented.png"]


def test_a_demo_that_cannot_write_says_so_first(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["demo", "moons", "-o", str(tmp_path / "file")]) == 2
    assert "file" in capsys.readouterr().err


def test_explore_shows_the_lines_of_an_engine_or_of_a_program(tmp_path):
    engine, page = tmp_path / "mine.py", tmp_path / "page.html"
    engine.write_text(inspect.getsource(lecture) + "\n(Value(2.0) * 3).backward()\n", "utf-8")
    for arguments in (["c = a*b", "a=2", "b=3", "--code"], ["--code", str(engine)]):
        assert main(["explore", *arguments, "-o", str(page)]) == 0
        assert "self.grad += other.data * out.grad" in page.read_text(encoding="utf-8")
