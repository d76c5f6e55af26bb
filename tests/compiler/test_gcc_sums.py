"""Sums through several loops that leave the order of memory, which some GCCs add up wrongly."""

import numpy as np
import pytest
from headers import numbers, run

from micrograd import jit, sum, where

ORDERS = {  # of 8 by 4 numbers, as arrays of NumPy
    "rows backwards": lambda x: x[:, ::-1],
    "pairs backwards": lambda x: x.reshape(16, 2)[:, ::-1],
    "pairs of rows, by column": lambda x: x.reshape(4, 2, 4).transpose(0, 2, 1)[:, ::-1],
    "blocks of rows, the last first": lambda x: x.reshape(4, 2, 4)[:, ::-1],
    "columns of each four": lambda x: x.reshape(8, 2, 2).transpose(0, 2, 1),
}
TERMS = {
    "products": lambda x: 0.3 * x,
    "numbers": lambda x: x,
    "branches": lambda x: where(x > 0.1, x, 0.5 * x),
}


def summed(order, term):
    def f(x):
        x = np.array([term(one) for one in np.asarray(x, object).ravel()], object).reshape(8, 4)
        return sum(ORDERS[order](x).ravel().tolist()) + sum(x.ravel().tolist())

    return f


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("order", ORDERS)
def test_a_sum_in_another_order_is_right(order, term, tmp_path):
    x = np.random.default_rng(0).normal(size=(8, 4))
    f = summed(order, TERMS[term])
    want = f(x.tolist())
    assert jit(f, when="now")(x) == pytest.approx(want, rel=1e-12)
    assert jit(f, when="now", strict=True)(x) == want
    header = jit(f).source(x)
    main = f"""
    static double workspace[F_VALUE_WORKSPACE], value, x[] = {{{numbers(x)}}};
    if (f_value(x, &value, workspace)) return 1;
    show(&value, 1);"""
    for flags in ((), ("-O3",)):
        assert run(tmp_path, header, main, *flags) == pytest.approx([want], rel=1e-12)


def test_only_where_sums_leave_the_order_of_memory_is_the_vectorizer_switched_off():
    def plain(w, x):
        return sum(w[i][j] * x[j] for i in range(8) for j in range(4))

    def backwards(x):
        return sum(x[i][3 - j] for i in range(8) for j in range(4))

    x = np.ones((8, 4))
    assert "tree-loop-vectorize" not in jit(plain).source(x, x[0])
    assert "tree-loop-vectorize" in jit(backwards).source(x)
