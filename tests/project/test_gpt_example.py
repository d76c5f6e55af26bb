"""The GPT of the examples trains, compiled as eagerly, and makes up words."""

import importlib.util
import random
import re
import subprocess
import sys

import pytest
from pages import ROOT

from micrograd import jit


@pytest.fixture(scope="module")
def gpt():
    spec = importlib.util.spec_from_file_location("gpt", ROOT / "examples" / "gpt.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(gpt, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["gpt.py", *arguments])
    gpt.main()


@pytest.mark.deep
def test_it_trains_and_makes_up_words(gpt, monkeypatch, capsys):
    run(gpt, monkeypatch, "--steps", "100")
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "118 lines, 24 letters, 4128 parameters"
    assert rest.pop(0) == "compiling, once ..."
    loss = float(re.match(r"step   100   loss (\S+)   \S+ s", rest[0])[1])
    assert loss < 2.6  # from log(25) = 3.2
    words = rest[1:]
    assert len(words) == 15
    assert all(set(word) <= set("".join(gpt.ELEMENTS)) for word in words)


def test_a_reader_that_stops_early_is_no_error():
    argv = [sys.executable, ROOT / "examples" / "gpt.py", "--steps", "1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.deep
def test_it_reads_a_file(gpt, monkeypatch, capsys, tmp_path):
    file = tmp_path / "lines.txt"
    file.write_text("abba\n\n  baba \nbaab\n")
    run(gpt, monkeypatch, str(file), "--steps", "3")
    assert capsys.readouterr().out.startswith("3 lines, 2 letters")


def test_a_file_without_lines_is_refused(gpt, monkeypatch, capsys, tmp_path):
    file = tmp_path / "empty.txt"
    file.write_text("\n")
    with pytest.raises(SystemExit):
        run(gpt, monkeypatch, str(file))
    assert "nothing to read" in capsys.readouterr().err


LONG = [
    pytest.param(line, marks=pytest.mark.deep)
    for line in ("abca", "aaaaaaaa", "abcabcabcabcabcabc")
]


@pytest.mark.parametrize("line", ["a", *LONG])
def test_compiled_it_has_the_loss_and_the_gradients_of_the_scalar_code(gpt, line):
    random.seed(1)
    model = gpt.GPT("abc")
    tokens, parameters = model.tokens(line), model.parameters()
    model.loss(tokens).backward()
    expected = [p.grad for p in parameters]
    for p in parameters:
        p.grad = 0.0
    loss = jit(model.loss)(tokens)
    loss.backward()
    assert loss.data == pytest.approx(model.loss(tokens).data, rel=1e-12)
    assert [p.grad for p in parameters] == pytest.approx(expected, rel=1e-9, abs=1e-12)
