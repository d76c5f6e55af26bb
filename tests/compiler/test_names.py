"""The printed program calls things as the code that it was traced from does."""

import random

from micrograd import jit, mean, sum, take, vmap
from micrograd.data import moons
from micrograd.engine import Value
from micrograd.nn import MLP, Module


def matrix(rows, columns):
    return [[Value(random.random()) for _ in range(columns)] for _ in range(rows)]


def test_the_objective_of_the_moons_is_a_picture():
    model = MLP(2, [16, 16, 1], seed=1)

    def loss(x, y):
        return (1 - y * model(x)).relu()

    def objective(X, Y):
        return mean(vmap(loss)(X, Y)) + 1e-4 * sum(p * p for p in model.parameters())

    forward = str(jit(objective).lower(*moons(100))).split("\n\n")[0]
    assert forward.splitlines() == [
        "# p holds w1, b1, w2, b2, w3, b3",
        "h1[16,B] = relu(Σ₂ w1[16,2]·X[2,B] + b1[16])",
        "h2[16,B] = relu(Σ₁₆ w2[16,16]·h1[16,B] + b2[16])",
        "h3[B] = Σ₁₆ w3[16]·h2[16,B] + b3",
        "h4[B] = relu(1 - Y[B]·h3[B])",
        "h5 = Σ_B h4[B]",
        "h6 = Σ₃₃₇ p[337]²",
        "h7 = h5 / B + 0.0001·h6",
        "return h7",
    ]


def test_lists_of_values_are_called_by_their_variables():
    weights, bias = matrix(3, 2), [Value(1.0) for _ in range(3)]

    def layer(point):
        return sum(
            (sum(w * x for w, x in zip(row, point)) + b).tanh() for row, b in zip(weights, bias)
        )

    text = str(jit(layer).lower([1.0, 2.0]))
    assert "tanh(Σ₂ weights[3,2]·point[2] + bias[3])" in text


def test_attributes_of_a_model_name_its_matrices():
    class Model(Module):
        def __init__(self):
            self.embedding = matrix(5, 3)

        def __call__(self, token):
            return sum(x * x for x in take(self.embedding, token))

    model = Model()
    assert "embedding[token,3]" in str(jit(lambda token: model(token)).lower(2))


def test_a_label_is_a_name():
    speed = Value(3.0, label="speed")
    assert "speed" in str(jit(lambda t: (speed * t).sin()).lower(1.0))


def test_an_argument_keeps_its_name_when_a_parameter_has_the_same_word():
    model = MLP(2, [3, 1], seed=1)
    text = str(jit(lambda w: model(w)).lower([1.0, 2.0]))
    assert "·w[2]" in text or "w[2]·" in text
    assert "w1[3,2]" in text
    assert "w2[3]" in text


def test_values_in_an_argument_are_called_by_it():
    text = str(
        jit(lambda params: (params["a"] * params["b"]).exp()).lower(
            {"a": Value(1.0), "b": Value(2.0)}
        )
    )
    assert "exp(params[0]·params[1])" in text


def test_several_positional_arguments_are_counted():
    assert "xs0·xs1" in str(jit(lambda *xs: xs[0] * xs[1] + 1.0).lower(1.0, 2.0))


GLOBAL_MODEL = MLP(2, [3, 3, 1], seed=1)


def test_a_model_that_is_a_global_variable_keeps_its_order():
    def penalised(x):
        return GLOBAL_MODEL(x) + sum(p * p for p in GLOBAL_MODEL.parameters())

    text = str(jit(penalised).lower([1.0, 2.0]))
    assert "table" not in text
    assert "p[25]²" in text


def test_matrices_that_are_used_as_one_are_told_under_one_name():
    class Attention(Module):
        def __init__(self):
            self.query, self.key = matrix(2, 3), matrix(2, 3)

        def __call__(self, x):
            rows = [sum(w * xi for w, xi in zip(row, x)) for row in [*self.query, *self.key]]
            return sum(r * r for r in rows)

    attention = Attention()
    lines = str(jit(lambda x: attention(x)).lower([1.0, 2.0, 3.0])).splitlines()
    assert lines[:2] == ["# w joins query, key", "h1[4] = Σ₃ w[4,3]·x[3]"]


def test_an_item_of_a_nested_argument_has_all_its_indices():
    text = str(jit(lambda X: (X[0][1] * X[2][0]).exp()).lower([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert "exp(X[0,1]·X[2,0])" in text
