"""Many steps that are alike are lowered by way of a few; what comes out is what all would give."""

import random

import pytest

from micrograd import Value, jit, sin, tanh, where
from micrograd.compiler import pipeline
from micrograd.nn import GRU, LSTM

STEPS = 200
DRAW = random.Random(1)
U = [DRAW.gauss(0, 0.3) for _ in range(STEPS + 1)]
ROWS = [[DRAW.gauss(0, 1), DRAW.gauss(0, 1)] for _ in range(STEPS)]
WEIGHTS = [[Value(DRAW.gauss(0, 0.2)) for _ in range(4)] for _ in range(4)]


def driven(x, u):
    loss = 0.0
    for t in range(STEPS):
        x = x + 0.01 * (u[t] - x * x)
        loss = loss + x * x
    return loss / STEPS


def between_two(x, u):
    for t in range(STEPS):
        x = x + 0.5 * ((u[t] + u[t + 1]) * x - x * x * x)
    return x


def summed_at_the_end(x, u):
    states = []
    for t in range(STEPS):
        x = tanh(0.5 * x + u[t])
        states.append(x)
    return sum(v * v for v in states) / len(states)


def there_and_back(x, u):
    states = [x]
    for t in range(STEPS):
        states.append(sin(states[-1]) + u[t])
    y = states[-1]
    for t in reversed(range(STEPS)):
        y = 0.8 * sin(y) + 0.2 * states[t]
    return y


def from_the_end(x, u):
    for t in range(STEPS):
        x = 0.9 * sin(x) + u[STEPS - 1 - t]
    return x


def two_before(x, u):
    before = x
    for t in range(STEPS):
        before, x = x, 0.5 * sin(before) + 0.4 * x + u[t]
    return x


def branching(x, u):
    for t in range(STEPS):
        x = where(x > u[t], 0.9 * x, x + 0.1)
    return x


def network(x, u):
    h, loss = [0.1 * x] * 4, 0.0
    for t in range(STEPS):
        h = [tanh(sum(w * y for w, y in zip(row, h)) + u[t]) for row in WEIGHTS]
        loss = loss + (h[0] - u[t + 1]) ** 2
    return loss / STEPS


def two_loops(x, u):
    for t in range(STEPS):
        x = sin(x) + u[t]
    for _ in range(2 * STEPS):
        x = x - 0.1 * x * x
    return x


def of_nothing_else(x, _):
    for _ in range(STEPS):
        x = (0.9 * x + 0.1).sin()
    return x


def sines(x, _):
    for _ in range(2 * STEPS):
        x = sin(x)
    return x


def long_memory(x, rows):
    outputs, _ = LONG([[x * a, b] for a, b in rows])
    return sum(outputs[-1])


def gated(x, rows):
    outputs, _ = GATED([[x * a, b] for a, b in rows])
    return sum(sum(output) for output in outputs)


LONG, GATED = LSTM(2, 3), GRU(2, 3)
OF_NUMBERS = [driven, between_two, summed_at_the_end, there_and_back, from_the_end, two_before]
RECURRENCES = [(f, U) for f in (*OF_NUMBERS, branching, network, two_loops)]
RECURRENCES += [(of_nothing_else, None), (sines, None)]
RECURRENCES += [(long_memory, ROWS), (gated, ROWS)]


def in_the_middle(x, u):
    states = [x]
    for t in range(STEPS):
        states.append(sin(states[-1]) + u[t])
    return states[-1] * states[STEPS // 2]


def with_parameters_of_its_own(x, u):
    for t in range(STEPS):
        x = sin(x) * OWN[t] + u[0]
    return x


OWN = [Value(1.0 + 0.001 * t) for t in range(STEPS)]
OTHERS = [in_the_middle, with_parameters_of_its_own]


@pytest.fixture
def rerolled(monkeypatch):
    """The numbers of nodes that were rerolled."""
    counts, reroll = [], pipeline.reroll
    monkeypatch.setattr(
        pipeline, "reroll", lambda rows: counts.append(len(rows.graph.ops)) or reroll(rows)
    )
    return counts


def compared(f, data):
    """Check values and gradients against the plain run; return the formulas of the loops."""
    compiled, x = jit(f), Value(0.5)
    for factor in (1.0, 1.0, 1.0, 0.9):
        x.data, results = 0.5 * factor, []
        for g in (f, compiled):
            x.grad, out = 0.0, g(x, data)
            out.backward()
            results.append((out.data, x.grad))
        assert results[1] == pytest.approx(results[0], rel=1e-9)
    assert "run by C" in str(compiled.report())
    return str(compiled.lower(x, data))


@pytest.mark.parametrize(("f", "data"), RECURRENCES, ids=lambda x: getattr(x, "__name__", ""))
def test_a_few_steps_give_the_loops_of_all(f, data, rerolled, monkeypatch):
    by_few = compared(f, data)
    nodes = len(jit(f).trace(Value(0.5), data).ops)
    assert max(rerolled) < 0.4 * nodes
    monkeypatch.setattr(pipeline, "periods_of", lambda graph: None)
    assert str(jit(f).lower(Value(0.5), data)) == by_few


@pytest.mark.parametrize("f", OTHERS)
def test_steps_that_are_not_alike_are_all_looked_at(f, rerolled):
    compared(f, U)
    assert max(rerolled) >= len(jit(f).trace(Value(0.5), U).ops)


def test_a_hundred_thousand_steps_are_not_looked_at_one_by_one(rerolled, monkeypatch):
    monkeypatch.delenv("MICROGRAD_VERIFY", raising=False)  # it does look at each

    def decay(x, k):
        for _ in range(100_000):
            x = x - 0.0001 * k * x
        return x

    f, x, k = jit(decay), Value(1.0), Value(0.3)
    for _ in range(3):
        out = f(x, k)
    out.backward()
    assert max(rerolled) < 1_000
    assert out.data == pytest.approx(2.718281828459045**-3, rel=1e-4)
    assert x.grad == pytest.approx(out.data, rel=1e-9)
    assert k.grad == pytest.approx(-10 * out.data, rel=1e-3)


def test_array_programs_of_many_steps_are_found_in_a_few(rerolled):
    f = jit(network, backend="numpy")
    x = Value(0.5)
    f(x, U).backward()
    there, x.grad = x.grad, 0.0
    network(x, U).backward()
    assert there == pytest.approx(x.grad, rel=1e-9)
    assert max(rerolled) < 5_000
