"""A function runs one operation after the other at first; its loops take over at the third call."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from micrograd import (
    Value,
    asin,
    atan2,
    floor,
    grad,
    jit,
    maximum,
    mean,
    sum,
    take,
    tanh,
    value_and_grad,
    vmap,
    where,
)
from micrograd.compiler import pipeline, tape, worth
from micrograd.compiler.calls import deferred
from micrograd.compiler.pipeline import lower
from micrograd.losses import mse
from micrograd.nn import MLP
from micrograd.ops import Op
from micrograd.optim import SGD

UNTIL = "one operation after the other; loops are compiled at the third call"
X, Y = [[0.5, -1.0], [1.0, 2.0], [-0.25, 0.75]], [1.0, -1.0, 1.0]


def backend(f):
    return str(f.report()).split("run by ")[1].splitlines()[0]


def squares(xs):
    total = 0.0
    for x in xs:
        total = total + (x * x + 1.0) ** 0.5
    return total


def test_the_first_calls_give_the_bits_of_the_plain_run_and_ask_no_compiler(monkeypatch):
    monkeypatch.setattr(deferred, "Compiled", None)
    f = jit(value_and_grad(squares))
    for _ in range(2):
        assert f([0.1, 0.2, 0.7]) == value_and_grad(squares)([0.1, 0.2, 0.7])
        assert UNTIL in backend(f)


def test_loops_take_over_at_the_third_call_whatever_the_numbers():
    f = jit(grad(squares))
    for k in range(6):
        xs = [0.1 * k, 0.2, 0.7]
        assert f(xs) == pytest.approx(grad(squares)(xs), rel=1e-14)
        assert (UNTIL in backend(f)) == (k < 2)
    assert backend(f) == "C"


def test_each_path_through_branches_is_counted_by_itself():
    f = jit(lambda x: x * 2.0 if x > 1.0 else x * 3.0)
    assert [f(x) for x in (2.0, 2.0, 2.0, 0.5, 0.5)] == [4.0, 4.0, 4.0, 1.5, 1.5]
    first, second = str(f.report()).split("run by ")[1:]
    assert (first.startswith("C"), UNTIL in second) == (True, True)
    assert f(0.5) == 1.5
    assert UNTIL not in str(f.report())


def test_a_value_from_an_earlier_call_goes_back_as_it_came():
    model, plain = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=1)

    def loss_of(net):
        return lambda xs, ys: mean([mse(net(x), y) for x, y in zip(xs, ys)])

    f = jit(loss_of(model))
    losses = [f([[(1 + k) * p for p in x] for x in X], Y) for k in range(5)]
    for loss in losses:
        loss.backward()
    for k in range(5):
        loss_of(plain)([[(1 + k) * p for p in x] for x in X], Y).backward()
    there = [p.grad for p in plain.parameters()]
    assert [p.grad for p in model.parameters()] == pytest.approx(there, rel=1e-12)


def test_a_whole_step_leaves_the_same_before_and_after_its_loops_are_compiled():
    def make():
        model = MLP(2, [3, 1], seed=1)
        optimizer, seen = SGD(model.parameters(), lr=0.05), []

        def step(xs, ys):
            loss = mean([mse(model(x), y) for x, y in zip(xs, ys)])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append(loss.data)

        return model, step, seen

    (model, step, seen), (plain, plain_step, plainly) = make(), make()
    compiled = jit(step)
    for _ in range(6):
        compiled(X, Y)
        plain_step(X, Y)
        there = [p.data for p in plain.parameters()]
        assert [p.data for p in model.parameters()] == pytest.approx(there, rel=1e-12)
    assert seen == pytest.approx(plainly, rel=1e-12)
    assert backend(compiled) == "C"


def test_loops_that_give_other_numbers_are_not_used(monkeypatch):
    other = lower(jit(lambda xs: squares(xs) + 1e-3).trace([0.1, 0.2, 0.7]))
    monkeypatch.setattr(deferred, "lower", lambda graph, search: other)
    f = jit(squares)
    for _ in range(5):
        assert f([0.1, 0.2, 0.7]) == squares([0.1, 0.2, 0.7])
    assert backend(f).endswith("loops do not give its numbers")


def test_loops_whose_gradient_is_another_are_not_used(monkeypatch):
    w = Value(2.0, label="w")
    other = lower(jit(lambda x: x * w + (w - 2.0) ** 2 + (w - 2.0)).trace(3.0))
    monkeypatch.setattr(deferred, "lower", lambda graph, search: other)
    f = jit(lambda x: x * w)
    for _ in range(4):
        w.grad = 0.0
        f(3.0).backward()
        assert w.grad == 3.0
    assert backend(f).endswith("loops do not give its numbers")


def test_at_a_kink_loops_are_used_that_take_the_other_side():
    f = jit(lambda xs: sum(x.relu() for x in xs))
    for _ in range(4):
        xs = [Value(0.0), Value(0.0), Value(1.0)]
        assert f(xs).data == 1.0
    assert backend(f) == "C"


def test_another_back_end_and_single_precision_are_compiled_at_once():
    for options in ({"when": "now"}, {"backend": "c"}, {"backend": "numpy"}, {"dtype": "float32"}):
        f = jit(squares, **options)
        assert f([0.5, 0.25]) == pytest.approx(squares([0.5, 0.25]), rel=1e-6)
        assert backend(f) in ("C", "NumPy")


def test_threads_may_meet_at_the_third_call():
    f = jit(value_and_grad(squares))
    expected = {k: value_and_grad(squares)([0.1 * k, 0.5]) for k in range(4)}

    def work(k):
        for _ in range(20):
            value, slopes = f([0.1 * k, 0.5])
            assert np.allclose([value, *slopes], [expected[k][0], *expected[k][1]], rtol=1e-13)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))


def test_a_batch_runs_as_rows_at_first():
    model = MLP(2, [3, 1], seed=1)

    def loss(X, Y):
        return mean(vmap(lambda x, y: mse(model(x), y))(X, Y))

    f, seen = jit(loss), []
    for k in range(5):
        xs, ys = np.array(X * (k + 1)), np.array(Y * (k + 1))  # other sizes need no other program
        for g in (f, loss):
            model.zero_grad()
            out = g(xs, ys)
            out.backward()
            seen.append([out.data, *[p.grad for p in model.parameters()]])
        assert (UNTIL in backend(f)) == (k < 2)
        assert seen[-2] == pytest.approx(seen[-1], rel=1e-12)
    assert f.cache_info().programs == 1


def test_columns_of_a_batch_have_the_bits_of_the_plain_run():
    w = Value(0.5, label="w")

    def f(x, scale):
        shared = (scale * w).exp()
        return {"a": where(x[0] > 0, x[0] * shared, tanh(x[1])), "b": maximum(x[0], x[1]) ** 2}

    xs = np.linspace(-2.0, 2.0, 14).reshape(7, 2)[:, ::-1].copy()
    g, h = jit(vmap(f, in_axes=(0, None))), vmap(f, in_axes=(0, None))
    for _ in range(2):
        columns, plain = g(xs, 0.3), h(xs, 0.3)
        assert columns["a"].data.tolist() == plain["a"].data.tolist()
        assert columns["b"].tolist() == plain["b"].tolist()
    assert UNTIL in backend(g)


def test_each_example_of_a_batch_takes_by_an_index_of_its_own():
    rows = [Value(float(k)) for k in range(4)]
    f = jit(lambda at: mean(vmap(lambda i: take(rows, i) ** 2)(at)))
    for _ in range(4):
        for v in rows:
            v.grad = 0.0
        total = f([1.0, 3.0, 3.0, 2.0])
        total.backward()
        assert total.data == 5.75
        assert [v.grad for v in rows] == [0.0, 0.5, 1.0, 3.0]
    g = jit(lambda at: mean(vmap(lambda i: take(rows, i) ** 2)(at)))
    g([1.0, 2.0])
    with pytest.raises(IndexError, match=r"from 0 to 3, got 4\.0"):
        g([1.0, 4.0])


def test_a_constant_may_be_summed_over_a_batch():
    f = jit(lambda X, w: sum(vmap(lambda x: w * w)(X)) + sum(vmap(lambda x: x * w)(X)))
    for _ in range(4):
        w = Value(0.5)
        total = f([1.0, 2.0, 4.0], w)
        total.backward()
        assert (total.data, w.grad) == (4.25, 10.0)


def test_a_large_batch_is_compiled_at_once_also_where_a_small_one_came_first():
    f = jit(vmap(lambda x: x * x + 1.0))
    f(np.ones(3))
    assert UNTIL in backend(f)
    xs = np.linspace(0.0, 1.0, 300_000)
    assert np.allclose(f(xs), xs * xs + 1.0)
    assert backend(f) == "C"
    g = jit(vmap(lambda x: x * x + 1.0))
    g(xs)
    assert backend(g) == "C"


def test_what_was_not_picked_gets_nothing_of_an_infinite_gradient():
    f = jit(value_and_grad(lambda v: np.min(v) ** -1.0))
    for v in ([1.0, 2.0, 3.0], [4.0, 0.0, 3.0], [4.0, 5.0, 0.0]):
        value, slopes = f(np.array(v))
        expected, there = value_and_grad(lambda v: np.min(v) ** -1.0)(np.array(v))
        assert (value, slopes.tolist()) == (expected, there.tolist())


def test_an_operation_without_a_case_in_c_is_computed_by_its_record():
    def f(x):
        return atan2(x[0], x[1]) + asin(x[0] * 0.25) * floor(x[1])

    g, batch = jit(value_and_grad(f)), jit(vmap(value_and_grad(f)))
    xs = np.array([[0.5, 2.5], [1.0, -0.25], [-1.5, 3.0]])
    for _ in range(4):
        value, slopes = g([0.5, 2.5])
        expected, there = value_and_grad(f)([0.5, 2.5])
        assert [value, *slopes] == pytest.approx([expected, *there], rel=1e-14)
        values, gradients = batch(xs)
        plain = vmap(value_and_grad(f))(xs)
        assert values == pytest.approx(plain[0], rel=1e-14)
        assert gradients == pytest.approx(plain[1], rel=1e-14)


def test_what_a_record_raises_is_raised_as_plainly():
    def square(x):
        if x > 100.0:
            raise ArithmeticError(f"{x} is too much")
        return x * x

    def partials(x, out):
        if type(x) is float and x > 10.0:
            raise ArithmeticError(f"no slope at {x}")
        return (2.0 * x,)

    op = Op("cautious", "cautious", 1, square, partials, "{0}^2", "({0} * {0})")
    w = Value(2.0)
    f = jit(lambda x: op(w * x) + 1.0)
    f(1.0)
    with pytest.raises(ArithmeticError, match=r"200\.0 is too much"):
        f(100.0)
    out = f(6.0)
    assert out.data == 145.0
    with pytest.raises(ArithmeticError, match=r"no slope at 12\.0"):
        out.backward()
    assert UNTIL in backend(f)


def test_where_nothing_is_computed_nothing_is_compiled():
    f = jit(lambda x: [1.5, x["name"] is None])
    assert [f({"name": None, "unread": float(k)}) for k in range(5)] == [[1.5, True]] * 5


def test_what_goes_wrong_with_the_loops_is_told_and_the_tape_goes_on(monkeypatch):
    monkeypatch.delenv("MICROGRAD_VERIFY")
    monkeypatch.setattr(deferred, "lower", lambda graph, search: {}["a defect"])
    f = jit(squares)
    with pytest.warns(UserWarning, match="slower than C: KeyError.*please report it"):
        made = [f([1.0, 2.0, float(k)]) for k in range(5)]
    assert made == [squares([1.0, 2.0, float(k)]) for k in range(5)]
    assert "its loops cannot be made" in backend(f)


def test_what_is_of_many_classes_stays_a_tape_and_is_not_rerolled(monkeypatch):
    def option(strike, steps=160):  # one leaf is q · 1, and so is unlike the others
        prices = [maximum(strike * 1.02 ** (2 * i - steps) - 1.0, 0.0) for i in range(steps + 1)]
        for _ in range(steps):
            prices = [0.4995 * (a + b) for a, b in pairwise(prices)]
        return prices[0]

    monkeypatch.setattr(pipeline, "waves", lambda graph, most: [])
    monkeypatch.setattr(pipeline, "reroll", None)
    f = jit(value_and_grad(option))
    for strike in (1.0, 1.1, 0.9, 1.2):
        assert f(strike) == value_and_grad(option)(strike)
    assert "few loops are in it" in backend(f)


def test_without_the_engine_in_c_loops_are_made_at_once(monkeypatch):
    monkeypatch.setattr(tape, "native", None)
    monkeypatch.setattr(worth, "native", None)
    f = jit(value_and_grad(squares))
    for _ in range(4):
        (value, slopes), (there, wanted) = (
            g([0.1, 0.2, 0.7]) for g in (f, value_and_grad(squares))
        )
        assert [value, *slopes] == pytest.approx([there, *wanted])
    assert backend(f) == "C"
