"""Random expressions, as trees of ``reference`` and as graphs of Values."""

import operator

import reference
from hypothesis import assume
from hypothesis import strategies as st

from micrograd.ops import MAXIMUM, MINIMUM

numbers = st.floats(-2, 2).map(lambda x: round(x, 3))
UNARY = ["neg", "square", "cube", "tanh", "sin", "cos", "exp", "sigmoid", "softplus", "relu"]
BINARY = ["add", "sub", "mul", "div", "max", "min"]


@st.composite
def graphs(draw, unary=UNARY, binary=BINARY):
    """An expression of ``reference`` in which nodes are reused, and its inputs."""
    inputs = draw(st.lists(numbers, min_size=1, max_size=3))
    nodes = [("x", i) for i in range(len(inputs))]
    for _ in range(draw(st.integers(1, 9))):
        pick = st.sampled_from(nodes)
        if draw(st.integers(0, 2)):
            other = draw(st.one_of(pick, pick, numbers.map(lambda c: ("c", c))))
            pair = draw(st.permutations([draw(pick), other]))
            nodes.append((draw(st.sampled_from(binary)), *pair))
        else:
            nodes.append((draw(st.sampled_from(unary)), draw(pick)))
    root = nodes[-1]
    try:
        assume(reference.distance_to_kinks(root, inputs) > 0.01)
        assume(abs(reference.value(root, inputs)) < 1e4)
        assume(max(reference.gradient(root, inputs, absolute=True)) < 1e6)
    except (OverflowError, ZeroDivisionError):
        assume(False)
    return root, inputs


def build(implementation, root, inputs):
    """The expression in Values, each node once; its inputs as leaves."""
    made = {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "div": operator.truediv,
        "neg": operator.neg,
        "square": lambda v: v**2,
        "cube": lambda v: v * v**2,
        "max": lambda x, y: implementation.apply(MAXIMUM, x, y),
        "min": lambda x, y: implementation.apply(MINIMUM, x, y),
    }
    leaves = [x if isinstance(x, implementation.Value) else implementation.Value(x) for x in inputs]
    known = {}

    def node(e):
        head, *rest = e
        if head == "x":
            return leaves[rest[0]]
        if head == "c":
            return implementation.Value(rest[0])
        if id(e) not in known:
            parts = [node(p) for p in rest]
            known[id(e)] = made[head](*parts) if head in made else getattr(parts[0], head)()
        return known[id(e)]

    return node(root), leaves
