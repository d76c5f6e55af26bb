"""Operations and functions of vectors in C: right to the last bits, whatever numbers they get."""

import math

import numpy as np
import pytest
from c_programs import FORMS, TOLERANCE, Compiled, check, elementwise, program
from thorough import DEEP

from micrograd import ops
from micrograd.compiler.c.source import source
from micrograd.compiler.ir.program import (
    Apply,
    Literal,
    Nest,
    Ref,
    Term,
)
from micrograd.compiler.passes.exponentials import GAUSS

UNARY = ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "erf"]


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_operation_has_its_form(tmp_path, dtype, portable):
    x, y, z = (Ref(13 * i, (1,)) for i in range(3))
    exprs = [Apply(ops.OPS[name], (x,)) for name in [*UNARY, "relu", "abs", "detach"]]
    exprs += [
        Apply(ops.power(n), (x,))
        for n in (-3, -2, -1, 0, 1, 2, 3, 5, 0.5, -0.5, 1.5, -1.5, 2.5, -0.2)
    ]
    exprs += [
        Apply(ops.OPS[name], args)
        for name in ("sum", "prod", "maximum", "minimum", "logsumexp")
        for args in ((x,), (x, y), (x, y, z))
    ]
    exprs += [
        Apply(ops.OPS[name], (x, y)) for name in ("add", "mul", "pow", "lt", "le", "gt", "ge")
    ]
    exprs += [Apply(ops.WHERE, (x, y, z)), Apply(ops.WHERE, (x > y, y, Literal(0.0)))]
    exprs += [Apply(ops.WHERE, (x <= y, Literal(0.0), z)), Apply(ops.MUL, (x > y, z))]
    special = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 0.5, 2.0, -2.5, 3.0, 0.1, -0.3]
    start = np.zeros(39 + 13 * len(exprs))
    start[:39] = [*special, *special[3:], *special[:3], *special[5:], *special[:5]]
    nests = [elementwise((13,), Ref(39 + 13 * i, (1,)), e) for i, e in enumerate(exprs)]
    check(program(nests, len(start)), tmp_path, start, dtype=dtype, portable=portable)


def _arguments(dtype):
    random, many = np.random.default_rng(9), 20_000 if DEEP else 2_000
    special = [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1e-310, -1e-310, 1e-40, 1e308, -1e308]
    special += [709.78, 709.79, -745.1, -745.2, -708.5, 88.72, 88.73, -103.9, -104.1, 0.55, 22.0]
    wide = random.normal(size=many) * 10.0 ** random.uniform(-20, 3, many)
    parts = [special, wide, random.uniform(-1, 1, many), random.uniform(-30, 30, many)]
    parts += [random.uniform(0.4, 3, many), np.exp(random.uniform(-740, 709, many))]
    with np.errstate(all="ignore"):
        return np.concatenate(parts).astype(dtype)


def _flushed(x):
    """What float32 makes of numbers too small for it: zeros of their sign."""
    small = x.dtype == np.float32 and abs(x) < np.finfo(np.float32).tiny
    return np.where(small, np.copysign(0, x), x).astype(x.dtype)


def _stable_sigmoid(x):
    e = np.exp(-abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def _op(name):
    return {"inverse": ops.power(-1.0), "gauss": GAUSS}.get(name) or ops.OPS[name]


VECTOR_FUNCTIONS = [
    ("exp", np.exp, 2),
    ("log", np.log, 2),
    ("tanh", np.tanh, 2),
    ("sqrt", np.sqrt, 0.51),
    ("inverse", np.reciprocal, 0.51),
    ("sigmoid", _stable_sigmoid, 3),
    ("softplus", lambda x: np.where(x > 0, x, 0) + np.log1p(np.exp(-abs(x))), 3),
    ("log1p", np.log1p, 2),
    ("erf", np.vectorize(math.erf), 3),
    ("erfc", np.vectorize(math.erfc), 4),
    ("gauss", lambda x: np.exp(-x * x), 2),
]


@pytest.mark.parametrize(
    ("dtype", "lanes"), [("float64", None), ("float64", 2), ("float32", None), ("float32", 4)]
)
def test_vector_functions_are_right_to_the_last_bits(tmp_path, dtype, lanes):
    x, count = _arguments(dtype), len(VECTOR_FUNCTIONS)
    n = len(x)
    nests = [
        elementwise((n,), Ref(n * (k + 1), (1,)), Apply(_op(name), (Ref(0, (1,)),)))
        for k, (name, _, _) in enumerate(VECTOR_FUNCTIONS)
    ]
    v = np.concatenate([x, np.zeros(n * count, dtype)])
    assert Compiled(program(nests, n * (count + 1)), tmp_path, dtype, lanes=lanes).forward(v) == 0
    outputs = v[n:].reshape(count, n)
    for computed, (name, function, most) in zip(outputs, VECTOR_FUNCTIONS, strict=True):
        with np.errstate(all="ignore"):
            exact = function(_flushed(x).astype(np.longdouble))
            wanted = _flushed(exact.astype(dtype))
            error = abs(computed - exact) / np.spacing(abs(wanted))
        same = (computed == wanted) | (np.isnan(computed) & np.isnan(wanted))
        assert np.all(same | (error <= most)), name
        assert np.all((np.signbit(computed) == np.signbit(wanted)) | np.isnan(wanted)), name


def _reciprocal_beside(squares):
    """1 / x and so many x²."""
    x, y = Ref(0, (1,)), Ref(19, (1,))
    terms = [Apply(_op("inverse"), (x,)), *[Apply(ops.MUL, (x, x))] * squares]
    return program([Nest((19,), y, tuple([Term((), term) for term in terms]))], 38)


@pytest.mark.parametrize(("dtype", "form"), FORMS, ids=str)
@pytest.mark.parametrize("squares", [1, 50])
def test_reciprocals_are_right_beside_little_and_much(squares, dtype, form, tmp_path):
    x = np.array([*np.linspace(-3.0, 3.0, 16), np.inf, -np.inf, 1e-30], dtype)
    v = np.concatenate([x, np.zeros(19, dtype)])
    assert Compiled(_reciprocal_beside(squares), tmp_path, dtype, **form).forward(v) == 0
    expected = 1 / x + squares * x * x
    np.testing.assert_allclose(v[19:], expected, rtol=TOLERANCE[dtype])


def test_a_reciprocal_is_a_division_where_much_is_done_beside_it():
    few, many = [source(_reciprocal_beside(n)).count("v_reciprocal(") for n in (1, 50)]
    assert few > many
