"""What a live cell of the site gives: the Python side, which runs in any Python."""

import importlib.util
import json

import pytest
from pages import ROOT


@pytest.fixture
def run():
    """Run a cell; return what it printed, and what it gives."""
    spec = importlib.util.spec_from_file_location("cells", ROOT / "site" / "live" / "cells.py")
    cells = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cells)

    def run(source, cell=1):
        printed = []
        result = json.loads(cells.run(source, cell, printed.append))
        return "".join(printed), result

    return run


def test_the_last_expression_is_shown_and_what_is_printed_comes_before(run):
    assert run("print('hello')\nx = 2\nx + 1") == ("hello\n", {"text": "3"})


def test_nothing_is_shown_where_the_last_line_gives_nothing(run):
    assert run("x = 2") == ("", {})
    assert run("") == ("", {})
    assert run("None") == ("", {})


def test_cells_share_their_names(run):
    run("def twice(x):\n    return 2 * x")
    assert run("twice(4)", cell=2)[1] == {"text": "8"}


def test_a_drawing_is_a_picture_and_an_explorer_a_page(run):
    run("from micrograd import Value, explore\nfrom micrograd.draw import draw\nx = Value(2.0) * 3")
    assert run("draw(x)")[1]["svg"].startswith("<svg")
    assert run("explore(x, show=False)")[1]["page"].startswith("<!doctype html>")


def test_a_checked_engine_has_its_lines_and_the_graph_of_what_failed(run):
    source = (ROOT / "docs" / "try.md").read_text().split("```python\n")[-1].split("```")[0]
    _, result = run(source)
    assert "a.grad   yours 3.0   right 6.0" in result["text"]
    assert result["svg"].startswith("<svg")


def test_an_error_shows_the_lines_of_the_cell_alone(run):
    _, result = run("def f(x):\n    return x.grad\n\nf(3)", cell=4)
    lines = [line for line in result["error"].splitlines() if set(line) - set(" ^~")]
    assert lines == [
        '  File "cell 4", line 4, in <module>',
        "    f(3)",
        '  File "cell 4", line 2, in f',
        "    return x.grad",
        "AttributeError: 'int' object has no attribute 'grad'",
    ]


def test_a_mistake_of_syntax_shows_its_line(run):
    error = run("x = (1,\ny = 2", cell=3)[1]["error"]
    assert 'File "cell 3"' in error
    assert "SyntaxError" in error


def test_an_error_after_another_leaves_the_streams_as_they_were(run, capsys):
    run("1 / 0")
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_a_flood_is_cut(run):
    printed, _ = run("for i in range(100_000): print(i)")
    assert len(printed) < 21_000
    assert printed.endswith("… more is not shown\n")


def test_what_needs_numpy_says_that_there_is_none(run):
    error = run("raise ModuleNotFoundError('no numpy', name='numpy')")[1]["error"]
    assert "There is no NumPy on this page, and so no jit" in error
