"""Several outputs of one compiled function: each has the gradients it has eagerly."""

import math

import pytest

from micrograd import Value, jit


@pytest.fixture(params=["c", "numpy"])
def backend(request):
    return request.param


def test_what_an_output_does_not_depend_on_gets_no_gradient(backend):
    logs = jit(lambda xs: [x.log() for x in xs], backend=backend)
    logs([Value(0.5), Value(2.0)])
    xs = [Value(0.5), Value(0.0)]
    first, _ = logs(xs)
    first.backward()
    assert [x.grad for x in xs] == [2.0, 0.0]


def test_an_infinite_gradient_that_is_reached_stays(backend):
    roots = jit(lambda xs: [x.sqrt() for x in xs], backend=backend)
    roots([Value(0.5), Value(2.0)])
    xs = [Value(0.25), Value(0.0)]
    for root in roots(xs):
        root.backward()
    assert [x.grad for x in xs] == [1.0, math.inf]


def test_outputs_that_share_values_add_their_gradients(backend):
    def f(x, y):
        product = x * y
        return product * x, product.exp()

    x, y = Value(1.5), Value(0.5)
    a, b = jit(f, backend=backend)(x, y)
    (2 * a + b).backward()
    again = Value(1.5), Value(0.5)
    c, d = f(*again)
    (2 * c + d).backward()
    assert (x.grad, y.grad) == pytest.approx(tuple(v.grad for v in again), rel=1e-14)
