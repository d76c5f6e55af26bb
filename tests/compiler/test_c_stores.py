"""Loops that are shared in C, and what they write: what is read later, and nothing else."""

from itertools import pairwise

import numpy as np
import pytest
from c_programs import FORMS, check, elementwise, program

from micrograd import ops
from micrograd.compiler.c.source import source
from micrograd.compiler.ir.program import (
    Apply,
    For,
    Nest,
    Ref,
    Term,
)
from micrograd.compiler.ir.sizes import Poly


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
