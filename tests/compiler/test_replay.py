"""A compiled graph is the graph: same value, same gradients, whatever its leaves hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from micrograd import JitError, Value, compile_graph, jit, maximum, take
from micrograd.data import moons
from micrograd.nn import MLP
from micrograd.optim import SGD


def test_new_data_in_the_leaves_gives_a_new_value_and_new_gradients():
    x, y = Value(2.0), Value(3.0)
    out = x * y + x.tanh()
    run = compile_graph(out)
    x.data, y.data = 0.5, -1.0
    assert run() == pytest.approx(-0.5 + np.tanh(0.5))
    assert out.data == run()
    run.backward()
    assert (x.grad, y.grad) == pytest.approx((-1.0 + 1 - np.tanh(0.5) ** 2, 0.5))


def test_the_first_calls_give_the_bits_of_the_graph_and_later_ones_its_numbers():
    model = MLP(2, [4, 1], seed=1)
    loss = sum(((model(x) - y) ** 2 for x, y in zip(*moons(10))), Value(0.0))
    loss.backward()
    data, slopes = loss.data, [p.grad for p in model.parameters()]
    run = compile_graph(loss)
    for k in range(5):
        model.zero_grad()
        computed = run()
        run.backward()
        gradients = [p.grad for p in model.parameters()]
        if k < 2:
            assert (computed, gradients) == (data, slopes)
        assert computed == pytest.approx(data, rel=1e-12)
        assert gradients == pytest.approx(slopes, rel=1e-12)


def test_gradients_of_leaves_add_up_over_calls():
    x = Value(2.0)
    run = compile_graph(x * x)
    run.backward()
    run.backward()
    assert x.grad == 8.0


def test_training_on_one_graph_is_training_on_many():
    X, Y = moons(20)

    def losses(model):
        total = 0.0
        for x, y in zip(X, Y):
            total = total + (1 - y * model(x)).relu()
        return total * 0.05

    eager, replayed = MLP(2, [8, 1], seed=3), MLP(2, [8, 1], seed=3)
    expected = []
    for _ in range(10):
        loss = losses(eager)
        eager.zero_grad()
        loss.backward()
        SGD(eager.parameters(), lr=0.1).step()
        expected.append(loss.data)
    run = compile_graph(losses(replayed))
    found = []
    for _ in range(10):
        found.append(run())
        replayed.zero_grad()
        run.backward()
        SGD(replayed.parameters(), lr=0.1).step()
    assert found == pytest.approx(expected, rel=1e-12)


def test_the_matrices_of_the_graph_are_found():
    model = MLP(2, [16, 16, 1], seed=1)
    total = Value(0.0)
    for x, y in zip(*moons(50)):
        total = total + (1 - y * model(x)).relu()
    text = str(compile_graph(total).program)
    assert "Σ₁₆" in text
    assert "table" not in text


def test_labelled_leaves_are_set_by_their_labels():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    run = compile_graph(x * y)
    assert run(x=5.0) == 15.0
    assert x.data == 5.0
    assert run(y=2.0) == 10.0


def test_a_label_that_is_unknown_or_not_unique_changes_nothing():
    x, y, z = Value(2.0, label="x"), Value(3.0, label="twin"), Value(4.0, label="twin")
    run = compile_graph(x * y * z)
    with pytest.raises(KeyError, match="no leaf has the label 'w'; there is x, twin"):
        run(x=9.0, w=1.0)
    with pytest.raises(KeyError, match="2 leaves have the label 'twin'"):
        run(twin=1.0)
    assert x.data == 2.0


def test_what_python_decided_stays_as_it_was():
    rows, x = [Value(10.0), Value(20.0)], Value(1.0)
    run = compile_graph(take(rows, Value(1.0)) * (x if x > 0 else -x))
    x.data = -1.0
    assert run() == -20.0


def test_a_graph_that_cannot_be_computed_again_is_refused():
    x = Value(1.0)
    square = jit(lambda: x * x)
    square()  # plainly
    made = Value(2.0, (x,), "mine")
    made._backward = lambda: None
    with pytest.raises(JitError, match="made by hand"):
        compile_graph(made * 2.0)
    with pytest.raises(JitError, match="made by hand"):
        compile_graph(square() + 1.0)
    with pytest.raises(JitError, match="nothing to do"):
        compile_graph(x)
    with pytest.raises(TypeError, match="expects a Value"):
        compile_graph(3.0)


@pytest.mark.parametrize("options", [{"backend": "numpy"}, {"dtype": "float32"}, {"strict": True}])
def test_the_options_of_jit_hold_here_too(options):
    x = Value(0.75)
    run = compile_graph((x * x).exp(), **options)
    assert run() == pytest.approx(np.exp(0.5625), rel=1e-6)


@examples(15)
@given(
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.data(),
)
def test_random_graphs_give_what_the_eager_graph_gives(before, after, data):
    def build(leaves):
        pool = list(leaves)
        for kind, i, j in steps:
            a, b = pool[i % len(pool)], pool[j % len(pool)]
            pool.append([a + b, a * b, a.tanh(), maximum([a, b, a * 0.5])][kind])
        return pool[-1] + pool[0]

    triple = st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 20))
    steps = data.draw(st.lists(triple, min_size=1, max_size=12))
    leaves, fresh = [Value(x) for x in before], [Value(x) for x in after]
    run = compile_graph(build(leaves), backend="numpy")
    for leaf, x in zip(leaves, after):
        leaf.data = x
    expected = build(fresh)
    expected.backward()
    assert run() == pytest.approx(expected.data, rel=1e-9, abs=1e-9)
    run.backward()
    assert [x.grad for x in leaves] == pytest.approx([x.grad for x in fresh], rel=1e-7, abs=1e-7)
