"""What a compiled function reads from outside is what is there at each call."""

import io
import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value, sum
from micrograd.nn import MLP

rate = 1.0


def jit(f, **options):
    return micrograd.jit(f, backend="numpy", **options)


def _number(x):
    return x.data if isinstance(x, Value) else x


def _alike(f, change, *args, calls=5, static=()):
    """Call f and its compiled form before and after each of several changes."""
    g = jit(f, static_argnums=static)
    for k in range(calls):
        assert _number(g(*args)) == pytest.approx(_number(f(*args)), rel=1e-12), k
        change(k)


def test_a_replaced_parameter():
    model = MLP(2, [2, 1], seed=1)

    def change(k):
        model.layers[1].neurons[0].b = Value(10.0 * k)

    _alike(lambda x: model(x), change, [1.0, 2.0])


def test_an_appended_layer_and_another_activation():
    model = MLP(1, [1], seed=1)

    def change(k):
        if k % 2:
            model.layers.append(MLP(1, [1], seed=k).layers[0])
        else:
            model.layers[-1].neurons[0].activation = ("tanh", "relu")[k // 2 % 2]

    _alike(lambda x: model([x]), change, 0.5)


def test_a_prediction_in_between_is_no_change():
    model = MLP(2, [2, 1], seed=1)
    f = jit(lambda x: model(x))
    for _ in range(3):
        f([1.0, 2.0])
        model.predict([[1.0, 2.0]])
    assert len(f.report().entries) == 1


def test_a_rebound_variable():
    w = Value(1.0)

    def change(k):
        nonlocal w
        w = Value(w.data + 1.0)

    _alike(lambda x: w * x, change, 2.0, calls=20)


def test_a_module_as_an_argument_that_changes():
    model = MLP(1, [1], seed=1)

    def change(k):
        model.layers[0].neurons[0].b = Value(float(k))

    _alike(lambda m, x: m([x]), change, model, 0.5)


@pytest.mark.parametrize("kind", ["closure", "global", "attribute", "item", "entry", "default"])
def test_a_number_from_outside_becomes_an_input_once_it_changes(kind):
    global rate
    closed, box, numbers, table = 1.0, SimpleNamespace(rate=1.0), [0.0, 1.0], {"rate": 1.0}
    rate = 1.0
    readers = {
        "closure": lambda x: closed * x,
        "global": lambda x: rate * x,
        "attribute": lambda x: box.rate * x,
        "item": lambda x: numbers[1] * x,
        "entry": lambda x: table["rate"] * x,
        "default": lambda x, box=box: box.rate * x,
    }

    def change(k):
        nonlocal closed
        global rate
        closed = rate = box.rate = numbers[1] = table["rate"] = 2.0 + k

    _alike(readers[kind], change, 3.0, calls=40)


def test_a_whole_number_from_outside_that_has_to_be_one():
    steps = 2

    def f(x):
        for _ in range(steps):
            x = x * 2.0
        return x

    def change(k):
        nonlocal steps
        steps = 3 + k % 3

    _alike(f, change, 1.0, calls=30)


def test_zeros_of_both_signs_and_numbers_of_both_types():
    zero = 0.0

    def change(k):
        nonlocal zero
        zero = (-0.0, 0, 0.0)[k % 3]

    _alike(
        lambda x: x * math.copysign(2.0, zero) * (3.0 if type(zero) is int else 1.0), change, 1.0
    )


def test_an_array_from_outside_that_is_written_to():
    weights = np.array([1.0, 2.0])

    def change(k):
        weights[0] += 1.0

    _alike(lambda xs: sum([w * x for w, x in zip(weights, xs)]), change, [1.0, 1.0])


@pytest.mark.parametrize("replaced", [False, True])
def test_an_array_of_floats_from_outside_becomes_an_input_once_it_changes(replaced):
    box = {"a": np.array([1.0, 2.0])}
    f = jit(lambda x: box["a"] * x)
    for k in range(6):
        assert f(2.0).tolist() == [2.0 * k + 2.0, 4.0]
        if replaced:
            box["a"] = np.array([k + 2.0, 2.0])
        else:
            box["a"][0] = k + 2.0
    assert (f.cache_info().made, f.cache_info().programs) == (2, 1)


def test_an_array_from_outside_that_decides_many_paths_goes_on_as_a_constant():
    order = np.array([0.0, 1.0, 2.0, 3.0])
    f = jit(lambda x: x * np.argsort(order)[0])
    for k in range(20):
        order[:] = np.random.default_rng(k).permutation(4)
        assert f(2.0) == 2.0 * np.argsort(order)[0]


def test_a_list_from_outside_that_grows():
    weights = [1.0, 2.0]
    _alike(lambda x: sum([w * x for w in weights]), lambda k: weights.append(1.0), 1.0, calls=20)


def test_a_helper_that_is_replaced():
    helper = lambda x: x * 2.0  # noqa: E731

    def change(k):
        nonlocal helper
        helper = lambda x: x * (3.0 + k)  # noqa: E731

    _alike(lambda x: helper(x), change, 1.0)


def test_what_the_function_does_not_read_is_not_looked_at():
    runs = io.StringIO()
    box = SimpleNamespace(w=Value(2.0), log=[])

    def f(x):
        print(end=".", file=runs)
        return box.w * x

    g = jit(f)
    g(1.0)
    before = len(runs.getvalue())
    box.log.append("something")
    box.other = 3.0
    g(2.0)
    assert len(runs.getvalue()) == before


@pytest.mark.parametrize("pair", list(itertools.permutations([(1,), (1.0,), (True,)], 2)))
def test_static_arguments_that_are_equal_and_not_the_same(pair):
    kinds = {int: 2.0, float: 3.0, bool: 5.0}
    g = jit(lambda x, c: x * kinds[type(c[0])], static_argnums=1)
    for c in pair:
        assert _number(g(1.0, c)) == kinds[type(c[0])]


def test_static_zeros_of_both_signs():
    g = jit(lambda x, zero: x * math.copysign(1.0, zero), static_argnums=1)
    assert [_number(g(1.0, z)) for z in (0.0, -0.0, 0.0)] == [1.0, -1.0, 1.0]


def test_what_is_read_as_an_input_is_put_back_after_the_trace():
    scale = 1.0
    g = jit(lambda x: scale * x)
    g(1.0)
    scale = 2.0
    g(1.0)
    assert type(scale) is float
    scale = Value(3.0)
    assert _number(g(2.0)) == 6.0
    scale = None
    with pytest.raises((TypeError, JitError)):
        g(2.0)


def _first_is_positive(xs):
    xs[0] = abs(xs[0])


def _all_are_positive(xs):
    xs[:] = [abs(x) for x in xs]


def _entry_is_positive(d):
    d["a"] = abs(d["a"])


@pytest.mark.parametrize(
    ("f", "made_of"),
    [
        (_first_is_positive, list),
        (_first_is_positive, np.array),
        (_all_are_positive, list),
        (_all_are_positive, np.array),
        (_entry_is_positive, lambda x: {"a": x[0]}),
    ],
)
@pytest.mark.filterwarnings("ignore:.*changes argument 0")
def test_an_argument_is_changed_though_to_the_same_number_at_first(f, made_of):
    g = jit(f)
    for numbers in ([1.0, 2.0], [1.0, 3.0], [-1.0, 2.0], [-3.0, -2.0]):
        found, expected = made_of(numbers), made_of(numbers)
        g(found)
        f(expected)
        assert repr(found) == repr(expected)
