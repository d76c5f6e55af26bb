"""Small graphs with labels, for pictures and explanations."""

from hypothesis import strategies as st

from micrograd import Value, maximum
from micrograd.ops import OPS


def named(data, label):
    """A leaf with a label."""
    return Value(data, label=label)


def example():
    """c = a*b + b, the smallest graph in which gradients add."""
    a, b = named(2.0, "a"), named(3.0, "b")
    c = a * b + b
    c.label = "c"
    return a, b, c


@st.composite
def graphs(draw):
    """Random graphs of labelled leaves, in which values are reused."""
    values = [Value(draw(st.floats(-2, 2)), label=f"x{i}") for i in range(3)]
    for _ in range(draw(st.integers(1, 12))):
        a, b = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        op = draw(st.sampled_from(["+", "*", "-", "tanh", "relu", "square", "max", "sum"]))
        values.append(
            {
                "+": lambda a, b: a + b,
                "*": lambda a, b: a * b,
                "-": lambda a, b: a - b,
                "tanh": lambda a, b: a.tanh(),
                "relu": lambda a, b: a.relu(),
                "square": lambda a, b: a**2,
                "max": lambda a, b: maximum(a, b, 0.5),
                "sum": lambda a, b: OPS["sum"](a, b, a),
            }[op](a, b)
        )
    return values[-1]


def hand_set(a, factor):
    """A value whose ``_backward`` was set by hand."""
    out = Value(a.data * factor, (a,), "times")
    out.label = "out"

    def backward():
        a.grad += factor * out.grad

    out._backward = backward
    return out
