"""A training run as the page's second slider wants it."""

from collections.abc import Iterable
from typing import Any

from ..data import Examples
from ..engine import Value
from ..nn import Module
from ..train.history import History
from .snapshot import Snapshot, number_json

_MOST = 200  # recorded steps on a page; more would make it heavy, and no slider finer
_POINTS = 500


def applied(model: Any, x: Any) -> tuple[list[Value], list[Value]]:
    """Apply a model to one example; return the inputs, as labelled Values, and the outputs.

    The outputs get no labels yet: a label would take them out of the module that computes them.

    Raises:
        TypeError: x is neither a number nor a list of numbers.
    """
    list(model.named_parameters())  # the search gives parameters their dotted labels
    many = hasattr(x, "__iter__")
    numbers = list(x) if many else [x]
    try:
        inputs = [v if isinstance(v, Value) else Value(float(v)) for v in numbers]
    except (TypeError, ValueError):
        raise TypeError(
            f"the input of a model is a number or a list of numbers here, got {str(x)[:60]!r}: "
            "for any other, explore what the model returns, explore(model(x))"
        ) from None
    for i, value in enumerate(inputs):
        value.label = value.label or (f"x{i + 1}" if many else "x")
    out = model(inputs if many else inputs[0])
    return inputs, [out] if isinstance(out, Value) else list(out)


def name_outputs(outputs: list[Value], name: str = "out") -> None:
    """Label what was put out, where it has no label: out, or out1, out2, ..."""
    for i, value in enumerate(outputs):
        value.label = value.label or (f"{name}{i + 1}" if len(outputs) > 1 else name)


class Runs:
    """What a history recorded, with the model's graph for the first example.

    Args:
        history: of a ``fit`` with ``record``.
        model: the one that was trained; it is not changed.
        data: the examples, as ``fit`` took them: (x, y) or the like.

    Raises:
        ValueError: nothing was recorded, or it was another model.
    """

    def __init__(self, history: History, model: Module, data: Any) -> None:
        recorded = history.recorded
        if recorded is None or not recorded.steps:
            raise ValueError("this history has no recorded parameters: use fit(..., record=1)")
        self.history = history
        self.parameters = dict(model.named_parameters())
        if list(self.parameters) != list(recorded.names):
            raise ValueError(
                f"the history recorded {len(recorded.names)} parameters of another model; "
                f"this one has {len(self.parameters)}"
            )
        self.examples = Examples(data)
        self.inputs, self.outputs = applied(model, self.examples[0][0])

    def as_json(self, snapshot: Snapshot) -> dict[str, Any]:
        """Return what ``frontend/src/types.ts`` calls HistoryData."""
        recorded = self.history.recorded
        assert recorded is not None
        used = [
            (place, snapshot.number[id(value)])
            for place, value in enumerate(self.parameters.values())
            if id(value) in snapshot.number
        ]
        fed = [k for k, value in enumerate(self.inputs) if id(value) in snapshot.number]
        chosen = _evenly(len(recorded.steps), _MOST)
        examples = [self.examples[i] for i in _evenly(len(self.examples), _POINTS)]
        return {
            "steps": [recorded.steps[i] for i in chosen],
            "parameters": [node for _, node in used],
            "values": [
                [number_json(float(f"{recorded.parameters[i][place]:.9g}")) for place, _ in used]
                for i in chosen
            ],
            "curves": self._curves(),
            "inputs": [snapshot.number[id(self.inputs[k])] for k in fed],
            "outputs": [snapshot.number[id(v)] for v in self.outputs],
            "points": [[_numbers(example[0])[k] for k in fed] for example in examples],
            "targets": [_target(example[1]) for example in examples if len(example) > 1],
        }

    def _curves(self) -> list[dict[str, Any]]:
        history = self.history
        steps = len(history.step_loss)
        each = steps / max(1, history.epochs)
        curves = [
            ("loss", history.step_loss, 1.0),
            ("validation loss", history.validation_loss, each),
        ]
        curves += [(name, curve, each) for name, curve in history.metrics.items()]
        found = []
        for name, curve, stride in curves:
            places = _evenly(len(curve), 2 * _MOST)
            if places:
                offset = 0 if stride == 1.0 else 1  # an epoch's number is taken at its end
                found.append({
                    "name": name,
                    "steps": [round((i + offset) * stride) for i in places],
                    "values": [number_json(float(curve[i])) for i in places],
                })  # fmt: skip
        return found


def _numbers(x: Any) -> list[float | str]:
    return [number_json(float(v)) for v in (x if isinstance(x, Iterable) else [x])]


def _target(y: Any) -> float | str:
    """Return the target as one number; of a list, as a one-hot row, the place of its largest."""
    row = _numbers(y)
    return row[0] if len(row) == 1 else max(range(len(row)), key=lambda i: float(row[i]))


def _evenly(count: int, most: int) -> list[int]:
    """Choose at most so many places, first and last among them."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]
