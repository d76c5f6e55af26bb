"""What a loss is given: outputs, labels and weights, each checked by an error that names it."""

import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .arguments import operand, scalar, shown, values
from .transforms.batches import is_batch as traced_once
from .value.numeric import is_array


def classes_of(name: str, outputs: Any) -> Any:
    """Return the outputs for one example; refuse what is no list of numbers, one per class."""
    if not is_list(outputs) or not len(outputs):
        raise TypeError(f"{name} expects a list of numbers, one per class, got {outputs!r}")
    return outputs


def weights_of(name: str, weight: Any, classes: int) -> list[Any]:
    """Return the weight of each class, as many as there are."""
    weights = [operand(f"{name}, as a weight,", w) for w in values(f"{name}, as weight,", weight)]
    if len(weights) != classes:
        raise ValueError(
            f"{name} got {len(weights)} weights for {classes} classes: {shown(weight)}"
        )
    return weights


def equals(label: Any, number: int) -> bool:
    """Tell whether a plain label is a number; a Value is none."""
    return not hasattr(label, "_is_micrograd_value") and is_number(label) and label == number


def is_list(x: Any) -> bool:
    """Tell a list, a tuple or an array with dims from a scalar."""
    return isinstance(x, (list, tuple)) or (is_array(x) and x.ndim > 0)


def is_batch(name: str, outputs: Any) -> bool:
    """Tell a list of lists from a list of numbers, one per class; refuse anything else."""
    return outputs.ndim > 1 if traced_once(outputs) else is_list(classes_of(name, outputs)[0])


def as_many(name: str, outputs: list[Any], targets: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return outputs and targets; refuse them where one has more than the other."""
    if len(outputs) != len(targets):
        raise ValueError(
            f"{name} got {len(outputs)} outputs and {len(targets)} targets: pass as many"
        )
    return outputs, targets


def checked_number(name: str, label: Any, expected: str, is_right: Callable[[Any], bool]) -> None:
    """Check a number; a Value may be traced, and is not looked into."""
    if is_list(label):
        scalar(name, label)  # raises: one output has one label
    if not hasattr(label, "_is_micrograd_value") and not (is_number(label) and is_right(label)):
        raise ValueError(f"{name} expects {expected}, got {shown(label)}")


def checked_label(
    logits: Sequence[Any], label: Any, name: str, ignored: int | None = None
) -> Sequence[Any]:
    """Return the logits; refuse a plain label that is none of theirs, nor the ignored one."""
    if is_list(label):
        if len(label) == len(logits) > 1:
            raise ValueError(
                f"{name} expects the number of a class, got {shown(label)}: of one-hot labels it "
                "is y.argmax(-1); of probabilities kl_div(log_softmax(logits), y) is the loss"
            )
        scalar(name, label)  # raises: one list of logits has one label
    last = len(logits) - 1
    if not hasattr(label, "_is_micrograd_value") and not (
        is_number(label) and 0 <= label <= last and label == int(label)
    ):
        besides = "" if ignored is None else f", or {ignored}"
        raise IndexError(f"{name} expects a whole label from 0 to {last}{besides}, got {label!r}")
    return logits


def is_number(x: Any) -> bool:
    """Tell whether it is a number, of whatever library."""
    return hasattr(x, "__float__") and not isinstance(x, str)


def warn_of_probabilities(name: str, scores: Any) -> None:
    """Warn where all scores of many examples are from 0 to 1: probabilities, all but 0 positive."""
    if is_array(scores):
        scores = scores.reshape(-1).tolist() if scores.size == len(scores) else ()
    if len(scores) < 2 or {*map(type, scores)} != {float}:  # a traced number is not looked into
        return
    if all(0 <= x <= 1 for x in scores) and not all(x in (0, 1) for x in scores):
        warnings.warn(
            f"{name} takes a positive score for the class 1, and all {len(scores)} are from 0 to "
            "1: of probabilities pass p > 0.5; scores are what model.predict gives",
            RuntimeWarning,
            stacklevel=_outside(),
        )


def _outside() -> int:
    """How far up the caller of the package is, for who called this."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals["__name__"].partition(".")[0] == "micrograd":
        frame, level = frame.f_back, level + 1
    return level
