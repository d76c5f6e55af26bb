"""What docs/compiler.md says of nan, infinities and the smallest numbers in compiled programs."""

import itertools
import math
import random

import numpy as np
import pytest

from micrograd import Value, gelu, jit, leaky_relu, maximum, silu, sum, value_and_grad, vmap, where
from micrograd.losses import cross_entropy

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, math.inf, -math.inf, math.nan]
FUNCTIONS = [
    *[lambda x, name=name: getattr(x, name)() for name in ("sqrt", "log", "exp", "relu", "tanh")],
    *[lambda x, name=name: getattr(x, name)() for name in ("sigmoid", "softplus", "log1p", "sin")],
    lambda x: 1 / x,
    lambda x: x**1.5,
    lambda x: x * x,
    abs,
]
STEPS = {
    "function": lambda f, p, q: f(p),
    "sum": lambda f, p, q: sum([p, q, p]),
    "difference": lambda f, p, q: p - q,
    "product": lambda f, p, q: p * q,
    "quotient": lambda f, p, q: p / q,
    "choice": lambda f, p, q: where(p > q, f(p), q),
    "maximum": lambda f, p, q: maximum(p, q, f(p)),
}


def program(seed, outputs):
    """A random program of a few steps on two numbers."""
    rng = random.Random(seed)
    steps = [
        (STEPS[rng.choice(list(STEPS))], rng.choice(FUNCTIONS), rng.randrange(k), rng.randrange(k))
        for k in range(2, 2 + rng.randint(1, 4))
    ]
    last = [rng.randrange(2, 2 + len(steps)) for _ in range(outputs - 1)]

    def f(x, y):
        made = [x, y]
        for step, function, p, q in steps:
            made.append(step(function, made[p], made[q]))
        return [made[k] * 1.0 for k in (-1, *last)]

    return f


def results(f, numbers, k):
    """The outputs, and the gradients of the k-th."""
    inputs = [Value(x) for x in numbers]
    outputs = f(*inputs)
    outputs[k].backward()
    return [out.data for out in outputs], [x.grad for x in inputs]


def same(a, b):
    return math.isnan(a) == math.isnan(b) and (math.isnan(a) or a == pytest.approx(b, rel=1e-9))


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("block", range(4))
def test_special_numbers_come_out_where_the_plain_run_has_them(outputs, block):
    rng = random.Random(block)
    for seed in range(10 * block, 10 * block + 10):
        f = program(seed, outputs)
        compiled = jit(f, backend="numpy")
        results(compiled, [0.7, 1.3], 0)
        pairs = list(itertools.product(SPECIAL, SPECIAL))
        for numbers, k in itertools.product(rng.sample(pairs, 8), range(outputs)):
            values, slopes = results(f, numbers, k)
            found, gradients = results(compiled, numbers, k)
            assert all(map(same, found, values)), (seed, numbers)
            for there, here in zip(slopes, gradients):
                # what is not asked for, or was not chosen, passes on 0 even to an infinite slope
                assert same(here, there) or (math.isnan(there) and not math.isnan(here)), seed


def test_what_is_not_asked_for_does_not_meet_an_infinite_slope():
    p, x = Value(0.0), Value(1.5)
    _, doubled = jit(lambda x: (p.sqrt(), x * 2))(x)
    doubled.backward()
    assert (p.grad, x.grad) == (0.0, 2.0)


def test_an_output_that_is_a_constant_passes_nothing_on_to_an_infinite_slope():
    p = Value(-math.inf)
    f = jit(lambda x: (p * p + x, Value(1.5)), backend="numpy")
    for _ in range(2):  # the second call runs the program
        p.grad = 0.0
        squared, constant = f(2.0)
        (squared + constant).backward()
        assert p.grad == -math.inf


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_what_is_too_small_for_float32_may_be_zero_and_python_keeps_its_own(backend):
    f = jit(vmap(lambda x: x * 1e-30), dtype="float32", backend=backend)
    x = np.array([1e-10, 1.0, 2e-9] * 11)
    for _ in range(3):
        assert f(x) == pytest.approx(x * 1e-30, rel=1e-6, abs=1.2e-38)
    assert 1e-310 * 0.5 > 0.0


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("backend", ["c", "numpy"])
@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(np.outer(a, a)),
        lambda a: np.sum(vmap(lambda t: t * a)(TABLE), axis=0),
        lambda a: sum([t * a[0] for t in TABLE]),
        lambda a: sum([a[0] * x * y for x in TABLE for y in a]),
    ],
)
def test_an_infinite_factor_is_not_taken_out_of_a_sum(f, backend):
    g = jit(f, backend=backend)
    for a in ([1.0, 0.5, 2.0], [math.inf, -0.365, 1.188], [math.inf, 0.5, -math.inf]):
        for _ in range(2):
            np.testing.assert_allclose(g(np.array(a)), f(np.array(a)), rtol=1e-12)


TABLE = [0.0, 1e-200, -1e-200, 2.0, 3.0]
INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    "scores",
    [
        *([30.0, 0.0], [40.0, 0.0, 1.0], [100.0, 70.0], [0.0, 0.0], [5.0, 5.0, 1.0]),
        *([INF, 0.0], [-INF, 0.0], [0.0, -INF], [-INF, -INF], [NAN, 1.0]),
    ],
)
def test_compiled_cross_entropy_keeps_the_digits_of_a_small_loss(scores):
    f = value_and_grad(lambda z: cross_entropy(z, 0))
    plain, compiled = f(scores), jit(f, backend="numpy")(scores)
    np.testing.assert_allclose(compiled[0], plain[0], rtol=1e-13)
    np.testing.assert_allclose(compiled[1], plain[1], rtol=1e-13)


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_an_argument_that_is_not_used_may_be_longer_than_the_program(backend):
    g = jit(lambda a, b: a, backend=backend)
    assert [g(0.5, [1.0, 2.0, 3.0]) for _ in range(3)] == [0.5] * 3


@pytest.mark.parametrize("f", [silu, gelu, lambda x: leaky_relu(x, 0.1)])
@pytest.mark.parametrize(("dtype", "room"), [("float64", 1e-14), ("float32", 2e-6)])
def test_activations_of_many_numbers_are_as_plainly(f, dtype, room):
    X = np.concatenate([np.linspace(-8.0, 8.0, 203), [0.0, -0.0, 30.0, np.inf]])
    compiled = jit(vmap(f), dtype=dtype, backend="c")
    for _ in range(3):  # loops at the third
        found = [float(y) for y in compiled(X)]
    assert found == pytest.approx([f(x) for x in X.tolist()], rel=room, abs=room)
