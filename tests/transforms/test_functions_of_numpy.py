"""NumPy's functions inside what is differentiated: its values, and the slopes of differences."""

import numpy as np
import pytest

from micrograd import Value, exp, grad, hessian, jit, value_and_grad

X = np.array([0.3, -1.2, 2.1, 0.7])
MATRIX = np.random.default_rng(0).normal(size=(4, 4))
KNOTS = np.array([-2.0, -1.0, 0.0, 1.0, 3.0])


def shifted(x):
    made = np.zeros_like(x)
    made[1:] = x[:-1]
    return np.exp(made)


BESIDE_PLAIN_NUMBERS = {  # NumPy picks a plain number here, which has no method sqrt
    "sqrt of maximum": lambda x: np.sqrt(np.maximum(x, 0.1)),
    "log of clip": lambda x: np.log(np.clip(x, 1e-3, 1.0)),
    "exp of where": lambda x: np.exp(np.where(x > 0, x, 0.0)),
    "power of minimum": lambda x: np.minimum(x, -0.5) ** 3,
    "zeros_like": shifted,
    "full_like": lambda x: np.tanh(np.full_like(x, 0.5) * x + np.ones_like(x)),
    "concatenate": lambda x: np.sin(np.concatenate([x, [1.0, 2.0]])),
    "softmax": lambda x: np.exp(np.maximum(x, 0.1) - 0.1) / np.sum(np.exp(np.maximum(x, 0.1))),
    "fmax of nan": lambda x: np.fmax(x, np.nan) * np.fmin([np.nan, 0.0, np.nan, 9.0], x),
}
WITHOUT_OBJECTS = {  # NumPy has no loop over objects here
    "exp2": np.exp2,
    "fabs": np.fabs,
    "float_power": lambda x: np.float_power(np.abs(x), 1.5),
    "logaddexp": lambda x: np.logaddexp(x, 0.5) + np.logaddexp2(x, 0.5),
    "logaddexp.reduce": np.logaddexp.reduce,
    "heaviside": lambda x: np.heaviside(x, 0.5) * x,
    "hypot": lambda x: np.hypot(x, np.maximum(x, 0.1)),
    "rounding": lambda x: (np.floor(x) + 2 * np.ceil(x) + 3 * np.trunc(x) + 4 * np.rint(x)) * x,
    "isfinite": lambda x: np.where(np.isfinite(x) & ~np.isnan(x), x * x, 0.0),
    "gradient": lambda x: np.gradient(x) ** 2 + np.gradient(np.outer(x, x), axis=0)[1],
    "interp": lambda x: np.interp(x, KNOTS, KNOTS**2) ** 2,
    "select": lambda x: np.select([x > 1, x > 0], [x, x * 2], 0.5 * x),
    "nan_to_num": lambda x: np.nan_to_num(np.log(x), nan=-1.0) + np.nan_to_num(x, posinf=2.0),
    "quantile": lambda x: np.quantile(np.outer(x, x), [0.2, 0.9], axis=1),
    "quantile of axes": lambda x: np.quantile(
        np.reshape(np.outer(x, x), (2, 2, 4)), 0.3, axis=(0, -1), keepdims=True
    ),
    "quantile by other methods": lambda x: sum(
        np.quantile(x, [0.25, 0.5, 1.0], method=method)
        for method in ("lower", "higher", "nearest", "midpoint")
    ),
    "percentile": lambda x: np.percentile(x, 40, keepdims=True),
    "tensordot": lambda x: np.tensordot(x, x, 1),
}
OF_MATRICES = {
    "solve": lambda x: np.linalg.solve(MATRIX + np.outer(x, x), np.outer(x, [1.0, 2.0])),
    "solve of constants": lambda x: np.linalg.solve(MATRIX, x),
    "inv": lambda x: x @ np.linalg.inv(MATRIX + np.diag(x)),
    "inv of several": lambda x: np.linalg.inv(np.stack([MATRIX, MATRIX.T]) + np.outer(x, x)),
    "det": lambda x: np.linalg.det(MATRIX + np.diag(x)),
    "det of 3 by 3": lambda x: np.linalg.det(MATRIX[:3, :3] + np.diag(x[1:])),
    "det of 2 by 2": lambda x: np.linalg.det(np.reshape(x, (2, 2))),
    "cholesky": lambda x: np.linalg.cholesky(np.outer(x, x) + 3.0 * np.eye(4)) * np.arange(4),
}
FUNCTIONS = BESIDE_PLAIN_NUMBERS | WITHOUT_OBJECTS | OF_MATRICES


def slopes(f, x):
    """Differences that are even in the error."""
    steps = 1e-5 * np.eye(len(x))
    return [(f(x + step) - f(x - step)) / 2e-5 for step in steps]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_those_of_floats_and_slopes_those_of_differences(name):
    def f(x):
        return np.sum(FUNCTIONS[name](x))

    plain = value_and_grad(f)
    compiled = jit(plain)
    for x in (X, X + 0.05, X - 0.11, X[::-1].copy()):
        for value, gradient in (plain(x), compiled(x)):
            assert value == pytest.approx(f(x), rel=1e-12)
            assert gradient == pytest.approx(np.array(slopes(f, x)), rel=1e-6, abs=1e-6)


OF_ONE = {
    "exp2": np.exp2,
    "floor": np.floor,
    "isnan": np.isnan,
    "round": lambda x: np.round(x, 1),
    "logaddexp": lambda x: np.logaddexp(x, 1.0),
    "interp": lambda x: np.interp(x, [0.0, 1.0], [1.0, 3.0]),
    "stack": lambda x: np.sum(np.exp(np.stack([x, np.float64(0.0)]))),
}


@pytest.mark.parametrize("f", OF_ONE.values(), ids=OF_ONE)
def test_a_single_number_goes_through_functions_that_numpy_has_for_floats(f):
    value, slope = value_and_grad(lambda x: f(x) * x)(0.7)
    assert value == pytest.approx(f(0.7) * 0.7, rel=1e-12)
    assert slope == pytest.approx((f(0.7 + 1e-6) * (0.7 + 1e-6) - value) / 1e-6, abs=1e-5)


def test_a_negative_number_to_a_broken_power_is_nan_as_of_floats():
    def f(x):
        return np.sum(np.nan_to_num(np.minimum(x, -1.0) ** 0.5)) + np.sum(np.maximum(x, 4.0) ** 0.5)

    assert value_and_grad(f)(X)[0] == 8.0


def test_a_plain_number_divided_by_zero_is_infinite_as_of_floats():
    with np.errstate(divide="ignore"):
        f = grad(lambda x: np.sum(1.0 / (1.0 + 1.0 / np.maximum(np.zeros_like(x), 0.0)) + x))
        assert f(X).tolist() == [1.0] * 4


def test_a_singular_matrix_is_refused_as_numpy_does_also_once_it_is_compiled():
    f = grad(lambda x: np.sum(np.linalg.inv(np.outer(x, x) + x[0] * np.eye(2))))
    compiled = jit(f)
    for _ in range(3):
        assert compiled(np.array([1.0, 2.0])) == pytest.approx(f(np.array([1.0, 2.0])))
    for g in (f, compiled):
        with pytest.raises(np.linalg.LinAlgError, match="Singular"):
            g(np.zeros(2))
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        grad(lambda x: np.linalg.cholesky(np.diag(x))[0, 0])(np.array([1.0, -1.0]))


def test_second_derivatives_pass_through_a_solve():
    def f(x):
        return np.sum(np.linalg.solve(np.outer(x, x) + np.diag(x**2 + 1), np.sqrt(np.abs(x))))

    x = np.array([0.4, 1.3, -0.6])
    expected = np.array(slopes(grad(f), x))
    assert hessian(f)(x) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_an_array_of_values_beside_numbers_is_a_plain_one_compiled_too():
    weight = Value(1.5)
    f = jit(lambda x: exp(np.array([weight * x, x])))
    assert [type(f(0.5)) for _ in range(4)] == [np.ndarray] * 4
