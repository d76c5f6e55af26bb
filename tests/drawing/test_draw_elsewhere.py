"""Pictures outside of browsers: drawn in colour by other programs, saved as PNG and PDF."""

import io

import cairosvg
import pytest
import resvg_py
from pages import ROOT
from PIL import Image, ImageColor

from micrograd import Value
from micrograd.draw import draw
from micrograd.drawing.appearance import THEMES

# All of ours; the gallery's are Matplotlib's.
PICTURES = sorted(p for p in (ROOT / "docs").rglob("*.svg") if p.parent.name != "gallery")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
@pytest.mark.parametrize("program", ["cairosvg", "resvg"])
def test_programs_other_than_browsers_draw_every_picture_in_colour(path, program):
    svg = path.read_text()
    if program == "cairosvg":
        png = cairosvg.svg2png(bytestring=svg.encode())
    else:
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg))
    pixels = Image.open(io.BytesIO(png)).convert("RGB")
    shown = {colour for _, colour in pixels.getcolors(1 << 24)}
    a_cell = path.name == "07-neuron-1.svg"  # in lines, without gradients
    for what in ("ground", "frame") if a_cell else ("ground", "frame", "data", "grad", "local"):
        assert ImageColor.getrgb(THEMES["light"][what]) in shown, what
    assert pixels.getpixel((pixels.width // 2, 2)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("x.png", b"\x89PNG"), ("x.PDF", b"%PDF"), ("x.svg", b"<svg"), ("x.html", b"<!doctype html>")],
)
def test_save_writes_what_the_name_says(tmp_path, name, begins):
    draw(Value(2.0, label="a") * 3).save(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
