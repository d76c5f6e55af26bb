"""A picture in the format that its file's name says."""

from pathlib import Path

from ..extras import require

_HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>micrograd</title>
<body>
{svg}</body>
</html>
"""


def converted(svg: str, path: Path) -> str | bytes:
    """Return the content of the file that is to hold a picture.

    Args:
        svg: the picture.
        path: ends in .svg, .html, .png or .pdf. The last two need CairoSVG.

    Raises:
        ValueError: the ending is none of these.
        ImportError: CairoSVG, or the cairo library that it needs, is missing.
    """
    match path.suffix.lower():
        case ".svg":
            return svg
        case ".html":
            return _HTML.format(svg=svg)
        case ".png":
            return bytes(_cairo("png").svg2png(bytestring=svg.encode(), scale=2))
        case ".pdf":
            return bytes(_cairo("pdf").svg2pdf(bytestring=svg.encode()))
    name = path.name or str(path)
    raise ValueError(
        f"a picture is saved as .svg, .html, .png or .pdf, got {name!r}: end the name in one of "
        "these"
    )


def _cairo(format: str):  # type: ignore[no-untyped-def]  # the library has no types
    try:
        return require("cairosvg", "picture", f"saving as .{format} (.svg does not)")
    except OSError as error:  # the Python package is there, the library it calls is not
        raise ImportError(
            f"saving as .{format} needs the cairo library ({error}): install libcairo2, or save as "
            ".svg"
        ) from None
