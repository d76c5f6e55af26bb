"""A call that goes straight to the loops gives what any other call gives."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from support.alike import assert_alike

import micrograd
from micrograd import (
    Value,
    detect_anomaly,
    grad,
    jacobian,
    mean,
    no_grad,
    sum,
    value_and_grad,
    vmap,
)
from micrograd.value.arrays import ValueArray

A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5, -1.0], [2.0, 0.25]])


def jit(f):
    return micrograd.jit(f, when="now")


def squares(xs):
    return sum([x * x for x in xs])


def rows(xss):
    return [sum(xs) * xss[0][0] for xs in xss]


CALLS = {
    "other floats": (squares, [([1.0, 2.0],), ([3.0, -4.0],)]),
    "ints after floats": (squares, [([1.0, 2.0],), ([3, 4],)]),
    "floats after ints": (squares, [([1, 2],), ([1.5, 2.5],)]),
    "ints and floats": (squares, [([1.0, 2.0],), ([1, 2.0],), ([1.0, True],)]),
    "numbers of NumPy's": (
        lambda x, y: (x * y, x / 2.0),
        [
            (np.float64(1.5), 2.0),
            (np.float64(2.5), 4.0),
            (2.5, np.float64(4.0)),
            (np.float32(2.5), 4.0),
            (np.float32(1.5), 3.0),
        ],
    ),
    "a list of NumPy's numbers": (
        squares,
        [(list(A[0]),), (list(B[0]),), ([1.0, np.float64(2.0)],), (list(A[0].astype("f4")),)],
    ),
    "large ints": (squares, [([1, 2],), ([2**60, 1],)]),
    "a longer list": (squares, [([1.0, 2.0],), ([1.0, 2.0, 3.0],), ([5.0, 6.0],)]),
    "a tuple": (squares, [([1.0, 2.0],), ((3.0, 4.0),)]),
    "nested lists": (rows, [([[1.0, 2.0], [3.0, 4.0]],), ([[5.0, 6.0], [7.0, 8.0]],)]),
    "ragged lists": (rows, [([[1.0, 2.0], [3.0, 4.0]],), ([[5.0, 6.0], [7.0]],)]),
    "numbers": (lambda x, n: x**2 * n, [(2.0, 3), (3.0, 4), (3.0, 4.0), (np.float64(2.0), 3)]),
    "arrays": (lambda a: (a * a + 1.0, a.sum()), [(A,), (B,), (A.T,), (A[::-1],), (A[:1],)]),
    "other dtypes": (
        lambda a: a * 0.5,
        [(A,), (A.astype(int),), (A.astype("f4"),), (A.astype(">f8"),), (A.astype(np.uint64),)],
    ),
    "gradients of a list": (value_and_grad(squares), [([1.0, 2.0],), ([3.0, 4.0],), ([3, 4],)]),
    "gradients of an array": (value_and_grad(lambda a: (a * a).sum()), [(A,), (B,), (A.T,)]),
    "nests": (
        value_and_grad(lambda p: p["w"][0] * p["w"][1][0] + p["n"] * p["b"].sum()),
        [
            ({"w": [1.0, (2.0,)], "n": 3, "b": A},),
            ({"w": [0.5, (4.0,)], "n": 2, "b": B},),
            ({"w": [0.5, (4.0,)], "n": 2.0, "b": B},),
            ({"w": [1, (4.0,)], "n": 2, "b": B.T},),
            ({"n": 3, "w": [1.0, (2.0,)], "b": A},),
        ],
    ),
    "constants among the results": (
        lambda xs: (xs[0] * xs[1], 0.5, [float("inf"), xs[1]], {"a": xs[0] + 1.0, "b": -1.5}),
        [([1.0, 2.0],), ([3.0, -4.0],)],
    ),
    "constants in an array": (
        lambda xs: np.array([[xs[0] * xs[1], 0.0], [2.5, xs[0]]]),
        [([1.0, 2.0],), ([3.0, -4.0],)],
    ),
    "a jacobian with zeros": (
        jacobian(lambda xs: [xs[0] * xs[1], xs[2] * xs[2]]),
        [([1.0, 2.0, 3.0],), ([3.0, -4.0, 0.5],)],
    ),
    "an int among the results": (lambda xs: [xs[0] * xs[1], 7], [([1.0, 2.0],), ([3.0, -4.0],)]),
    "examples as tuples": (
        lambda rows: sum([x * y for x, y in rows]),
        [([(1.0, 2.0), (3.0, 4.0)],), ([(5.0, 6.0), (7.0, 8.0)],), ([(5.0, 6.0)],)],
    ),
    "an argument that is not used": (
        grad(lambda xs, ys: squares(xs), argnums=(0, 1)),
        [([1.0, 2.0], [1.0]), ([3.0, 4.0], [2.0])],
    ),
    "a branch": (lambda xs: xs[0] if xs[1] > 0 else 2.0 * xs[0], [([1.0, 1.0],), ([1.0, -1.0],)]),
    "numbers mapped": (vmap(lambda x: x * x + 1.0), [(A[0],), (B[0],), (A[:1, 0],), (B[1, ::-1],)]),
    "a list mapped": (vmap(lambda x: x * x), [([1.0, 2.0],), ([3.0, 4.0],), ([1, 2],), ([5.0],)]),
    "ints mapped": (vmap(lambda i: i * i), [([1, 2],), ([3, 2**30],), ([4, 5.0],)]),
    "rows mapped": (vmap(lambda row: row * 2.0), [(A,), (B,), (A.T,)]),
    "numbers of rows": (vmap(lambda row: (row * row).sum()), [(A,), (B,), (A.astype("f4"),)]),
    "mapped with an array beside": (
        lambda s, a: (vmap(lambda x: s * x)(a), a.sum()),
        [(2.0, A[0]), (0.5, B[0])],
    ),
    "parts of examples": (
        vmap(lambda x: {"a": (x * x, 0.5), "b": [x, 1.0 - x]}),
        [(A[0],), (B[0],)],
    ),
    "which is largest": (vmap(lambda row: row.argmax()), [(A,), (B,), (A[:, ::-1].copy(),)]),
    "comparisons mapped": (vmap(lambda x, y: (x > y, x)), [(A[0], B[0]), (B[0], A[0])]),
    "gradients mapped": (vmap(value_and_grad(lambda x: x * x * 3.0)), [(A[0],), (B[0],)]),
    "gradients of rows": (vmap(grad(lambda row: (row * row).sum())), [(A,), (B,), (A.T,)]),
    "float32 in arrays": (
        lambda a: ((a * 0.5).sum(), a * 2.0),
        [(A.astype("f4"),), (B.astype("f4"),), (A,)],
    ),
    "a mean over a batch": (lambda a: mean(vmap(squares)(a)) * 1.0, [(A,), (B,), (A[:1],)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_call_gives_what_the_plain_one_gives(name):
    f, calls = CALLS[name]
    compiled = jit(f)
    for args in [calls[0], *calls, *calls]:
        assert_alike(compiled(*args), f(*args))


@pytest.mark.parametrize("name", CALLS)
def test_each_call_in_float32_gives_what_the_plain_one_gives(name):
    f, calls = CALLS[name]
    compiled = micrograd.jit(f, dtype="float32")
    for args in [calls[0], *calls, *calls]:
        assert_alike(compiled(*args), f(*args), rel=1e-6)


def test_what_comes_out_in_float32_backpropagates():
    w = [Value(0.5), Value(2.0)]
    f = micrograd.jit(lambda xs, v: ((w[0] * xs[0] + w[1] * v["v"]).tanh(), 0.5), dtype="float32")
    for k in range(4):
        x, v = 0.1 * (1 + k), Value(0.125 * k)
        w[0].data, w[0].grad, w[1].grad = 0.25 * k, 1.0, 0.0
        first, half = f([x], {"v": v})
        second = f([5.0], {"v": Value(0.0)})[0]
        first.backward()
        plain = np.tanh(w[0].data * x + 2.0 * v.data)
        slope = 1 - plain**2
        assert (first.data, half) == (pytest.approx(plain, rel=1e-6), 0.5)
        slopes = [w[0].grad, w[1].grad, v.grad]
        assert slopes == pytest.approx([1 + slope * x, slope * v.data, slope * 2.0], rel=1e-6)
        assert second.data == pytest.approx(np.tanh(w[0].data * 5.0), rel=1e-6)


def test_a_step_in_float32_is_done_as_in_float64():
    def trained(dtype):
        w = [Value(0.5), Value(-1.0)]

        def step(xs, rate):
            loss = ((w[0] * xs[0] + w[1]) - 2.0) ** 2
            for v in w:
                v.grad = 0.0
            loss.backward()
            for v in w:
                v.data -= rate * v.grad
            return loss.data

        step = micrograd.jit(step, dtype=dtype)
        return [step([0.5 * k], 0.1) for k in range(6)], [v.data for v in w]

    for found, expected in zip(trained("float32"), trained("float64")):
        assert found == pytest.approx(expected, rel=1e-5)


def test_values_from_outside_are_read_at_each_call():
    w = [Value(0.5), Value(2.0)]
    f = jit(lambda xs: (w[0] * xs[0] + w[1] * xs[1]).tanh())
    for data in (0.5, -0.25, 1.0):
        w[0].data = data
        for v in w:
            v.grad = 0.0
        out = f([1.0, 0.125])
        out.backward()
        plain = np.tanh(data + 0.25)
        assert out.data == pytest.approx(plain)
        assert [v.grad for v in w] == pytest.approx([1 - plain**2, 0.125 * (1 - plain**2)])
    assert out.parents == tuple(w)


def test_results_of_several_calls_are_apart():
    w = Value(3.0)
    f = jit(lambda xs: (w * xs[0], w * w))
    f([1.0])
    first, second = f([2.0])[0], f([5.0])[0]
    first.backward()
    assert (first.data, second.data, w.grad) == (6.0, 15.0, 2.0)
    second.backward()
    assert w.grad == 7.0


def test_what_a_result_was_computed_of_passes_its_gradient_on():
    f = jit(lambda xs: w.x * xs[0])
    w = SimpleNamespace(x=Value(3.0) * Value(2.0))
    f([1.0])
    for k in (2.0, 4.0):
        out, (a, b) = f([k]), w.x.parents
        a.grad = b.grad = 0.0
        out.backward()
        assert (w.x.grad, a.grad, b.grad) == (k, 2.0 * k, 3.0 * k)


def test_what_is_assigned_to_backward_of_a_parameter_is_called():
    w, called = Value(3.0), []
    f = jit(lambda xs: w * xs[0])
    f([1.0])
    out = f([2.0])
    w._backward = lambda: called.append(w.grad)
    out.backward()
    assert called == [2.0]


def test_a_result_passes_its_gradient_on_by_itself_and_as_often_as_it_is_asked():
    w = Value(3.0)
    f = jit(lambda xs: w * w * xs[0])
    f([1.0])
    out = f([2.0])
    w.data = 100.0  # no matter: the call is over
    out.backward()
    out.backward()
    assert (out.grad, w.grad) == (1.0, 24.0)
    share = out._backward
    out.grad = 0.5
    share()
    assert w.grad == 30.0
    with detect_anomaly():
        f([1.0]).backward()
    assert w.grad == 230.0


def test_what_backward_of_a_result_is_can_be_replaced():
    w, called = Value(3.0), []
    f = jit(lambda xs: w * xs[0])
    f([1.0])
    out = f([2.0])
    out._backward = lambda: called.append(out.grad)
    out.backward()
    assert (called, w.grad) == ([1.0], 0.0)


def test_a_model_that_keeps_a_result_is_not_kept_alive():
    class Model:
        pass

    def used():
        model = Model()
        model.w = Value(3.0)
        model.f = jit(lambda xs: model.w * xs[0])
        for k in (1.0, 2.0, 3.0):
            model.out = model.f([k])
        return weakref.ref(model)

    model = used()
    gc.collect()
    assert model() is None


def test_without_gradients_results_are_leaves():
    w = Value(3.0)
    f = jit(lambda xs: w * xs[0])
    f([1.0])
    with no_grad():
        assert f([2.0]).parents == ()


def test_arrays_that_come_out_can_be_written_and_are_apart():
    f = jit(lambda a: a * 2.0)
    f(A)
    first, second = f(A), f(B)
    first[0, 0] = 100.0
    assert second.tolist() == (B * 2.0).tolist()
    assert f(A).tolist() == (A * 2.0).tolist()


def test_many_threads_get_their_own_results():
    f = jit(value_and_grad(squares))
    f([1.0] * 50)

    def call(k):
        return [f([float(k)] * 50) for _ in range(200)] == [(50.0 * k * k, [2.0 * k] * 50)] * 200

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(call, range(8)))


def test_a_call_leaves_nothing_behind():
    w = Value(3.0)
    f = jit(lambda a, xs: (w * a.sum() * xs[0]).tanh())

    def calls():
        for _ in range(50):
            f(A, [0.5]).backward()
            f(A, [1])
        gc.collect()
        return len(gc.get_objects())

    calls()
    before = calls()
    assert calls() <= before


def test_values_among_the_arguments_get_their_gradients():
    def f(x, p):
        return x * p["w"][0] * p["b"] * p["n"] + x

    compiled = jit(f)
    for k in (1.0, 2.0, 3.0, 4.0):
        slopes = []
        for g in (f, compiled):
            x, w, b = Value(k), Value(k + 1), Value(0.5)
            out = g(x, {"w": [w, 2.0], "b": b, "n": k})
            (out * out).backward()
            slopes.append((out.data, x.grad, w.grad, b.grad))
        assert slopes[0] == pytest.approx(slopes[1])
    assert out.parents == (x, w, b)


@pytest.mark.parametrize(
    "form",
    [
        lambda values: ValueArray.of(values, (3, 2)),
        lambda values: ValueArray.of(values, (2, 3)).T,
        lambda values: np.array(values, dtype=object).reshape(3, 2),
        lambda values: ValueArray.lazy(np.zeros((3, 2)), lambda: values),
    ],
)
def test_arrays_of_values_among_the_arguments_get_their_gradients(form):
    w = Value(3.0)

    def f(x):
        return (x["a"][2] * x["a"][0]).sum() * x["b"] * w

    compiled = jit(f)
    for k in range(4):
        slopes = []
        for g in (f, compiled):
            w.grad, b = 0.0, Value(0.5 * k)
            values = [Value(0.1 * i + k) for i in range(6)]
            out = g({"a": form(values), "b": b})
            out.backward()
            slopes.append([out.data, w.grad, b.grad, *[v.grad for v in values]])
        assert slopes[0] == pytest.approx(slopes[1])
    assert len(out.parents) == 8


def test_an_array_of_values_that_comes_out_is_one_and_backpropagates():
    w = Value(3.0)

    def f(x):
        return np.array([[w * x[0], w * w * x[1]]])

    compiled = jit(f)
    for k in range(4):
        found, expected = compiled([1.0 * k, 2.0]), f([1.0 * k, 2.0])
        assert found.shape == expected.shape == (1, 2)
        assert [v.data for v in found[0]] == [v.data for v in expected[0]]
        slopes = []
        for made in (found, expected):
            w.grad = 0.0
            made.sum().backward()
            slopes.append(w.grad)
        assert slopes[0] == slopes[1] == k + 12.0


def test_an_array_of_values_and_numbers_comes_out_as_plainly():
    w = Value(3.0)
    beside = jit(lambda x: np.array([w * x, 0.5], dtype=object))
    for k in range(4):
        product, half = beside(1.0 * k)
        assert (product.data, half) == (3.0 * k, 0.5)


def test_an_array_of_values_with_something_else_in_it_is_another_structure():
    f = jit(lambda a: a[0] * 2.0 + a[1])
    for k in range(3):
        assert f(ValueArray.of([Value(1.0), Value(k)])).data == 2.0 + k
    mixed = np.array([1.5, Value(2.0)], dtype=object)
    assert f(mixed).data == 5.0
    assert f(ValueArray.of([Value(1.0), Value(2.0), Value(3.0)])).data == 4.0


def test_a_value_in_two_places_gets_both_gradients():
    f = jit(lambda x, y: x * y * 2.0)
    for k in (1.0, 2.0, 3.0):
        x, y = Value(k), Value(5.0)
        f(x, y).backward()
        assert (x.grad, y.grad) == (10.0, 2.0 * k)
    x = Value(3.0)
    f(x, x).backward()
    assert x.grad == 12.0


def test_an_argument_that_is_a_value_outside_too_gets_both_gradients():
    w = Value(3.0)
    f = jit(lambda x: x * w)
    for k in (1.0, 2.0, 4.0):
        f(Value(k)).backward()
    assert w.grad == 7.0
    f(w).backward()
    assert w.grad == 13.0


def test_the_values_of_a_mapped_function_backpropagate():
    w = Value(0.5)
    f = jit(vmap(lambda x: {"y": w * x, "x": x}))
    for k in (1.0, 2.0, 3.0):
        w.data = k
        out = f(A[0])
        assert out["y"].data.tolist() == (k * A[0]).tolist()
        assert out["x"].tolist() == A[0].tolist()
    w.grad = 0.0
    out["y"].sum().backward()
    assert w.grad == 3.0


def test_values_of_a_mapped_function_are_not_made_of_other_parameters():
    w = Value(0.5)
    f = jit(vmap(lambda x: w * x))
    for _ in range(3):
        out = f(A[0])
    w.data = 2.0
    with pytest.raises(micrograd.JitError, match="parameters of a compiled batch were changed"):
        out[0]
