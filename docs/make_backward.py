"""The moving picture of README.md: backward through c = a·b + b, one contribution at a time.

Each moment is the picture that ``draw`` makes of the graph as it is then, with the arrow that is at
work in the gradients' colour, and the line of ``explain`` below. CSS shows one after the other;
where nothing moves, or the reader wants that, the last one stands.
"""

import re

from micrograd.draw import draw
from micrograd.engine import Value, toposort
from micrograd.explain import explain

SECONDS = 2.2  # for a moment; the last one stays for two
CAPTION, MARGIN = 34, 14  # pixels below the graph, and around it
GRAD, INK = "#a84300", "#1c1d22"
_EDGE = re.compile(r'(<g class="edge">.*?</g>)', re.DOTALL)
_PATH = re.compile(r' d="(M[^"]*)"')


def animated(root: Value) -> str:
    """Return the moving picture as SVG; it leaves the gradients of a backward pass behind."""
    captions = ["Forward is done: every data is there, no gradient yet."]
    told = explain(root)
    lines = [re.sub(r"\s{3,}.*", "", line.text) for line in (*told.backward, told.sums[-1])]
    captions += [*lines[:-1], f"{lines[-1]}: used twice, so added."]
    moments = [_drawn(root, captions[0], [])]
    edges = _edges(root)
    root.grad = 1.0
    moments.append(_drawn(root, captions[1], []))
    caption = iter(captions[2:])
    for value in reversed(toposort(root)):
        for i, (parent, partial) in enumerate(zip(value.parents, value.partials(), strict=True)):
            parent.grad += partial * value.grad
            lit = [edges[value] + len(value.parents), edges[value] + i]
            moments.append(_drawn(root, next(caption), lit))
    moments.append(_drawn(root, next(caption), []))
    return _film(draw(root).svg, moments)


def _edges(root: Value) -> dict[Value, int]:
    """Number the arrows as the picture has them: into an operation, then the one out of it."""
    first, count = {}, 0
    for value in toposort(root):
        if value.parents:
            first[value] = count
            count += len(value.parents) + 1
    return first


def _drawn(root: Value, caption: str, lit: list[int]) -> tuple[str, list[str]]:
    """Return the inside of a moment's picture, and the arrows that a dot goes back along."""
    svg = draw(root).svg
    inside = svg[svg.index("<g transform") : svg.rindex("</svg>")]
    parts = _EDGE.split(inside)
    dots = []
    for edge in lit:
        place = 2 * edge + 1
        parts[place] = parts[place].replace("#8f919c", GRAD).replace('"1.3"', '"3"')
        dots.append(_PATH.search(parts[place])[1])
    height = int(re.search(r' height="(\d+)"', svg)[1])
    text = f'<text x="{MARGIN}" y="{height + MARGIN}" font-size="14" fill="{INK}">{caption}</text>'
    return f"{''.join(parts)}{text}", dots


def _film(svg: str, moments: list[tuple[str, list[str]]]) -> str:
    width, height = (int(re.search(rf' {side}="(\d+)"', svg)[1]) for side in ("width", "height"))
    total = SECONDS * (len(moments) + 1)
    styles, frames = [], []
    for i, (drawing, dots) in enumerate(moments):
        begin, end = (SECONDS * k / total for k in (i, i + 1))
        last = i == len(moments) - 1
        shown = ["0%{visibility:hidden}"] if begin else []
        shown += [f"{100 * begin:.2f}%{{visibility:visible}}"]
        shown += [] if last else [f"{100 * end:.2f}%{{visibility:hidden}}"]
        styles.append(f"@keyframes m{i}{{{''.join(shown)}}}")
        styles.append(f".m{i}{{animation:m{i} {total:g}s step-end infinite}}")
        moving = "".join(_dot(path, n, len(dots), begin, end, total) for n, path in enumerate(dots))
        visible = "visible" if last else "hidden"
        placed = f'<g transform="translate({MARGIN} {MARGIN})">{moving}</g>' if moving else ""
        frames.append(f'<g class="m{i}" visibility="{visible}">{drawing}{placed}</g>')
    styles.append("@media (prefers-reduced-motion: reduce){g{animation:none!important}}")
    label = "Backward through c = a·b + b: b is used twice, and gets 1.0 + 2.0 = 3.0"
    tall = height + CAPTION
    font = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'width="{width}" height="{tall}" viewBox="0 0 {width} {tall}" font-size="12" '
        f'font-family="{font}">'
    )
    ground = f'<rect fill="#ffffff" width="{width}" height="{tall}" rx="6"/>'
    style = f"<style>{''.join(styles)}</style>"
    return "\n".join([head, f"<title>{label}</title>", style, ground, *frames, "</svg>\n"])


def _dot(path: str, n: int, count: int, begin: float, end: float, total: float) -> str:
    """A dot that goes back along an arrow, in its part of the moment."""
    start = begin + (end - begin) * (0.1 + 0.6 * n / count)
    stop = start + (end - begin) * 0.6 / count
    return (
        f'<circle r="5" fill="{GRAD}"><animateMotion path="{path}" calcMode="linear" '
        f'keyPoints="1;1;0;0" keyTimes="0;{start:.4f};{stop:.4f};1" dur="{total:g}s" '
        'repeatCount="indefinite"/></circle>'
    )
