"""Elementary functions: of numbers, Values and arrays, in both engines, compiled, with kinks."""

import math
from pathlib import Path

import numpy as np
import pytest

import micrograd
from micrograd import Value, extended_ops, grad, jit, mean, numeric_grad, pure, vmap

ROOT = Path(__file__).parents[1]
OF_MATH = ["tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "cbrt", "exp"]
OF_MATH += ["expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "erf", "erfc", "floor"]
ALL = [*OF_MATH, "acosh", "ceil", "sign", "relu", "sigmoid", "softplus", "silu", "gelu"]
OF_TWO = {"atan2": math.atan2, "hypot": math.hypot}
WHOLE = {
    "silu": lambda x: x / (1 + math.exp(-x)),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "ceil": math.ceil,
    "acosh": math.acosh,
    "sign": lambda x: math.copysign(1.0, x),
}


def at(name):
    return 1.7 if name == "acosh" else 0.3


def test_every_function_of_one_number_is_tried_here_and_named_in_the_docs():
    assert {n for n, op in extended_ops.TABLE.items() if op.arity == 1} <= {*ALL}
    words = (ROOT / "docs/value.md").read_text("utf-8").split("Methods:")[1].split("`")
    named = {name for words in words[1::2] for name in words.split()}
    assert {n for n in extended_ops.TABLE if n in extended_ops.METHODS} <= named


@pytest.mark.parametrize("name", OF_MATH)
def test_of_plain_numbers_they_are_those_of_math(name):
    f = getattr(micrograd, name)
    assert f(0.3) == getattr(math, name)(0.3)
    assert type(f(0.3)) is type(f(1)) is float


@pytest.mark.parametrize("name", WHOLE)
def test_the_others_are_what_they_are_called(name):
    assert getattr(micrograd, name)(at(name)) == pytest.approx(WHOLE[name](at(name)), rel=1e-15)


@pytest.mark.parametrize("name", ALL)
def test_values_have_them_as_methods_and_as_functions(name):
    f = getattr(micrograd, name)
    for kind in (Value, pure.Value):
        v = kind(at(name))
        out = getattr(v, name)()
        out.backward()
        assert out.data == f(at(name))
        assert v.grad == pytest.approx(numeric_grad(f)(at(name)), rel=1e-7, abs=1e-9)
    assert f(Value(at(name))).data == f(at(name))
    assert type(grad(f)(at(name))) is float


@pytest.mark.parametrize("name", ALL)
def test_arrays_go_element_by_element(name):
    f, xs = getattr(micrograd, name), np.array([[0.2, 0.5], [0.7, 0.9]]) + (name == "acosh")
    made = f(xs)
    assert made.tolist() == [[f(x) for x in row] for row in xs.tolist()]
    values = f(np.array([Value(x) for x in xs[0]]))
    assert values.data.tolist() == made[0].tolist()


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_they_compile(backend):
    def f(xs, w):
        both = [getattr(micrograd, name)(xs[0] + (name == "acosh")) for name in ALL]
        mine = [getattr(w * x + (name == "acosh"), name)() for x in xs for name in ALL]
        pairs = [w.atan2(xs[0]), w.hypot(xs[1]), (w - 2).elu(0.5), (w - 2).leaky_relu(), w % 0.3]
        return both, mine, [*pairs, xs[0] % 0.3, xs[1] // 0.3, 1.0 // w, w.clip(0.2, 0.4)]

    w, same = Value(0.8), Value(0.8)
    g = jit(f, backend=backend)
    for xs in ([0.3, 0.7], [0.3, 0.7], [0.45, 0.6]):
        for found, expected in zip(g(xs, w), f(xs, same)):
            numbers = [[getattr(x, "data", x) for x in part] for part in (found, expected)]
            assert numbers[0] == pytest.approx(numbers[1], rel=1e-14)
    found, expected = ([v for part in parts[1:] for v in part if isinstance(v, Value)]
                       for parts in (g(xs, w), f(xs, same)))  # fmt: skip
    micrograd.sum(found).backward()
    micrograd.sum(expected).backward()
    assert w.grad == pytest.approx(same.grad, rel=1e-12)


@pytest.mark.parametrize("name", [*ALL, *OF_TWO])
def test_compiled_over_a_batch_and_an_array(name):
    f, X = getattr(micrograd, name), np.linspace(0.2, 0.9, 5) + (name == "acosh")
    args = (X, X[::-1].copy()) if name in OF_TWO else (X,)
    for g in (
        f,
        vmap(f),
        lambda *X: mean(vmap(f)(*X)),
        lambda *X: f(vmap(lambda t: t * 1)(X[0]), *X[1:]),
    ):
        compiled = jit(g, backend="numpy")
        for _ in range(2):
            np.testing.assert_allclose(compiled(*args), g(*args), rtol=1e-14)


@pytest.mark.parametrize("name", OF_TWO)
def test_functions_of_two_numbers(name):
    f = getattr(micrograd, name)
    assert f(3.0, -4.0) == OF_TWO[name](3.0, -4.0)
    assert f(np.array([3.0, 1.0]), -4.0).tolist() == [f(3.0, -4.0), f(1.0, -4.0)]
    slopes, expected = (of(f, (0, 1))(3.0, -4.0) for of in (grad, numeric_grad))
    assert slopes == pytest.approx(expected, rel=1e-8)


def test_the_length_of_a_vector():
    assert micrograd.norm([3.0, -4.0]) == 5.0
    assert micrograd.norm([1e300, 1e300]) == pytest.approx(math.sqrt(2) * 1e300)
    assert grad(micrograd.norm)([3.0, -4.0]) == pytest.approx([0.6, -0.8])
    assert grad(micrograd.norm)([0.0, 0.0]) == [0.0, 0.0]
    assert micrograd.norm([-2.0]) == 2.0


def test_running_sums():
    v = Value(2.0)
    made = micrograd.cumsum([1, 2.5, v])
    assert made[:2] == [1, 3.5]
    assert made[2].data == 5.5
    assert micrograd.cumsum([1, 2]) == [1, 3]


@pytest.mark.parametrize("x", [7.5, -7.5, 3.0, -0.0])
@pytest.mark.parametrize("y", [2.0, -2.0, 0.3, math.inf])
def test_rests_and_quotients_are_those_of_python(x, y):
    for kind in (Value, pure.Value):
        for made, wanted in ((kind(x) % y, x % y), (x // kind(y), x // y)):
            assert str(made.data) == str(wanted)
    v = Value(y)
    (x % v).backward()
    assert v.grad == (-(x // y) if math.isfinite(x // y) else v.grad)


def test_outside_of_their_domain_nothing_raises():
    tests = {"asin": 2.0, "acosh": 0.5, "log2": -1.0, "tan": math.inf}
    assert all(math.isnan(getattr(micrograd, name)(x)) for name, x in tests.items())
    assert micrograd.atanh(1.0) == math.inf
    assert micrograd.log10(0.0) == -math.inf
    assert micrograd.sinh(-1000.0) == -math.inf
    assert math.isnan((Value(1.0) % 0.0).data)
    assert (Value(-1.0) // 0.0).data == -math.inf


def test_kinks():
    slope = lambda f, *args: grad(f)(*args)  # noqa: E731
    assert slope(micrograd.leaky_relu, 0.0) == 0.01
    assert slope(micrograd.elu, 0.0) == 1.0
    assert slope(lambda x: x.clip(0.0, 1.0), 1.0) == 1.0
    assert slope(lambda x: x.clip(0.0, 1.0), 1.5) == 0.0
    assert slope(micrograd.hypot, 0.0, 0.0) == 0.0
    assert slope(micrograd.floor, 2.0) == slope(micrograd.sign, 0.0) == 0.0
    assert micrograd.clip(5.0, high=2.0) == 2.0


@pytest.mark.parametrize("x", [-30.0, -8.0, -1e-9, 40.0])
def test_tails_keep_their_digits(x):
    assert micrograd.erfc(-x) == math.erfc(-x)
    wanted = x * math.erfc(-x / math.sqrt(2)) / 2
    assert micrograd.gelu(x) == pytest.approx(wanted, rel=1e-12, abs=0)
    wanted = _sigmoid(x) * (1 + x * _sigmoid(-x))
    assert grad(micrograd.silu)(x) == pytest.approx(wanted, rel=1e-12, abs=0)


def _sigmoid(x):
    return math.exp(min(x, 0)) / (1 + math.exp(-abs(x)))


def test_the_core_stays_readable_and_the_rest_is_a_table_of_its_own():
    assert not set(extended_ops.TABLE) & set(vars(micrograd.ops))
    assert all(op.arity in (1, 2) for op in extended_ops.TABLE.values())
