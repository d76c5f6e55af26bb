"""Several outputs of one compiled function: each has the gradients it has eagerly."""

import array
import collections
import math
from types import SimpleNamespace

import numpy as np
import pytest

from micrograd import JitError, Value, jit


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


ANEW = {
    "a set": (lambda x: (x, {1}), lambda y: y.add(2)),
    "bytes": (lambda x: (x, bytearray(2)), lambda y: y.append(1)),
    "an array of Python's": (lambda x: (x, array.array("d", [1.0])), lambda y: y.append(2.0)),
    "an array of ints": (lambda x: (x, np.arange(3)), lambda y: y.fill(7)),
    "an array of texts": (lambda x: (x, np.array(["a", "b"])), lambda y: y.fill("c")),
    "a deque": (lambda x: (x, collections.deque([1])), lambda y: y.append(2)),
}


@pytest.mark.parametrize("kind", ANEW)
def test_what_a_call_makes_anew_is_no_calls_before(kind, backend):
    f, change = ANEW[kind]
    g = jit(f, backend=backend)
    for x in (1.0, 2.0, 3.0):
        result = g(x)
        assert repr(result) == repr(f(x))
        change(result[1])


def test_what_is_from_outside_comes_out_as_itself(backend):
    names, state, weights = ["a"], {"n": 0.0}, [Value(2.0)]

    def f(x):
        state["n"] += x
        return {"names": names, "state": state, "weights": weights, "x": x * 2.0}

    g = jit(f, backend=backend)
    for x in (1.0, 2.0, 3.0):
        result = g(x)
        assert result["names"] is names
        assert result["state"] is state
        assert result["weights"] is weights
    assert state == {"n": 6.0}
    assert result["x"] == 6.0


def test_a_counter_comes_out_as_one(backend):
    g = jit(lambda x: collections.Counter(a=x, b=2), backend=backend)
    assert [g(1.0), g(3.0)] == [collections.Counter(a=1.0, b=2), collections.Counter(a=3.0, b=2)]


@pytest.mark.parametrize(
    "f", [lambda x: collections.deque([x]), lambda x: lambda: x, lambda x: SimpleNamespace(x=x)]
)
def test_numbers_in_what_cannot_be_made_anew_are_refused(f):
    with pytest.raises(JitError, match="jit cannot make anew at each call: return a list"):
        jit(f)(1.0)


def test_a_value_that_comes_out_in_several_places_is_one_object(backend):
    w, box = Value(1.5), SimpleNamespace(last=None, all=[])

    def kept(x):
        y = w * x
        box.last, z = y, y * 2.0
        box.all.append(z)
        return y, [z, y]

    def twice(x):
        y = w * x
        return y, y

    first, second = jit(kept, backend=backend), jit(twice, backend=backend)
    for k in range(4):
        y, (z, same) = first(2.0 + k)
        assert y is same is box.last
        assert z is box.all[-1]
        (y * 0.5).backward()
        assert box.last.grad == 0.5
        a, b = second(2.0 + k)
        assert a is b
