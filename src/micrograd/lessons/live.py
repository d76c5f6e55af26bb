"""What moves on a page: sliders that change the numbers of a sentence, and explorers.

The page computes with the explorer's evaluator, which is made of the table of operations; so what
a slider shows is what Python would compute.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine import Value
from ..explorer import Explorer
from ..explorer.snapshot import Snapshot, as_json, evaluator, take_snapshot
from ..value.likeness import Likeness
from ..writing.notation import number

_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Slider:
    """A leaf that can be moved, from ``low`` to ``high``, by ``step``."""

    label: str
    low: float
    high: float
    step: float


@dataclass(frozen=True)
class Curve:
    """y over x: the curve, the point, and the tangent or the line to another point."""

    x: str
    y: str
    other: tuple[str, str] | None = None


@dataclass(frozen=True)
class Live:
    """Sentences, sliders, and what is drawn beside them."""

    text: str
    snapshot: Snapshot
    sliders: tuple[Slider, ...]
    drawn: Curve | tuple[str, ...] | None = None
    nodes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.filled(lambda kind, place, x: written(kind, x))

    def filled(self, write: Callable[[str, str, float], str]) -> str:
        """Return the text with each place in it written by ``write(kind, place, number)``."""
        gradients = self._gradients()

        def one(match: re.Match[str]) -> str:
            kind, *nodes = place = self.place(match[1])
            value = self.snapshot.values[nodes[0]]
            x = (
                value.data
                if kind in ("data", "count")
                else gradients[nodes[0]]
                if kind == "grad"
                else value.partials()[nodes[1]]
            )
            return write(str(kind), ":".join(map(str, place)), x)

        return _PLACE.sub(one, self.text)

    def place(self, text: str) -> tuple[Any, ...]:
        """Read what stands between braces: ``x``, ``#x``, ``x.grad``, or ``y/x``."""
        if text.startswith("#"):
            return "count", self.node(text[1:])
        if "/" in text:
            value, parent = (self.node(name) for name in text.split("/"))
            return "local", value, self.snapshot.parents[value].index(parent)
        if text.endswith(".grad"):
            return "grad", self.node(text.removesuffix(".grad"))
        return "data", self.node(text)

    def node(self, label: str) -> int:
        """Return the number of the value with a label."""
        if label not in self.nodes:
            raise ValueError(f"no value has the label {label!r}; these have: {sorted(self.nodes)}")
        return self.nodes[label]

    def _gradients(self) -> list[float]:
        grads = [0.0] * len(self.snapshot.values)
        grads[self.snapshot.roots[0]] = 1.0
        for i in reversed(range(len(grads))):
            value = self.snapshot.values[i]
            if grads[i] and value.parents:
                for parent, slope in zip(self.snapshot.parents[i], value.partials(), strict=True):
                    grads[parent] += slope * grads[i]
        return grads

    @property
    def rules(self) -> str:
        """The evaluator, as JavaScript."""
        return evaluator(self.snapshot)

    def as_json(self) -> dict[str, Any]:
        """Return what ``frontend/src/lesson.ts`` calls LiveData."""
        drawn: dict[str, Any] = {}
        if isinstance(self.drawn, Curve):
            other = self.drawn.other and [self.node(name) for name in self.drawn.other]
            drawn["curve"] = {"x": self.node(self.drawn.x), "y": self.node(self.drawn.y)}
            drawn["curve"] |= {"other": other, "names": [self.drawn.x, self.drawn.y]}
        elif self.drawn:
            drawn["bars"] = [self.node(name) for name in self.drawn]
        return {
            "graph": as_json(self.snapshot),
            "root": self.snapshot.roots[0],
            "sliders": [
                {"node": self.node(s.label), "low": s.low, "high": s.high, "step": s.step}
                for s in self.sliders
            ],
            **drawn,
        }


@dataclass(frozen=True)
class Embedded:
    """An explorer within a lesson, opened in a state, as its address would say: ``step=12``.

    Where nothing moves, a picture shows the state ``still``.
    """

    explorer: Explorer
    state: str = ""
    height: int = 620
    still: str = ""


def embedded(
    explorer: Explorer, state: str = "", height: int = 620, still: str | None = None
) -> Embedded:
    """Show an explorer's page in a lesson, in a state and of a height in pixels.

    Args:
        explorer: made by ``explore``.
        state: in which the page opens.
        height: of the page, in pixels.
        still: the state that a picture shows, where nothing moves; by default the same.
    """
    return Embedded(explorer, state, height, state if still is None else still)


def live(text: str, *roots: Any, drawn: Any = None, **sliders: Sequence[float]) -> Live:
    """Make sentences whose numbers follow sliders.

    Args:
        text: Markdown; ``{x}`` is the data of the value labelled x, ``{#x}`` the same as a count,
            ``{x.grad}`` its gradient from the first root, ``{y/x}`` the local derivative of y by
            its parent x.
        roots: the results, of this engine or of another.
        drawn: what ``curve`` or ``bars`` made.
        sliders: by label, the lowest number, the highest and the step.

    Raises:
        ValueError: a label is missing, or a slider is for no leaf.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.label = "y"
    >>> str(live("At {x} it is {y}, with slope {x.grad}.", y, x=(-4, 4, 0.1)))
    'At 3.0 it is 9.0, with slope 6.0.'
    """
    values = list(roots)
    if not all(isinstance(root, Value) for root in values):
        values = Likeness(values).roots
    snapshot = take_snapshot(values)
    nodes = {value.label: i for i, value in enumerate(snapshot.values) if value.label}
    ranges = tuple(Slider(label, *numbers) for label, numbers in sliders.items())
    made = Live(text, snapshot, ranges, drawn, nodes)
    for slider in ranges:
        if snapshot.parents[made.node(slider.label)]:
            raise ValueError(f"{slider.label} is computed: only a leaf can have a slider")
    return made


def written(kind: str, x: float) -> str:
    """Write a number as the page does: a count has no decimals."""
    return f"{x:,.0f}" if kind == "count" else number(x)


def curve(x: str, y: str, other: tuple[str, str] | None = None) -> Curve:
    """Draw y over x, with the tangent, or with the line to the point (x, y) of two other labels."""
    return Curve(x, y, other)


def bars(*labels: str) -> tuple[str, ...]:
    """Draw a bar for each of the values with these labels."""
    return labels
