"""Run the notebooks of examples/ again, in place: ``python docs/run_notebook.py [name ...]``.

The explorers are left out of what is saved: no code host shows them, and each is a whole page.
"""

import sys
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image  # Matplotlib comes with it

NOTEBOOKS = sorted((Path(__file__).parent.parent / "examples").rglob("*.ipynb"))


def run(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300).execute(cwd=str(path.parent))
    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i:02}"
        cell.metadata.pop("execution", None)  # the time of day: a run should change nothing else
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if not _is_page(out)]
            for out in cell.outputs:
                if "image/png" in out.get("data", {}):
                    out.data["image/png"] = _small(out.data["image/png"])
    nbformat.write(notebook, path)


def _is_page(output: nbformat.NotebookNode) -> bool:
    return "<iframe" in output.get("data", {}).get("text/html", "")


def _small(png: str) -> str:
    """The same picture in 32 colours, which is a quarter of the bytes."""
    file = BytesIO()
    picture = Image.open(BytesIO(b64decode(png))).convert("RGB")
    picture = picture.quantize(32, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(file, "png", optimize=True)
    return b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    for path in NOTEBOOKS:
        if not sys.argv[1:] or path.stem in sys.argv[1:]:
            run(path)
