"""Training steps as people write them: each maker returns a step, its calls, and what it changes.

A step is called as ``step(*args)`` for each of ``calls``; ``state()`` is all that it may change.
"""

import math
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from support import gpt_step

from micrograd import Value, mean, vmap
from micrograd import random as draws
from micrograd.losses import mse
from micrograd.nn import MLP, BatchNorm, Dropout
from micrograd.optim import SGD, Adam, AdamW, RMSprop, clip_grad_norm
from micrograd.schedules import Cosine

X = [[1.0, 2.0], [0.5, -1.0], [-1.0, 0.3], [2.0, -0.4]]
Y = [1.0, -1.0, 1.0, -1.0]
DATA = [([[x * (1 + k / 10) for x in row] for row in X], Y) for k in range(10)]


@dataclass
class Step:
    """A step, ten calls of it, and what it may change."""

    step: Any
    calls: list
    state: Any
    between: Any = lambda k: None
    programs: int = 1  # that these calls need


KINDS: dict[str, Any] = {}


def kind(make):
    KINDS[make.__name__] = make
    return make


def _model(seed=1):
    return MLP(2, [4, 1], seed=seed)


def _loss(model, X, Y):
    return mean([mse(model(x), y) for x, y in zip(X, Y)])


@kind
def descent_by_hand():
    model = _model()

    def step(X, Y):
        loss = sum((model(x) - y) ** 2 for x, y in zip(X, Y))
        for p in model.parameters():
            p.grad = 0
        loss.backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad
        return loss.data

    return Step(step, DATA, model.parameters)


@kind
def descent_over_plain_values():
    w = [Value(0.5), Value(-0.3), Value(0.1)]

    def step(X, y):
        loss = mean([(w[0] * a + w[1] * b + w[2] - t) ** 2 for (a, b), t in zip(X, y)])
        for p in w:
            p.grad = 0.0
        loss.backward()
        for p in w:
            p.data -= 0.1 * p.grad
        return loss.data

    return Step(step, [(np.array(X), np.array(Y)) for X, Y in DATA], lambda: w)


@kind
def descent_over_arguments():
    w = [Value(0.5), Value(-0.3)]

    def step(params, x):
        loss = (params[0] * x + params[1] - 1.0) ** 2
        for p in params:
            p.grad = 0.0
        loss.backward()
        for p in params:
            p.data -= 0.1 * p.grad
        return loss.data

    return Step(step, [(w, 1.0 + k / 10) for k in range(10)], lambda: w)


def _optimised(make_optimizer, clip=None):
    def make():
        model = _model()
        optimizer = make_optimizer(model.parameters())

        def step(X, Y):
            loss = _loss(model, X, Y)
            model.zero_grad()
            loss.backward()
            norm = clip_grad_norm(model.parameters(), clip) if clip else 0.0
            optimizer.step()
            return loss, norm

        return Step(step, DATA, lambda: [model.parameters(), optimizer.state, optimizer.steps])

    return make


for _name, _make in (
    ("sgd", lambda ps: SGD(ps, lr=0.1)),
    ("momentum", lambda ps: SGD(ps, 0.1, momentum=0.9, dampening=0.1, weight_decay=0.01)),
    ("nesterov", lambda ps: SGD(ps, lr=0.1, momentum=0.9, nesterov=True)),
    ("rmsprop", lambda ps: RMSprop(ps, lr=0.01, momentum=0.5, centered=True)),
    ("adam", lambda ps: Adam(ps, lr=0.01)),
    ("adamw", lambda ps: AdamW(ps, lr=0.01)),
):
    KINDS[_name] = _optimised(_make)
KINDS["clip_grad_norm"] = _optimised(lambda ps: SGD(ps, lr=0.01), clip=1e-3)


@kind
def clipping_by_hand():
    model = _model()

    def step(X, Y):
        loss = _loss(model, X, Y)
        model.zero_grad()
        loss.backward()
        norm = sqrt(sum(p.grad**2 for p in model.parameters()))
        if norm > 0.001:
            for p in model.parameters():
                p.grad *= 0.001 / norm
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        return loss.data, norm

    return Step(step, DATA, model.parameters)


@kind
def accumulation():
    model = _model()
    optimizer = AdamW(model.parameters(), lr=0.01)

    def step(X, Y):
        model.zero_grad()
        total = 0.0
        for k in range(0, len(X), 2):
            loss = _loss(model, X[k : k + 2], Y[k : k + 2])
            loss.backward()
            total += loss.data
        optimizer.step()
        return total

    return Step(step, DATA, lambda: [model.parameters(), optimizer.state])


@kind
def gradients_that_nobody_clears():
    w = Value(1.0)

    def step(x):
        loss = (w * x - 3.0) ** 2
        loss.backward()
        w.data -= 0.01 * w.grad
        return loss.data

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: w)


@kind
def two_models():
    g, d = MLP(1, [3, 1], seed=1), MLP(1, [3, 1], seed=2)
    og, od = Adam(g.parameters(), lr=0.001), RMSprop(d.parameters(), lr=0.001)

    def step(z, x):
        fake = g([z])
        loss_d = (d([fake.detach()]) + 1) ** 2 + (d([x]) - 1) ** 2
        od.zero_grad()
        loss_d.backward()
        od.step()
        loss_g = (d([g([z])]) - 1) ** 2
        og.zero_grad()
        loss_g.backward()
        og.step()
        return loss_d.data, loss_g.data

    return Step(
        step, [(0.3 + k / 100, 1.0) for k in range(10)], lambda: [*g.parameters(), *d.parameters()]
    )


@kind
def accuracy_by_data():
    model = _model()

    def step(X, Y):
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * si).relu() for yi, si in zip(Y, scores)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (si.data > 0) for yi, si in zip(Y, scores)]
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad
        return total, sum(accuracy) / len(accuracy)

    return Step(step, DATA, model.parameters)


@kind
def examples_by_vmap():
    model = _model()
    optimizer = SGD(model.parameters(), lr=0.1)

    def step(X, Y):
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        loss = mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y)) + penalty
        model.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    rng = np.random.default_rng(0)
    calls = [(rng.normal(size=(n, 2)), np.ones(n)) for n in (4, 5, 4, 7, 4, 5, 4, 7, 2, 4)]
    return Step(step, calls, model.parameters)


@kind
def clipping_a_batch():
    model = _model()
    optimizer = SGD(model.parameters(), lr=0.1)

    def step(X, Y, most, rate):
        loss = mean(vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y))
        model.zero_grad()
        loss.backward()
        norm = clip_grad_norm(model.parameters(), most)
        optimizer.lr = rate
        optimizer.step()
        return loss.data, norm

    X = np.random.default_rng(0).normal(size=(16, 2))
    calls = [(X, np.sign(X[:, 0]), most, most / 10) for most in (0.9, 0.7, 0.1, 0.2, 0.9) * 2]
    return Step(step, calls, lambda: [model.parameters(), optimizer.lr], programs=2)


@kind
def dropout():
    model, drop = _model(), Dropout(0.5)
    optimizer = SGD(model.parameters(), lr=0.1)
    draws.seed(3)

    def step(X, Y):
        loss = mean([mse(model(drop(x)), y) for x, y in zip(X, Y)])
        model.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    return Step(step, DATA, model.parameters)


@kind
def rate_changed_outside():
    model = _model()
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)

    def step(X, Y):
        loss = _loss(model, X, Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    def between(k):
        optimizer.lr *= 0.9

    return Step(step, DATA, model.parameters, between, programs=2)


@kind
def a_schedule_and_batch_norm():
    norm, model, schedule = BatchNorm(2), _model(), Cosine(steps=20)
    optimizer = Adam([*model.parameters(), *norm.parameters()], lr=0.1)
    count, best = {"steps": 0}, {"loss": 100.0, "weights": [0.0]}

    def step(X, Y):
        optimizer.lr = 0.1 * schedule(count["steps"])
        count["steps"] += 1
        loss = mean([mse(model(x), y) for x, y in zip(norm(X), Y)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss.data < best["loss"]:
            best["loss"] = loss.data
            best["weights"] = [p.data for p in model.parameters()]
        return loss.data

    state = lambda: [optimizer.parameters, optimizer.lr, count, best]  # noqa: E731
    return Step(step, DATA, state, programs=3)


@kind
def history_and_counter():
    w, history, count = Value(1.0), [], 0

    def step(x):
        nonlocal count
        count += 1
        rate = 0.1 * (1 - count / 20) * math.exp(-0.1 * count)
        loss = (w * x - 3.0) ** 2
        w.grad = 0
        loss.backward()
        w.data -= rate * w.grad
        history.append(loss.data)
        return loss.data, count

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: (w, history, count))


@kind
def averages_in_a_dict():
    w, average = Value(1.0), {"w": 1.0, "steps": 0}

    def step(x):
        loss = (w * x - 3.0) ** 2
        w.grad = 0
        loss.backward()
        w.data -= 0.1 * w.grad
        average["w"] = 0.9 * average["w"] + 0.1 * w.data
        average["steps"] += 1
        return average["w"]

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: (w, average))


@kind
def moments_in_lists():
    w = [Value(1.0), Value(2.0), Value(-1.0)]
    m, v = [0.0] * 3, [0.0] * 3

    def step(x, t):
        loss = (w[0] * x + w[1] * x.tanh() + w[2] - 1.0) ** 2
        loss.backward()
        for i, p in enumerate(w):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            hat = m[i] / (1 - 0.9 ** (t + 1)), v[i] / (1 - 0.99 ** (t + 1))
            p.data -= 0.01 * hat[0] / (hat[1] ** 0.5 + 1e-8)
            p.grad = 0
        return loss.data

    return Step(step, [(Value(1.0 + k / 10), k) for k in range(10)], lambda: (w, m, v))


@kind
def moments_in_arrays():
    w, m = [Value(1.0), Value(2.0)], np.zeros(2)

    def step(x):
        loss = (w[0] * x + w[1] - 1.0) ** 2
        for p in w:
            p.grad = 0.0
        loss.backward()
        m[:] = 0.9 * m + 0.1 * np.array([p.grad for p in w])
        for p, d in zip(w, m):
            p.data -= 0.1 * d
        return loss.data

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: (w, m))


@kind
def a_trainer_object():
    class Trainer:
        def __init__(self):
            self.w, self.t, self.losses, self.best, self.last = Value(1.0), 0, [], 100.0, None

        def step(self, x, rate):
            self.t += 1
            loss = (self.w * x - 3.0) ** 2
            self.w.grad = 0
            loss.backward()
            self.w.data -= rate * self.w.grad / (1 + self.t)
            self.losses.append(loss.data)
            self.best = min(self.best, loss.data)
            self.last = loss.data
            return self.last

    t = Trainer()
    calls = [(1.0 + k / 10, 0.1) for k in range(10)]
    state = lambda: (t.w, t.t, t.losses, t.best, t.last)  # noqa: E731
    return Step(lambda x, rate: t.step(x, rate), calls, state, programs=2)


@kind
def rebound_values():
    w = Value(1.0)

    def step(x):
        nonlocal w
        loss = (w * x - 3.0) ** 2
        loss.backward()
        w = Value(w.data - 0.01 * w.grad)
        return loss.data

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: w)


@kind
def early_exit():
    w = Value(1.0)

    def step(x, eps):
        loss = (w * x - 3.0) ** 2
        if loss.data < eps:
            return None
        w.grad = 0.0
        loss.backward()
        w.data -= 0.25 * w.grad
        return loss.data

    return Step(step, [(1.0, 0.3)] * 10, lambda: w, programs=2)


@kind
def data_set_before_backward():
    w, other = Value(2.0), Value(5.0)

    def step(x):
        before = w.data
        y = w * x * other
        w.data = 7.0 + x
        y.backward()
        return before, w.data, other.grad

    return Step(step, [(1.0 + k / 10,) for k in range(10)], lambda: (w, other))


@kind
def one_example_after_the_other():
    w = [Value(0.5), Value(-0.5)]

    def step(X, Y):
        total = 0.0
        for (a, b), y in zip(X, Y):
            loss = (w[0] * a + w[1] * b - y) ** 2
            for p in w:
                p.grad = 0.0
            loss.backward()
            for p in w:
                p.data -= 0.05 * p.grad
            total += loss.data
        return total

    return Step(step, DATA, lambda: w)


@kind
def a_small_gpt():
    step, *state = gpt_step.trainer()
    documents = ([0, 3, 1, 4, 0], [0, 2, 2, 0])
    calls = [(documents[t % 2], t) for t in range(10)]
    return Step(step, calls, lambda: state, programs=2)


def pictured(x):
    """Return anything as nested lists of numbers, each with its kind."""
    if isinstance(x, Value):
        return ["Value", x.data, x.grad]
    if isinstance(x, dict):
        return [[key, pictured(item)] for key, item in x.items()]
    if isinstance(x, np.ndarray):
        return ["array", *x.tolist()]
    if isinstance(x, (list, tuple)):
        return [type(x).__name__, *map(pictured, x)]
    return [type(x).__name__, x]


def played(make, wrap):
    """Return what each call gave and left behind, and what was called."""
    case = make()
    step, seen = wrap(case.step), []
    for k, args in enumerate(case.calls):
        seen.append([pictured(step(*args)), pictured(case.state()), pictured(list(args))])
        case.between(k)
    return seen, step, case


def alike(a, b):
    """Compare two pictures, with room for reordered sums."""
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, float):
        return type(b) is float and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-13)
    return type(a) is type(b) and a == b


def differing(name, jit):
    """Return what is wrong with a kind of step under jit; None if nothing is."""
    plain, _, case = played(KINDS[name], lambda f: f)
    compiled, step, _ = played(KINDS[name], jit)
    for k, (a, b) in enumerate(zip(plain, compiled, strict=True), 1):
        if not alike(a, b):
            return f"{name}, call {k}: plain {a}, compiled {b}"
    if step.report().plainly:
        return f"{name}: {step.report()}"
    made = step.cache_info().made
    return None if made <= case.programs else f"{name}: {made} programs for {case.programs}"
