"""Over random graphs the engine in C makes the same nodes and bits as the one in Python."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd.pure
from micrograd import Value, ops
from micrograd._native import value as native
from micrograd.value import columns
from micrograd.value.modes import no_grad

UNARY = [operator.neg, abs, lambda v: v**2, lambda v: v**-1, lambda v: v**0.5, lambda v: v.detach(),
         *(operator.methodcaller(name) for name in (
             "relu", "tanh", "sigmoid", "softplus", "exp", "expm1", "log", "log1p", "sqrt", "sin",
             "cos", "erf"))]  # fmt: skip
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NARY = [ops.SUM, ops.PROD, ops.MAXIMUM, ops.MINIMUM, ops.LOGSUMEXP]
NUMBER = st.floats(-3, 3) | st.integers(-3, 3) | st.sampled_from([0.0, -0.0, float("inf")])
PLACE = st.integers(0, 10**6)
STEP = st.one_of(
    st.tuples(st.sampled_from(UNARY), PLACE),
    st.tuples(st.sampled_from(BINARY), PLACE, PLACE),
    st.tuples(st.sampled_from(BINARY), PLACE, NUMBER.map(lambda x: [x])),
    st.tuples(st.sampled_from(BINARY), NUMBER.map(lambda x: [x]), PLACE),
    st.tuples(st.sampled_from(NARY), PLACE, PLACE, PLACE),
    st.tuples(st.sampled_from(NARY), PLACE),
    st.tuples(st.just(ops.WHERE), PLACE, PLACE, PLACE),
)


def build(Value, leaves, steps):
    """Carry out the steps; a place is that of an earlier value, counted round and round."""
    values = [Value(x, label=f"x{i}" if i % 2 else "") for i, x in enumerate(leaves)]
    for f, *places in steps:
        args = [p[0] if isinstance(p, list) else values[p % len(values)] for p in places]
        values.append(Value._apply(f, *args) if isinstance(f, ops.Op) else f(*args))
    return values


def described(engine, root):
    """All nodes in order, with their places, ops and bits."""
    order = engine.toposort(root)
    place = {v: i for i, v in enumerate(order)}
    return [
        (
            v.data.hex(),
            v.grad.hex(),
            v._op,
            v.label,
            [place[p] for p in v.parents],
            [x.hex() for x in v.partials()],
        )
        for v in order
    ]


GRAPHS = given(st.lists(NUMBER, min_size=1, max_size=4), st.lists(STEP, max_size=25))


@GRAPHS
def test_nodes_order_values_and_gradients_are_the_same(leaves, steps):
    seen = []
    for engine in native, micrograd.pure:
        values = build(engine.Value, leaves, steps)
        values[-1].backward()
        (values[-1] * values[len(values) // 2]).backward()
        seen.append(described(engine, values[-1]))
    assert seen[0] == seen[1]


@GRAPHS
def test_slopes_are_what_backward_leaves_in_fresh_values(leaves, steps):
    values = build(native.Value, leaves, steps)
    for i, v in enumerate(values):
        v.grad = float(i)
    before = described(native, values[-1])
    slopes = memoryview(native.slopes_by(values[-1], values)).cast("d").tolist()
    assert described(native, values[-1]) == before
    again = build(native.Value, leaves, steps)
    again[-1].backward()
    assert [x.hex() for x in slopes] == [v.grad.hex() for v in again]


def test_the_gradients_of_a_thousand_values_are_as_they_were_behind_slopes():
    values = [Value(0.5)]
    for _ in range(1_000):
        values.append(values[-1] * 0.999)
    for i, v in enumerate(values):
        v.grad = -0.0 if i % 7 == 0 else float(i)
    slopes = memoryview(native.slopes_by(values[-1], values)).cast("d").tolist()
    assert [str(v.grad) for v in values] == [
        str(-0.0 if i % 7 == 0 else float(i)) for i in range(1_001)
    ]
    assert slopes == pytest.approx([0.999 ** (1_000 - i) for i in range(1_001)])


def test_slopes_are_left_to_python_where_its_code_has_a_say():
    x = Value(2.0)
    out = Value(4.0, (x,), "square")
    out._backward = lambda: None
    assert native.slopes_by(out * 2, [x]) is None


@GRAPHS
def test_a_trace_records_the_same_values_in_the_same_order(leaves, steps):
    from micrograd.value.modes import changed

    class Tracer:
        def __init__(self):
            self.tape = []

        def made(self, value, data):
            self.tape.append(value)

        def compare(self, op, x, y):
            return op.fn(x._data, y._data)

        def reading(self, value):
            raise AssertionError("nothing is read here")

    tapes = []
    for engine in native, micrograd.pure:
        tracer = Tracer()
        with changed(tracer=tracer):
            values = build(engine.Value, leaves, steps)
            with no_grad():
                values[0] + values[-1] * 2
            tapes.append([(v._data.hex(), v._op, len(v.parents)) for v in tracer.tape])
    assert tapes[0] == tapes[1]


def test_columns_are_of_values_alone():
    walks = [
        columns.ValueSet,
        columns.ValueSet().spread,
        columns.ValueSet().parents_outside,
        lambda values: columns.made_by(values, ("add",)),
        lambda values: columns.numbered([], values, []),
        columns.operands,
    ]
    for walk in walks:
        with pytest.raises(TypeError, match=r"Values are needed, got 1\.0 at 1"):
            walk([Value(1.0), 1.0])
        with pytest.raises(TypeError, match="a list of Values is needed"):
            walk((Value(1.0),))
