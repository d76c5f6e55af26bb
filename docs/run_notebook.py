"""Run examples/moons.ipynb again, in place.

The explorers are left out of what is saved: no code host shows them, and each is a whole page.
"""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent.parent / "examples" / "moons.ipynb"


def main() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=300).execute(cwd=str(NOTEBOOK.parent))
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i:02}"
        cell.metadata.pop("execution", None)  # the time of day: a run should change nothing else
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if not _is_page(out)]
    nbformat.write(notebook, NOTEBOOK)


def _is_page(output: nbformat.NotebookNode) -> bool:
    return "<iframe" in output.get("data", {}).get("text/html", "")


if __name__ == "__main__":
    main()
