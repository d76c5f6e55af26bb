"""What backward adds, one entry for each use of each value: the one account that the pictures, the
explanations and the explorer all read. Nothing of the user's graph is changed by keeping it.
"""

from dataclasses import dataclass

from ..engine import Value, toposort


@dataclass(frozen=True, eq=False)
class Contribution:
    """One ``parent.grad += partial * value.grad``."""

    value: Value
    parent: Value
    place: int  # which parent of the value: 0, 1, ...
    partial: float | None  # None where a hand-set _backward added the amount
    upstream: float  # the gradient of value
    amount: float


def ledger(root: Value) -> list[Contribution]:
    """List what one ``root.backward()``, from zero gradients, adds to whom, in its order."""
    order = toposort(root)
    grad = dict.fromkeys(order, 0.0)
    grad[root] = 1.0
    entries = []
    for value in reversed(order):
        if not value.parents:
            continue
        by_hand = value._closure is not None
        partials = None if by_hand else value.partials()
        amounts = (
            added_by_hand(value, grad[value])
            if partials is None
            else [partial * grad[value] for partial in partials]
        )
        for place, (parent, amount) in enumerate(zip(value.parents, amounts, strict=True)):
            if by_hand and parent in value.parents[:place]:
                continue  # its uses were added to it in one go
            partial = None if partials is None else partials[place]
            entries.append(Contribution(value, parent, place, partial, grad[value], amount))
            grad[parent] += amount
    return entries


def local_derivatives(value: Value) -> list[float]:
    """Return d(value)/d(parent) for each use; of a hand-set ``_backward``, what it adds for a 1.

    What is added by hand to a parent used twice stands at its first use; the second has 0.
    """
    return list(value.partials()) if value._closure is None else added_by_hand(value, 1.0)


def added_by_hand(value: Value, upstream: float) -> list[float]:
    """Run a hand-set ``_backward`` on zero gradients, and put all gradients back."""
    touched = list(dict.fromkeys((value, *value.parents)))
    former = [v.grad for v in touched]
    try:
        for v in touched:
            v.grad = 0.0
        value.grad = upstream
        value._backward()
        amounts = []
        for place, parent in enumerate(value.parents):
            amounts.append(0.0 if parent in value.parents[:place] else parent.grad)
        return amounts
    finally:
        for v, grad in zip(touched, former, strict=True):
            v.grad = grad
