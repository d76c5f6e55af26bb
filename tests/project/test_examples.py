"""The examples by which micrograd is taught, to the last digit that is printed there."""

import math
import random

import pytest

from micrograd import Value, grad, numeric_grad
from micrograd.nn import MLP


def printed(x, digits=4):
    return f"{x:.{digits}f}"


def test_the_expression_of_the_original_readme():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert printed(g.data) == "24.7041"
    g.backward()
    assert printed(a.grad) == "138.8338"
    assert printed(b.grad) == "645.5773"


@pytest.mark.parametrize(
    ("a", "b", "c", "da", "db"), [(2, 3, 9, 3, 3), (2.0001, 3.01, 9.030301, 3.01, 3.0001)]
)
def test_product_and_sum(a, b, c, da, db):
    x, y = Value(a, label="a"), Value(b, label="b")
    out = x * y + y
    out.backward()
    assert (printed(out.data, 6), printed(x.grad), printed(y.grad)) == (
        printed(c, 6),
        printed(da),
        printed(db),
    )


def test_the_loss_of_the_lecture():
    a, b, c, f = (Value(x, label=n) for x, n in ((2.0, "a"), (-3.0, "b"), (10.0, "c"), (-2.0, "f")))
    e = a * b
    d = e + c
    loss = d * f
    loss.backward()
    assert loss.data == -8.0
    assert [v.grad for v in (f, d, c, e, a, b)] == [4.0, -2.0, -2.0, -2.0, 6.0, -4.0]
    for v in (a, b, c, f):
        v.data += 0.01 * v.grad
    assert printed(((a * b + c) * f).data, 6) == "-7.286496"


class TestSlopeOfAParabola:
    @staticmethod
    def f(x):
        return 3 * x**2 - 4 * x + 5

    def test_the_slope(self):
        assert self.f(Value(3.0)).data == 20.0
        assert grad(self.f)(3.0) == 14.0
        assert grad(self.f)(-3.0) == -22.0
        assert grad(self.f)(2 / 3) == pytest.approx(0.0, abs=1e-15)

    def test_a_step_by_hand(self):
        assert numeric_grad(self.f, h=0.001, method="forward")(3.0) == 14.00300000000243

    def test_it_first_gets_better_and_then_wrong_as_h_shrinks(self):
        errors = [
            abs(numeric_grad(self.f, h=10.0**-k, method="forward")(3.0) - 14) for k in range(1, 18)
        ]
        assert errors[:6] == sorted(errors[:6], reverse=True)
        assert min(errors) < 1e-6
        assert errors[14] > 0.1
        assert errors[16] == 14.0


class TestTanhNeuron:
    @staticmethod
    def neuron():
        x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
        n = x1 * w1 + x2 * w2 + Value(6.8813735870195432)
        return n, (x1, w1, x2, w2)

    def check(self, out, leaves):
        out.backward()
        assert printed(out.data) == "0.7071"
        assert [printed(v.grad) for v in leaves] == ["-1.5000", "1.0000", "0.5000", "0.0000"]

    def test_whole(self):
        n, leaves = self.neuron()
        self.check(n.tanh(), leaves)
        assert printed(n.grad) == "0.5000"

    def test_written_out_in_exp(self):
        n, leaves = self.neuron()
        e = (2 * n).exp()
        self.check((e - 1) / (e + 1), leaves)

    def test_with_a_backward_set_by_hand(self):
        n, leaves = self.neuron()
        t = (math.exp(2 * n.data) - 1) / (math.exp(2 * n.data) + 1)
        out = Value(t, (n,), "tanh")

        def _backward():
            n.grad += (1 - t**2) * out.grad

        out._backward = _backward
        self.check(out, leaves)


def test_a_value_added_to_itself():
    a = Value(3.0, label="a")
    b = a + a
    b.backward()
    assert a.grad == 2.0
    a.grad = 0.0
    c = b + b
    c.backward()
    assert (b.grad, a.grad) == (2.0, 4.0)


def test_two_paths_to_the_same_values():
    a, b = Value(-2.0), Value(3.0)
    d = a * b
    e = a + b
    f = d * e
    f.backward()
    assert (f.data, a.grad, b.grad) == (-6.0, -3.0, -8.0)


def test_four_rows_are_learnt():
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    random.seed(1337)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    assert len(model.parameters()) == 41
    losses = []
    for _ in range(60):
        predictions = [model(x) for x in xs]
        loss = sum((out - y) ** 2 for y, out in zip(ys, predictions, strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.05 < losses[0]
    assert [math.copysign(1, p.data) for p in predictions] == ys
