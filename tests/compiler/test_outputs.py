"""Several outputs of one compiled function: each has the gradients it has eagerly."""

import array
import collections
import math
from dataclasses import dataclass
from functools import partial
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


Pair = collections.namedtuple("Pair", "first second")


@dataclass
class Parts:
    first: object
    second: object


def twice(make):
    def f(x):
        made = make(x)
        return [made, (made, {"a": made}), Pair(made, 1.0), Parts(made, made)]

    return f


ALONE = {
    "a Value": lambda w, x: w * x,
    "a list of Values": lambda w, x: [w * x, w + x],
    "a list of numbers": lambda w, x: [x * 2.0, 3.0],
    "a list of NumPy's numbers": lambda w, x: list(np.array([1.0, 2.0]) * x),
    "a dict": lambda w, x: {"y": w * x},
    "an array": lambda w, x: np.array([x * 2.0, 3.0]),
    "an array of one Value": lambda w, x: np.array([w * x] * 2),
    "an array made of objects": lambda w, x: np.asarray([w * x] * 2, dtype=object),
    "a float32 array": lambda w, x: (np.array([1.0, 2.0]) * x).astype(np.float32),
}


def places(tree):
    """Where a result has what it had before, a Value or a nest of them, each by its first place."""
    first, numbers = {}, []

    def walk(x):
        if not isinstance(x, (float, np.float64)):
            numbers.append(first.setdefault(id(x), len(first)))
        if isinstance(x, np.ndarray):
            x = x.tolist() if x.dtype == object else []
        if isinstance(x, (dict, Parts)):
            x = list((x if isinstance(x, dict) else vars(x)).values())
        if isinstance(x, (list, tuple)):
            for inner in x:
                walk(inner)

    walk(tree)
    return numbers


@pytest.mark.parametrize("kind", ALONE)
def test_what_comes_out_in_several_places_is_one_thing(kind, backend):
    w = Value(1.5)
    for f in (partial(ALONE[kind], w), twice(partial(ALONE[kind], w))):
        g = jit(lambda x, f=f: f(x), backend=backend)
        expected = places(f(2.0))
        for k in range(5):
            assert places(g(2.0 + k)) == expected


def test_what_is_left_in_several_places_is_one_thing(backend):
    names = ["a"]
    box = SimpleNamespace(last=None, state=None, all=[], names=None)

    def step(x):
        made = [x * 2.0, {"y": x}]
        box.last, box.state, box.names = made, {"made": made}, names
        box.all.append(made)
        return made

    g = jit(step, backend=backend)
    for k in range(4):
        box.names = None
        result = g(2.0 + k)
        assert result == [4.0 + 2.0 * k, {"y": 2.0 + k}]
        assert box.last is result
        assert box.state["made"] is result
        assert box.all[-1] is result
        assert box.names is names
    assert "runs plainly" not in repr(g)


def test_a_list_from_outside_comes_out_as_itself_among_numbers(backend):
    names, numbers, of_numpy = ["a"], [1.0, 2.0], [np.float64(1.0)]
    for held in (names, numbers, of_numpy):
        g = jit(lambda x, held=held: {"held": held, "x": x * np.float64(2.0)}, backend=backend)
        assert all(g(1.0 + k)["held"] is held for k in range(5))


def test_the_backward_of_a_result_keeps_it(backend):
    w = Value(2.0)
    g = jit(lambda x: w * x, backend=backend)
    for k in range(5):
        w.grad, out = 0.0, g(3.0)
        out.grad, backward = 1.0 + k, out._backward
        del out
        backward()
        assert w.grad == 3.0 * (1.0 + k)


PASSED = {
    "a list": (lambda w, xs: xs, lambda: [1.0, 2.0]),
    "lists": (lambda w, xs: (xs, xs[-1], xs[0]), lambda: [[1.0, 2.0], [3.0, 4.0]]),
    "an array": (lambda w, xs: [w * xs.sum(), xs], lambda: np.arange(3.0)),
    "an array of ints": (lambda w, xs: [xs, (w * xs[0], xs)], lambda: np.arange(3)),
    "a list of Values": (lambda w, xs: (w * xs[0], xs), lambda: [Value(1.0), Value(2.0)]),
    "an array of Values": (lambda w, xs: xs, lambda: np.array([Value(1.0), Value(2.0)])),
    "NumPy's numbers": (lambda w, xs: {"x": xs}, lambda: [np.float64(1.0)]),
    "a tuple": (lambda w, xs: {"all": xs, "first": xs[0]}, lambda: ([1.0], "a", 2.0)),
    "a dict": (lambda w, xs: (xs, xs["b"][1]), lambda: {"a": 1.0, "b": [2.0, [3.0]]}),
    "a record": (lambda w, xs: Parts(xs, xs.first), lambda: Parts([1.0], 2.0)),
    "lists of several lengths": (lambda w, xs: xs[1], lambda: [[1.0], [2.0, 3.0]]),
    "nothing": (lambda w, xs: (xs, w * 2.0), lambda: []),
}


def places_in(args, result):
    """Where what is in a result stands among the arguments, thing by thing."""
    there = {id(x): path for path, x in things(args) if not isinstance(x, (float, np.float64))}
    return [(path, there.get(id(x))) for path, x in things(result)]


def things(tree, path=""):
    yield path, tree
    if isinstance(tree, (dict, Parts)):
        tree = tree if isinstance(tree, dict) else vars(tree)
        inside = tree.items()
    else:
        inside = enumerate(tree) if isinstance(tree, (list, tuple)) else ()
    for key, x in inside:
        yield from things(x, f"{path}.{key}")


@pytest.mark.parametrize("kind", PASSED)
def test_what_a_function_returns_of_its_arguments_is_the_very_thing(kind, backend):
    f, make = PASSED[kind]
    f = partial(f, Value(1.5))
    g = jit(lambda xs: f(xs), backend=backend)
    for _ in range(5):
        args = make()
        assert places_in([args], [g(args)]) == places_in([args], [f(args)])


def test_a_copy_of_an_argument_is_a_copy():
    f = jit(lambda xs: (xs, list(xs), xs[:1], [*xs, 3.0]))
    for _ in range(5):
        xs = [1.0, 2.0]
        same, copy, *rest = f(xs)
        assert same is xs
        assert copy is not xs
        assert [copy, *rest] == [xs, [1.0], [1.0, 2.0, 3.0]]


def test_an_argument_that_is_left_somewhere_is_the_very_thing():
    box, kept = SimpleNamespace(last=None, count=0.0), []

    @jit
    def step(xs):
        box.last, box.count = xs, box.count + xs[0]
        kept.append(xs)
        return {"xs": xs}

    for k in range(5):
        xs = [1.0, 2.0]
        assert step(xs)["xs"] is xs
        assert box.last is xs
        assert kept[k] is xs
    assert "runs plainly" not in repr(step)


def test_rows_of_lists_of_all_lengths_are_the_very_rows():
    w = Value(2.0)
    f = jit(lambda rows: (rows[0], rows[-1], sum(w * row[0] for row in rows)))
    for n in (2, 3, 5, 6, 9, 12):
        for _ in range(3):
            rows = [[1.0 + i, 2.0] for i in range(n)]
            first, last, total = f(rows)
            assert first is rows[0]
            assert last is rows[-1]
            assert total.data == n * (n + 1)
    assert f.cache_info().programs < 4
