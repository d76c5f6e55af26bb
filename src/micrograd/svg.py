"""A graph as SVG: boxes for values, circles for operations, the local derivative on every edge.

The picture carries its own colours for light and dark surroundings, and no script.
"""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from unicodedata import east_asian_width

from .engine import Value
from .explain import names_of
from .layout import Point, layout
from .ledger import local_derivatives
from .notation import number

_CHARACTER = 7.25  # the width of one at 12 px in a monospaced font
_LABEL = 24  # characters of a label that are shown; the tooltip has all
_ROW = 18.0
_CIRCLE = 30.0
_MARGIN = 14.0

_LIGHT = "--bg:#ffffff;--box:#f6f8fa;--line:#8c959f;--ink:#1f2328;--soft:#59636e;--grad:#b3420a"
_DARK = "--bg:#0d1117;--box:#161b22;--line:#6e7681;--ink:#e6edf3;--soft:#9198a1;--grad:#ffa657"
_STYLE = f"""
.micrograd {{ {_LIGHT}; font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
@media (prefers-color-scheme: dark) {{ .micrograd {{ {_DARK} }} }}
[data-jp-theme-light=true] .micrograd, .vscode-light .micrograd {{ {_LIGHT} }}
[data-jp-theme-light=false] .micrograd, .vscode-dark .micrograd {{ {_DARK} }}
.micrograd .ground {{ fill: var(--bg) }}
.micrograd .frame {{ fill: var(--box); stroke: var(--line) }}
.micrograd .cut {{ stroke-dasharray: 4 3 }}
.micrograd text {{ fill: var(--ink); dominant-baseline: central }}
.micrograd .label, .micrograd .op {{ font-weight: 600; text-anchor: middle }}
.micrograd .key, .micrograd .note {{ fill: var(--soft) }}
.micrograd .number {{ text-anchor: end }}
.micrograd .grad {{ fill: var(--grad) }}
.micrograd .edge path {{ fill: none; stroke: var(--line); stroke-width: 1.3 }}
.micrograd .edge .tip {{ fill: var(--line); stroke: none }}
.micrograd .edge:hover path {{ stroke: var(--grad) }}
.micrograd .partial {{ fill: var(--grad); font-size: 11px; text-anchor: middle }}
"""

_Key = tuple[Value, str]  # a value's box, or its operation's circle


def render(values: Sequence[Value], note: str = "") -> str:
    """Return the SVG of these values, parents before children; other parents are left out.

    Args:
        values: what to draw; the last one is the result.
        note: a sentence to stand above the picture.
    """
    shown = set(values)
    sizes: dict[_Key, tuple[float, float]] = {}
    edges: list[tuple[_Key, _Key]] = []
    partials: list[float | None] = []
    for value in values:
        sizes[value, "box"] = _box_size(value)
        if value.op is None:
            continue
        sizes[value, "op"] = (max(_CIRCLE, _width(_symbol(value)) + 16), _CIRCLE)
        for parent, partial in zip(value.parents, local_derivatives(value), strict=True):
            if parent in shown:
                edges.append(((parent, "box"), (value, "op")))
                partials.append(partial)
        edges.append(((value, "op"), (value, "box")))
        partials.append(None)
    room = [28.0 if x is None else len(_partial(x)) * 6.7 + 34 for x in partials]
    placed = layout(sizes, edges, sizes, room=room)
    names = names_of(values)
    parts = _edges(edges, placed.routes, partials, names)
    for key, (x, y) in placed.positions.items():
        value, kind = key
        w, h = sizes[key]
        cut = " cut" if kind == "box" and not shown.issuperset(value.parents) else ""
        parts.append(f'<g transform="translate({x - w / 2:.1f} {y - h / 2:.1f})">')
        parts += _box(value, names[value], w, h, cut) if kind == "box" else _circle(value, w, h)
        parts.append("</g>")
    top = _MARGIN + (24 if note else 0)
    width = max(placed.width, _width(note)) + 2 * _MARGIN
    height = placed.height + top + _MARGIN
    title = escape(f"The graph of {names[values[-1]]}: {len(values)} values")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="micrograd" role="img" '
        f'aria-label="{title}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{width:.0f}" height="{height:.0f}" rx="6"/>',
        f'<text class="note" x="{_MARGIN}" y="{_MARGIN + 4}">{escape(note)}</text>' if note else "",
        f'<g transform="translate({_MARGIN} {top})">',
        *parts,
        "</g></svg>\n",
    ])  # fmt: skip


def _edges(
    edges: Sequence[tuple[_Key, _Key]],
    routes: Sequence[list[Point]],
    partials: Sequence[float | None],
    names: dict[Value, str],
) -> list[str]:
    """Draw the lines first, then the numbers, which stand on top of all lines."""
    uses: dict[tuple[_Key, _Key], list[int]] = defaultdict(list)
    for i, edge in enumerate(edges):
        uses[edge].append(i)
    lines, numbers = [], []
    occupied: list[tuple[float, float, float]] = []
    for i, (edge, route, partial) in enumerate(zip(edges, routes, partials, strict=True)):
        same = uses[edge]
        shift = 13 * (same.index(i) - (len(same) - 1) / 2)  # parallel edges, side by side
        points = [(x, y + shift) for x, y in route]
        x, y = points[-1]
        lines.append('<g class="edge">')
        if partial is not None:
            source, target = names[edge[0][0]], names[edge[1][0]]
            lines.append(f"<title>{escape(f'∂{target}/∂{source} = {partial!r}')}</title>")
            text = _partial(partial)
            w = len(text) * 6.7 + 4
            x0, y0 = _free_place(points, w, occupied)
            numbers += [
                f'<rect class="ground" x="{x0 - w / 2:.1f}" y="{y0 - 7:.1f}" '
                f'width="{w:.1f}" height="14" rx="4"/>',
                f'<text class="partial" x="{x0:.1f}" y="{y0:.1f}">{text}</text>',
            ]
        lines.append(f'<path d="{_curve(points)}"/>')
        lines.append(f'<path class="tip" d="M{x:.1f} {y:.1f}l-7 -3.5v7z"/></g>')
    return lines + numbers


def _curve(points: Sequence[Point]) -> str:
    """Draw level lines inside the columns, and between them curves that begin and end level."""
    d = "M{:.1f} {:.1f}".format(*points[0])
    for (x1, y1), (x2, y2) in pairwise(points):
        if y1 == y2:
            d += f"H{x2:.1f}"
        else:
            x = (x1 + x2) / 2
            d += f"C{x:.1f} {y1:.1f} {x:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return d


def _free_place(
    points: Sequence[Point], width: float, occupied: list[tuple[float, float, float]]
) -> Point:
    """Find a place for a number on the last step of an edge, clear of the numbers there are."""
    candidates = []
    (x1, y1), (x2, y2) = max(pairwise(points[-4:]), key=lambda step: step[1][0] - step[0][0])
    for t in (0.5, 0.4, 0.6, 0.3, 0.7):
        s = t * t * (3 - 2 * t)
        u = 1.5 * t * (1 - t) + t * t * t  # the curve above, x by u and y by s
        candidates.append((x1 + (x2 - x1) * u, y1 + (y2 - y1) * s))

    def overlap(place: Point) -> float:
        x, y = place
        return sum(
            max(0.0, 13 - abs(y - b)) for a, b, w in occupied if abs(x - a) < (width + w) / 2
        )

    best = min(candidates, key=overlap)
    occupied.append((*best, width))
    return best


def _box_size(value: Value) -> tuple[float, float]:
    numbers = max(len(_decimal(value.data)), len(_decimal(value.grad)), 6)
    label = _width(_shortened(value.label)) + 16 if value.label else 0.0
    return label + _width("data ") + numbers * _CHARACTER + 16, 2 * _ROW + 8


def _box(value: Value, name: str, w: float, h: float, cut: str) -> list[str]:
    label = _width(_shortened(value.label)) + 16 if value.label else 0.0
    parts = [
        f"<title>{escape(f'{name}: data {value.data!r}, grad {value.grad!r}')}</title>",
        f'<rect class="frame{cut}" width="{w:.1f}" height="{h:.1f}" rx="5"/>',
    ]
    if value.label:
        text = escape(_shortened(value.label))
        parts.append(f'<text class="label" x="{label / 2:.1f}" y="{h / 2}">{text}</text>')
        parts.append(f'<path class="frame" d="M{label:.1f} 0v{h}"/>')
    for row, (key, x) in enumerate((("data", value.data), ("grad", value.grad))):
        y = 4 + _ROW * (row + 0.5)
        parts.append(f'<text class="key" x="{label + 8:.1f}" y="{y}">{key}</text>')
        kind = "number grad" if row else "number"
        parts.append(f'<text class="{kind}" x="{w - 8:.1f}" y="{y}">{_decimal(x)}</text>')
    return parts


def _circle(value: Value, w: float, h: float) -> list[str]:
    by_hand = "; its _backward was set by hand" if value._closure else ""
    return [
        f"<title>{escape(_symbol(value) + by_hand)}</title>",
        f'<rect class="frame" width="{w:.1f}" height="{h:.1f}" rx="{h / 2}"/>',
        f'<text class="op" x="{w / 2:.1f}" y="{h / 2}">{escape(_symbol(value))}</text>',
    ]


def _symbol(value: Value) -> str:
    return value._op or "?"  # made by hand, without a symbol


def _decimal(x: float) -> str:
    """Write four decimals, as the original does, or a power of ten where they would say nothing."""
    return f"{x:.4f}" if x == 0 or 1e-3 <= abs(x) < 1e6 or x - x != 0 else f"{x:.3e}"


def _partial(x: float) -> str:
    return number(float(f"{x:.4g}"))


def _shortened(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _width(text: str) -> float:
    return _CHARACTER * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
