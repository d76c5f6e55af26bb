"""The C that the compiler prints computes what the Program says."""

import numpy as np
import pytest
from c_programs import FORMS, Compiled, check, elementwise, moons, program
from machine import FOUND
from thorough import sampled

from micrograd import Value, jit, ops, sum
from micrograd.compiler.c.source import source
from micrograd.compiler.ir.program import (
    Apply,
    Clear,
    For,
    Literal,
    Nest,
    Ref,
    Route,
    Scalar,
    Table,
    Term,
)
from micrograd.compiler.ir.sizes import Poly


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


@pytest.mark.parametrize("columns", [12, 16, 48])
@sampled("dtype, form", FORMS, of=4)
def test_products_of_a_number_of_rows_known_at_run_time_only(tmp_path, columns, dtype, form):
    rows = Poly.var("n")
    weights, x = Ref(0, (0, 1, columns)), Ref(5 * columns, (5, 0, 1))
    target = Ref(5 * (columns + 8), (columns, 1))
    nest = Nest((rows, columns), target, (Term((5,), x * weights),))
    many = 5 * (columns + 8) + 8 * columns
    start = np.random.default_rng(columns).normal(size=many)
    for n in (1, 2, 3, 7, 8):
        tested = program([nest], many, sizes=("n",))
        v, _ = check(tested, tmp_path, start, dtype=dtype, sizes={"n": n}, **form)
        behind = slice(target.offset + n * columns, None)
        np.testing.assert_array_equal(v[behind], start.astype(dtype)[behind])


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
