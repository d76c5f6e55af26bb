# ruff: noqa: RUF001 (primes)
"""Programs print as a learner reads them, and say exactly what is computed."""

from dataclasses import replace
from typing import Any

import pytest

from micrograd import ops
from micrograd.compiler.ir.array import Array
from micrograd.compiler.ir.joins import in_arrays, joined
from micrograd.compiler.ir.program import (
    Apply,
    Clear,
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
from micrograd.compiler.ir.scope import at_start, nests, span
from micrograd.compiler.ir.sizes import Poly, variables
from micrograd.compiler.printing.show import show, summary

T, B, P = Poly.var("t"), Poly.var("B"), Poly.var("P")


def program(
    *forward: Any,
    backward: Any = (),
    parameters: Any = (0, 0),
    outputs: Any = (),
    names: Any = (),
    size: Any = 9999,
) -> Program:
    """A program in whose memory an array begins where one is named and where a nest writes."""
    made = Program(list(forward), size, parameters, (0, 0), (0, ()), outputs, list(backward))
    arrays = {0: Array(0, 1, False, False, "parameter" if parameters[1] else "input")}
    if parameters[1]:
        arrays[parameters[1]] = Array(parameters[1], 1, False, False, "input")
    for start, count, shape, name in names:
        arrays[start] = Array(start, count, False, False, "input", (), name, shape)
    for nest, scope in nests(forward):
        low, high = span(nest.target, nest.dims, scope)
        start, batched = at_start(nest.target.address, scope), "P" in variables(nest.target.address)
        count = (high - low) // (64 if batched else 1) + 1
        arrays[low] = replace(
            arrays.get(low, Array(start, count, batched, False, "computed")), count=count
        )
    made.arrays = tuple(arrays.values())
    return joined(in_arrays(made), made.forward)


def printed(*forward: Any, **more: Any) -> list[str]:
    return show(program(*forward, **more)).splitlines()


def elementwise(dims: Any, target: Ref, expr: Any, **more: Any) -> Nest:
    return Nest(dims, target, (Term((), expr),), **more)


def mul(*args: Any) -> Apply:
    return Apply(ops.MUL, args)


# 16 neurons of 2 weights and a bias at 0, 100 points at 48, what they give at 248, its relu at 1848
SUM = Nest(
    (100, 16),
    Ref(248, (16, 1)),
    (
        Term((), Ref(2, (0, 3))),
        Term((2,), mul(Ref(0, (0, 3, 1)), Ref(48, (2, 0, 1)))),
    ),
)
RELU = elementwise((1600,), Ref(1848, (1,)), Apply(ops.RELU, (Ref(248, (1,)),)))


def test_a_layer_is_one_line() -> None:
    lines = printed(SUM, RELU, parameters=(0, 48), outputs=tuple(range(1848, 3448)))
    assert lines == ["h1[100,16] = relu(Σ₂ w[16,2]·x[100,2] + b[16])", "return h1"]


def test_the_gradient_names_what_stood_inside_the_function() -> None:
    above = Apply(ops.GT, (Ref(248, (1,)), Literal(0.0)))
    slope = Apply(ops.WHERE, (above, Literal(1.0), Literal(0.0)))
    backward = [
        Clear(0, 48),
        elementwise((1600,), Ref(248, (1,), grad=True), mul(Ref(1848, (1,), grad=True), slope)),
        Nest(
            (16, 2),
            Ref(0, (3, 1), grad=True),
            (Term((100,), mul(Ref(248, (1, 0, 16), grad=True), Ref(48, (0, 1, 2)))),),
            accumulate=True,
        ),
    ]
    assert printed(SUM, RELU, parameters=(0, 48), backward=backward)[-3:] == [
        "∂b, ∂w = 0",
        "∂h1′[100,16] = ∂h1[100,16]·(h1′[100,16] > 0)",
        "∂w[16,2] += Σ₁₀₀ ∂h1′[100,16]·x[100,2]",
    ]


def test_names_that_the_program_gives_are_used() -> None:
    names = [(0, 48, (16, 3), "layer"), (48, 200, (100, 2), "points"), (248, 1600, (), "sums")]
    assert printed(SUM, names=names)[0] == (
        "sums[100,16] = Σ₂ layer[0:][16,2]·points[100,2] + layer[2::3][16]"
    )


def test_a_recurrence_is_a_loop_over_steps() -> None:
    step = elementwise((), Ref(T + 1, ()), mul(Literal(1.5), Ref(T, ())))
    back = elementwise(
        (), Ref(T, (), grad=True), mul(Literal(1.5), Ref(T + 1, (), grad=True)), accumulate=True
    )
    loop, reverse = For("t", 200, (step,)), For("t", 200, (back,), backwards=True)
    assert printed(loop, outputs=(200,), backward=[reverse]) == [
        "for t < 200:",
        "    h1[t + 1] = 1.5·h1[t]",
        "return h1[200]",
        "",
        "for t = 199, ..., 1, 0:",
        "    ∂h1[t] += 1.5·∂h1[t + 1]",
    ]


def test_a_run_time_size_has_its_name() -> None:
    h = Nest((16, B), Ref(40 + P, (P, 1)), (Term((B,), Ref(40, (0, 0, 1))),))
    assert printed(h)[0] == "h1[16,B] = Σ_B x[B]"


def test_the_padding_of_rows_does_not_show() -> None:
    h = elementwise((3, 10), Ref(48, (16, 1)), Apply(ops.EXP, (Ref(0, (16, 1)),)))
    total = Nest((), Ref(200, ()), (Term((3, 10), Ref(48, (16, 1))),))
    assert printed(h, total)[:2] == ["h1[3,10] = exp(x[3,10])", "h2 = Σ₃ₓ₁₀ h1[3,10]"]


def test_a_run_time_index_stands_where_a_row_would() -> None:
    rows = Ref(0, (0, 1), index=Ref(112, (1, 0)), row=16, rows=7)
    names = [(0, 112, (7, 16), "wte"), (112, 8, (8,), "tok")]
    assert printed(elementwise((8, 16), Ref(200, (16, 1)), rows), names=names)[0] == (
        "h1[8,16] = wte[tok[8],16]"
    )


def test_a_table_stands_where_a_row_would() -> None:
    table = Table("table0", (3, 0, 9), (1, 0))
    assert printed(elementwise((3, 2), Ref(200, (2, 1)), Ref(0, (0, 1), table=table)))[0] == (
        "h1[3,2] = x[table0[3],2]"
    )


def test_the_gradient_of_a_maximum_goes_to_where_it_is() -> None:
    nest = Nest((3,), Ref(12, (1,)), (Term((4,), Ref(0, (4, 1))),), ops.MAXIMUM)
    route = Route((3,), (4,), Ref(0, (4, 1)), Ref(12, (1,)))
    forward, *_, backward = printed(nest, backward=[route])
    assert forward == "h1[3] = max₄(x[3,4])"
    assert backward == "∂x[argmax₄ x[3,4]] += ∂h1[3]"


def test_parts_of_an_array_are_slices() -> None:
    whole = elementwise((6,), Ref(10, (1,)), Apply(ops.EXP, (Ref(0, (1,)),)))
    first = elementwise((), Ref(30, ()), Ref(10, ()))
    some = Nest((), Ref(40, ()), (Term((3,), Ref(12, (1,))),))
    rows = elementwise((2, 2), Ref(50, (2, 1)), Ref(12, (2, 1)))
    assert printed(whole, first, some, rows)[:4] == [
        "h1[6] = exp(x[6])",
        "h2 = h1[0]",
        "h3 = Σ₃ h1[2:5]",
        "h4[2,2] = h1[2:][2,2]",
    ]


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (mul(Literal(-1.0), Ref(0, ()), Ref(1, ())), "-x1·x2"),
        (mul(Ref(0, ()), Ref(0, ())), "x²"),
        (mul(Ref(0, ()), Apply(ops.power(-1), (Ref(1, ()),))), "x1 / x2"),
        (Apply(ops.power(-2), (Ref(0, ()),)), "1 / x²"),
        (Apply(ops.power(0.5), (Ref(0, ()),)), "x**0.5"),
        (mul(Apply(ops.ADD, (Ref(0, ()), Literal(1.0))), Literal(2.0)), "2·(x + 1)"),
        (Apply(ops.ADD, (mul(Literal(-1.0), Ref(0, ())), Ref(1, ()))), "x2 - x1"),
        (Apply(ops.ADD, (Ref(0, ()), Ref(0, ()))), "2·x"),
        (mul(Literal(1 / 3), Ref(0, ())), "0.333333…·x"),
        (Apply(ops.MAXIMUM, (Ref(0, ()), Literal(0.0))), "maximum(x, 0)"),
        (
            mul(Ref(0, ()), Apply(ops.LT, (Ref(0, ()), Literal(float("inf"))))),
            "x·(x < ∞)",
        ),
        (Apply(ops.POW, (Literal(-2.0), Ref(0, ()))), "(-2)**x"),
        (Scalar("rate") * Ref(0, ()), "rate·x"),
    ],
)
def test_an_expression_reads_as_in_a_book(expr: Any, text: str) -> None:
    assert printed(elementwise((), Ref(10, ()), expr))[0] == f"h1 = {text}"


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (ops.SUM, "Σ₂ (x1[2] + 1) + x2"),
        (ops.PROD, "(Π₂ (x1[2] + 1))·x2"),
        (ops.MAXIMUM, "max(max₂(x1[2] + 1), x2)"),
        (ops.MINIMUM, "min(min₂(x1[2] + 1), x2)"),
    ],
)
def test_every_reduction_has_a_sign(op: Any, text: str) -> None:
    terms = (Term((2,), Apply(ops.ADD, (Ref(0, (1,)), Literal(1.0)))), Term((), Ref(5, ())))
    assert printed(Nest((), Ref(10, ()), terms, op))[0] == f"h1 = {text}"


def test_many_outputs_and_their_seeds_are_one_line_each() -> None:
    h = elementwise((3,), Ref(10, (1,)), Apply(ops.EXP, (Ref(0, (1,)),)))
    seeds = [elementwise((), Ref(10 + k, (), grad=True), Scalar(f"seed{k}")) for k in range(3)]
    assert printed(h, outputs=(10, 11, 12), backward=seeds)[1:] == [
        "return h1",
        "",
        "∂h1 = seed0, ..., seed2",
    ]


def test_the_summary_counts_loops_and_numbers() -> None:
    told = summary(program(SUM, RELU, parameters=(0, 48), size=3448))
    assert told == (
        "loop nests 2, for the gradient 0, index tables 0, run-time indices 0, "
        "parameters 48, constants 0, numbers in memory 3448"
    )


def test_what_is_read_in_two_ways_is_explained() -> None:
    squares = Nest((), Ref(4000, ()), (Term((48,), mul(Ref(0, (1,)), Ref(0, (1,)))),))
    assert printed(SUM, squares, parameters=(0, 48))[:3] == [
        "# p holds w, b",
        "h1[100,16] = Σ₂ w[16,2]·x[100,2] + b[16]",
        "h2 = Σ₄₈ p[48]²",
    ]


def test_rows_that_grow_are_parts_that_grow() -> None:
    row = Ref(10 + T + Poly.var("t_2"), (1,))  # t·(t + 1)/2: rows of 1, 2, 3, ... numbers
    grow = elementwise((T + 1,), row, Apply(ops.EXP, (Ref(0, (1,)),)))
    total = Nest((), Ref(40 + T, ()), (Term((T + 1,), row),))
    assert printed(For("t", 4, (grow, total)))[:3] == [
        "for t < 4:",
        "    h1[t·(t + 1)/2:][t + 1] = exp(x[t + 1])",
        "    h2[t] = Σₜ₊₁ h1[t·(t + 1)/2:][t + 1]",
    ]


def test_a_recurrence_of_vectors_counts_vectors() -> None:
    step = Nest(
        (4,), Ref(20 + 4 * T, (1,)), (Term((4,), mul(Ref(0, (4, 1)), Ref(16 + 4 * T, (0, 1)))),)
    )
    names = [(0, 16, (4, 4), "w"), (16, 4, (4,), "h")]
    assert printed(For("t", 9, (step,)), names=names)[1] == (
        "    h1[t + 1][4] = Σ₄ w[4,4]·h1[t][4]"
    )


def test_a_program_prints_as_it_is_shown() -> None:
    assert str(program(SUM, RELU)) == show(program(SUM, RELU))
