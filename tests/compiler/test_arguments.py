"""Arguments of a jitted function: numbers, arrays, nests, static ones; and branches on them."""

import functools
import gc

import numpy as np
import pytest

import micrograd
from micrograd import Value, sum, take
from micrograd.nn import MLP

jit = functools.partial(micrograd.jit, backend="numpy")


def test_a_list_may_change_between_forward_and_backward():
    xs = [Value(1.0), Value(2.0)]
    first, second = xs
    y = jit(lambda a: a[0] * a[1])(xs)
    xs[0] = Value(9.0)
    y.backward()
    assert (first.grad, second.grad) == (2.0, 1.0)


def test_static_arguments_are_told_apart_by_type():
    f = jit(lambda x, n: x * (2.0 if n is True else 3.0), static_argnums=1)
    assert [f(1.0, n) for n in (1, True, 1.0)] == [3.0, 2.0, 3.0]


def test_a_static_int_is_an_int():
    f = jit(lambda x, n: sum([x * i for i in range(n)]), static_argnums=1)
    assert [f(2.0, n) for n in (3, 4, 1)] == [6.0, 12.0, 0.0]


def test_models_as_arguments_are_told_apart_also_when_memory_is_reused():
    f = jit(lambda model, x: model([x, x]))
    for _ in range(6):
        model = MLP(2, [1])
        assert f(model, 1.0).data == pytest.approx(model([1.0, 1.0]).data)
        del model
        gc.collect()


def test_a_branch_may_keep_an_index_in_its_range():
    rows = [Value(1.0), Value(2.0)]
    f = jit(lambda i: take(rows, i) if i < 2 else i * 10)
    assert f(5) == 50
    assert [f(i).data for i in (1, 0)] == [2.0, 1.0]


def test_arguments_by_keyword():
    f = jit(lambda a, b=2.0, c=3.0: a + b * c)
    assert f(1.0, c=5.0) == 11.0
    assert f(c=5.0, a=1.0) == 11.0
    assert f(1.0) == 7.0


def test_arrays_are_indexed_as_arrays():
    X = np.arange(24.0).reshape(2, 3, 4)
    picks = [
        lambda X: sum([X[1][2][3]]),
        lambda X: sum([X[1, 2, 3]]),
        lambda X: sum([X[-1, -1, -1]]),
        lambda X: sum(X[:, 1, 2]),
        lambda X: sum([x for row in X[:, 1] for x in row]),
        lambda X: sum([x for row in X[1, :, 1:3] for x in row]),
        lambda X: sum(X[0, 1, ::2]),
    ]
    for pick in picks:
        assert jit(pick)(X) == pick(X)


def test_plain_numbers_compare_and_branch_as_numbers():
    def f(x, n, flag):
        if flag and n == 1:
            return x * 2.0
        return x * 3.0 if n in (2, 3) or n != 5 else -x

    g = jit(f)
    for n in (1, 2, 4, 5, 1):
        for flag in (True, False):
            assert g(2.0, n, flag) == f(2.0, n, flag)


def test_numbers_in_an_array_compare_as_numbers():
    f = jit(lambda xs: sum([x * 2.0 if x == 1 else x for x in xs]))
    assert [f(xs) for xs in ([1, 2, 1], [0, 1, 5], [1, 2, 1])] == [6.0, 7.0, 6.0]


def test_indices_stay_whole_where_a_program_is_checked_away_from_a_kink():
    rows = [Value(1.0), Value(1.0), Value(1.0)]
    total = 0.1 + 0.2
    f = jit(lambda i: micrograd.maximum(take(rows, i) * 0.3, take(rows, i) * total - 0.0))
    assert f(1).data == pytest.approx(0.3)


def test_an_index_out_of_range_is_named():
    rows = [Value(1.0), Value(2.0)]
    f = jit(lambda i: take(rows, i))
    for _ in range(2):
        for wrong in (-1, 2, 0.5):
            with pytest.raises(IndexError, match=f"take expects a whole index.*{wrong}"):
                f(wrong)
        assert f(1).data == 2.0


def test_a_branch_that_rounding_decides_is_no_error():
    f = jit(lambda x: x * 2.0 if x * 3.0 > 0.3 else x, dtype="float32")
    for x in (0.1, 0.1, 0.2, 0.05):
        expected = x * 2.0 if x * 3.0 > 0.3 else x
        assert f(x) == pytest.approx(expected, rel=1e-6)


def test_nan_takes_the_branch_it_takes_without_jit():
    f = jit(lambda x: x * 1.0 if x > 0 else x * 2.0)
    assert [str(f(x)) for x in (float("nan"), 1.0, -1.0)] == ["nan", "1.0", "-2.0"]


def test_a_value_may_be_several_arguments_and_captured_besides():
    x = Value(3.0)
    jit(lambda a, b: a * b * x)(x, x).backward()
    assert x.grad == 27.0


def test_nests_of_every_kind_are_arguments():
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    f = jit(lambda d: d["a"] * d["b"][0] - d["c"][1])
    f({"a": a, "b": (b, 1.0), "c": np.array([c, c])}).backward()
    assert [v.grad for v in (a, b, c)] == [3.0, 2.0, -1.0]
    swapped = f({"c": [c, 7.0], "b": (b, 1.0), "a": a})
    assert swapped.data == -1.0


def test_arguments_by_name_only_and_any_others_by_name():
    rate = [2.0]

    def f(x, *, k=1.0, how="a", **more):
        return x * k * rate[0] + (1 if how == "a" else 2) + sum([*more.values(), 0.0])

    g = micrograd.jit(f, backend="numpy")
    calls = [{}, {"k": 3.0}, {"k": 2.0}, {"how": "b"}, {"z": 5.0}, {"z": 6.0}, {"y": 1.0, "z": 2.0}]
    for rate[0] in (2.0, 3.0):
        for named in calls:
            assert g(2.5, **named) == f(2.5, **named)
    p = Value(2.0)
    micrograd.jit(lambda x, *, p: p * x, backend="numpy")(3.0, p=p).backward()
    assert p.grad == 3.0
    assert micrograd.grad(lambda x, *, k: x * k)(2.0, k=3.0) == 3.0
    assert g.cache_info().programs > 4
    with pytest.raises(TypeError, match="missing a required"):
        g(k=1.0)
