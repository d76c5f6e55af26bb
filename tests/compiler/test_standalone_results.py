"""What a compiled function returns stands in ``value`` of its C, whatever transforms made it."""

import numpy as np
import pytest
from headers import numbers, run

from micrograd import (
    grad,
    hessian,
    jacobian,
    jit,
    jvp,
    mean,
    sin,
    sum,
    value_and_grad,
    vmap,
)


def leaves(tree):
    """The numbers of a result, in the order in which it prints."""
    if isinstance(tree, (list, tuple)):
        return [x for branch in tree for x in leaves(branch)]
    return np.ravel(tree).astype(float).tolist()


def in_c(folder, calls):
    """What headers write into value, where each call is (compiled, arguments, batch or nothing).

    NaN stands where nothing is written.
    """
    text, main = "", ""
    for k, (compiled, args, *batch) in enumerate(calls):
        compiled.__name__ = name = f"f{k}"
        text += compiled.source(*args)
        flat = [str(x) if np.ndim(x) == 0 else f"(double[]){{{numbers(leaves(x))}}}" for x in args]
        main += f"""
    {{
        static double workspace[{name.upper()}_VALUE_WORKSPACE], value[20];
        for (int i = 0; i < 20; i++) value[i] = NAN;
        if ({name}_value({", ".join([*map(str, batch), *flat, "value", "workspace"])})) return 1;
        show(value, 20);
    }}"""
    return run(folder, text, main).reshape(-1, 20)


def f(p, q, r):
    return p[0] * sin(p[1]) * q[0] + q[1] ** 3 * p[0] + r * r * q[0]


POINT = ([0.5, 2.0], [1.5, -1.0], 3.0)
TRANSFORMED = [
    grad(f),
    grad(f, argnums=1),
    grad(f, argnums=2),
    grad(f, argnums=-1),
    grad(f, argnums=(1, 0)),
    value_and_grad(f),
    value_and_grad(f, argnums=(2, 0)),
    value_and_grad(f, argnums=(0, 1, 2)),
    jacobian(lambda p, q, r: [p[0] * q[1], p[0], r]),
    jacobian(lambda p, q, r: [p[0] * q[1], p[0], r], argnums=(1, 2)),
    hessian(f),
    grad(lambda p, q, r: sum(grad(f)(p, q, r)), argnums=1),
    grad(jit(f), argnums=1),
    lambda p, q, r: value_and_grad(f)(p, q, r),
    lambda p, q, r: jvp(f, (p, q, r), ([1.0, 0.0], [0.0, 1.0], 1.0)),
    grad(lambda p, q, r: p[0] * p[0] * r),
    value_and_grad(lambda p, q, r: q[0] * r, argnums=(0, 1)),
]


def test_every_transform_is_exported_as_what_it_returns(tmp_path):
    rows = in_c(tmp_path, [(jit(transformed), POINT) for transformed in TRANSFORMED])
    for transformed, row in zip(TRANSFORMED, rows, strict=True):
        expected = leaves(transformed(*POINT))
        assert row[: len(expected)] == pytest.approx(expected, rel=1e-12)
        assert np.isnan(row[len(expected) :]).all()


def test_arrays_come_row_by_row(tmp_path):
    def g(a, b):
        return sum([x * y for x, y in zip((a @ b).reshape(-1), range(6), strict=True)]) ** 2

    a, b = np.arange(4.0).reshape(2, 2), np.arange(6.0).reshape(2, 3) / 7
    transformed = [value_and_grad(g, by) for by in (0, 1, (0, 1))]
    rows = in_c(tmp_path, [(jit(h), (a, b)) for h in transformed])
    for h, row in zip(transformed, rows, strict=True):
        expected = leaves(h(a, b))
        assert row[: len(expected)] == pytest.approx(expected)


def test_all_that_is_returned_stands_in_its_place_and_nothing_else(tmp_path):
    def loud(x):
        print(x * 5.0)
        return x * x

    def mixed(x):
        return 2.0, x * x, [True, np.arange(3.0)], x

    def loss(p, X):
        return mean(vmap(lambda x: (p[0] * x + p[1]) ** 2)(X))

    p, X = [0.5, -1.0], [1.0, 2.0, 4.0]
    slopes = value_and_grad(loss)
    calls = [(jit(mixed), (3.0,)), (jit(loud), (3.0,)), (jit(slopes), (p, X), 3)]
    rows = in_c(tmp_path, calls)
    for row, expected in zip(rows, [leaves(mixed(3.0)), [9.0], leaves(slopes(p, X))], strict=True):
        assert row[: len(expected)] == pytest.approx(expected)
        assert np.isnan(row[len(expected) :]).all()


def test_the_header_says_what_stands_where():
    text = jit(value_and_grad(f, argnums=(1, 0))).source(*POINT)
    assert "value[5]: the value, then its gradient by q[2], p[2]\n" in text
    assert "_value_and_grad" not in text
    assert "value[2]: the gradient by p[2]\n" in jit(grad(f)).source(*POINT)


def test_a_number_from_outside_is_what_it_is_now():
    rate = 2.0
    scaled = jit(lambda x: rate * x)
    scaled(1.0)
    rate = 3.0
    scaled(1.0)
    assert str(scaled.lower(1.0)) == "h1 = 3·x\nreturn h1"
    assert "h1 = 3·x" in scaled.source(1.0)
    assert "constant 3.0" in str(scaled.trace(1.0))
