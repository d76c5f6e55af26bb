"""A graph as SVG: boxes for values, pills for operations, the local derivative on every edge.

Every colour and font stands literally on its element, so that any program that reads SVG draws it
as a browser does; there is no script.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from unicodedata import east_asian_width

from ..engine import Value
from ..writing.ledger import local_derivatives
from ..writing.naming import Name, constants_of, names_of
from ..writing.notation import sign
from .appearance import Style
from .layout import Point, layout

_CHARACTER = 7.25  # the width of one at 12 px in a monospaced font
_LABEL = 24  # characters of a label that are shown; the tooltip has all
_ROW = 18.0
_PILL = 30.0
_MARGIN = 14.0
_BASELINE = 4.0  # from the middle of a line of text to what it stands on
_FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

Numbers = tuple[float | None, float | None]  # data and grad; None where there is nothing to say
_Key = tuple[Value, str]  # a value's box, or its operation's pill


def render(
    values: Sequence[Value],
    note: str = "",
    style: Style | None = None,
    right: Mapping[Value, Numbers] | None = None,
) -> str:
    """Return the SVG of these values, parents before children; other parents are left out.

    Args:
        values: what to draw; the last one is the result.
        note: a sentence to stand above the picture.
        style: how it looks.
        right: the right data and grad of values that have wrong ones, which are struck through.
    """
    style = style or Style()
    shown, names, constants = set(values), names_of(values), constants_of(values)
    boxes = {
        value: _Box(value, names[value], value in constants, style, (right or {}).get(value))
        for value in values
    }
    sizes: dict[_Key, tuple[float, float]] = {}
    edges: list[tuple[_Key, _Key]] = []
    partials: list[float | None] = []
    for value in values:
        sizes[value, "box"] = boxes[value].size()
        if value.op is None:
            continue
        sizes[value, "op"] = (max(_PILL, _width(_sign(value)) + 16), _PILL)
        for parent, partial in zip(value.parents, local_derivatives(value), strict=True):
            if parent in shown:
                edges.append(((parent, "box"), (value, "op")))
                partials.append(partial)
        edges.append(((value, "op"), (value, "box")))
        partials.append(None)
    turned = {key: style.turned(*size) for key, size in sizes.items()}
    placed = layout(sizes, edges, turned, room=[_room(x, style) for x in partials])
    parts = _Edges(edges, placed.routes, partials, names, style).drawn()
    for (value, kind), centre in placed.positions.items():
        (x, y), (w, h) = style.turned(*centre), sizes[value, kind]
        parts.append(f'<g transform="translate({x - w / 2:.1f} {y - h / 2:.1f})">')
        if kind == "box":
            parts += boxes[value].drawn(cut=not shown.issuperset(value.parents))
        else:
            parts += _pill(value, w, h, style)
        parts.append("</g>")
    width, height = style.turned(placed.width, placed.height)
    return _framed(parts, width, height, _title(values, names), note, style)


def _framed(
    parts: list[str], width: float, height: float, title: str, note: str, style: Style
) -> str:
    top = _MARGIN + (24 if note else 0)
    width, height = max(width, _width(note)) + 2 * _MARGIN, height + top + _MARGIN
    above = f'<text {style.fill("soft")} x="{_MARGIN}" y="{_MARGIN + 8}">{escape(note)}</text>'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="micrograd" role="img" '
        f'aria-label="{title}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-size="12" font-family="{_FONT}">',
        f"<title>{title}</title>",
        f'<rect {style.fill("ground")} width="{width:.0f}" height="{height:.0f}" rx="6"/>',
        above if note else "",
        f'<g transform="translate({_MARGIN} {top})">',
        *parts,
        "</g></svg>\n",
    ])  # fmt: skip


class _Edges:
    """The lines, which are drawn first, and the numbers, which stand on top of all lines."""

    def __init__(
        self,
        edges: Sequence[tuple[_Key, _Key]],
        routes: Sequence[list[Point]],
        partials: Sequence[float | None],
        names: dict[Value, Name],
        style: Style,
    ) -> None:
        self._edges, self._routes, self._partials = edges, routes, partials
        self._names, self._style = names, style
        self._occupied: list[tuple[float, float, float]] = []

    def drawn(self) -> list[str]:
        uses: dict[tuple[_Key, _Key], list[int]] = defaultdict(list)
        for i, edge in enumerate(self._edges):
            uses[edge].append(i)
        lines, numbers = [], []
        for i, (edge, route, partial) in enumerate(
            zip(self._edges, self._routes, self._partials, strict=True)
        ):
            same = uses[edge]
            shift = 13 * (same.index(i) - (len(same) - 1) / 2)  # parallel edges, side by side
            points = [(x, y + shift) for x, y in route]
            lines.append('<g class="edge">')
            if partial is not None:
                source, target = self._names[edge[0][0]].text, self._names[edge[1][0]].text
                lines.append(f"<title>{escape(f'∂{target}/∂{source} = {partial!r}')}</title>")
                numbers += self._number(points, self._style.number(partial))
            lines.append(
                f'<path {self._style.stroke()} stroke-width="1.3" d="{self._path(points)}"/>'
            )
            lines.append(f'<path {self._style.fill("line")} d="{self._tip(points[-1])}"/></g>')
        return lines + numbers

    def _path(self, points: Sequence[Point]) -> str:
        """Go straight inside columns, and between them by curves that begin and end straight."""
        path = f"M{self._point(points[0])}"
        for (x1, y1), (x2, y2) in pairwise(points):
            if y1 == y2:
                path += f"L{self._point((x2, y2))}"
            else:
                x = (x1 + x2) / 2
                path += "C" + " ".join(map(self._point, ((x, y1), (x, y2), (x2, y2))))
        return path

    def _tip(self, end: Point) -> str:
        x, y = end
        corners = ((x, y), (x - 7, y - 3.5), (x - 7, y + 3.5))
        return "M" + "L".join(map(self._point, corners)) + "z"

    def _point(self, point: Point) -> str:
        return "{:.1f} {:.1f}".format(*self._style.turned(*point))

    def _number(self, points: Sequence[Point], text: str) -> list[str]:
        width = len(text) * 6.7 + 4
        x, y = self._free_place(points, width)
        return [
            f'<rect {self._style.fill("ground")} x="{x - width / 2:.1f}" y="{y - 7:.1f}" '
            f'width="{width:.1f}" height="14" rx="4"/>',
            f'<text {self._style.fill("local")} x="{x:.1f}" y="{y + _BASELINE:.1f}" '
            f'font-size="11" text-anchor="middle">{text}</text>',
        ]

    def _free_place(self, points: Sequence[Point], width: float) -> Point:
        """Find a place for a number on the last step of an edge, clear of the numbers there are."""
        candidates = []
        (x1, y1), (x2, y2) = max(pairwise(points[-4:]), key=lambda step: step[1][0] - step[0][0])
        for t in (0.5, 0.4, 0.6, 0.3, 0.7):
            s = t * t * (3 - 2 * t)
            u = 1.5 * t * (1 - t) + t * t * t  # the curve above, x by u and y by s
            candidates.append(self._style.turned(x1 + (x2 - x1) * u, y1 + (y2 - y1) * s))

        def overlap(place: Point) -> float:
            x, y = place
            return sum(
                max(0.0, 13 - abs(y - b))
                for a, b, w in self._occupied
                if abs(x - a) < (width + w) / 2
            )

        best = min(candidates, key=overlap)
        self._occupied.append((*best, width))
        return best


class _Box:
    """A value: its label, its data and, unless it is a constant, its gradient."""

    def __init__(
        self, value: Value, name: Name, constant: bool, style: Style, right: Numbers | None
    ) -> None:
        self._value, self._name, self._style = value, name.text, style
        data, grad = right or (None, None)
        self._rows = [("data", value.data, data)]
        if not constant:
            self._rows.append(("grad", value.grad, grad))
        self._label = _shortened(value.label)
        self._left = _width(self._label) + 16 if value.label else 0.0

    def size(self) -> tuple[float, float]:
        numbers = max(6, *[len(self._beside(x, better)) for _, x, better in self._rows])
        width = _width("data ") + numbers * _CHARACTER + 16
        return self._left + width, len(self._rows) * _ROW + 8

    def drawn(self, cut: bool) -> list[str]:
        (w, h), style, value = self.size(), self._style, self._value
        numbers = ", ".join(f"{key} {x!r}" for key, x, _ in self._rows)
        dashes = ' stroke-dasharray="4 3"' if cut else ""
        parts = [
            f"<title>{escape(f'{self._name}: {numbers}')}</title>",
            f"<rect {style.framed(' cut' if cut else '')}{dashes} "
            f'width="{w:.1f}" height="{h:.1f}" rx="5"/>',
        ]
        if value.label:
            parts.append(_text(self._label, self._left / 2, h / 2, style, "label"))
            parts.append(f'<path {style.stroke()} d="M{self._left:.1f} 0v{h}"/>')
        for row, (key, x, better) in enumerate(self._rows):
            y = 4 + _ROW * (row + 0.5) + _BASELINE
            parts.append(
                f'<text {style.fill("soft")} x="{self._left + 8:.1f}" y="{y}">{key}</text>'
            )
            parts.append(
                f'<text {style.fill(key)} x="{w - 8:.1f}" y="{y}" text-anchor="end">'
                f"{self._beside(x, better, strike=True)}</text>"
            )
        return parts

    def _beside(self, x: float, right: float | None, strike: bool = False) -> str:
        """Write a number; a wrong one before the right one, and struck through."""
        text = self._style.number(x)
        if right is None:
            return text
        wrong = f'<tspan text-decoration="line-through">{text}</tspan>' if strike else text
        return f"{wrong} {self._style.number(right)}"


def _pill(value: Value, w: float, h: float, style: Style) -> list[str]:
    by_hand = "; its _backward was set by hand" if value._closure else ""
    size = 18 if len(_sign(value)) == 1 else 12
    return [
        f"<title>{escape(_sign(value) + by_hand)}</title>",
        f'<rect {style.framed()} width="{w:.1f}" height="{h:.1f}" rx="{h / 2}"/>',
        _text(_sign(value), w / 2, h / 2, style, "op", size),
    ]


def _text(text: str, x: float, y: float, style: Style, kind: str, size: int = 12) -> str:
    fill = style.fill("ink").replace('class="', f'class="{kind} ')
    place = f'x="{x:.1f}" y="{y + size / 3:.1f}" text-anchor="middle" font-weight="600"'
    return f'<text {fill} {place} font-size="{size}">{escape(text)}</text>'


def _title(values: Sequence[Value], names: dict[Value, Name]) -> str:
    return escape(f"The graph of {names[values[-1]].text}: {len(values)} values")


def _room(partial: float | None, style: Style) -> float:
    if partial is None or style.direction == "TB":
        return 28.0 if partial is None else 48.0
    return len(style.number(partial)) * 6.7 + 34


def _sign(value: Value) -> str:
    return sign(value.op) if value.op else ""


def _shortened(label: str) -> str:
    """Leave out the middle: names in one model begin alike, and names of its parts end alike."""
    half = _LABEL // 2
    return label if len(label) <= _LABEL else label[: half - 1] + "…" + label[-half:]


def _width(text: str) -> float:
    return _CHARACTER * sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
