"""The lesson runs from top to bottom, and the network in it learns."""

from html import unescape

import nbformat
import pytest
from nbclient import NotebookClient
from pages import ROOT


@pytest.fixture(scope="module")
def lesson():
    """The notebook as it is after running every cell."""
    notebook = nbformat.read(ROOT / "examples" / "moons.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300).execute(cwd=str(ROOT / "examples"))
    return notebook


def printed(notebook):
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    return "".join(out.get("text", "") for out in outputs if out.output_type == "stream")


def shown(notebook, kind):
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    return [out.data[kind] for out in outputs if kind in out.get("data", {})]


def test_the_network_learns_the_moons(lesson):
    final = [line for line in printed(lesson).splitlines() if line.startswith("accuracy")]
    assert float(final[-1].split()[1].rstrip("%")) >= 98


def test_graphs_explanations_and_plots_are_shown(lesson):
    assert len(shown(lesson, "image/svg+xml")) >= 2
    assert any("b.grad" in html for html in shown(lesson, "text/html"))
    assert len(shown(lesson, "image/png")) >= 4


def test_the_explorer_is_inside_the_lesson_and_at_its_end(lesson):
    pages = [html for html in shown(lesson, "text/html") if html.startswith("<iframe")]
    inside, end = (unescape(page) for page in pages)
    assert '"code":' in inside
    assert '"history":' in end
