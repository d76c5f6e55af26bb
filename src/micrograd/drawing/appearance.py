"""How everything that is shown looks: one colour for one thing, one way to write a number.

The explorer's page and the plots have the same colours; docs/pictures.md has them as a table.
"""

from dataclasses import dataclass

from ..writing.notation import DIGITS, number

THEMES = {
    "light": {
        "ground": "#ffffff",
        "frame": "#f7f7f4",
        "line": "#8f919c",
        "ink": "#1c1d22",
        "soft": "#5b5e6b",
        "data": "#1554c0",
        "grad": "#a84300",
        "local": "#0b6e5f",
    },
    "dark": {
        "ground": "#14151a",
        "frame": "#1d1f26",
        "line": "#6e717f",
        "ink": "#ececf1",
        "soft": "#a5a8b5",
        "data": "#86b4ff",
        "grad": "#ffae66",
        "local": "#66d3bd",
    },
}
# Classes 0, 1, 2, ... of a data set; of two classes -1 and 1 the first is -1.
CLASSES = ("#3f72af", "#e8833a", "#4d9f5b", "#b65fa8", "#8a6d3b", "#d9475b", "#5bb5c5", "#8f8f8f")


@dataclass(frozen=True)
class Style:
    """How a picture looks.

    Args:
        theme: "light" or "dark".
        direction: "LR", the result on the right, or "TB", at the bottom.
        digits: the significant digits of each number, 3 to 17.

    Raises:
        ValueError: an argument is none of these.
    """

    theme: str = "light"
    direction: str = "LR"
    digits: int = DIGITS

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise ValueError(f"theme is 'light' or 'dark', got {self.theme!r}")
        if self.direction not in ("LR", "TB"):
            raise ValueError(f"direction is 'LR' or 'TB', got {self.direction!r}")
        if not isinstance(self.digits, int) or not 3 <= self.digits <= 17:
            raise ValueError(f"digits is a whole number from 3 to 17, got {self.digits!r}")

    def number(self, x: float) -> str:
        """Write a number."""
        return number(x, self.digits)

    def fill(self, what: str) -> str:
        """Return the attributes of an element that is filled with the colour of one thing."""
        return f'class="mg-{what}" fill="{THEMES[self.theme][what]}"'

    def stroke(self, what: str = "line") -> str:
        """Return the attributes of a line."""
        return f'class="mg-{what}-stroke" fill="none" stroke="{THEMES[self.theme][what]}"'

    def framed(self, more: str = "") -> str:
        """Return the attributes of a box."""
        colours = THEMES[self.theme]
        return f'class="mg-frame{more}" fill="{colours["frame"]}" stroke="{colours["line"]}"'

    def turned(self, x: float, y: float) -> tuple[float, float]:
        """Turn a point of a layout that goes left to right into one of the picture, and back."""
        return (x, y) if self.direction == "LR" else (y, x)


def adapting(svg: str) -> str:
    """Give a light picture the colours for dark surroundings too, for pages and notebooks."""
    light, dark = (_rules(THEMES[theme]) for theme in ("light", "dark"))
    rules = ["@media (prefers-color-scheme: dark) {"]
    rules += [f".micrograd {rule}" for rule in dark] + ["}"]
    for surroundings, colours in (
        ("[data-jp-theme-light=true]", light),
        (".vscode-light", light),
        ("[data-jp-theme-light=false]", dark),
        (".vscode-dark", dark),
    ):
        rules += [f"{surroundings} .micrograd {rule}" for rule in colours]
    head, end, rest = svg.partition("</title>\n")
    return f"{head}{end}<style>\n" + "\n".join(rules) + f"\n</style>\n{rest}"


def _rules(colours: dict[str, str]) -> list[str]:
    rules = [f".mg-{what} {{ fill: {colour} }}" for what, colour in colours.items()]
    line = colours["line"]
    return [*rules, f".mg-frame {{ stroke: {line} }}", f".mg-line-stroke {{ stroke: {line} }}"]
