"""Recurrences with a loss at each step are one program for sequences of all lengths."""

import random
from itertools import pairwise

import pytest
from thorough import sampled
from training_runs import assert_same_run

from micrograd import Value, dot, jit, mean, optim, sum, take
from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.visit import simple
from micrograd.compiler.passes.rerolling.terms import join_terms
from micrograd.losses import cross_entropy
from micrograd.nn import Module

LENGTHS = (6, 7, 9, 20, 33)


class Recurrent(Module):
    """Weights from (inputs, state) to a state, and from the state to what is said at each step."""

    def __init__(self, inputs, state, outputs, gates=1):
        rng = random.Random(inputs + state)

        def matrix(rows, columns):
            return [[Value(rng.gauss(0, 0.4)) for _ in range(columns)] for _ in range(rows)]

        self.of_input = [matrix(state, inputs) for _ in range(gates)]
        self.of_state = [matrix(state, state) for _ in range(gates)]
        self.bias = [[Value(0.1) for _ in range(state)] for _ in range(gates)]
        self.out = matrix(outputs, state)

    def gate(self, k, x, h):
        rows = zip(self.of_input[k], self.of_state[k], self.bias[k])
        return [dot(a, x) + dot(b, h) + c for a, b, c in rows]


class Letters(Recurrent):
    """Guess each letter from those before it."""

    def __init__(self):
        super().__init__(3, 4, 5)
        self.table = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(5)]

    def loss(self, letters):
        h, losses = [0.0] * 4, []
        for now, after in pairwise(letters):
            h = [z.tanh() for z in self.gate(0, take(self.table, now), h)]
            losses.append(cross_entropy([dot(row, h) for row in self.out], after))
        return mean(losses)

    @staticmethod
    def example(n):
        return ([(7 * n + 3 * i * i) % 5 for i in range(n)],)


class LSTM(Recurrent):
    """Follow one signal by another."""

    def __init__(self):
        super().__init__(1, 3, 1, gates=4)

    def loss(self, xs, ys):
        h, c, errors = [0.0] * 3, [0.0] * 3, []
        for x, y in zip(xs, ys):
            i, f, o = ([z.sigmoid() for z in self.gate(k, [x], h)] for k in range(3))
            new = [z.tanh() for z in self.gate(3, [x], h)]
            c = [keep * old + let * fresh for keep, old, let, fresh in zip(f, c, i, new)]
            h = [let * z.tanh() for let, z in zip(o, c)]
            errors.append((dot(self.out[0], h) - y) ** 2)
        return mean(errors)

    @staticmethod
    def example(n):
        return [i * i % 5 for i in range(n)], [(i + n) % 3 for i in range(n)]


MODELS = sampled("kind", [LSTM, Letters], of=2)


@MODELS
def test_one_program_is_the_plain_run_at_all_lengths(kind):
    model = kind()
    compiled = jit(model.loss, backend="numpy")
    for n in LENGTHS:
        results = []
        for f in (model.loss, compiled):
            model.zero_grad()
            out = f(*model.example(n))
            out.backward()
            results.append([out.data, *[p.grad for p in model.parameters()]])
        assert results[1] == pytest.approx(results[0], rel=1e-12, abs=1e-14)
    assert compiled.cache_info().programs == 2  # the first length, and all


@MODELS
def test_longer_sequences_are_more_steps_and_no_more_statements(kind):
    model = kind()
    programs = [jit(model.loss).lower(*model.example(n)) for n in LENGTHS]
    for statements in ("forward", "backward"):
        shortest, *longer = [len(list(simple(getattr(p, statements)))) for p in programs]
        assert len(set(longer)) == 1
        assert shortest >= longer[0]  # of a few steps the first and the last are not in the loop
        assert len(getattr(programs[-1], statements)) <= 40


@MODELS
def test_fit_trains_on_sequences_of_all_lengths_compiled(kind):
    def make():
        model = kind()
        return model, optim.Adam(model.parameters(), lr=0.05)

    def of_model(model):
        return model.loss

    columns = zip(*[kind.example(n) for n in (6, 9, 5, 12, 2, 7)])
    data = [list(column) for column in columns]
    data = data[0] if len(data) == 1 else tuple(data)
    assert_same_run(make, loss=of_model, data=data, batch_size=2, epochs=2)


# The pass, text in and text out.

HEAD = """size 40
parameters 0, 0
inputs 0, 30
constants 30:
outputs 30
sizes
scalars
array input 0, 30
array computed 30, 10
forward
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x1[1] | x1[4] | x1[7] | x1[10]", "i0 < 4: x1[3*i0 + 1]"),
        ("x1[10] | x1[7] | x1[4]", "i0 < 3: x1[-3*i0 + 10]"),
        ("(x1[1] * x1[0]) | (x1[2] * x1[0]) | (x1[3] * x1[0])", "i0 < 3: (x1[i0 + 1] * x1[0])"),
        (
            "i0 < 2: x1[i0] | i0 < 2: x1[i0 + 5] | i0 < 2: x1[i0 + 10]",
            "i0 < 3, i1 < 2: x1[5*i0 + i1]",
        ),
        ("x1[1] | x1[2] | x1[3] | x1[9] | sin(x1[2])", "i0 < 3: x1[i0 + 1] | x1[9] | sin(x1[2])"),
    ],
)
def test_terms_that_advance_in_equal_steps_become_one(before, after):
    program = parse(f"{HEAD}x1[30] = sum | | {before}\nbackward\n")
    assert f"\nx1[30] = sum |  | {after}\n" in text(join_terms(program))


@pytest.mark.parametrize(
    "terms",
    [
        "x1[1] | x1[4]",
        "x1[1] | x1[2] | x1[4]",
        "x1[1] | x1[1] | x1[1]",
        "x1[1] | sin(x1[2]) | x1[3]",
    ],
)
def test_other_terms_stay_as_they_are(terms):
    program = parse(f"{HEAD}h1[0] = sum | | {terms}\nbackward\n")
    assert join_terms(program) == program


def test_a_first_step_of_another_size_stays_apart():
    arrays = (
        "array computed 30, 1\narray computed 31, 3\narray computed 34, 3\narray computed 37, 3"
    )
    head = HEAD.replace("array computed 30, 10", f"{arrays}\narray computed 40, 1")
    head = head.replace("size 40", "size 41").replace("outputs 30", "outputs 40")
    program = parse(f"{head}v[40] = sum | | v[30] | v[33] | v[36] | v[39]\nbackward\n")
    assert "\nh3[0] = sum |  | h1[0] | i0 < 3: h2[3*i0 + 2]\n" in text(join_terms(program))


def test_a_long_sum_of_what_repeats_has_one_form():
    w = Value(0.5)

    def f(xs):
        h, seen = xs[0], []
        for x in xs[1:]:
            h = (w * h + x).tanh()
            seen.append(h)
        return sum(seen)

    program = jit(f).lower([0.1 * i for i in range(30)])
    assert [term.dims for term in program.forward[-1].terms] == [(29,)]
