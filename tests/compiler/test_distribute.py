"""What waits for no other step of a loop is done for all steps at once: text in, text out."""

import pytest

from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.verify import verify
from micrograd.compiler.passes.distribute import distribute

HEAD = """size 50
parameters 0, 4
inputs 4, 12
constants 0:
outputs 16
sizes
scalars
array parameter gradient 0, 4
array input gradient 4, 12
array computed gradient 16, 12
array computed gradient 28, 12
array computed gradient 40, 10
forward
"""
FILLED = ["h1[i0] = sum | i0 < 12 | 0.5", "h2[i0] = sum | i0 < 12 | 0.5"]
FILLED += ["h3[i0] = sum | i0 < 10 | 0.5"]


def distributed(*loop, count=4, backward=False):
    """The lines of a loop after the pass; the result has to hold."""
    first = f"for t0 < {count}{' backwards' if backward else ''}:"
    lines = [first, *[f"    {line}" for line in loop]]
    body = [*FILLED, "backward", *lines] if backward else [*FILLED, *lines, "backward"]
    program = parse("\n".join([HEAD.strip(), *body]) + "\n")
    verify(program, "before", whole=False)
    after = distribute(program)
    verify(after, "distribute", whole=False)
    forward, _, back = text(after).split("forward\n")[1].partition("backward\n")
    return back.splitlines() if backward else forward.splitlines()[len(FILLED) :]


def test_what_waits_for_no_other_step_becomes_a_nest_before_or_behind_the_loop():
    assert distributed(
        "h1[t0] = sum |  | tanh(x1[t0])",
        "h2[t0 + 1] = sum |  | (h2[t0] * h1[t0])",
        "h3[t0] = sum |  | tanh(h2[t0 + 1])",
    ) == [
        "h1[i0] = sum | i0 < 4 | tanh(x1[i0])",
        "for t0 < 4:",
        "    h2[t0 + 1] = sum |  | (h2[t0] * h1[t0])",
        "h3[i0] = sum | i0 < 4 | tanh(h2[i0 + 1])",
    ]


def test_what_waits_for_each_other_stays_in_one_loop_in_its_order():
    loop = ["h1[t0 + 1] = sum |  | tanh(h2[t0])", "h2[t0 + 1] = sum |  | (h1[t0 + 1] * x1[t0])"]
    assert distributed(*loop) == ["for t0 < 4:", *[f"    {line}" for line in loop]]


def test_a_step_that_reads_what_a_later_one_writes_comes_before_it():
    assert distributed("h1[t0] = sum |  | tanh(h1[t0 + 1])", "h2[t0] = sum |  | h1[t0]") == [
        "for t0 < 4:",
        "    h1[t0] = sum |  | tanh(h1[t0 + 1])",
        "h2[i0] = sum | i0 < 4 | h1[i0]",
    ]
    assert distributed("h1[t0 + 4] = sum |  | x1[t0]", "h2[t0] = sum |  | h1[t0 + 5]") == [
        "h2[i0] = sum | i0 < 4 | h1[i0 + 5]",
        "h1[i0 + 4] = sum | i0 < 4 | x1[i0]",
    ]


def test_what_goes_further_apart_with_each_step_is_added_at_places_from_a_table():
    assert distributed("dx1[(t0 + 1)*i0] += sum | i0 < 2 | dh1[t0 + 1]", backward=True) == [
        "scatter dx1[0, places1(i0, 1)] += sum | i0 < 8 | dh1[1, places0(i0, 1)]"
    ]


def test_a_gradient_that_every_step_adds_to_becomes_one_sum_over_steps():
    assert distributed(
        "dw1[i0] += sum | i0 < 3 | (dh1[t0 + 1] * h2[3*t0 + i0])",
        "dh1[t0] += sum |  | (dh1[t0 + 1] * w1[0])",
        backward=True,
    ) == [
        "for t0 < 4 backwards:",
        "    dh1[t0] += sum |  | (dh1[t0 + 1] * w1[0])",
        "dw1[i0] += sum | i0 < 3 | i1 < 4: (dh1[i1 + 1] * h2[i0 + 3*i1])",
    ]


def test_steps_whose_places_meet_scatter():
    (line,) = distributed("dh1[t0 + i0] += sum | i0 < 3 | dh2[t0]", backward=True)
    assert line == "scatter dh1[i0 + i1] += sum | i0 < 4, i1 < 3 | dh2[i0]"


def test_an_accumulation_that_is_read_on_its_way_stays():
    loop = ["h1[0] += sum |  | x1[t0]", "h2[t0] = sum |  | h1[0]"]
    assert distributed(*loop) == ["for t0 < 4:", *[f"    {line}" for line in loop]]


@pytest.mark.parametrize(
    "line",
    [
        "h1[t0] = prod |  | i0 < t0 + 1: x1[i0]",  # of nothing that could be repeated
        "h1[0] = sum |  | x1[t0]",  # the last one stands
    ],
)
def test_steps_that_differ_by_more_than_their_place_stay(line):
    assert distributed(line) == ["for t0 < 4:", f"    {line}"]


def test_longer_and_longer_steps_lie_one_behind_the_other():
    assert distributed("h1[i0 + t0 + t0_2] = sum | i0 < t0 + 1 | (x1[t0] * x1[i0])", count=3) == [
        "h1[i0] = sum | i0 < 6 | (x1[0, places0(i0, 1)] * x1[0, places1(i0, 1)])"
    ]


def test_a_dim_whose_rows_are_longer_in_each_step_lies_on_the_same_axis():
    line = "h1[i0*t0 + 2*i0 + i1 + 3*t0 + 2*t0_2] = sum | i0 < 2, i1 < t0 + 1 | x1[i1]"
    (made,) = distributed(line, count=2)
    assert made == "h1[0, places1(i0, 1)] = sum | i0 < 6 | x1[0, places0(i0, 1)]"


def test_what_longer_and_longer_steps_sum_is_added_where_it_goes():
    assert distributed("h1[t0] = sum |  | i0 < t0 + 1: x1[i0]", count=3) == [
        "h1[i0] = sum | i0 < 3 | 0.0",
        "scatter h1[0, places1(i0, 1)] += sum | i0 < 6 | x1[0, places0(i0, 1)]",
    ]


def test_shorter_steps_repeat_their_last_candidate():
    assert distributed("h1[t0] = maximum |  | i0 < t0 + 1: x1[i0 + t0]", count=3) == [
        "h1[i0] = maximum | i0 < 3 | i1 < 3: x1[0, places0(3*i0 + i1, 1)]"
    ]


def test_the_steps_of_an_inner_loop_are_those_of_all_outer_steps():
    assert distributed(
        "for t1 < 2:",
        "    h1[3*t0 + t1 + 1] = sum |  | (h1[3*t0 + t1] * x1[t1])",
        "h3[t0] = sum |  | h1[3*t0 + 2]",
    ) == [
        "for t1 < 2:",
        "    h1[3*i0 + t1 + 1] = sum | i0 < 4 | (h1[3*i0 + t1] * x1[t1])",
        "h3[i0] = sum | i0 < 4 | h1[3*i0 + 2]",
    ]
