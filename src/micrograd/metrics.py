"""Metrics: what one wants to know of a model that has been trained, as plain numbers.

Each takes what a model returned for all examples, as ``model.predict(X)`` does, and what it should
have been. ``accuracy``, which is there for one example too, is the one to give to ``fit``. Where a
positive score decides, scores that look like probabilities, all from 0 to 1, are warned of.
"""

import math
from collections.abc import Sequence
from typing import Any

from .arguments import array as array_of
from .arguments import shown, values, whole
from .dataframes import numbers_of
from .labels import is_list, is_number, warn_of_probabilities
from .losses import accuracy, cross_entropy
from .value.nested import leaves, rebuild

__all__ = [
    "accuracy",
    "classes",
    "confusion",
    "f1",
    "mean_absolute_error",
    "perplexity",
    "precision",
    "r2",
    "recall",
    "root_mean_squared_error",
]


def classes(outputs: Sequence[Any], labels: Sequence[int] = ()) -> list[int]:
    """Return the class that each output stands for.

    Args:
        outputs: logits, one per class, of which the largest counts; or one score for each example,
            which stands for 1 where it is positive, and else for 0, or for -1 where the labels
            hold one.
        labels: the right classes, which tell -1 from 0.

    >>> classes([[0.1, 2.0, 0.3], [5.0, 1.0, 2.0]])
    [1, 0]
    >>> classes([0.5, -0.5]), classes([0.5, -0.5], [1, -1])
    ([1, 0], [1, -1])
    """
    return _classes("classes", outputs, _labels("classes", labels))


def _classes(name: str, outputs: Any, right: list[int]) -> list[int]:
    rows = _numbers(name, outputs)
    if rows.ndim == 2 and rows.shape[1] > 1:
        return rows.argmax(axis=1).tolist()
    warn_of_probabilities(name, rows)
    below = -1 if -1 in right else 0
    return [1 if x > 0 else below for x in rows.reshape(len(rows)).tolist()]


def confusion(outputs: Sequence[Any], labels: Sequence[int]) -> list[list[int]]:
    """Return how often each class (a row) was taken for each other (a column), in their order.

    The classes are those that occur, among the labels or among the answers, from the lowest on.

    >>> confusion([2.0, -1.0, 3.0, 0.5], [1, 0, 0, 1])
    [[1, 1], [0, 2]]
    """
    answers, right = _answers("confusion", outputs, labels)
    known = sorted({*answers, *right})
    counts = dict.fromkeys([(a, b) for a in known for b in known], 0)
    for pair in zip(right, answers, strict=True):
        counts[pair] += 1
    return [[counts[a, b] for b in known] for a in known]


def precision(outputs: Sequence[Any], labels: Sequence[int], positive: int | None = 1) -> float:
    """Return the share of the right ones among the examples that were taken for a class.

    Args:
        outputs, labels: as for ``classes``.
        positive: the class; None takes the mean over all classes that occur.

    Returns:
        nan where no example was taken for the class.
    """
    return _mean_of(
        "precision", outputs, labels, positive, lambda hits, taken, there: (hits, taken)
    )


def recall(outputs: Sequence[Any], labels: Sequence[int], positive: int | None = 1) -> float:
    """Return the share of a class's examples that were recognised.

    Args:
        outputs, labels, positive: as for ``precision``.

    Returns:
        nan where there is no example of the class.
    """
    return _mean_of("recall", outputs, labels, positive, lambda hits, taken, there: (hits, there))


def f1(outputs: Sequence[Any], labels: Sequence[int], positive: int | None = 1) -> float:
    """Return the harmonic mean of precision and recall.

    Args:
        outputs, labels, positive: as for ``precision``.

    Returns:
        nan where no example is of the class, nor was taken for it.
    """
    return _mean_of(
        "f1", outputs, labels, positive, lambda hits, taken, there: (2 * hits, taken + there)
    )


def r2(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the share of the targets' variance that is explained: 1 is exact, 0 as their mean is.

    Raises:
        ValueError: the targets are all the same, or not as many as the predictions.

    >>> r2([1.0, 2.0, 2.5], [1.0, 2.0, 3.0])
    0.875
    """
    found, right = _pairs("r2", predictions, targets)
    spread = float(((right - right.mean()) ** 2).sum())
    if not spread:
        raise ValueError(f"r2 of targets that are all {right[0]}: there is nothing to explain")
    return 1 - float(((right - found) ** 2).sum()) / spread


def mean_absolute_error(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return how far the predictions are off in the mean, in the unit of the targets.

    Raises:
        ValueError: there are not as many targets as predictions.

    >>> mean_absolute_error([1.0, 2.0, 2.0], [1.0, 2.0, 5.0])
    1.0
    """
    found, right = _pairs("mean_absolute_error", predictions, targets)
    return float(abs(found - right).mean())


def root_mean_squared_error(predictions: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the root of the mean of the squared errors, in the unit of the targets.

    Raises:
        ValueError: there are not as many targets as predictions.

    >>> root_mean_squared_error([1.0, 2.0, 2.0, 4.0], [1.0, 2.0, 6.0, 4.0])
    2.0
    """
    found, right = _pairs("root_mean_squared_error", predictions, targets)
    return math.sqrt(float(((found - right) ** 2).mean()))


def perplexity(logits: Sequence[Any], labels: Sequence[int]) -> float:
    """Return exp(cross entropy): among how many symbols a model, in the mean, was undecided.

    Args:
        logits: one list for each place, or such a list for each text.
        labels: the right symbols, in the same nesting.

    >>> perplexity([[0.0, 0.0, 0.0, 0.0]], [2])
    4.0
    """
    rows = _numbers("perplexity", logits)
    right = [whole("a label", y) for _, y in leaves(_of_all("perplexity", labels))]
    return math.exp(cross_entropy(rows.reshape(-1, rows.shape[-1]).tolist(), right))


def _mean_of(name: str, outputs: Any, labels: Any, positive: int | None, share: Any) -> float:
    """The share of one class, or the mean over all."""
    answers, right = _answers(name, outputs, labels)
    known = sorted({*answers, *right}) if positive is None else [whole("positive", positive)]
    shares = []
    for each in known:
        hits = sum(a == b == each for a, b in zip(answers, right, strict=True))
        part, total = share(hits, answers.count(each), right.count(each))
        shares.append(part / total if total else math.nan)
    return sum(shares) / len(shares)


def _answers(name: str, outputs: Any, labels: Any) -> tuple[list[int], list[int]]:
    right = _labels(name, labels)
    answers = _classes(name, outputs, right)
    if len(answers) != len(right) or not right:
        raise ValueError(f"{name} got {len(answers)} outputs and {len(right)} labels: pass as many")
    return answers, right


def _pairs(name: str, predictions: Any, targets: Any) -> tuple[Any, Any]:
    """As many predictions as targets, each in a row: (n, 1) has the numbers that (n,) has."""
    targets = _of_all(name, targets)  # first, since a loss or a metric of fit has one of each
    found, right = _numbers(name, predictions), _numbers(name, targets)
    if found.size != right.size:
        raise ValueError(
            f"{name} got {found.size} predictions and {right.size} targets: pass as many"
        )
    return found.reshape(-1), right.reshape(-1)


def _of_all(name: str, labels: Any) -> Any:
    """Refuse the label of one example, as ``fit`` hands it to its metrics."""
    if is_number(labels) and not is_list(labels):
        raise TypeError(
            f"{name} is of all examples, after training: {name}(model.predict(X), y); fit's "
            f"metrics take one example, as accuracy does; got the one label {shown(labels)}"
        )
    return values("labels", labels)


def _labels(name: str, labels: Any) -> list[int]:
    found = []
    for y in _of_all(name, labels):
        # NumPy's own bool, as a comparison of arrays gives it; 1.0, as a table of numbers has it
        is_bool = getattr(y, "dtype", None) == "bool"
        if is_bool or (hasattr(y, "is_integer") and y.is_integer()):
            y = int(y)
        found.append(whole("a label", y))
    return found


def _numbers(name: str, outputs: Any) -> Any:
    """Numbers or Values in nested lists or arrays of one shape as an array of floats."""
    outputs = numbers_of(outputs)
    items = [getattr(x, "_data", x) for _, x in leaves(values(name, outputs), name)]
    made = array_of(name, rebuild(outputs, iter(items)))
    if not made.size:
        raise ValueError(f"{name} expects what a model returned for examples, got {shown(outputs)}")
    return made
