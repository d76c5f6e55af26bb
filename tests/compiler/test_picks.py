"""What Python and NumPy pick inside a transform: as plainly, also of infinities and nan."""

import math

import numpy as np
import pytest

from micrograd import Value, grad, hvp, jit, maximum, minimum, sum, value_and_grad

INF, NAN = math.inf, math.nan
PICKED = {
    "min": lambda v: v.min() * v[0],
    "max": lambda v: np.max(v) * v[0],
    "rows": lambda v: sum(v.reshape(2, 2).max(axis=0)) * v[0],
    "python's": lambda v: max(v[1], v[2], v[3]) * v[0],
    "maximum": lambda v: sum(np.maximum(v, 1.0)) * v[0],
    "minimum": lambda v: sum(np.minimum(1.0, v)) * v[0],
    "clip": lambda v: sum(np.clip(v, -1.0, 1.5)) * v[0],
    "where": lambda v: sum(np.where(v > 1.0, v, 2.0 * v)) * v[0],
}
NUMBERS = [
    *([1.5, 1.25, 0.5, 2.0], [INF, 1.25, 0.5, 2.0], [1.5, -INF, 0.5, INF]),
    *([1.5, NAN, 0.5, 2.0], [NAN, 1.25, 0.5, 2.0], [1.5, 1.25, 0.5, NAN]),
]


@pytest.mark.parametrize("name", PICKED)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_not_picked_gets_no_gradient_not_even_of_an_infinity(name):
    f = PICKED[name]
    both = lambda v: (value_and_grad(f)(v), hvp(f, (v,), (v,)))  # noqa: E731
    compiled = jit(both, backend="numpy")
    for numbers in NUMBERS:
        v = np.array(numbers)
        for found, plain in zip(compiled(v), both(v), strict=True):
            for x, y in zip(found, plain, strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-12, err_msg=str(numbers))


@pytest.mark.parametrize("name", PICKED)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_gradient_that_is_compiled_by_itself_picks_the_same(name):
    plain = value_and_grad(PICKED[name])
    compiled = jit(plain, backend="numpy")
    for numbers in NUMBERS:
        for x, y in zip(compiled(np.array(numbers)), plain(np.array(numbers)), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12, err_msg=str(numbers))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_first_call_may_hold_a_nan_of_which_another_number_is_picked():
    f = grad(lambda v: v.min() * 2.0)
    v = np.array([NAN, 5e-324])
    assert jit(f, backend="numpy")(v).tolist() == f(v).tolist()


@pytest.mark.parametrize("pick", [maximum, minimum])
@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_hundreds_of_candidates_of_many_kinds_are_compared_in_their_order(pick, backend):
    def f(xs, w):
        kinds = [xs, [x * w for x in xs], [(x * w).relu() for x in xs], [0.0] * len(xs)]
        return pick([kind[i] for i in range(len(xs)) for kind in kinds])

    compiled = jit(f, backend=backend)
    for numbers in ([0.0] * 60, [-1.0, 0.0, 1.0] * 20, [1.0] * 30 + [3.0] * 30, [-2.0] * 60):
        runs = []
        for run in (f, compiled, compiled):
            xs, w = [Value(x) for x in numbers], Value(1.0)
            out = run(xs, w)
            out.backward()
            runs.append([out.data, w.grad, *(x.grad for x in xs)])
        assert runs[1:] == runs[:1] * 2, numbers
