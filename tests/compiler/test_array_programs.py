"""Array programs give the values and gradients of the loops that they were made of.

The NumPy dialect is tried here; JAX and PyTorch in ``make test-deep``, on the same programs.
"""

import math

import numpy as np
import pytest
from array_runs import computed, same_as_loops
from ir_programs import PROGRAMS
from loop_cases import LOOPS, RAGGED, attention, picked

from micrograd import Value, dot, jit, logsumexp, maximum, mean, sum, take, vmap, where
from micrograd.compiler.arrays.source import array_source
from micrograd.nn import MLP, Linear
from micrograd.optim import SGD
from micrograd.train import fit

EDGES = (0.0, -0.0, 1.0, -1.0, 1.0, 710.0, -710.0, math.inf, -math.inf, math.nan)


SLOW = {"kalman", "lstm", "mesh", "rnn", "transformer"}  # left to the tests of JAX and PyTorch
QUICK = [make for make in PROGRAMS if make.__name__ not in SLOW]


@pytest.mark.parametrize("make", QUICK, ids=lambda make: make.__name__)
def test_arrays_compute_what_loops_compute(make):
    same_as_loops(*make(), "numpy")


def test_a_neuron_becomes_an_einsum_with_the_names_of_its_weights():
    w, b = [Value(0.5, label="w.0"), Value(-1.0, label="w.1")], Value(0.25, label="b")

    def neuron(x):
        return (dot(w, x) + b).tanh()

    f = jit(vmap(neuron))
    text = array_source(f._f, f._classified((np.ones((3, 2)),)), "jax")
    assert (
        "    h1_in = einsum('ib,i->b', x, w) + b  # h1\N{PRIME}[B] = Σ₂ w[2]·x[2,B] + b\n" in text
    )


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (lambda x, y: -x + y.tanh(), "h1 - x"),
        (lambda x, y: -(x * y) - y, "-1.0 * x * y - y"),
        (lambda x, y: x - (y - x.exp()), "y - h1"),
    ],
)
def test_a_difference_is_written_as_one(difference, text):
    f = jit(vmap(difference))
    x, y = np.array([0.5, -0.25, 3.0]), np.array([1.5, 0.0, -2.0])
    source = array_source(f._f, f._classified((x, y)), "numpy")
    assert text in source.partition("def value_and_grad")[0], source
    values, _ = computed(vmap(difference), (x, y), "numpy")
    plain = [difference(Value(a), Value(b)).data for a, b in zip(x, y)]
    assert values == pytest.approx(plain, rel=1e-15)


def test_what_is_written_part_by_part_is_joined_of_its_parts():
    layer = Linear(2, 3, seed=1)
    f = jit(lambda X: mean(vmap(lambda x: sum(y.tanh() for y in layer(x)))(X)))
    text = array_source(f._f, f._classified((np.ones((3, 2)),)), "numpy")
    back = text.partition("def value_and_grad")[2]
    assert "    dp = np.concatenate([dp_0.reshape((6,)), dp_1])\n" in back, back
    assert "np.zeros" not in back
    same_as_loops(f._f, (np.ones((3, 2)),), "numpy")


def test_a_comparison_by_which_something_is_chosen_is_no_number():
    def f(x):
        bright = x > 0.5
        return where(bright, x * x, x.exp())

    source = array_source(f, jit(f)._classified((Value(1.5),)), "jax")
    assert "!= 0" not in source, source
    assert "astype(dtype)" not in source.partition("def value_and_grad")[0]
    for x in (1.5, 0.25, math.nan):
        same_as_loops(f, (Value(x),), "numpy")


def test_the_first_of_equal_candidates_gets_the_gradient():
    x = [Value(v) for v in (1.0, 3.0, 3.0, 2.0)]
    _, slopes = computed(lambda x: maximum(*x), (x,), "numpy")
    assert slopes[0].tolist() == [0.0, 1.0, 0.0, 0.0]


def test_candidates_that_are_one_value_share_its_gradient():
    (value,), slopes = computed(lambda x: maximum(x, x), (Value(1.5),), "numpy")
    assert (value, slopes[0].tolist()) == (1.5, [1.0])


def test_gradients_of_takes_add_to_that_of_one_number():
    def f(x, indices):
        return x * 2.0 + sum([2.0 * take([x], i) for i in indices])

    _, slopes = computed(f, (Value(1.5), [0, 0, 0]), "numpy")
    assert slopes[0].tolist() == [8.0]


@pytest.mark.parametrize("op", ["tanh", "relu", "sigmoid", "softplus", "exp", "abs", "sqrt"])
def test_edges_are_those_of_plain_values(op):
    values, _ = computed(vmap(lambda x: getattr(x * Value(1.0), op)()), (np.array(EDGES),), "numpy")
    plain = [getattr(Value(x), op)().data for x in EDGES]
    assert values == pytest.approx(plain, rel=1e-15, nan_ok=True)


def test_a_take_out_of_range_is_named():
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    f = vmap(lambda i: sum(take(rows, i)))
    with pytest.raises(IndexError, match="whole index from 0 to 1, got 2"):
        computed(f, (np.array([0.0, 2.0]),), "numpy")


def test_a_batch_of_one_example_is_a_batch():
    w = [Value(0.5), Value(-1.0)]
    same_as_loops(lambda X: mean(vmap(lambda x: dot(w, x).tanh())(X)), (np.ones((1, 2)),), "numpy")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"backend": "jax", "strict": True}, "strict=True keeps the order of every sum"),
        ({"device": "cuda"}, "device='cuda' needs backend='jax' or backend='torch'"),
        ({"dtype": "bfloat16"}, "dtype='bfloat16' needs backend='jax' or backend='torch'"),
        ({"backend": "torch", "device": 0}, "device is a name"),
    ],
)
def test_options_that_a_back_end_does_not_have_are_refused(options, said):
    with pytest.raises((ValueError, TypeError), match=said):
        jit(lambda x: x * 2.0, **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"device": "cuda"}, "device='cuda' needs backend='jax' or backend='torch'"),
        ({"dtype": "bfloat16"}, "dtype='bfloat16' needs backend='jax' or backend='torch'"),
        ({"backend": "c"}, "backend of fit is 'jax' or 'torch'"),
    ],
)
def test_fit_refuses_a_back_end_that_it_does_not_have(options, said):
    model = MLP(2, [1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=said):
        fit(model, ([[1.0, 2.0]],), model=model, optimizer=optimizer, epochs=1, **options)


def test_a_recurrence_is_a_loop_over_rows_however_long_it_is():
    w = [[Value(0.5, label="w"), Value(-1.0, label="w")] for _ in range(2)]

    def last(xs):
        h = [0.1, 0.2]
        for x in xs:
            h = [(dot(row, h) + x).tanh() for row in w]
        return h[0] + h[1]

    def written(dialect, count):
        f = jit(last)
        text = array_source(f._f, f._classified(([0.1 * i for i in range(count)],)), dialect)
        body = text[text.index("def f(") :].splitlines()
        return [line.partition("  # ")[0] for line in body if line.strip()[:1] not in ("", "#")]

    for dialect in ("numpy", "jax", "torch"):
        assert len(written(dialect, 9)) == len(written(dialect, 90)) < 50
    step = "h1_in[t0] = w @ h1[t0] + xs[t0]\n        h1[t0 + 1] = np.tanh(h1_in[t0])\n"
    loop = f"    for t0 in range(9):\n        {step}"
    assert loop in "\n".join(written("numpy", 9))
    assert "    for t0 in reversed(range(9)):" in written("numpy", 9)
    jax = "\n".join(written("jax", 9))
    assert "        (h1_before,) = carried\n        h1_in_t0 = " in jax
    assert "(h1_in, h1_t0s) = jax.lax.scan(step, (h1[0],), jnp.arange(9))\n" in jax
    assert "jnp.arange(9), reverse=True)\n" in jax


@pytest.mark.parametrize("case", LOOPS)
def test_loops_over_rows_compute_what_loops_compute(case):
    f, args = LOOPS[case]
    same_as_loops(f, args, "numpy")
    source = array_source(f, jit(f)._classified(args), "numpy")
    assert "for t0 in range(" in source, source


@pytest.mark.parametrize("case", RAGGED)
def test_steps_of_different_lengths_are_one_array_operation(case):
    f, args = RAGGED[case]
    same_as_loops(f, args, "numpy")


def test_attention_is_as_long_a_program_for_any_number_of_rows():
    def lines(count):
        rows = [[Value(0.1 * k), Value(1.0 - 0.2 * k)] for k in range(count)]
        text = array_source(attention, jit(attention)._classified((rows,)), "jax")
        return text[text.index("def f(") :].count(" = ")

    assert lines(6) == lines(12)


def test_an_index_that_is_out_of_range_in_a_step_is_named():
    indices = np.array([[0.0, 1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 2.0, 1.0]])
    with pytest.raises(IndexError, match="whole index from 0 to 1, got 2"):
        computed(vmap(picked), (indices,), "numpy")


def test_several_numbers_have_no_gradient_of_their_own_in_the_text():
    w = Value(2.0, label="w")
    f = jit(lambda x: (w * x, w + x))
    assert "def value_and_grad" not in array_source(f._f, f._classified((1.0,)), "numpy")
    one = jit(lambda x: w * x)
    assert "def value_and_grad" in array_source(one._f, one._classified((1.0,)), "numpy")


def test_a_layer_of_many_rows_is_a_product_of_matrices_that_copies_nothing():
    layer = Linear(3, 4, seed=1)

    def f(X):
        return mean(vmap(lambda rows: sum(y.tanh() for row in rows for y in layer(row)))(X))

    X = np.linspace(-1.0, 1.0, 24).reshape(4, 2, 3)
    for dialect in ("numpy", "torch"):
        text = array_source(f, jit(f)._classified((X,)), dialect)
        assert "weight @ X + bias[:, None]" in text
        assert ".sum(0)" in text.partition("def value_and_grad")[2]
        assert "einsum" not in text
    same_as_loops(f, (X,), "numpy")


def test_what_is_picked_twice_is_picked_once():
    rows = [[Value(1.0 * i + j) for j in range(2)] for i in range(3)]

    def f(indices):
        return mean(vmap(lambda i: sum(x * x for x in take(rows, i)))(indices))

    text = array_source(f, jit(f)._classified((np.array([1.0, 2.0]),)), "torch")
    assert text.count("whole(") == 3  # where it is defined, in f, and forward in value_and_grad
    same_as_loops(f, (np.array([1.0, 2.0, 1.0]),), "numpy")


def test_a_square_is_summed_where_it_lies():
    def f(X):
        return mean(vmap(lambda rows: sum(sum(x * x for x in row).sqrt() for row in rows))(X))

    X = np.arange(12.0).reshape(2, 2, 3)
    text = array_source(f, jit(f)._classified((X,)), "torch").partition("def value_and_grad")[2]
    assert "permute" not in text.partition("X = X.permute(1, 2, 0)")[2]
    same_as_loops(f, (X + 1.0,), "numpy")


def test_the_largest_of_hundreds_of_numbers_in_an_order_of_their_own_is_written():
    def f(xs, w):
        steps = [[(x * w).tanh() for x in xs]]
        for _ in range(5):
            steps.append([(a * w).tanh() for a in steps[-1]])
        return logsumexp([step[i] for i in range(len(xs)) for step in steps])

    xs = [math.sin(i) for i in range(40)]
    compiled = jit(f, backend="numpy")
    for _ in range(2):
        assert compiled(xs, Value(0.9)).data == pytest.approx(f(xs, Value(0.9)).data, rel=1e-13)
