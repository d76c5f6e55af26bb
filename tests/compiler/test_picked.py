"""What only ``take`` reads is computed where it is taken, and comes out as in the plain run."""

import numpy as np
import pytest

from micrograd import Value, dot, jit, log_softmax, mean, sum, take, vmap
from micrograd.compiler.ir.program import Clear
from micrograd.compiler.ir.visit import simple

X = np.random.default_rng(0).normal(size=(6, 3)).tolist()
KINDS = [1, 2, 0, 3, 4, 1]


def weights():
    return [[Value(0.3 * i - 0.2 * j * j) for j in range(3)] for i in range(5)]


def surprise(w):
    def of_list(xs, kinds):
        chances = [log_softmax([dot(row, x) for row in w]) for x in xs]
        return mean([-take(c, kind) for c, kind in zip(chances, kinds)])

    return of_list


def shown(f, *args, until="compute_picked"):
    return str(jit(f).lower(*args, until=until))


def test_of_logarithms_of_chances_only_those_that_are_taken_are_computed():
    text = shown(surprise(weights()), X, KINDS)
    assert "h11[6] = h12" not in text
    assert "[kinds[6],6] - h" in text
    assert (
        text.count("[6,5] = ")
        == shown(surprise(weights()), X, KINDS, until="separate").count("[6,5] = ") - 1
    )


def test_nothing_is_cleared_and_summed_for_those_that_are_not_taken():
    program = jit(surprise(weights())).lower(X, KINDS, until="differentiate")
    assert len([s for s in simple(program.backward) if isinstance(s, Clear)]) == 1


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_the_loss_and_its_gradient_are_those_of_the_plain_run(backend):
    w = weights()
    expected = surprise(w)(X, KINDS)
    expected.backward()
    slopes = [v.grad for row in w for v in row]
    again = weights()
    compiled = jit(surprise(again), backend=backend)
    for _ in range(2):
        for v in (v for row in again for v in row):
            v.grad = 0.0
        found = compiled(X, KINDS)
        found.backward()
        assert found.data == pytest.approx(expected.data, rel=1e-14)
        assert [v.grad for row in again for v in row] == pytest.approx(slopes, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_under_vmap_the_same(backend):
    w = weights()

    def loss(x, kind):
        return -take(log_softmax([dot(row, x) for row in w]), kind)

    def whole(xs, kinds):
        return mean(vmap(loss)(xs, kinds))

    expected = whole(X, KINDS)
    expected.backward()
    slopes = [v.grad for row in w for v in row]
    for v in (v for row in w for v in row):
        v.grad = 0.0
    found = jit(whole, backend=backend)(X, KINDS)
    found.backward()
    assert found.data == pytest.approx(expected.data, rel=1e-14)
    assert [v.grad for row in w for v in row] == pytest.approx(slopes, rel=1e-12, abs=1e-15)


def test_what_others_read_too_stays_computed():
    def f(xs, kinds):
        rows = [[x * 2.0 + 1.0 for x in row] for row in xs]
        return sum([take(r, k % 3) for r, k in zip(rows, kinds)]) + sum([r[0] * r[1] for r in rows])

    kinds = [float(k % 3) for k in KINDS]
    assert shown(f, X, kinds) == shown(f, X, kinds, until="separate")


def test_what_is_returned_stays_computed():
    def f(xs, kinds):
        rows = [[x * 2.0 + 1.0 for x in row] for row in xs]
        return [take(r, k) for r, k in zip(rows, kinds)], rows

    kinds = [k % 3 for k in KINDS]
    assert shown(f, X, kinds) == shown(f, X, kinds, until="separate")
    assert jit(f, backend="c")(X, kinds) == f(X, kinds)


def test_an_index_out_of_range_is_an_error_still():
    w = [Value(x) for x in X[0]]
    compiled = jit(lambda k: take([2.0 * x + 1.0 for x in w], k), backend="c")
    assert compiled(2).data == 2.0 * X[0][2] + 1.0
    with pytest.raises(IndexError):
        compiled(3)
