"""Losses: what training makes small.

Each takes what a model returned for one example and what it should have been; lists of both, of the
same length, give the mean. All can be compiled, with labels that are Values. A label out of range
is an error, not a number.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from . import functions, ops
from .arguments import finite, operand, scalar, shown, values, whole
from .functions import apply, log_softmax, maximum, take, where
from .labels import (
    as_many,
    checked_label,
    checked_number,
    classes_of,
    equals,
    is_batch,
    is_list,
    warn_of_probabilities,
    weights_of,
)
from .signatures import loss, penalty
from .transforms.batches import each
from .transforms.batches import is_batch as traced_once

__all__ = ["accuracy", "binary_cross_entropy_with_logits", "cross_entropy", "hinge", "huber"]
__all__ += ["huber_loss", "kl_div", "l1", "l1_loss", "l2", "mse", "mse_loss", "nll", "nll_loss"]


@loss
def mse(prediction: Any, target: Any) -> Any:
    """Return the squared error (prediction - target)²; of two lists, its mean."""
    if is_list(prediction):
        return _mean_of(mse, prediction, target)
    return (operand("mse", prediction) - scalar("mse", target)) ** 2


@loss
def hinge(score: Any, label: Any) -> Any:
    """Return max(0, 1 - label · score), the loss of a support vector machine.

    Args:
        score: positive for the one class, negative for the other.
        label: 1 or -1.

    Raises:
        ValueError: label is another number.
    """
    if is_list(score):
        return _mean_of(hinge, score, label)
    operand("hinge", score)
    expected = "a label of -1 or 1, which 2 * y - 1 makes of 0 and 1"
    checked_number("hinge", label, expected, lambda y: y in (-1, 1))
    return ops.RELU(1 + -label * score)


@loss
def l1_loss(prediction: Any, target: Any) -> Any:
    """Return the absolute error |prediction - target|; of two lists, its mean."""
    if is_list(prediction):
        return _mean_of(l1_loss, prediction, target)
    return abs(operand("l1_loss", prediction) - scalar("l1_loss", target))


@loss
def huber(prediction: Any, target: Any, delta: float = 1.0) -> Any:
    """Return half the squared error up to ``delta``, and a straight line beyond it (Huber, 1964).

    Args:
        prediction, target: numbers, or two lists, which give the mean.
        delta: from which error on the slope stays the same.
    """
    if not finite("delta", delta, least=0):
        raise ValueError(f"huber expects a delta above 0, got {delta!r}")
    if is_list(prediction):
        return _mean_of(huber, prediction, target, delta=delta)
    error = operand("huber", prediction) - scalar("huber", target)
    return where(abs(error) < delta, 0.5 * error * error, delta * (abs(error) - 0.5 * delta))


@loss
def binary_cross_entropy_with_logits(logit: Any, target: Any, *, pos_weight: Any = None) -> Any:
    """Return -t log s(z) - (1 - t) log(1 - s(z)), s being the sigmoid, exact at any finite logit z.

    Args:
        logit: log odds of the target being 1.
        target: 0, 1, or a probability.
        pos_weight: how much the first term counts: above 1 where there are few ones. For a list of
            logits it may be a list.

    Raises:
        ValueError: target is not between 0 and 1.
    """
    name = "binary_cross_entropy_with_logits"
    if is_list(logit):
        if not is_list(pos_weight):
            loss = binary_cross_entropy_with_logits
            return _mean_of(loss, logit, target, pos_weight=pos_weight)
        weights = list(pos_weight)
        if len(weights) != len(logit):
            raise ValueError(f"{name} got {len(logit)} logits and {len(weights)} weights")
        pairs = list(zip(logit, weights, strict=True))
        loss = binary_cross_entropy_with_logits
        return _mean_of(lambda pair, t: loss(pair[0], t, pos_weight=pair[1]), pairs, target, name)
    operand(name, logit)
    checked_number(name, target, "a target between 0 and 1", lambda t: 0 <= t <= 1)
    # -log s(z) is softplus(-z): two terms of one sign, so that nothing cancels
    ones = target if pos_weight is None else target * scalar("pos_weight", pos_weight)
    return ones * ops.SOFTPLUS(-logit) + (1 - target) * ops.SOFTPLUS(logit)


@loss
def cross_entropy(
    logits: Sequence[Any],
    label: Any,
    *,
    weight: Sequence[Any] | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Any:
    """Return -log softmax(logits)[label], exact at any logit.

    Args:
        logits: one per class; or a list of such lists, with a list of labels.
        label: the index of the right class, from 0.
        weight: how much each class counts. Of lists the mean is weighted, as PyTorch's is.
        ignore_index: a label that does not count, as PyTorch's -100.
        label_smoothing: the share of the right answer that goes to all classes alike (Szegedy et
            al., "Rethinking the Inception architecture", 2015).

    Raises:
        IndexError: label is out of range.
        TypeError: logits is no list: the model has one output.
    """
    name = "cross_entropy"
    smoothing = finite("label_smoothing", label_smoothing, least=0)
    if smoothing > 1:
        raise ValueError(f"label_smoothing expects a share from 0 to 1, got {label_smoothing!r}")
    if is_batch(name, logits):
        log_p: Any = each(lambda row: log_softmax(classes_of(name, row)), logits)
    else:
        log_p = log_softmax(logits)
    return _likelihood(name, log_p, label, weight, ignore_index, smoothing)


@loss
def nll(
    log_probabilities: Sequence[Any],
    label: Any,
    *,
    weight: Sequence[Any] | None = None,
    ignore_index: int | None = None,
) -> Any:
    """Return -log_probabilities[label], the negative log-likelihood.

    Args:
        log_probabilities: one per class; or a list of such lists, with a list of labels.
        label, weight, ignore_index: as for ``cross_entropy``.

    Raises:
        IndexError: label is out of range.
    """
    return _likelihood("nll", log_probabilities, label, weight, ignore_index, 0.0)


@loss
def kl_div(log_probabilities: Any, target: Any) -> Any:
    """Return Σ t (log t - q): how far the distribution exp(q) is from t (Kullback, Leibler).

    Args:
        log_probabilities: q, one per class; or a list of such lists, which give the mean over them
            (PyTorch's "batchmean").
        target: t, the probabilities, of the same shape.
    """
    values("kl_div", target)
    if is_batch("kl_div", log_probabilities):
        return _mean_of(kl_div, log_probabilities, target)
    columns = as_many("kl_div", list(log_probabilities), list(target))
    pairs = zip(*[[operand("kl_div", x) for x in column] for column in columns], strict=True)
    return functions.sum([where(t > 0, t * (apply(ops.LOG, t) - q), 0.0) for q, t in pairs])


mse_loss, huber_loss, nll_loss = mse, huber, nll  # PyTorch's names for them


@penalty
def l1(parameters: Iterable[Any]) -> Any:
    """Return the sum of absolute values."""
    return functions.sum([abs(operand("l1", p)) for p in values("l1", parameters)])


@penalty
def l2(parameters: Iterable[Any]) -> Any:
    """Return the sum of squares."""
    return functions.sum([operand("l2", p) * p for p in values("l2", parameters)])


def accuracy(output: Any, label: Any) -> Any:
    """Return 1 for a right answer and 0 for a wrong one; of lists, the share that is right.

    Args:
        output: logits, one per class, with the index of the right one; or one score, alone or in a
            list as ``Linear(n, 1)`` gives it, which is right when it is positive for a label of 1,
            and not positive for one of 0 or -1.
        label: as above.

    Warns:
        RuntimeWarning: all scores are from 0 to 1, as probabilities are.
    """
    if is_list(output) and len(output) == 1 and not is_list(label) and not is_list(output[0]):
        output = output[0]
    if not is_list(output):
        operand("accuracy", output)
        checked_number("accuracy", label, "a label of -1, 0 or 1", lambda y: y in (-1, 0, 1))
        positive, negative = where(output > 0, 1.0, 0.0), where(output <= 0, 1.0, 0.0)
        return where(label > 0, positive, negative)
    if is_list(label):
        warn_of_probabilities("accuracy", output)
    if is_batch("accuracy", output) or is_list(label):
        return _mean_of(accuracy, output, label)
    return where(take(checked_label(output, label, "accuracy"), label) >= maximum(output), 1.0, 0.0)


def _likelihood(
    name: str, log_p: Any, label: Any, weight: Any, ignored: int | None, smoothing: float
) -> Any:
    """The negative log-likelihood of a label; of lists of labels, the mean by their weights."""
    ignored = None if ignored is None else whole("ignore_index", ignored)
    if not is_batch(name, log_p):
        return _of_label(name, log_p, label, weight, ignored, smoothing)[0]
    if weight is None and ignored is None:
        return _mean_of(lambda q, y: _of_label(name, q, y, None, None, smoothing)[0], log_p, label)
    labels = list(label) if is_list(label) else [label]
    pairs = zip(*as_many(name, log_p, labels), strict=True)
    found = [_of_label(name, q, y, weight, ignored, smoothing) for q, y in pairs]
    counted = functions.sum([share for _, share in found])
    if not hasattr(counted, "_is_micrograd_value") and not counted > 0:
        raise ValueError(f"{name}: no label of {shown(label)} counts, so there is no mean")
    return functions.sum([loss for loss, _ in found]) / counted


def _of_label(
    name: str, log_p: Any, label: Any, weight: Any, ignored: int | None, smoothing: float
) -> tuple[Any, Any]:
    """What one label adds to the sum, and the weight that it has in it."""
    log_p = list(classes_of(name, log_p))
    if ignored is None or not equals(label, ignored):
        checked_label(log_p, label, name, ignored)
    weights = [1.0] * len(log_p) if weight is None else weights_of(name, weight, len(log_p))
    terms = log_p if weight is None else [q * w for q, w in zip(log_p, weights, strict=True)]
    loss = -operand(name, _at(terms, label, ignored))
    share = 1.0 if weight is None and ignored is None else _at(weights, label, ignored)
    if smoothing:
        rest = smoothing / len(log_p) * functions.sum(terms)
        counts = 1.0 if ignored is None else _at([1.0] * len(log_p), label, ignored)
        loss = (1 - smoothing) * loss - rest * counts
    return loss, share


def _at(items: list[Any], label: Any, ignored: int | None) -> Any:
    """The item of a label; 0 for the label that is ignored."""
    if ignored is None:
        return take(items, label)
    if not hasattr(label, "_is_micrograd_value"):
        return where(label != ignored, take(items, 0 if label == ignored else label), 0.0)
    # by comparing: compiled code has no place to look up that it must compute first
    return functions.sum([where(abs(label - c) < 0.5, x, 0.0) for c, x in enumerate(items)])


def _mean_of(
    loss: Callable[..., Any], outputs: Any, targets: Any, name: str = "", **settings: Any
) -> Any:
    if not traced_once(outputs):
        targets = list(targets) if is_list(targets) else [targets]
        outputs, targets = as_many(name or loss.__name__, list(outputs), targets)
    return functions.mean(each(partial(loss, **settings), outputs, targets))
