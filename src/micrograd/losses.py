"""Losses: what training makes small.

Each takes what a model returned for one example and what it should have been; lists of both, of the
same length, give the mean. All can be compiled, with labels that are Values. A label out of range
is an error, not a number.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import functions, ops
from .arguments import operand, scalar, shown, values
from .functions import log_softmax, maximum, take, where
from .value.numeric import is_array


def mse(prediction: Any, target: Any) -> Any:
    """Return the squared error (prediction - target)²; of two lists, its mean."""
    if _is_list(prediction):
        return _mean_of(mse, prediction, target)
    return (operand("mse", prediction) - scalar("mse", target)) ** 2


def hinge(score: Any, label: Any) -> Any:
    """Return max(0, 1 - label · score), the loss of a support vector machine.

    Args:
        score: positive for the one class, negative for the other.
        label: 1 or -1.

    Raises:
        ValueError: label is another number.
    """
    if _is_list(score):
        return _mean_of(hinge, score, label)
    operand("hinge", score)
    _check("hinge", label, "a label of -1 or 1", lambda y: y in (-1, 1))
    return ops.RELU(1 + -label * score)


def binary_cross_entropy_with_logits(logit: Any, target: Any) -> Any:
    """Return -t log s(z) - (1 - t) log(1 - s(z)), s being the sigmoid, exact at any finite logit z.

    Args:
        logit: log odds of the target being 1.
        target: 0, 1, or a probability.

    Raises:
        ValueError: target is not between 0 and 1.
    """
    name = "binary_cross_entropy_with_logits"
    if _is_list(logit):
        return _mean_of(binary_cross_entropy_with_logits, logit, target)
    operand(name, logit)
    _check(name, target, "a target between 0 and 1", lambda t: 0 <= t <= 1)
    # -log s(z) is softplus(-z): two terms of one sign, so that nothing cancels
    return target * ops.SOFTPLUS(-logit) + (1 - target) * ops.SOFTPLUS(logit)


def cross_entropy(logits: Sequence[Any], label: Any) -> Any:
    """Return -log softmax(logits)[label], exact at any logit.

    Args:
        logits: one per class; or a list of such lists, with a list of labels.
        label: the index of the right class, from 0.

    Raises:
        IndexError: label is out of range.
        TypeError: logits is no list: the model has one output.
    """
    if _is_batch("cross_entropy", logits):
        return _mean_of(cross_entropy, logits, label)
    return nll(log_softmax(_checked(logits, label, "cross_entropy")), label)


def nll(log_probabilities: Sequence[Any], label: Any) -> Any:
    """Return -log_probabilities[label], the negative log-likelihood.

    Raises:
        IndexError: label is out of range.
    """
    if _is_batch("nll", log_probabilities):
        return _mean_of(nll, log_probabilities, label)
    return -operand("nll", take(_checked(log_probabilities, label, "nll"), label))


def l1(parameters: Iterable[Any]) -> Any:
    """Return the sum of absolute values."""
    return functions.sum([abs(operand("l1", p)) for p in values("l1", parameters)])


def l2(parameters: Iterable[Any]) -> Any:
    """Return the sum of squares."""
    return functions.sum([operand("l2", p) * p for p in values("l2", parameters)])


def accuracy(output: Any, label: Any) -> Any:
    """Return 1 for a right answer and 0 for a wrong one; of lists, the share that is right.

    Args:
        output: logits, one per class, with the index of the right one; or one score, which is right
            when it has the sign of a label of -1 or 1.
        label: as above.
    """
    if not _is_list(output):
        operand("accuracy", output)
        _check("accuracy", label, "a label of -1 or 1", lambda y: y in (-1, 1))
        return where(output * label > 0, 1.0, 0.0)
    if _is_batch("accuracy", output) or _is_list(label):
        return _mean_of(accuracy, output, label)
    return where(take(_checked(output, label, "accuracy"), label) >= maximum(output), 1.0, 0.0)


def _is_list(x: Any) -> bool:
    return isinstance(x, (list, tuple)) or (is_array(x) and x.ndim > 0)


def _is_batch(name: str, outputs: Any) -> bool:
    """Tell a list of lists from a list of numbers, one per class; refuse anything else."""
    if not _is_list(outputs) or not len(outputs):
        raise TypeError(f"{name} expects a list of numbers, one per class, got {outputs!r}")
    return _is_list(outputs[0])


def _mean_of(loss: Callable[[Any, Any], Any], outputs: Any, targets: Any) -> Any:
    outputs, targets = list(outputs), list(targets) if _is_list(targets) else [targets]
    if len(outputs) != len(targets):
        raise ValueError(
            f"{loss.__name__} got {len(outputs)} outputs and {len(targets)} targets: pass as many"
        )
    return functions.mean(
        [loss(output, target) for output, target in zip(outputs, targets, strict=True)]
    )


def _check(name: str, label: Any, expected: str, is_right: Callable[[Any], bool]) -> None:
    """Check a number; a Value may be traced, and is not looked into."""
    if not hasattr(label, "_is_micrograd_value") and not (_is_number(label) and is_right(label)):
        raise ValueError(f"{name} expects {expected}, got {shown(label)}")


def _checked(logits: Sequence[Any], label: Any, name: str) -> Sequence[Any]:
    last = len(logits) - 1
    if not hasattr(label, "_is_micrograd_value") and not (
        _is_number(label) and 0 <= label <= last and label == int(label)
    ):
        raise IndexError(f"{name} expects a whole label from 0 to {last}, got {label!r}")
    return logits


def _is_number(x: Any) -> bool:
    return hasattr(x, "__float__") and not isinstance(x, str)
