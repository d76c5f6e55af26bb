"""The sweeps in C find the rows that the readable passes find, over random graphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import Value, dot, grad, jit, mean, ops, softmax
from micrograd._native import value as native
from micrograd.compiler.graph import Graph, without_copies, without_repeats
from micrograd.compiler.passes.rerolling.flatten import flatten
from micrograd.compiler.passes.rerolling.sweeps import distinct, swept
from micrograd.compiler.tape import tape_of

LEAF = st.sampled_from(["parameter", "input", "variable"]) | st.sampled_from(
    [1.0, -1.0, 0.5, -0.5, -0.0, float("nan")]
)
SOME_OPS = [ops.ADD, ops.ADD, ops.MUL, ops.MUL, ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM]
SOME_OPS += [ops.SQRT, ops.TANH, ops.DETACH, ops.WHERE, ops.power(2), ops.power(-1)]
STEP = st.tuples(st.sampled_from(SOME_OPS), st.lists(st.integers(1, 12), min_size=4, max_size=4))


@st.composite
def graphs(draw):
    """Graphs whose nodes are made of what was made shortly before, so that chains are long."""
    leaves = draw(st.lists(LEAF, min_size=2, max_size=6))
    made, parents, data = [None] * len(leaves), [()] * len(leaves), []
    data += [x if isinstance(x, float) else 0.5 for x in leaves]
    batched = [draw(st.booleans()) and x == "input" for x in leaves]
    for op, back in draw(st.lists(STEP, min_size=1, max_size=40)):
        above = [max(0, len(made) - k) for k in back[: op.arity or 3]]
        made.append(op)
        parents.append(tuple(above))
        data.append(0.5)
        batched.append(any(batched[p] for p in above))
    places = {name: [i for i, x in enumerate(leaves) if x == name] for name in map(str, leaves)}
    inputs = sorted(places.get("input", []) + places.get("variable", []))
    outputs = sorted({len(made) - 1, draw(st.integers(0, len(made) - 1))})
    return Graph(
        made,
        parents,
        data,
        places.get("parameter", []),
        inputs,
        outputs,
        batched,
        {*places.get("parameter", []), *places.get("variable", [])},
        [len(inputs)],
        strict=draw(st.booleans()),
    )


def described(rows):
    """All that rows say."""
    classes = [
        (c.op, c.factors, c.depth, c.batched, c.needs_gradient, c.rows, len(c.groups))
        for c in rows.classes
    ]
    return classes, rows.leaves.tolist(), rows.graph.by_rounding


def alike(graph):
    one, other = distinct(graph), without_repeats(without_copies(graph))
    assert list(one.parents) == list(other.parents)
    assert described(swept(one)) == described(flatten(other))


@given(graphs())
def test_rows_are_those_of_the_readable_passes(graph):
    alike(graph)


def compensated(xs):
    total = rest = 0.0
    for x in xs:
        y = x - rest
        new = total + y
        rest = (new - total) - y
        total = new
    return total


@pytest.mark.parametrize(
    "f",
    [
        compensated,
        lambda xs: sum((x - mean(xs)) ** 2 for x in xs),
        lambda xs: dot(softmax(xs), xs) - sum(xs) + sum(x * xs[0] * 2.0 * xs[1] for x in xs),
        lambda xs: grad(lambda x: sum(x * y for y in xs) - (x + xs[0]) * -1.0)(xs[1]),
        lambda xs: sum(xs) - xs[0] - (xs[0] + xs[1]) - sum(xs) * 1.0,
    ],
)
def test_sums_in_which_terms_cancel_keep_their_brackets_alike(f):
    alike(jit(f).trace([Value(0.1 * i) for i in range(6)]))


def test_columns_that_do_not_fit_together_are_refused():
    graph = jit(lambda x: x * x + 1.0).trace(Value(2.0))
    graph.outputs = [99]
    with pytest.raises(ValueError, match="do not fit together"):
        swept(graph)
    graph.parents = [(2,)] * len(graph.ops)
    with pytest.raises(ValueError, match="do not fit together"):
        distinct(graph)
    with pytest.raises(ValueError, match="do not fit together"):
        tape_of(graph)
    with pytest.raises(ValueError, match="do not fit together"):
        native.rows(b"\0\0\0\0", b"", b"", b"", b"", b"", b"\0", b"", False)
