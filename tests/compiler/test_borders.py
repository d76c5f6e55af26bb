"""First and last steps of a recurrence are in the loop of the others: a body stands once in C."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest

from micrograd import Value, cos, exp, jit, log, mean, sin, tanh, vmap
from micrograd.compiler.ir.program import For
from micrograd.nn import GRU, LSTM, MLP, RNN

STEPS = 12
U = [0.3 * math.sin(1 + i * i) for i in range(STEPS)]
CELLS = {"lstm": LSTM(2, 3, seed=1), "gru": GRU(2, 3, seed=1), "rnn": RNN(2, 3, seed=1)}
H = 0.1


def runge_kutta(f, y):
    a = f(y)
    b = f([s + H / 2 * d for s, d in zip(y, a)])
    c = f([s + H / 2 * d for s, d in zip(y, b)])
    d = f([s + H * d for s, d in zip(y, c)])
    return [s + H / 6 * (p + 2 * q + 2 * r + t) for s, p, q, r, t in zip(y, a, b, c, d)]


def pendulum_from_an_argument(x, u):
    y = [x, u[0]]
    for _ in range(STEPS):
        y = runge_kutta(lambda y: [y[1], -u[1] * sin(y[0])], y)
    return y[0]


def every_state_is_seen(x, u):
    y, loss = [x, u[0]], 0.0
    for t in range(STEPS):
        y = runge_kutta(lambda y: [tanh(y[1]), -x * sin(y[0])], y)
        loss = loss + (y[0] - u[t]) ** 2
    return loss


def leapfrog(x, u):
    q, v = x, u[0]
    for t in range(STEPS):
        v = v - H / 2 * sin(q) * u[t]
        q = q + H * tanh(v)
        v = v - H / 2 * sin(q)
    return q


def chain_of_springs(x, u):
    q, v = [x * (i + 1) for i in range(6)], [0.0] * 6
    for _ in range(STEPS):
        q = [0.0, *q, 0.0]
        v = [b + H * (q[i] + q[i + 2] - 2 * q[i + 1]) for i, b in enumerate(v)]
        q = [b + H * c for b, c in zip(q[1:-1], v)]
    return sum(b * b for b in q)


def kalman(x, u):
    wander, error = x * x, exp(x)
    level, variance, surprise = 0.0, 10.0, 0.0
    for z in u:
        variance = variance + wander
        spread = variance + error
        miss = z - level
        surprise = surprise + (log(spread) + miss * miss / spread) / 2
        gain = variance / spread
        level, variance = level + gain * miss, (1 - gain) * variance
    return surprise


def newton(x, u):
    y = u[0] + 2.0
    for _ in range(STEPS):
        y = y - (y * y - x) / (2 * y)
    return y


def trapezoids(x, u):
    y = x
    for a, b in pairwise(u):
        y = y + H / 2 * (a * sin(y) + b * y)
    return y


def smoothed(x, u):
    y = x
    for a in u:
        y = x * a + (1 - x) * y
    return y


def two_loops(x, u):
    for a in u:
        x = sin(x) + a * x
    for a in u:
        x = x - H * x * x * cos(a * x)
    return x


def cell(name):
    def f(x, u):
        outputs, _ = CELLS[name]([[x * a, a] for a in u])
        return sum(outputs[-1])

    f.__name__ = name
    return f


BODIES = {  # at most so many statements stand outside of loops
    pendulum_from_an_argument: 3,
    every_state_is_seen: 4,
    leapfrog: 5,
    chain_of_springs: 9,
    kalman: 6,
    newton: 3,
    trapezoids: 2,
    smoothed: 2,
    two_loops: 2,
    cell("lstm"): 4,
    cell("gru"): 3,
    cell("rnn"): 3,
}


def outside(f, *args):
    forward = jit(f).lower(*args).forward
    assert any(isinstance(s, For) for s in forward)
    return sum(not isinstance(s, For) for s in forward)


def by(f, x, *others):
    x.grad = 0.0
    out = f(x, *others)
    out.backward()
    return out.data, x.grad


@pytest.mark.parametrize("f", BODIES, ids=lambda f: f.__name__)
def test_first_and_last_steps_are_in_the_loop(f):
    x = Value(0.5)
    assert outside(f, x, U) <= BODIES[f]
    expected = by(f, x, U)
    assert by(jit(f, when="now"), x, U) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("f", BODIES, ids=lambda f: f.__name__)
def test_what_comes_in_has_its_gradient(f):
    u, made = [Value(a) for a in U], []
    for g in (f, jit(f, when="now")):
        x = Value(0.5)
        for a in u:
            a.grad = 0.0
        out = g(x, u)
        out.backward()
        made.append([out.data, x.grad, *[a.grad for a in u]])
    assert made[1] == pytest.approx(made[0], rel=1e-10, abs=1e-13)


def test_a_batch_of_paths_through_a_network_is_one_loop():
    law = MLP(2, [4, 2], activation="tanh", seed=1)

    def loss(window, law=law):
        y, total = window[0], []
        for t in range(1, 9):
            y = runge_kutta(law, y)
            total.append(sum((a - b) ** 2 for a, b in zip(y, window[t])))
        return mean(total)

    def both(windows):
        return mean(vmap(loss)(windows))

    windows = np.array([[[math.sin(i + j), math.cos(i * j)] for j in range(9)] for i in range(5)])
    assert outside(both, windows) <= 5
    assert "table" not in str(jit(both).lower(windows))
    made = []
    for f in (both, jit(both, when="now")):
        for p in law.parameters():
            p.grad = 0.0
        out = f(windows)
        out.backward()
        made.append([out.data, *[p.grad for p in law.parameters()]])
    assert made[1] == pytest.approx(made[0], rel=1e-10)


def test_a_state_that_all_examples_share_at_first():
    x = Value(0.3)

    def loss(u):
        p, q, r, total = 0.5, 0.0, x * u[1], 0.0
        for a in u:
            p, q, r = p * q * 0.5 + 0.1 * x, 0.5 * q + 0.2 * r - 0.4 * a, log(1.2 + p * p) + a
            total = total + (p - a) ** 2 + r
        return total

    def f(x, windows):
        return mean(vmap(loss)(windows))

    windows = np.array([U[i : i + 6] for i in range(4)])
    assert by(jit(f, when="now"), x, windows) == pytest.approx(by(f, x, windows), rel=1e-12)


def test_a_step_that_nobody_reads_passes_no_infinity_on():
    def f(x, u):
        y, z = x, u[0]
        for a in u:
            y, z = 0.5 * y + a * z, (y - y) ** 0.5 + tanh(z)
        return y

    x = Value(0.25)
    expected = by(f, x, U)
    assert by(jit(f, when="now"), x, U) == pytest.approx(expected, nan_ok=True)


def test_an_input_that_only_the_first_step_reads_is_left_to_it():
    def f(x, u):
        for t in range(STEPS):
            x = tanh(x * u[t - 1 if t else 3]) + u[t]
        return x

    x = Value(0.5)
    assert by(jit(f, when="now"), x, U) == pytest.approx(by(f, x, U), rel=1e-12)


def test_random_recurrences():
    draw = random.Random(3)
    for case in range(30):
        count, steps = draw.randint(1, 3), draw.randint(5, 14)
        rules = [[draw.randrange(9) for _ in range(4)] for _ in range(count)]
        starts = [draw.randrange(4) for _ in range(count)]

        def f(x, u, rules=rules, starts=starts, steps=steps, case=case):
            s = [(x, u[0], 0.5, x * u[1])[k] for k in starts]
            total = 0.0
            for t in range(steps):
                made = []
                for a, b, c, d in rules:
                    p, q, r = s[a % len(s)], s[b % len(s)], u[t % len(u)]
                    made.append(
                        [sin(p) + 0.1 * q, p * 0.9 + r, tanh(p * q) - x, p - 0.1 * q * q][c % 4]
                        + [0.0, 0.1 * x, r * p][d % 3]
                    )
                s = made
                total = total + s[0] * s[-1] if case % 2 else total
            return total + s[0] + 0.1 * x

        x = Value(0.3)
        expected = by(f, x, U)
        assert by(jit(f, when="now"), x, U) == pytest.approx(expected, rel=1e-9, abs=1e-12), case
