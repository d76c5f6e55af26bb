"""A function runs one operation after the other at first; its loops take over at the third call."""

import threading

import numpy as np
import pytest

from micrograd import Value, grad, jit, mean, value_and_grad
from micrograd.compiler.calls import deferred
from micrograd.compiler.pipeline import lower
from micrograd.losses import mse
from micrograd.nn import MLP
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
    monkeypatch.setattr(deferred, "lower", lambda graph: other)
    f = jit(squares)
    for _ in range(5):
        assert f([0.1, 0.2, 0.7]) == squares([0.1, 0.2, 0.7])
    assert backend(f).endswith("loops do not give its numbers")


def test_loops_whose_gradient_is_another_are_not_used(monkeypatch):
    w = Value(2.0, label="w")
    other = lower(jit(lambda x: x * w + (w - 2.0) ** 2 + (w - 2.0)).trace(3.0))
    monkeypatch.setattr(deferred, "lower", lambda graph: other)
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
    for options in ({"backend": "c"}, {"backend": "numpy"}, {"dtype": "float32"}):
        f = jit(squares, **options)
        assert f([0.5, 0.25]) == pytest.approx(squares([0.5, 0.25]), rel=1e-6)
        assert backend(f) in ("C", "NumPy")


def test_threads_may_meet_at_the_third_call():
    f, wrong = jit(value_and_grad(squares)), []
    expected = {k: value_and_grad(squares)([0.1 * k, 0.5]) for k in range(4)}

    def work(k):
        for _ in range(20):
            value, slopes = f([0.1 * k, 0.5])
            if not np.allclose([value, *slopes], [expected[k][0], *expected[k][1]], rtol=1e-13):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
