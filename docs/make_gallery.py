"""Draw the pictures of the gallery: ``python docs/make_gallery.py [name ...]``."""

import importlib.util
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

EXAMPLES = Path(__file__).parent.parent / "examples"
PICTURES = Path(__file__).parent / "images" / "gallery"
PROGRAMS = sorted(
    file.stem for file in EXAMPLES.glob("*.py") if "\ndef draw(ax, result):" in file.read_text()
)
STYLE = {
    "svg.hashsalt": "micrograd",  # the same names of parts at each run
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
}


def draw(name: str) -> None:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with plt.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(5, 3.2), layout="constrained")
        module.draw(ax, module.solve())
        figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or PROGRAMS:
        draw(name)
