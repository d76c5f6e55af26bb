"""The C that the compiler prints computes what the Program says."""

import math
from dataclasses import replace
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from c_programs import Compiled, elementwise, moons
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from machine import FOUND
from program_reference import run_backward, run_forward
from thorough import DEEP, examples, sampled

from micrograd import Value, jit, ops, sum
from micrograd.compiler.c.source import source
from micrograd.compiler.ir.program import (
    Apply,
    Clear,
    Expr,
    For,
    Literal,
    Nest,
    Program,
    Ref,
    Route,
    Scalar,
    Table,
    Term,
)
from micrograd.compiler.ir.sizes import Poly, evaluate
from micrograd.compiler.passes.exponentials import GAUSS

FORMS = [
    ("float64", {}),
    ("float32", {}),
    ("float64", {"strict": True}),
    ("float64", {"portable": True}),
    ("float32", {"portable": True}),
    ("float64", {"lanes": 2}),
    ("float64", {"lanes": 4}),
    ("float32", {"lanes": 4}),
    ("float32", {"lanes": 8}),
]
TOLERANCE = {"float64": 1e-12, "float32": 2e-4}


def program(nests, size, outputs=(), backward=(), **other):
    outputs = outputs or range(size)
    return Program(
        list(nests), size, (0, 0), (0, 0), (0, ()), tuple(outputs), list(backward), **other
    )


def check(tested, folder, start, *, dtype="float64", sizes=None, scalars=None, **form):
    """Run C and the reference from the same memory; compare outputs and gradients."""
    sizes, scalars = sizes or {}, scalars or {}
    v, g = np.array(start, dtype), np.zeros(len(start), dtype)
    wanted, gradients = [float(x) for x in v], [0.0] * len(start)
    compiled = Compiled(tested, folder, dtype, **form)
    assert compiled.forward(v, sizes, scalars) == 0
    with np.errstate(all="ignore"):
        run_forward(tested, wanted, sizes, scalars)
    at = [evaluate(o, sizes) for o in tested.outputs] or slice(None)
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    np.testing.assert_allclose(v[at], np.array(wanted)[at], **close)
    if tested.backward:
        g[at], seeds = 1.0, np.zeros(len(start))
        seeds[at] = 1.0
        gradients = list(seeds)
        assert compiled.backward(v, g, sizes, scalars) == 0
        run_backward(tested, wanted, gradients, sizes, scalars)
        leaves = slice(0, sum(tested.parameters) + tested.inputs[1])
        np.testing.assert_allclose(g[leaves], np.array(gradients)[leaves], **close)
    return v, g


@sampled("dtype, form", FORMS, of=2)
def test_the_moons_objective_and_its_gradient(tmp_path, dtype, form):
    tested = moons(samples=37, hidden=10)
    start = np.random.default_rng(0).normal(size=tested.size) * 0.5
    check(tested, tmp_path, start, dtype=dtype, **form)


@sampled("shape", [(17, 9, 33), (1, 1, 1), (3, 5, 2), (16, 27, 64), (8, 16, 8)], of=3)
@pytest.mark.parametrize("order", ["nn", "nt", "tn"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_matrix_products_of_all_orders_and_sizes(tmp_path, shape, order, dtype):
    n, m, k = shape
    left = Ref(0, (k, 0, 1) if order[0] == "n" else (1, 0, n))
    right = Ref(n * k, (0, 1, m) if order[1] == "n" else (0, k, 1))
    out = Ref(n * k + k * m, (m, 1))
    nest = Nest((n, m), out, (Term((k,), Apply(ops.MUL, (left, right))),))
    start = np.random.default_rng(1).normal(size=n * k + k * m + n * m)
    check(program([nest], len(start)), tmp_path, start, dtype=dtype)


@pytest.mark.parametrize("reduce", [ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM])
@pytest.mark.parametrize("count", [1, 3, 8, 19])
@sampled("form", [{}, {"strict": True}, {"portable": True}, {"lanes": 4}, {"lanes": 2}], of=5)
def test_reductions_of_rows_and_of_columns(tmp_path, reduce, count, form):
    rows = Nest((5,), Ref(0, (1,)), (Term((count,), Ref(200, (count, 1))),), reduce)
    columns = Nest((count,), Ref(20, (1,)), (Term((5,), Ref(200, (1, count))),), reduce)
    ragged = Nest(
        (5,), Ref(50, (1,)), (Term((count,), Ref(200, (1, 5))), Term((), Ref(0, (1,)))), reduce
    )
    start = np.random.default_rng(2).normal(size=400)
    check(program([rows, columns, ragged], 400), tmp_path, start, **form)


def test_what_is_added_once_stands_in_the_first_lanes_of_sums(tmp_path):
    product = Term((16,), Ref(8, (16, 1)) * Ref(80, (0, 1)))
    nest = Nest((4,), Ref(0, (1,)), (Term((), Ref(4, (1,))), product))
    tested = program([nest], 96, range(4))
    check(tested, tmp_path, np.random.default_rng(4).normal(size=96))
    assert "lane_sums(v + 0," in source(tested)  # and nothing is left to be added behind


@pytest.mark.parametrize("reduce", [ops.MAXIMUM, ops.MINIMUM, ops.SUM, ops.PROD])
@sampled("dtype, form", FORMS, of=4)
def test_nan_and_infinities_come_through_reductions(tmp_path, reduce, dtype, form):
    start = np.random.default_rng(3).normal(size=6 * 19 + 6)
    rows = start[6:].reshape(6, 19)  # four whose lanes come together at once, and two
    rows[0, 1], rows[1, 17], rows[2, 4], rows[3] = np.nan, np.nan, np.inf, -np.inf
    rows[4, 0], rows[5, 18] = np.inf, np.nan
    nest = Nest((6,), Ref(0, (1,)), (Term((19,), Ref(6, (19, 1))),), reduce)
    check(program([nest], len(start)), tmp_path, start, dtype=dtype, **form)


def test_overlapping_windows_are_a_convolution(tmp_path):
    window = Ref(0, (9, 1, 9, 1)) * Ref(90, (0, 0, 3, 1))
    forward = Nest((6, 7), Ref(100, (7, 1)), (Term((3, 3), window),))
    slope = Ref(100, (7, 1, 0, 0), grad=True)
    back = Nest(
        (6, 7, 3, 3),
        Ref(0, (9, 1, 9, 1), grad=True),
        (Term((), Ref(90, (0, 0, 3, 1)) * slope),),
        accumulate=True,
        scatter=True,
    )
    tested = program([forward], 150, [100 + i for i in range(42)], [back])
    tested.inputs = (0, 99)
    check(tested, tmp_path, np.random.default_rng(4).normal(size=150))


@sampled("dtype, form", FORMS, of=4)
def test_sums_are_added_to_windows_of_a_batch_that_overlap(tmp_path, dtype, form):
    each = Ref(600, (0, 0, 3, 1, 0, 9)) * Ref(700, (65, 13, 0, 0, 1, 260))
    windows = Nest(
        (4, 5, 3, 3, 13),
        Ref(0, (91, 13, 91, 13, 1), grad=True),
        (Term((2,), each),),
        accumulate=True,
        scatter=True,
    )
    tested = program([], 1220, [1219], [windows])
    tested.inputs = (0, 546)
    check(tested, tmp_path, np.random.default_rng(4).normal(size=1220), dtype=dtype, **form)


def test_a_table_adds_its_offsets(tmp_path):
    rows = Table("rows", (40, 0, 16, 0, 8), (1, 0))
    scaled = Table("scaled", (2, 1, 0, 1, 2), (1, 0), scale=4)
    nests = [
        Nest((5, 8), Ref(100, (8, 1)), (Term((), Ref(0, (0, 1), table=rows)),)),
        Nest((5, 3), Ref(150, (3, 1)), (Term((), Ref(0, (0, 1), table=scaled)),)),
    ]
    check(program(nests, 170), tmp_path, np.random.default_rng(5).normal(size=170))


def taking(rows=7, width=6, count=5):
    """Rows of a matrix by run-time indices at 60, and the gradient scattered back."""
    strides = (0, 1)
    index = Ref(60, (1, 0))
    look = Ref(0, strides, index=index, row=width, rows=rows)
    slope = Ref(0, strides, grad=True, index=index, row=width, rows=rows)
    forward = Nest((count, width), Ref(80, (width, 1)), (Term((), 2.0 * look),))
    back = Nest(
        (count, width),
        slope,
        (Term((), 2.0 * Ref(80, (width, 1), grad=True)),),
        accumulate=True,
        scatter=True,
    )
    tested = program([forward], 110, range(80, 80 + count * width), [back])
    tested.parameters = (0, 42)
    return tested


def test_rows_taken_twice_collect_both_gradients(tmp_path):
    start = np.random.default_rng(6).normal(size=110)
    start[60:65] = 3, 0, 3, 6, 3
    for form in ({}, {"portable": True}):
        check(taking(), tmp_path, start, **form)


@pytest.mark.parametrize("wrong", [-1, 7, 2.5, np.nan, np.inf, 1e300])
@pytest.mark.parametrize("portable", [False, True])
def test_an_index_out_of_range_or_not_whole_is_reported(tmp_path, wrong, portable):
    compiled = Compiled(taking(), tmp_path, portable=portable)
    v = np.zeros(110)
    assert compiled.forward(v) == 0
    v[62] = wrong
    assert compiled.forward(v) == 1
    assert compiled.backward(v, np.zeros(110)) == 1


def test_the_gradient_of_a_maximum_goes_to_the_first_that_reached_it(tmp_path):
    start = np.zeros(40)
    start[:12] = 1, 5, 5, 2, 7, 7, 7, 0, 3, 3, 2, np.nan
    top = Nest((3,), Ref(20, (1,)), (Term((2, 2), Ref(0, (4, 2, 1))),), ops.MAXIMUM)
    route = Route((3,), (2, 2), Ref(0, (4, 2, 1)), Ref(20, (1,)))
    tested = program([top], 40, (20, 21, 22), [route])
    tested.inputs = (0, 12)
    for form in ({}, {"portable": True}):
        _, g = check(tested, tmp_path, start, **form)
        assert list(np.flatnonzero(g[:12])) == [1, 4]


@pytest.mark.parametrize("reduce", [ops.MAXIMUM, ops.MINIMUM])
@pytest.mark.parametrize("padded", [False, True])
def test_pooling_side_by_side_routes_each_gradient(tmp_path, reduce, padded):
    candidates = Ref(0, (96, 1, 32), padded=padded)  # 2 windows of 3, each of 21 examples
    result = Ref(200, (32, 1), padded=padded)
    pool = Nest((2, 21), result, (Term((3,), candidates),), reduce)
    route = Route((2, 21), (3,), candidates, result, reduce)
    outputs = [200 + 32 * i + j for i in range(2) for j in range(21)]
    tested = program([pool], 264, outputs, [route])
    tested.inputs = (0, 192)
    start = np.random.default_rng(14).integers(0, 4, 264).astype(float)
    start[40], start[70] = np.nan, -np.inf
    for form in ({}, {"portable": True}, {"lanes": 4}):
        check(tested, tmp_path, start, **form)


def test_sizes_are_known_at_run_time_only(tmp_path):
    batch, row = Poly.var("B"), Poly.var("P")
    weights = Ref(0, (3, 0, 1))
    x = Ref(16, (0, 1, row), padded=True)
    h = 16 + 3 * row
    nests = [
        Nest((4, batch), Ref(h, (row, 1), padded=True), (Term((3,), weights * x),)),
        elementwise(
            (4, batch),
            Ref(h + 4 * row, (row, 1), padded=True),
            Apply(ops.TANH, (Ref(h, (row, 1), padded=True),)),
        ),
        Nest((), Ref(15, ()), (Term((4, batch), Ref(h + 4 * row, (row, 1), padded=True)),)),
    ]
    tested = program(nests, 16 + 11 * row, (15,), sizes=("B", "P"))
    for size in (1, 16, 21, 64):
        padded = -(-size // 16) * 16
        start = np.random.default_rng(size).normal(size=16 + 11 * padded)
        start[16:] = np.nan
        for k in range(3):
            start[16 + k * padded :][:size] = np.linspace(k, 1, size)
        for form in ({}, {"strict": True}, {"portable": True}):
            check(tested, tmp_path, start, sizes={"B": size, "P": padded}, **form)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_recurrence_runs_in_its_order(tmp_path, backwards):
    t = Poly.var("t")
    before, after = (t + 1, t) if backwards else (t, t + 1)
    step = Nest(
        (3,),
        Ref(10 + 3 * after, (1,)),
        (Term((3,), Ref(0, (3, 1)) * Ref(10 + 3 * before, (0, 1))), Term((), Literal(0.1))),
    )
    squash = elementwise(
        (3,), Ref(10 + 3 * after, (1,)), Apply(ops.TANH, (Ref(10 + 3 * after, (1,)),))
    )
    loop = For("t", Poly.var("n"), (step, squash), backwards)
    start = np.random.default_rng(7).normal(size=60)
    for form in ({}, {"portable": True}):
        check(program([loop], 60, sizes=("n",)), tmp_path, start, sizes={"n": 9}, **form)


def test_scalars_and_cleared_gradients(tmp_path):
    step = elementwise((20,), Ref(0, (1,)), Ref(0, (1,)) - Scalar("learning rate") * Ref(20, (1,)))
    back = [Clear(0, 20), elementwise((20,), Ref(0, (1,), True), Scalar("1/n"), accumulate=True)]
    tested = program([step], 40, range(20), back, scalars=("learning rate", "1/n"))
    tested.parameters = (0, 20)
    start = np.random.default_rng(8).normal(size=40)
    for form in ({}, {"portable": True}):
        check(tested, tmp_path, start, scalars={"learning rate": 0.1, "1/n": 0.05}, **form)


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


@pytest.mark.parametrize("compiler", FOUND.values(), ids=FOUND)
def test_every_compiler_takes_it_without_a_warning(tmp_path, compiler):
    for dtype, form in FORMS:
        compiled = Compiled(moons(20, 4), tmp_path, dtype, compiler=compiler, **form)
        assert compiled.forward(np.zeros(moons(20, 4).size, dtype)) == 0


def test_strict_sums_are_added_from_left_to_right(tmp_path):
    start = np.random.default_rng(10).normal(size=1000) * 10.0 ** np.arange(1000).__mod__(17)
    nest = Nest((), Ref(0, ()), (Term((999,), Ref(1, (1,))),))
    v = start.copy()
    Compiled(program([nest], 1000), tmp_path, strict=True).forward(v)
    assert v[0] == ops.SUM.fn(0.0, *start[1:])


def chain(length, count=40):
    """``length`` elementwise steps from 0 on, each written behind the one before."""
    steps = [
        elementwise((count,), Ref(count * (k + 1), (1,)), Ref(count * k, (1,)) * 1.5 + 0.25)
        for k in range(length)
    ]
    tested = program(steps, count * (length + 1), range(count * length, count * (length + 1)))
    tested.inputs = (0, count)
    return tested


def test_a_chain_of_elementwise_steps_is_one_loop_and_writes_its_end_only(tmp_path):
    start = np.full(31 * 40, np.nan)
    start[:40] = np.linspace(-1, 1, 40)
    v, _ = check(chain(30), tmp_path, start)
    assert np.isnan(v[40 : 30 * 40]).all()
    assert not np.isnan(v[30 * 40 :]).any()


def products(length):
    """A product of matrices, 16 by 8 by 40, and ``length`` steps with each of its elements."""
    a, b = Ref(0, (8, 0, 1)), Ref(128, (0, 1, 40))
    rows = [Ref(448 + 640 * k, (40, 1)) for k in range(length + 1)]
    nests = [Nest((16, 40), rows[0], (Term((8,), a * b),))]
    for earlier, row in pairwise(rows):
        nests.append(elementwise((16, 40), row, earlier * rows[0] + 0.25))
    end = 448 + 640 * (length + 1)
    tested = program(nests, end, range(end - 640, end))
    tested.inputs = (0, 448)
    return tested


@pytest.mark.parametrize(("dtype", "form"), FORMS)
def test_what_is_done_with_each_sum_gives_the_same_in_a_loop(tmp_path, dtype, form):
    tested = products(4)
    start = np.zeros(tested.size)
    start[:448] = np.random.default_rng(5).uniform(-0.4, 0.4, 448)
    check(tested, tmp_path, start, dtype=dtype, **form)


def test_what_is_done_with_each_sum_stands_once_for_a_block_of_them():
    few, many = (source(products(length)).count("\n") for length in (4, 24))
    assert many - few <= 2 * 20


def test_what_the_gradient_reads_is_written(tmp_path):
    x, h, y = (Ref(20 * k, (1,)) for k in range(3))
    gx, gh, gy = (Ref(20 * k, (1,), grad=True) for k in range(3))
    forward = [elementwise((20,), h, Apply(ops.TANH, (x,)))]
    forward += [elementwise((20,), y, Apply(ops.EXP, (h,)))]
    backward = [elementwise((20,), gh, y * gy), elementwise((20,), gx, gh * (1.0 - h * h))]
    tested = program(forward, 60, range(40, 60), backward)
    tested.inputs = (0, 20)
    _, g = check(tested, tmp_path, np.linspace(-1, 1, 60))
    assert (g[20:40] == 0).all()  # what only the next step reads stays in registers


def test_cheap_values_are_computed_again_on_the_way_back(tmp_path):
    a, b, c_, d = (Ref(10 * k, (1,)) for k in range(4))
    ga, gb, gc, gd = (Ref(10 * k, (1,), grad=True) for k in range(4))
    forward = [elementwise((9,), c_, a * b + a), elementwise((9,), d, c_ * c_ * b)]
    backward = [
        elementwise((9,), gc, 2.0 * (gd * c_ * b)),
        elementwise((9,), gb, gd * c_ * c_ + gc * a),
        elementwise((9,), ga, gc * (b + 1.0)),
    ]
    tested = program(forward, 40, range(30, 39), backward)
    tested.inputs = (0, 19)
    start = np.full(40, np.nan)
    start[:20] = np.linspace(-1, 2, 20)
    v, _ = check(tested, tmp_path, start)
    assert np.isnan(v[20:30]).all()


def test_what_a_later_round_of_a_loop_reads_is_written(tmp_path):
    t = Poly.var("t")
    here, before = Ref(10 * t + 10, (1,)), Ref(10 * t, (1,))
    body = (
        elementwise((10,), here, 0.5 * before + 1.0),
        elementwise((10,), Ref(100, (1,)), here + Ref(100, (1,))),
    )
    start = np.random.default_rng(12).normal(size=120)
    check(program([For("t", 8, body)], 120, range(100, 110)), tmp_path, start)


def test_a_parameter_changed_in_the_end_is_not_computed_with_again(tmp_path):
    w, x, h, y = (Ref(10 * k, (1,)) for k in range(4))
    gy = Ref(30, (1,), grad=True)
    forward = [
        elementwise((9,), h, w * x),
        elementwise((9,), y, h * h * w),
        elementwise((9,), w, 0.5 * w),
    ]
    backward = [elementwise((9,), Ref(10, (1,), grad=True), 2.0 * (gy * h * h) + gy * x)]
    tested = program(forward, 40, range(30, 39), backward)
    tested.parameters, tested.inputs = (0, 9), (10, 9)
    check(tested, tmp_path, np.random.default_rng(13).normal(size=40))


def test_portable_c_says_what_each_loop_computes():
    w = [Value(0.1 * i) for i in range(8)]
    text = jit(lambda xs: sum([a * x for a, x in zip(w, xs)]).tanh()).source([0.5] * 8)
    assert " = Σ₈ w[8]·xs[8] */" in text
    assert "/* ∂w[8] = " in text
    assert "vector_size" not in text


def test_it_is_one_file_with_standard_headers_only():
    for portable in (False, True):
        text = source(moons(), portable=portable)
        headers = {line for line in text.splitlines() if line.startswith("#include")}
        assert headers == {"#include <math.h>", "#include <stdint.h>", "#include <string.h>"}


# Random programs: a nest reads what is there, often what the last ones wrote, and writes behind it.


@st.composite
def programs(draw):
    start = end = 300
    dims: tuple[int, ...] = ()
    written: list[Ref] = []
    nests = []
    for _ in range(draw(st.integers(2, 7))):
        if draw(st.booleans()) or not nests:
            dims = tuple(draw(st.lists(st.sampled_from([1, 2, 4, 5, 8, 9, 17]), max_size=2)))
            written = []
        terms = tuple(_term(draw, dims, end, written) for _ in range(draw(st.integers(1, 2))))
        reduce = draw(st.sampled_from([ops.SUM, ops.SUM, ops.SUM, ops.MAXIMUM, ops.PROD]))
        order = draw(st.permutations(range(len(dims))))
        strides, reach = [0] * len(dims), 1
        for d in order:
            strides[d], reach = reach, reach * dims[d]
        again = draw(st.booleans()) and written
        target = draw(st.sampled_from(written)) if again else Ref(end, tuple(strides))
        if again:
            terms = tuple(_term(draw, dims, 300, [target]) for _ in range(1))
        nests.append(Nest(dims, target, terms, reduce, accumulate=draw(st.booleans())))
        written.append(target)
        end = max(end, target.offset + reach)
    used = draw(st.lists(st.integers(start, end - 1), min_size=1, max_size=20))
    backward = [_back(draw, nest, nests, end) for nest in draw(st.permutations(nests))]
    tested = program(nests, end, used, backward)
    tested.inputs = (0, start)
    return tested


def _back(draw, nest, nests, end):
    """Some nest over the dims of one of the forward nests, from and to gradients."""
    dims = nest.dims
    alike = [n.target for n in nests if n.dims == dims]
    reach = prod(dims)
    strides = tuple(prod(dims[d + 1 :]) for d in range(len(dims)))
    leaf = Ref(draw(st.integers(0, 300 - reach)), strides, grad=True)
    target = draw(st.sampled_from([leaf, replace(draw(st.sampled_from(alike)), grad=True)]))
    term = _term(draw, dims, end, alike)
    slope = replace(draw(st.sampled_from(alike)), grad=True)
    slope = replace(slope, strides=(*slope.strides, *(0,) * len(term.dims)))
    terms = (Term(term.dims, Apply(ops.MUL, (slope, term.expr))),)
    return Nest(dims, target, terms, accumulate=draw(st.booleans()))


def _term(draw, dims, end, written):
    inner = tuple(draw(st.lists(st.sampled_from([1, 2, 3, 7, 8, 11]), max_size=2)))
    return Term(inner, _expression(draw, (*dims, *inner), len(dims), end, written, 2))


def _expression(draw, dims, outer, end, written, depth) -> Expr:
    kind = draw(st.sampled_from(["ref", "ref", "op", "op", "literal"] if depth else ["ref"]))
    if kind == "literal":
        return Literal(draw(st.sampled_from([0.5, -1.0, 0.0, 2.0])))
    if kind == "ref":
        if written and draw(st.booleans()):
            target = draw(st.sampled_from(written))
            return Ref(target.offset, (*target.strides, *(0,) * (len(dims) - outer)))
        strides = [draw(st.sampled_from([0, 1, 1, 2, 10])) for _ in dims]
        reach = sum(s * (d - 1) for s, d in zip(strides, dims, strict=True))
        return Ref(draw(st.integers(0, end - 1 - reach)), tuple(strides))
    op = draw(st.sampled_from([ops.ADD, ops.MUL, ops.TANH, ops.MAXIMUM, ops.WHERE, ops.SIGMOID]))
    arity = op.arity or 2
    args = tuple(_expression(draw, dims, outer, end, written, depth - 1) for _ in range(arity))
    return Apply(op, args)


RANDOM_FORMS = [{}, {}, {}, {"strict": True}, {"portable": True}, {"lanes": 2}, {"lanes": 4}]


@settings(examples(10), suppress_health_check=list(HealthCheck))
@given(programs(), st.sampled_from(RANDOM_FORMS))
def test_random_programs_mean_the_same_in_c(tmp_path_factory, tested, form):
    folder = tmp_path_factory.mktemp("random")
    start = np.random.default_rng(11).uniform(-1, 1, size=tested.size)
    check(tested, folder, start, **form)


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
