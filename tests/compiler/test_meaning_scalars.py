"""A number that is NumPy's in the plain run is NumPy's compiled, returned or left outside."""

from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import grad, jit, vmap

FLOATS = [np.array([1.0, 2.0]), np.array([2.0, 5.0]), np.array([3.0, 1.0])]
BACKENDS = pytest.mark.parametrize("backend", ["c", "numpy"])
RETURNED = {
    "the mean of an array": (lambda x: ((x - 1) ** 2).mean(), FLOATS),
    "an item": (lambda x: x[0], FLOATS),
    "a sum of items": (lambda x: sum(x[i] for i in range(2)), FLOATS),
    "a float of an array": (lambda x: x.sum().item(), FLOATS),
    "some of a tuple": (lambda x: (x.sum(), 2.0, {"a": x[1]}, [x.sum().item()]), FLOATS),
    "a NumPy number": (lambda x: x * 2, [np.float64(2), np.float64(3), 3.0, np.float64(4)]),
    "one after a float": (lambda x: x * 2, [2.0, np.float64(3), np.float32(3), 4.0]),
    "one in a list": (lambda xs: xs[0] * 2, [[2.0, "a"], [np.float64(3), "a"], [3.0, "a"]]),
    "a NumPy function of a float": (lambda x: np.sqrt(x), [2.0, 3.0, 4.0]),
    "an array without dims": (lambda x: (x, x * 2), [np.array(2.0), np.array(3.0), np.array(4.0)]),
    "single precision": (lambda x: x.sum(), [x.astype("float32") for x in FLOATS]),
    "ints": (lambda x: (x.sum(), x[0] > 1), [np.array([1, 2]), np.array([3, 4])]),
    "an int in place of one": (lambda n: n + 1, [3, np.int64(3), 4]),
}


LISTS = [
    [np.float64(2), np.float64(4)],
    [np.float64(0), np.float64(3)],
    [0.5, 3.0],
    [np.int64(3), np.int64(5)],
    [np.float64(1)] * 4,
]


def kinds(x):
    if isinstance(x, dict):
        return {key: kinds(y) for key, y in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x), [kinds(y) for y in x]
    return type(x), getattr(x, "dtype", None), float(x)


@BACKENDS
@pytest.mark.parametrize("case", RETURNED)
def test_a_returned_number_is_of_the_kind_of_the_plain_run_at_each_call(case, backend):
    f, calls = RETURNED[case]
    compiled = jit(f, backend=backend)
    assert [kinds(compiled(x)) for x in calls] == [kinds(f(x)) for x in calls]


@BACKENDS
def test_a_number_left_outside_is_of_the_kind_of_the_plain_run(backend):
    plain, compiled = (SimpleNamespace(best=0.0, all=[], two=[0.0, 0.0]) for _ in range(2))

    def note(state, x):
        state.best = x.sum()
        state.all.append(x.mean())
        state.two[0], state.two[1] = x[0], x[1].item()

    for state in (plain, compiled):
        f = (lambda x, s=state: note(s, x)) if state is plain else jit(
            lambda x: note(compiled, x), backend=backend
        )  # fmt: skip
        for x in (*FLOATS, *FLOATS):
            f(x)
    assert kinds(vars(compiled)) == kinds(vars(plain))


W = np.random.default_rng(0).normal(size=40).astype(np.float32)
SINGLE = {
    "an array from outside": (lambda x: np.tanh(W * x) - 3, 0.5),
    "a sum over one": (lambda x: np.sum(np.tanh(W * x)), 0.5),
    "an item of one": (lambda x: [np.tanh(w) * 3 * x - 1.0 for w in W], 0.5),
    "in a dict": (lambda d: np.tanh(d["a"]) - 3, {"a": W}),
    "numbers in a list": (lambda x: [np.tanh(w) - 3 for w in x], list(W)),
    "made inside": (lambda x: np.tanh(x.astype(np.float32)) - 3, W.astype(float)),
    "on the way to doubles": (lambda x: (np.tanh(x) - 3) * np.arange(40.0), W),
}


@pytest.mark.parametrize("case", SINGLE)
def test_where_numpy_computes_in_single_precision_so_close_is_close_enough(case):
    f, x = SINGLE[case]
    compiled = jit(f, backend="numpy")
    for _ in range(2):
        np.testing.assert_allclose(compiled(x), f(x), rtol=1e-5)


@BACKENDS
def test_ints_that_int64_does_not_hold_wrap_around_as_plainly(backend):
    square = jit(lambda x: x * x, backend=backend)
    square(np.array([3, 4]))
    assert square(np.array([2**40, 4])).tolist() == [0, 16]
    assert square(np.array([5, 6])).tolist() == [25, 36]


@BACKENDS
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda xs: [1.0 / x for x in xs if x > 0],
        lambda xs: xs[1] / xs[0] if xs[0] or isinstance(xs[0], np.generic) else 1.0,
        lambda xs: (sum(xs), len(xs), max(xs), xs[0] * 2, xs),
        lambda xs: vmap(lambda x: x * x + 1)(xs),
        grad(lambda xs: xs[0] * xs[1]),
        lambda xs: type(xs[0]).__name__ == "float64",
        lambda xs: sum(np.array(xs) * 2),
        lambda xs: [[y + x for y in xs] for x in xs],
    ],
)
def test_a_list_of_numpys_numbers_is_what_it_is_plainly(f, backend):
    compiled = jit(f, backend=backend)
    for xs in LISTS:
        assert kinds(compiled(xs)) == kinds(f(xs))


@BACKENDS
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_numbers_of_a_list_raise_where_they_are_pythons_and_not_where_they_are_numpys(backend):
    f = jit(lambda xs: xs[1] / xs[0], backend=backend)
    assert f([2.0, 1.0]) == f([np.float64(2), np.float64(1)]) == 0.5
    assert f([np.float64(0), np.float64(1)]) == np.inf
    with pytest.raises(ZeroDivisionError):
        f([0.0, 1.0])


@pytest.mark.parametrize("kind", ["float64", "float32", "int64"])
def test_a_long_list_of_numpys_numbers_is_one_batch(kind):
    squares = jit(vmap(lambda x: x * x))
    xs = np.linspace(0, 9, 3000).astype(kind)
    for n in (3000, 9, 200):
        assert squares(list(xs[:n])) == pytest.approx(xs[:n] ** 2)
    assert squares.cache_info().made == 1
