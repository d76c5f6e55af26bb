"""The notebooks about networks run from top to bottom, show what is saved in them, and learn."""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from pages import ROOT

FOLDER = ROOT / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
LEARNT = {  # what a run prints, and how much it has to be at least
    "lenet": (r"before, (\S+)% after", 85.0),
    "names": (r"surprise with memory .*, without (\S+)", 1.5),
    "residual": (r"(\S+)% of the digits held back", 80.0),
    "transformer": (r"before, (\S+)% after", 50.0),
    "vae": (r"the furthest code: \S+ with both, (\S+) without", 3.0),
    "words": (r"of the same kind: (\S+)%", 80.0),
}
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell):
    return "".join(out.text for out in cell.outputs if out.output_type == "stream")


def kinds(cell):
    """What a cell shows: the types of its outputs, of which printed ones count once."""
    shown = [out for out in cell.outputs if out.output_type != "stream"]
    return [sorted(out.data) for out in shown], bool(printed(cell))


@every_notebook
def test_the_saved_notebook_was_run_in_order_and_is_small(path):
    assert path.stat().st_size < 100_000
    notebook = nbformat.read(path, as_version=4)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [out for cell in cells for out in cell.outputs]
    assert {out.get("name", "stdout") for out in outputs} == {"stdout"}
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    links = LINK.findall("".join(texts))
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_the_page_of_the_folder_lists_every_notebook():
    listed = LINK.findall((FOLDER / "README.md").read_text())
    assert {path.name for path in NOTEBOOKS} <= set(listed)
    assert [link for link in listed if not (FOLDER / link).exists()] == []


@pytest.mark.deep
@every_notebook
def test_a_run_shows_what_is_saved_and_the_network_learns(path):
    notebook = nbformat.read(path, as_version=4)
    saved = [(kinds(cell), printed(cell)) for cell in code_cells(notebook)]
    NotebookClient(notebook, timeout=300).execute(cwd=str(FOLDER))
    cells = code_cells(notebook)
    assert [kinds(cell) for cell in cells] == [kinds for kinds, _ in saved]
    training = next(i for i, cell in enumerate(cells) if "import fit" in cell.source)
    before = [printed(cell) for cell in cells[:training]]  # later the last bits have spread
    assert before == [text for _, text in saved[:training]]
    pattern, least = LEARNT[path.stem]
    assert float(re.search(pattern, "".join(map(printed, cells)))[1]) >= least
