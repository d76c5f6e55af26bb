"""Programs in which few loops are found run as a tape: in every bit what the plain run gives."""

import numpy as np
import pytest
from benchmarks.programs.straight_programs import PROGRAMS
from hypothesis import given
from hypothesis import strategies as st
from random_programs import arguments, recipes
from thorough import examples

import micrograd
from micrograd import Value, dot, jit, take, tanh, value_and_grad, where
from micrograd.compiler import pipeline
from micrograd.compiler.calls import variant
from micrograd.compiler.tape import tape_of
from micrograd.compiler.worth import search_for
from micrograd.ops import Op

ENGINE = "run by the engine"


@pytest.fixture
def taped(monkeypatch):
    """All that a tape can hold stays one, however often it is called."""
    monkeypatch.setattr(variant, "AT_CALL", 1_000_000)


@pytest.mark.parametrize("name", ["arm", "fft"])
def test_a_program_with_few_loops_gives_the_bits_of_the_plain_run_without_a_compiler(name):
    f, numbers = PROGRAMS[name]
    g = value_and_grad(lambda x: f(x, micrograd))
    h = jit(g)
    for x in (numbers, [1.01 * x for x in numbers], numbers):
        assert h(x) == g(x)
    assert ENGINE in str(h.report())


@pytest.mark.parametrize("name", ["soft_dtw", "cholesky"])
def test_a_program_of_few_waves_does_so_until_it_becomes_loops(name):
    f, numbers = PROGRAMS[name]
    g = value_and_grad(lambda x: f(x, micrograd))
    h = jit(g)
    for k in range(4):
        xs = [(1.0 + 0.01 * k) * x for x in numbers]
        (value, slopes), (there, wanted) = h(xs), g(xs)
        if k < 2:
            assert (value, slopes) == (there, wanted)
        assert value == pytest.approx(there, rel=1e-12)
        assert slopes == pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert (ENGINE in str(h.report())) == (k < 2)


@pytest.mark.deep
def test_a_longer_program_does_too():
    test_a_program_of_few_waves_does_so_until_it_becomes_loops("mesh")


def test_a_recurrence_of_long_steps_stays_a_tape_and_no_loops_are_looked_for(monkeypatch):
    monkeypatch.setattr(pipeline, "flattened", None)
    test_a_program_with_few_loops_gives_the_bits_of_the_plain_run_without_a_compiler("pendulum")


def test_thousands_of_steps_with_constants_of_their_own_stay_a_tape(monkeypatch):
    monkeypatch.setattr(pipeline, "flattened", None)  # a second for a few thousand of them

    def f(x):
        for k in range(12_000):
            x = tanh(0.5 * x + 1.0 / (k + 1.0))
        return x

    h = jit(value_and_grad(f))
    for x in (0.5, 0.6, 0.7):
        assert h(x) == value_and_grad(f)(x)
    assert "few loops are in it" in str(h.report())


def test_another_back_end_is_taken_where_it_is_asked_for():
    f, numbers = PROGRAMS["fft"]
    h = jit(lambda x: f(x, micrograd), backend="numpy")
    h(numbers)
    assert "run by NumPy" in str(h.report())


def _growth(steps):
    def f(x):
        prey, predators = x[0], x[1]
        for _ in range(steps):
            prey, predators = (
                prey + 0.01 * prey * (1.0 - predators),
                predators + 0.01 * predators * prey,
            )
        return prey + predators

    return f


def _layer(x):
    return micrograd.sum([dot(x, [k + 0.1 * i for i in range(len(x))]) for k in range(60)])


@pytest.mark.parametrize("f", [_growth(300), _layer], ids=["steps", "rows"])
def test_what_comes_again_and_again_stays_with_the_loops(f):
    assert search_for(jit(f).trace([0.5, 0.25] * 10)).classes


EXACT = [
    "sums so far",
    "running sums",
    "maxima so far",
    "product",
    "total",
    "mean",
    "largest",
    "reversed",
    "neighbours",
    "recurrence",
    "padded convolution",
    "pooled",
]


@examples(20)
@given(recipe=recipes(branches=False, whole=EXACT), call=st.integers(1, 6).flatmap(arguments))
def test_random_programs_give_the_bits_of_the_plain_run(recipe, call):
    numbers, xs, indices = call
    w, inputs = [Value(x) for x in numbers], [Value(x) for x in xs]
    results = recipe(w, inputs, indices)
    graph = jit(lambda xs, w: recipe(w, xs, indices)).trace(inputs, w)
    graph.differentiable.update(graph.inputs)
    tape = tape_of(graph)
    v, g = np.zeros(tape.size), np.zeros(tape.size)
    leaves = [*graph.parameters, *graph.inputs]
    v[: len(leaves)] = [graph.data[i] for i in leaves]
    start, constants = tape.constants
    v[start : start + len(constants)] = constants
    assert tape.columns.forward(v) is None
    for k, result in enumerate(results):
        for x in (*w, *inputs):
            x.grad = 0.0
        result.backward()
        seeds = np.zeros(len(tape.outputs))
        seeds[k] = 1.0
        tape.columns.backward(v, g, seeds)
        assert _bits([v[tape.outputs[k]]]) == _bits([result.data])
        assert _bits(g[: len(leaves)]) == _bits([x.grad for x in (*inputs, *w)])


def _bits(numbers):
    return np.array([x if x == x else np.nan for x in numbers]).tobytes()


def test_values_that_come_out_backpropagate_to_parameters_and_arguments(taped):
    w = [Value(0.5), Value(-2.0)]

    def f(xs):
        h = (w[0] * xs[0] + w[1] * xs[1]).tanh()
        return h * h + w[0], h / xs[0]

    g, results = jit(f), []
    for function in (f, g, g):
        xs = [Value(0.3), Value(0.7)]
        for p in w:
            p.grad = 0.0
        first, second = function(xs)
        first.backward()
        second.backward()
        results.append([first.data, second.data, *[v.grad for v in (*w, *xs)]])
    assert results[0] == results[1] == results[2]
    assert ENGINE in str(g.report())


def test_a_record_is_called_from_a_tape_so_large_that_others_may_run_meanwhile():
    square = Op("square", "square", 1, lambda x: x * x, lambda x, y: (2.0 * x,), "{0}^2", "")
    f, numbers = PROGRAMS["soft_dtw"]
    g = value_and_grad(lambda x: square(f(x, micrograd)))
    h = jit(g)
    assert len(h.trace(numbers).ops) > 1 << 13
    for x in (numbers, [1.01 * x for x in numbers], numbers, numbers):
        assert h(x) == g(x)
    assert ENGINE in str(h.report())


def test_another_branch_is_another_tape(taped):
    f = jit(lambda x: x * 2.0 if x > 1.0 else x * 3.0)
    assert [f(2.0), f(0.5), f(2.0), f(0.25)] == [4.0, 1.5, 4.0, 0.75]
    assert str(f.report()).count(ENGINE) == 2


def test_an_index_out_of_range_is_named(taped):
    rows = [Value(1.0), Value(2.0)]
    f = jit(lambda x: take(rows, x) * 2.0)
    assert f(1.0).data == f(1.0).data == 4.0
    with pytest.raises(IndexError, match=r"from 0 to 1, got 2\.0"):
        f(2.0)


def test_what_is_not_picked_passes_no_infinity_on(taped):
    f = jit(value_and_grad(lambda x: where(x > 0, x.log(), x * x)))
    for x in (-1.0, 2.0, -1.0):
        assert f(x) == value_and_grad(lambda x: where(x > 0, x.log(), x * x))(x)


def test_a_tape_refuses_places_outside_of_its_memory():
    with pytest.raises(ValueError, match="outside"):
        micrograd.value.backend.native.tape(
            1, np.array([1, 0, 7], np.int32), b"", b"", b"", bytes(2), b"", ()
        )
