"""The NumPy back end does what the words of the loop form say."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_programs import computed
from program_reference import run_backward, run_forward

from micrograd import ops
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
from micrograd.compiler.ir.sizes import Poly

B, T = Poly.var("B"), Poly.var("t")
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 710.0, -710.0, math.inf, -math.inf, math.nan)


def program(*forward: Any, backward: Any = (), size: Any = 100, **more: Any) -> Program:
    return Program(list(forward), size, (0, 0), (0, 0), (0, ()), (), list(backward), **more)


def agree(
    p: Program,
    memory: Any,
    sizes: dict[str, int] | None = None,
    scalars: dict[str, float] | None = None,
    dtype: str = "float64",
    strict: bool = True,
) -> None:
    """Forward and backward leave the same numbers as the plain interpreter."""
    sizes, scalars = sizes or {}, scalars or {}
    expected, wanted = [float(x) for x in memory], [0.5 * i for i in range(len(memory))]
    v, g = np.array(memory, dtype), np.array(wanted, dtype)
    run_forward(p, expected, sizes, scalars)
    run_backward(p, expected, wanted, sizes, scalars)
    v, g = computed(p, v, g, sizes, scalars, strict)
    rtol = 1e-12 if dtype == "float64" else 1e-4
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(v, np.array(expected, dtype), rtol)
        np.testing.assert_allclose(g, np.array(wanted, dtype), rtol)


def mul(*args: Any) -> Apply:
    return Apply(ops.MUL, args)


@pytest.mark.parametrize("name", sorted(ops.OPS))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_op_of_the_table_gives_the_values_of_the_table(name: str, dtype: str) -> None:
    op = ops.OPS[name]
    arity = op.arity or 3
    rng = np.random.default_rng(0)
    rows = [EDGES] * arity if name != "take" else [(0.0, 1.0) * 5, EDGES[:10], EDGES[1:]]
    columns = [rng.permutation(row) for row in rows]
    inside = [rng.uniform(*op.domain[min(i, len(op.domain) - 1)], 50) for i in range(arity)]
    for xs in (columns, inside):
        n = len(xs[0])
        args = tuple(Ref(i * n, (1,)) for i in range(arity))
        p = program(Nest((n,), Ref(arity * n, (1,)), (Term((), Apply(op, args)),)))
        memory = np.concatenate([*xs, np.zeros(n)])
        agree(p, memory, dtype=dtype)


@pytest.mark.parametrize("exponent", [-2, -1, -0.5, 0, 0.5, 1, 2, 3])
def test_a_constant_power_is_that_of_the_table(exponent: float) -> None:
    body = Term((), Apply(ops.power(exponent), (Ref(0, (1,)),)))
    agree(program(Nest((11,), Ref(11, (1,)), (body,))), [*EDGES, *[0.0] * 11])


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_layer_is_a_product_of_matrices(strict: bool, dtype: str) -> None:
    product = Term((3,), mul(Ref(0, (4, 0, 1)), Ref(8, (0, 1, 5))))
    bias = Term((), Ref(3, (4, 0)))
    memory = [*np.linspace(-1, 1, 23), *[0.0] * 10]
    agree(program(Nest((2, 5), Ref(23, (5, 1)), (product, bias))), memory, {}, {}, dtype, strict)


factors = st.lists(
    st.one_of(
        st.builds(Literal, st.sampled_from([-0.5, 0.0, 3.0])),
        st.builds(Ref, st.integers(0, 9), st.tuples(*[st.integers(0, 3)] * 3)),
    ),
    min_size=1,
    max_size=4,
)
terms = st.builds(
    lambda n, args: Term((n,), Apply(ops.PROD, tuple(args))), st.integers(0, 4), factors
)


@given(
    st.lists(terms, min_size=1, max_size=3),
    st.sampled_from([ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM]),
    st.tuples(st.integers(0, 3), st.integers(1, 3)),
    st.lists(st.floats(-4, 4, width=16), min_size=40, max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_any_reduction_of_products_agrees_with_the_plain_meaning(
    body: list[Term], reduce: Any, dims: Any, memory: Any, accumulate: bool, strict: bool
) -> None:
    nest = Nest(dims, Ref(40, (dims[1], 1)), tuple(body), reduce, accumulate)
    expected = [*memory, *range(9)]
    v = np.array(expected, float)
    run_forward(program(nest), expected)
    v, _ = computed(program(nest), v, strict=strict)
    np.testing.assert_allclose(v, expected, 1e-12, 1e-9)


@pytest.mark.parametrize("reduce", [ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM])
@pytest.mark.parametrize("factor", [Literal(-0.5), Ref(0, (0, 0, 1))])
@pytest.mark.parametrize("strict", [True, False])
def test_a_term_without_numbers_leaves_the_others(reduce: Any, factor: Any, strict: bool) -> None:
    empty, other = Term((0,), factor), Term((2,), Ref(0, (0, 0, 1)))
    for terms in ((empty,), (empty, other), (other, empty)):
        nest = Nest((1, 1), Ref(2, (1, 1)), terms, reduce)
        agree(program(nest), [2.0, 3.0, 0.0], strict=strict)


@pytest.mark.parametrize("strict", [True, False])
def test_nan_and_infinities_go_through_a_product_of_matrices(strict: bool) -> None:
    left, right = [0.0, 1.0, math.inf, 2.0], [math.nan, 1.0, 0.0, math.inf]
    nest = Nest((2, 2), Ref(8, (2, 1)), (Term((2,), mul(Ref(0, (2, 0, 1)), Ref(4, (0, 1, 2)))),))
    agree(program(nest), [*left, *right, *[0.0] * 4], strict=strict)


def test_strict_adds_from_left_to_right() -> None:
    numbers = [1e16, *[1.0] * 9, -1e16]
    v = np.array([*numbers, 0.0])
    nest = Nest((), Ref(11, ()), (Term((11,), Ref(0, (1,))),))
    v, _ = computed(program(nest), v, strict=True)
    assert v[-1] == ops.SUM.fn(*numbers)


@pytest.mark.parametrize("op", [ops.MAXIMUM, ops.MINIMUM])
def test_of_equals_the_first_is_selected_and_gets_the_gradient(op: Any) -> None:
    rows = [-0.0, 0.0, -0.0, 3.0, 3.0, 1.0, math.nan, 1.0, 2.0, 1.0, -1.0, -1.0]
    nest = Nest((4,), Ref(12, (1,)), (Term((3,), Ref(0, (3, 1))),), op)
    route = Route((4,), (3,), Ref(0, (3, 1)), Ref(12, (1,)))
    agree(program(nest, backward=[route]), [*rows, *[0.0] * 4])
    v = np.array([*rows, *[0.0] * 4])
    v, _ = computed(program(nest), v)
    assert math.copysign(1, v[12]) == -1


def test_windows_that_overlap_add_their_gradients() -> None:
    nest = Nest((4,), Ref(6, (1,)), (Term((3,), Ref(0, (1, 1))),), ops.MAXIMUM)
    route = Route((4,), (3,), Ref(0, (1, 1)), Ref(6, (1,)))
    agree(program(nest, backward=[route]), [1.0, 5.0, 2.0, 5.0, 0.0, 1.0, *[0.0] * 4])


def test_a_recurrence_runs_in_order_and_its_gradient_backwards() -> None:
    step = Nest((), Ref(T + 1, ()), (Term((), mul(Ref(T, ()), Literal(1.5))),))
    back = Nest(
        (), Ref(T, (), grad=True), (Term((), Ref(T + 1, (), grad=True) * 1.5),), accumulate=True
    )
    loop, reverse = For("t", Poly.var("n"), (step,)), For("t", Poly.var("n"), (back,), True)
    clear = Clear(0, Poly.var("n"))
    p = program(loop, backward=[clear, reverse], sizes=("n",))
    agree(p, [1.0, *[0.0] * 9], {"n": 9})


def test_a_run_time_batch_size_changes_dims_and_addresses() -> None:
    nest = Nest((B,), Ref(B + 1, (1,)), (Term((), mul(Ref(1, (1,)), Scalar("rate"))),))
    p = program(nest, sizes=("B",), scalars=("rate",))
    for b in (0, 1, 4):
        agree(p, np.arange(9.0), {"B": b}, {"rate": 0.25})


def test_a_table_gathers_and_scatters() -> None:
    table = Table("where", (2, 0, 2, 1), (1,), 2)
    gather = Nest((4, 2), Ref(6, (2, 1)), (Term((), Ref(0, (0, 1), table=table)),))
    scatter = Nest(
        (4, 2),
        Ref(0, (0, 1), grad=True, table=table),
        (Term((), Ref(6, (2, 1), grad=True)),),
        accumulate=True,
        scatter=True,
    )
    agree(program(gather, backward=[scatter]), np.arange(14.0))


def take() -> Program:
    rows = Ref(0, (0, 1), index=Ref(6, (1, 0)), row=2, rows=3)
    gather = Nest((4, 2), Ref(10, (2, 1)), (Term((), rows),))
    scatter = Nest(
        (4, 2),
        Ref(0, (0, 1), grad=True, index=Ref(6, (1, 0)), row=2, rows=3),
        (Term((), Ref(10, (2, 1), grad=True)),),
        accumulate=True,
        scatter=True,
    )
    return program(gather, backward=[scatter])


def test_a_run_time_index_gathers_and_repeated_ones_add_their_gradients() -> None:
    agree(take(), [*np.arange(6.0), 2.0, 0.0, 2.0, 2.0, *[0.0] * 8])


@pytest.mark.parametrize("index", [3.0, -1.0, 0.5, math.nan])
def test_a_wrong_run_time_index_is_named_with_its_range(index: float) -> None:
    v = np.array([*np.arange(6.0), 0.0, index, 0.0, 0.0, *[0.0] * 8])
    with pytest.raises(IndexError, match=f"from 0 to 2, got {index}"):
        computed(take(), v)
