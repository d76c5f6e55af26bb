"""What the passes for C make: text in, text out; and whatever they do, the numbers stay."""

import numpy as np
import pytest
from ir_programs import PROGRAMS

from micrograd import Value, jit
from micrograd.compiler.arrays.in_memory import NumpyKernel
from micrograd.compiler.ir.array import Array
from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.program import For
from micrograd.compiler.ir.sizes import Poly
from micrograd.compiler.ir.verify import verify
from micrograd.compiler.passes.blocks import schedule
from micrograd.compiler.passes.exponentials import share_exponentials
from micrograd.compiler.passes.fusion import fuse
from micrograd.compiler.passes.powers import share_powers
from micrograd.compiler.passes.recompute import recompute
from micrograd.compiler.passes.regions import Region, widened
from micrograd.compiler.passes.schedules import Target
from micrograd.compiler.passes.short_sums import unroll_short_sums
from micrograd.compiler.passes.stores import drop_stores
from micrograd.compiler.pipeline import FOR_C

HEAD = """size 99
parameters 0, 16
inputs 16, 16
constants 32:
outputs 98
sizes
scalars
"""


def after(change, forward, backward="", lanes=8, sizes="", registers=32):
    """The lines of both ways after a pass, those of a way in a list."""
    head = HEAD.replace("sizes", f"sizes{sizes}")
    source = "\n".join([f"{head}forward", *forward, "backward", *backward, ""])
    changed = text(change(parse(source), Target(lanes, registers=registers)))
    return [way.splitlines() for way in changed.split("forward\n")[1].split("backward\n")]


def test_short_sums_are_written_term_by_term():
    both = ["v[i0 + 40] = sum | i0 < 8 | i1 < 2: v[2*i0 + i1]", "v[98] = sum |  | i0 < 5: v[i0]"]
    assert after(unroll_short_sums, both)[0] == [
        "v[i0 + 40] = sum | i0 < 8 | v[2*i0] | v[2*i0 + 1]",
        "v[98] = sum |  | i0 < 5: v[i0]",
    ]


CHAIN = [
    "v[i0 + 40] = sum | i0 < 16 | (v[i0] * v[i0 + 16])",
    "v[i0 + 56] = sum | i0 < 16 | tanh(v[i0 + 40])",
]


def test_a_chain_of_elementwise_steps_shares_its_loops():
    assert after(fuse, CHAIN)[0] == ["fused:", *[f"    {line}" for line in CHAIN]]


def test_arrays_of_lists_that_have_an_item_at_least_are_apart():
    chain = [
        "v[i0 + 40] = sum | i0 < 27*n - 27 | tanh(v[i0])",
        "v[i0 + 54*n - 14] = sum | i0 < 27*n - 27 | tanh(v[i0 + 40])",  # others lie between
    ]
    expected = ["fused:", *[f"    {line}" for line in chain]]
    assert after(fuse, chain, sizes=" n n_2")[0] == expected


@pytest.mark.parametrize(
    "line",
    [
        "v[i0 + 57] = sum | i0 < 16 | v[-i0 + 55]",  # reads another element
        "v[i0 + 56] = sum | i0 < 8 | v[i0 + 40]",  # has other dims
        "scatter v[56] += sum | i0 < 16 | v[i0 + 40]",  # one after the other
    ],
)
def test_what_does_not_follow_index_by_index_has_loops_of_its_own(line):
    assert after(fuse, [CHAIN[0], line])[0].count("fused:") == 2


def test_what_only_its_own_loops_read_stays_in_a_register():
    fused = ["fused:", *[f"    {line}" for line in CHAIN], "v[98] = sum |  | i0 < 16: v[i0 + 56]"]
    assert after(drop_stores, fused)[0] == ["fused:", f"    local {CHAIN[0]}", *fused[2:]]


def test_what_nobody_reads_is_not_computed():
    fused = ["fused:", *[f"    {line}" for line in CHAIN], "v[98] = sum |  | v[0]"]
    assert after(drop_stores, fused)[0] == fused[3:]


def test_the_way_back_computes_again_what_it_can_from_what_it_reads_anyway():
    forward = [
        "fused:",
        "    v[i0 + 40] = sum | i0 < 16 | (v[i0] * v[i0 + 16])",
        "    v[i0 + 56] = sum | i0 < 16 | (v[i0 + 40] * v[i0])",
    ]
    use = "    g[i0] = sum | i0 < 16 | ((v[i0] * v[i0 + 16]) * (v[i0 + 40] * v[i0 + 56]))"
    assert after(recompute, forward, ["fused:", use])[1] == [
        "fused:",
        "    local v[i0 + 40] = sum | i0 < 16 | (v[i0] * v[i0 + 16])",
        "    local v[i0 + 56] = sum | i0 < 16 | (v[i0 + 40] * v[i0])",
        use,
    ]


def test_a_nest_whose_dims_come_in_another_order_shares_the_loops_of_what_it_reads():
    made = "v[8*i0 + i1 + 40] = sum | i0 < 2, i1 < 8 | (v[i0] * v[i1 + 16])"
    read = "v[i0 + 8*i1 + 56] = sum | i0 < 8, i1 < 2 | tanh(v[i0 + 8*i1 + 40])"
    turned = "v[8*i0 + i1 + 56] = sum | i0 < 2, i1 < 8 | tanh(v[8*i0 + i1 + 40])"
    assert after(fuse, [made, read])[0] == ["fused:", f"    {made}", f"    {turned}"]


def in_rows(count, length, of):
    """A step over rows and columns, and the same over all that these have in a row."""
    rows = f"v[{length}*i0 + i1 + {of + 300}] = sum | i0 < {count}, i1 < {length} | "
    return (
        f"{rows}(v[{length}*i0 + i1 + {of}] * v[i0])",
        f"v[i0 + {of + 300}] = sum | i0 < {count * length} | tanh(v[i0 + {of}])",
        f"{rows}tanh(v[{length}*i0 + i1 + {of}])",
    )


@pytest.mark.parametrize(("count", "length"), [(6, 16), (5, 27)])
def test_numbers_in_a_row_share_the_loops_over_rows_of_those_that_they_are_made_of(count, length):
    made, _, _ = in_rows(count, length, 40)
    _, flat, rows = in_rows(count, length, 340)
    assert after(fuse, [made, flat])[0] == ["fused:", f"    {made}", f"    {rows}"]


def test_rows_that_are_made_of_numbers_in_a_row_share_their_loops():
    _, flat, rows = in_rows(6, 16, 40)
    made, _, _ = in_rows(6, 16, 340)
    assert after(fuse, [flat, made])[0] == ["fused:", f"    {rows}", f"    {made}"]


@pytest.mark.parametrize(("count", "length"), [(32, 3), (20, 9)])
def test_numbers_in_a_row_do_not_become_rows_that_take_many_more_vectors(count, length):
    made, _, _ = in_rows(count, length, 40)
    _, flat, _ = in_rows(count, length, 340)
    assert after(fuse, [made, flat])[0].count("fused:") == 2


def triangle(read, further=4, order=""):
    """A loop over rows of 2·(t + 2) numbers from 50 on, made of those from ``read`` on."""
    place = f"i0*t0 + 2*i0 + i1 + {further}*t0 + 2*t0_2"
    row = f"v[{place} + 50] = sum | i0 < 2, i1 < t0 + 2 | exp(v[{place} + {read}])"
    return [f"for t0 < 4{order}:", f"    {row}"]


FIRST_ROW = "v[i0 + 48] = sum | i0 < 2 | exp(v[i0 + 18])"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (triangle(20), "v[i0 + 50] = sum | i0 < 28 | exp(v[i0 + 20])"),
        ([FIRST_ROW, *triangle(20)], "v[i0 + 48] = sum | i0 < 30 | exp(v[i0 + 18])"),
        (
            [*triangle(20, order=" backwards"), FIRST_ROW],
            "v[i0 + 48] = sum | i0 < 30 | exp(v[i0 + 18])",
        ),
    ],
)
def test_rows_that_lie_one_behind_the_other_are_one_nest(lines, joined):
    assert after(fuse, lines)[0] == ["fused:", f"    {joined}"]


@pytest.mark.parametrize(
    "lines",
    [
        triangle(49),  # of what the loop itself has made
        triangle(20, further=5),  # with gaps between the rows
    ],
)
def test_rows_that_wait_for_others_or_lie_apart_keep_their_loop(lines):
    assert after(fuse, lines)[0][0] == lines[0]


RELU = [
    "fused:",
    "    v[i0 + 40] = sum | i0 < 16 | i1 < 2: v[i0 + 16*i1]",
    "    v[i0 + 56] = sum | i0 < 16 | relu(v[i0 + 40])",
]


def test_the_way_back_tests_the_result_of_relu_and_memory_needs_not_its_argument():
    test = "    g[i0 + 40] = sum | i0 < 16 | (v[i0] * where(gt(v[i0 + 40], 0.0), 1.0, 0.0))"
    assert after(recompute, RELU, ["fused:", test])[1][1] == test.replace(
        "gt(v[i0 + 40]", "gt(v[i0 + 56]"
    )


def test_an_argument_of_relu_that_is_read_otherwise_is_tested_itself():
    test = "    g[i0 + 40] = sum | i0 < 16 | (v[i0 + 40] * where(gt(v[i0 + 40], 0.0), 1.0, 0.0))"
    assert after(recompute, RELU, ["fused:", test])[1][1] == test


def test_a_power_is_made_of_another_that_is_computed_anyway():
    made = ["fused:", "    v[i0 + 40] = sum | i0 < 16 | powc[-1](v[i0])"]
    asked = "    v[i0 + 56] = sum | i0 < 16 | powc[-2](v[i0])"
    shared = "    v[i0 + 56] = sum | i0 < 16 | (v[i0 + 40] * v[i0 + 40])"
    assert after(share_powers, [*made, asked])[0] == [*made, shared]


def test_the_slope_of_erf_takes_the_exponential_that_erf_has():
    erf = ["fused:", "    v[i0 + 72] = sum | i0 < 16 | erf(v[i0])"]
    square = "    v[i0 + 40] = sum | i0 < 16 | ((-1.0 * v[i0]) * v[i0])"
    slope, shared = (
        f"    v[i0 + 56] = sum | i0 < 16 | {f}" for f in ("exp(v[i0 + 40])", "gauss(v[i0])")
    )
    assert after(share_exponentials, [*erf, square, slope])[0] == [*erf, square, shared]
    changed = "    v[i0] = sum | i0 < 16 | v[i0 + 16]"
    of_another = square.replace("v[i0])", "v[i0 + 16])")
    for lines in (
        [*erf, square, changed, slope],
        [*erf, of_another, slope],
        ["fused:", square, slope],
    ):
        assert after(share_exponentials, lines)[0] == lines


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("v[i0 + 40] = sum | i0 < 16 | exp(v[i0])", "fused, lanes i0:"),
        ("v[98] = sum |  | i0 < 16: (v[i0] * v[i0 + 16])", "fused, inner i0:"),
        ("v[98] = sum |  | v[3]", "fused:"),
        (
            "v[i0 + 40] = sum | i0 < 8 | i1 < 16: (v[i0 + 8*i1] * v[i1])",
            "fused, lanes i0:",
        ),
    ],
)
def test_what_lies_side_by_side_goes_along_the_lanes(line, heading):
    assert after(schedule, ["fused:", f"    {line}"])[0] == [heading, f"    {line}"]


@pytest.mark.parametrize(("stride", "blocks"), [(8, ", blocks i0*4"), (1, "")])
def test_sums_that_are_added_where_others_are_go_in_blocks_that_do_not_meet(stride, blocks):
    target = f"v[{stride}*i0 + i1 + 40]".replace("1*i0", "i0")
    line = (
        f"    scatter {target} += sum | i0 < 4, i1 < 8 | i2 < 2: (v[i1 + 8*i2] * v[2*i0 + i2 + 16])"
    )
    assert after(schedule, ["fused:", line])[0] == [f"fused, lanes i1{blocks}:", line]


def test_what_takes_next_to_none_of_the_time_is_done_without_blocks():
    sums = "v[{}*i0 + i1 + {}] = sum | i0 < {}, i1 < 8 | i2 < {}: (v[i1 + 8*i2] * v[i2 + 900])"
    much, little = sums.format(8, 1000, 64, 100), sums.format(8, 9000, 4, 2)
    headings = after(schedule, ["fused:", f"    {much}", "fused:", f"    {little}"])[0][::2]
    assert ["blocks" in heading for heading in headings] == [True, False]
    assert "blocks" in after(schedule, ["fused:", f"    {little}"])[0][0]


def values(x):
    """The numbers of the Values in nested lists."""
    if isinstance(x, Value):
        return [x.data]
    return [v for y in x for v in values(y)] if isinstance(x, list | tuple) else []


def results(program, args):
    """Outputs and gradients by NumPy, with made-up parameters and ones in place of plain inputs."""
    rng, sizes = np.random.default_rng(0), {"B": 2, "P": 8}
    v = rng.uniform(0.5, 1.5, program.plain + program.rows * sizes["P"])
    start, count = program.inputs
    v[start : start + count] = 1.0  # also where an index is wanted
    v[start : start + len(values(args))] = values(args)
    v[program.plain :] = 1.0
    start, constants = program.constants
    v[start : start + len(constants)] = constants
    g = np.full_like(v, 7.0)
    kernel, scalars = NumpyKernel(program), [1.0] * len(program.scalars)
    known = [sizes[name] for name in program.sizes]
    made = kernel.forward(v, known, scalars)
    kernel.backward(v, g, known, scalars, made)
    leaves = [a for a in program.arrays if a.kind in ("parameter", "variable")]
    return np.concatenate([v[list(program.outputs)], *[g[a.start :][: a.count] for a in leaves]])


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
def test_no_pass_for_c_changes_a_number(make):
    f, args = make()
    program = jit(f).lower(*args)
    before = results(program, args)
    assert np.isfinite(before).all()
    for name, change in FOR_C.items():
        program = change(program, Target(8))
        verify(program, name)
        assert np.allclose(results(program, args), before, rtol=1e-12, atol=1e-12), name


def test_steps_that_grow_end_where_the_next_array_begins():
    n, n_2, t, t_2 = map(Poly.var, ("n", "n_2", "t", "t_2"))
    start = 8 * t + 4 * t_2 + 4
    touched = Region(False, start, start + 4 * (t + 2))
    assert widened(touched, [For("t", n - 2, ())]) == Region(False, 4, 4 * n_2)


def test_operands_of_two_arrays_never_meet_whatever_their_lengths():
    first, second = (Array(start, Poly.var("n_2"), False, True, "computed") for start in (0, 8))
    one, other = Region(False, 0, Poly.var("n_2"), first), Region(False, 4, 8, second)
    assert not one.meets(other)
    assert one.meets(Region(False, 4, 8, first))
    assert one.meets(Region(False, 4, 8))  # of memory as a whole


@pytest.mark.parametrize(
    ("line", "many", "few"),
    [
        (
            "v[64*i0 + i1 + 4000] = sum | i0 < 48, i1 < 64 | i2 < 8: (v[i0 + 48*i2] * v[i1])",
            "fused, lanes i1, blocks i1*4 i0*4:",
            "fused, lanes i1, blocks i1*4 i0*3:",
        ),
        (
            "v[8*i0 + i1 + 990] = sum | i0 < 20, i1 < 8 | i2 < 32: (v[32*i0 + i2] * v[32*i1 + i2])",
            "fused, inner i2, blocks i0*4 i1*4:",
            "fused, inner i2, blocks i0*3 i1*4:",
        ),
    ],
)
def test_a_block_has_as_many_sums_as_the_registers_hold_beside_operands(line, many, few):
    for registers, heading in ((32, many), (16, few)):
        made = after(schedule, ["fused:", f"    {line}"], registers=registers)[0]
        assert made == [heading, f"    {line}"]


@pytest.mark.parametrize(
    ("rows", "columns", "whole", "half"),
    [
        (16, 100, "blocks i0*8", "blocks i1*2 i0*4"),
        (14, 100, "blocks i0*7", "blocks i0*7"),  # no good number of sums beside two
        (16, 4, "blocks i0*8", "blocks i0*8"),  # one vector, also where it is half as wide
    ],
)
def test_vectors_half_as_wide_go_by_twos_where_they_share_factors(rows, columns, whole, half):
    line = (
        f"    v[104*i0 + i1 + 4000] = sum | i0 < {rows}, i1 < {columns} | i2 < 16: "
        "(v[16*i0 + i2] * v[i1 + 104*i2 + 300])"
    )
    for registers, blocks in ((32, whole), (16, half)):
        made = after(schedule, ["fused:", line], registers=registers)[0]
        assert made == [f"fused, lanes i1, {blocks}:", line]


@pytest.mark.parametrize(
    ("rows", "columns", "terms", "half"),
    [
        ("n", 16, 16, "blocks i1*4 i0*2"),
        ("n", 64, 16, "blocks i1*4 i0*2"),
        (8, 16, "n", "blocks i1*4 i0*2"),  # sums of few, which are soon to be written
        ("n", 12, 16, "blocks i1*2 i0*4"),  # no fours
        ("B", 16, 16, "blocks i1*2 i0*4"),  # a batch has many rows: few are left over
        (8, 16, 16, "blocks i1*2 i0*4"),  # and none here
    ],
)
def test_of_few_rows_those_left_over_are_whole_in_registers(rows, columns, terms, half):
    """Each has four sums that do not wait for each other."""
    line = (
        f"    v[64*i0 + i1 + 4000] = sum | i0 < {rows}, i1 < {columns} | i2 < {terms}: "
        "(v[16*i0 + i2] * v[i1 + 64*i2 + 1000])"
    )
    made = after(schedule, ["fused:", line], registers=16)[0]
    assert made == [f"fused, lanes i1, {half}:", line]


def test_vectors_half_as_wide_go_one_by_one_where_much_is_done_with_each_sum():
    """What is done with them stands once in C then, in a loop over the sums of a block."""
    rows = "i0 < 16, i1 < 100"
    total = (
        f"v[104*i0 + i1 + 4000] = sum | {rows} | i2 < 16: (v[16*i0 + i2] * v[i1 + 104*i2 + 300])"
    )
    ends = [f"v[104*i0 + i1 + {4000 + 2000 * k}]" for k in range(6)]
    steps = [f"{ends[k + 1]} = sum | {rows} | ({ends[k]} * {ends[0]})" for k in range(5)]
    for count, blocks in ((4, "blocks i1*2 i0*4"), (5, "blocks i0*8")):
        lines = [f"    {line}" for line in (total, *steps[:count])]
        made = after(schedule, ["fused:", *lines], registers=16)[0]
        assert f"fused, lanes i1, {blocks}:" in made
