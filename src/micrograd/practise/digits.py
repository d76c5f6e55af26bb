"""The end of a speedrun: 300 small digits, learned by the engine that was just written.

The numbers are 8 by 8 scans of digits. The network and the steps use the learner's Value and
MLP and nothing of ours; 200 digits that it has not seen decide.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from ..data import digits as load_digits

TRAINED, HELD_OUT, BATCH = 300, 200, 20
ENOUGH = 0.8
_RATE = 0.1
_STEPS = 300  # at most: twenty epochs


def learn(namespace: dict[str, Any], X: Any, y: Any) -> Iterator[tuple[int, float]]:
    """Train the learner's own network; yield the step and the share right of those held out.

    Args:
        namespace: what the learner's file left: Value and MLP, under any name the judge knows.
        X: rows of 64 numbers, 500 or more.
        y: their digits.
    """
    from .forms import Forms

    forms = Forms(namespace)
    make: Callable[..., Any] = namespace[forms.function("MLP") or "MLP"]
    order = random.Random(0).sample(range(len(y)), TRAINED + HELD_OUT)
    rows = [[float(x) for x in X[i]] for i in order]
    labels = [int(y[i]) for i in order]
    model = make(len(rows[0]), [max(labels) + 1])
    parameters = list(model.parameters())
    for p in parameters:
        setattr(p, forms.data, getattr(p, forms.data) * 0.1)
    names = (forms.data, forms.grad)
    for step in range(_STEPS):
        start = step * BATCH % TRAINED
        _update(
            model, parameters, rows[start : start + BATCH], labels[start : start + BATCH], names
        )
        if (step + 1) * BATCH % TRAINED == 0:
            share = _share(model, rows[TRAINED:], labels[TRAINED:], forms.data)
            yield step + 1, share
            if share >= ENOUGH:
                return


def _update(
    model: Any, parameters: list[Any], rows: list, labels: list[int], names: tuple[str, str]
) -> None:
    """Make one step on squared errors; the targets are 1 for the digit and -1 for others."""
    data, grad = names
    loss: Any = None
    for row, label in zip(rows, labels, strict=True):
        for digit, out in enumerate(model(row)):
            off = out + (-1.0 if digit == label else 1.0)
            loss = off * off if loss is None else loss + off * off
    for p in parameters:
        setattr(p, grad, 0.0)
    loss.backward()
    for p in parameters:
        setattr(p, data, getattr(p, data) - _RATE / BATCH * getattr(p, grad))


def _share(model: Any, rows: list, labels: list[int], data: str) -> float:
    right = 0
    for row, label in zip(rows, labels, strict=True):
        outs = [getattr(out, data) for out in model(row)]
        right += outs.index(max(outs)) == label
    return right / len(labels)


def race(session: Any) -> None:
    """Run the digits in a process of its own, and stop the clock at 80 %."""
    from .processes import ask

    X, y = load_digits()
    request = {"X": [list(map(float, row)) for row in X[:1000]], "y": list(map(int, y[:1000]))}
    for step, share in ask(session.path, "digits", request, patience=600.0):
        print(f"  step {step:3}   {share:.0%} of {HELD_OUT} digits", flush=True)
        if share >= ENOUGH:
            session.finish("digits")
            return
    print(f"  under {ENOUGH:.0%} after {_STEPS} steps: the time does not count")
