"""Statements are walked through, rebuilt and measured in one place; programs are given as text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.footprint import addresses, reach, span, spans, uses
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.program import BATCH, Ref
from micrograd.compiler.ir.sizes import evaluate, substitute
from micrograd.compiler.ir.visit import (
    executed,
    loop_variables,
    rewritten,
    simple,
    take_apart,
    with_sizes,
)
from micrograd.compiler.passes.clears import join_clears

HEAD = """size 20 + 4*P
parameters 0, 4
inputs 4, 4
constants 0:
outputs 12
sizes
scalars
forward
"""
LOOPS = """for t0 < 2:
    v[8] = sum | | v[t0]
    for t1 < 3 backwards:
        v[9] = sum | | v[t1]
v[10] = sum | | v[9]
"""


def program(forward, backward=""):
    return parse(f"{HEAD}{forward}backward\n{backward}")


def test_statements_come_in_the_order_in_which_they_run_with_all_sizes():
    run = executed(program(LOOPS).forward, {})
    seen = [(s.target.offset, env.get("t0"), env.get("t1")) for s, env in run]
    once = [(8, 0, None), (9, 0, 2), (9, 0, 1), (9, 0, 0)]
    again = [(8, 1, None), (9, 1, 2), (9, 1, 1), (9, 1, 0)]
    assert seen == [*once, *again, (10, None, None)]


def test_rewriting_reaches_what_loops_hold_and_keeps_the_loops():
    twice = rewritten(program(LOOPS).forward, lambda s: [s, s] if s.target.offset == 9 else [s])
    assert [s.target.offset for s in simple(twice)] == [8, 9, 9, 10]
    assert [type(s).__name__ for s in twice] == ["For", "Nest"]


def test_sizes_change_wherever_they_stand():
    line = (
        "v[7*i0 + q] = sum | i0 < q | i1 < q: (v[q*i1, table0(q*i1, q)] + v[0, whole(v[q], q, q)])"
    )
    loop = f"table table0 1 2 3\nforward\nfor t0 < q:\n    {line}\nbackward\nclear q, q\n"
    source = HEAD.replace("forward\n", loop)
    before, after = parse(source), parse(source.replace("q", "3"))
    for name in ("forward", "backward"):
        changed = with_sizes(getattr(before, name), lambda x: substitute(x, {"q": 3}))
        assert take_apart(changed[0]) == take_apart(getattr(after, name)[0])


@given(
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(1, 4), st.integers(-5, 5)), max_size=3),
)
def test_reach_is_as_far_as_the_addresses_go(offset, moves):
    dims, strides = [n for n, _ in moves], tuple(s for _, s in moves)
    every = addresses(Ref(offset, strides), dims)
    assert reach(Ref(offset, strides), dims) == (min(every), max(every))
    assert len(every) == np.prod(dims)


def test_reach_holds_for_every_size():
    low, high = reach(Ref(5, (BATCH, -1)), (3, 4))
    assert [evaluate(x, {"B": 10}) for x in (low, high)] == [2, 25]


def test_what_is_added_to_is_read_too():
    (nest,) = program("v[i0] += sum | i0 < 3 | v[i0 + 4]\n").forward
    assert [(u.ref.offset, u.read, u.written) for u in uses(nest)] == [
        (4, True, False),
        (0, True, True),
    ]


def test_a_route_reads_what_it_compares_and_adds_to_gradients():
    (route,) = program("", "route maximum | | i0 < 3 | v[i0] | v[3]\n").backward
    assert [(u.ref.offset, u.ref.grad, u.read, u.written) for u in uses(route)] == [
        (0, False, True, False),
        (0, True, True, True),
        (3, False, True, False),
        (3, True, True, False),
    ]


def test_neighbours_are_cleared_at_once_and_a_batch_apart():
    clears = "clear 4, 2\nclear 6, 3\nclear 9, 3*P\nclear 9 + 3*P, P\n"
    joined = text(join_clears(program("", clears))).split("backward\n")[1]
    assert joined == "clear 4, 5\nclear 9, 4*P\n"


def test_what_a_use_touches_in_all_iterations_is_what_it_touches_in_each():
    nested = program("""for t0 < 3:
    for t1 < t0:
        v[9 + t0] = sum | | i0 < t1: v[(2*t0 + t1 - 1)*i0 + t1]
""")
    (loop,) = nested.forward
    (inner,) = loop.body
    (s,) = inner.body
    each = [
        [span(use.ref, use.dims, env) for use in uses(s)] for s, env in executed(nested.forward, {})
    ]
    at_once = [spans(use.ref, use.dims, loop_variables((loop, inner))) for use in uses(s)]
    assert [list(zip(*ends)) for ends in zip(*each)] == [
        [tuple(low.tolist()), tuple(high.tolist())] for low, high in at_once
    ]


def test_rows_that_lie_backwards_are_reached_from_the_last_on():
    nest = program("v[8] = sum | | v[3, whole(v[4], -2, 2)]\n").forward[0]
    assert next(reach(use.ref, use.dims) for use in uses(nest)) == (1, 3)
