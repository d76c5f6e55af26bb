"""Random programs written one scalar at a time, as lists of steps that ``Recipe`` runs.

A step takes vectors made before and makes one more. Steps are of the kinds in which loops are hard
to find: reused values, ragged sums, constants that are equal or not, branches, run-time indices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import strategies as st

from micrograd import (
    Value,
    dot,
    grad,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    softmax,
    sum,
    take,
    value_and_grad,
    where,
)

UNARY: dict[str, Callable] = {
    "tanh": lambda x: x.tanh(),
    "sin": lambda x: x.sin(),
    "relu": lambda x: x.relu(),
    "sigmoid": lambda x: x.sigmoid(),
    "softplus": lambda x: x.softplus(),
    "square": lambda x: x * x,
    "cube": lambda x: x**3,
    "negative": lambda x: -x,
    "twice": lambda x: x + x,
    "root": lambda x: (x * x + 1.0).sqrt(),
    "log": lambda x: (x * x + 1.0).log(),
    "inverse": lambda x: 1.0 / (x * x + 1.0),
    "abs": lambda x: abs(x),
    "exp": lambda x: x.tanh().exp(),
    "detached": lambda x: x.detach() * x,
}
BINARY: dict[str, Callable] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / (y * y + 0.5),
    "max": lambda x, y: maximum(x, y),
    "min": lambda x, y: minimum(x, y),
    "where": lambda x, y: where(x > y, x * y, x - y),
    "power": lambda x, y: (x * x + 0.5) ** y.tanh(),
}
WHOLE: dict[str, Callable] = {  # of a whole vector
    "sums so far": lambda v: [sum(v[: i + 1]) for i in range(len(v))],
    "running sums": lambda v: list(accumulate(v)),
    "maxima so far": lambda v: [maximum(v[: i + 1]) for i in range(len(v))],
    "products of others": lambda v: [prod(v[:i] + v[i + 1 :]) for i in range(len(v))],
    "product": lambda v: [prod(v)],
    "total": lambda v: [sum(v)],
    "mean": lambda v: [mean([x * x for x in v])],
    "largest": lambda v: [maximum(v), minimum(v)],
    "softmax": lambda v: softmax(v),
    "logsumexp": lambda v: [logsumexp(v)],
    "attention": lambda v: [dot(softmax(v[: i + 1]), v[: i + 1]) for i in range(len(v))],
    "reversed": lambda v: v[::-1],
    "neighbours": lambda v: [a * b for a, b in pairwise(v)] or v,
    "recurrence": lambda v: list(accumulate(v, lambda h, x: (h * 0.5 + x).tanh())),
    "padded convolution": lambda v: [
        sum([w * x for w, x in zip((0.5, -1.0, 0.25), window)])
        for window in zip([0.0, *v], [*v], [*v[1:], 0.0])
    ],
    "short convolution": lambda v: [
        sum([c * v[i + d] for d, c in ((-1, 0.5), (0, 2.0), (1, 0.5)) if 0 <= i + d < len(v)])
        for i in range(len(v))
    ],
    "pooled": lambda v: [maximum(v[i : i + 2]) for i in range(0, len(v), 2)],
    "slopes": lambda v: [grad(lambda x: x.tanh() * x)(x) for x in v],
    "value and slopes": lambda v: [
        s * value for x in v for value, s in [value_and_grad(lambda x: (x * x).sin())(x)]
    ],
    "bends": lambda v: [grad(grad(lambda x: x * x * x.sin()))(x) for x in v],
}
numbers = st.integers(-20, 20).map(lambda i: i / 8)
constants = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0]) | numbers


@dataclass
class Recipe:
    """A random program: it takes parameters, numbers and indices, and returns two scalars."""

    steps: list[tuple] = field(default_factory=list)
    outputs: tuple[int, int] = (0, 0)

    def __call__(self, w: Sequence[Any], xs: Sequence[Any], indices: Sequence[Any]) -> tuple:
        vectors: list[list] = [list(w), list(xs)]
        for step in self.steps:
            vectors.append(_made(step, vectors, indices))
        return tuple([sum(vectors[i]) * 0.5 for i in self.outputs])


def _made(step: tuple, vectors: list[list], indices: Sequence[Any]) -> list:
    match step:
        case ("unary", name, a):
            return [UNARY[name](x) for x in vectors[a]]
        case ("binary", name, a, b):
            return [BINARY[name](x, y) for x, y in zip(vectors[a], vectors[b])]
        case ("whole", name, a):
            return WHOLE[name](vectors[a])
        case ("constants", name, a, constants):
            return [BINARY[name](x, Value(c)) for x, c in zip(vectors[a], constants * 9)]
        case ("matrix", a, b):
            rows = [vectors[a][i:] + vectors[a][:i] for i in range(len(vectors[a]))]
            return [sum([x * y for x, y in zip(row, vectors[b])]) for row in rows]
        case ("taken", a):
            return [take(vectors[a], i) for i in indices]
        case ("branch", a, limit, name, other):
            v = vectors[a]
            return [UNARY[name](x) for x in v] if v[0] > limit else [UNARY[other](x) for x in v]
        case ("joined", a, b):
            return (vectors[a] + vectors[b])[:8]
    raise ValueError(step)


EXACT_UNARY = ["relu", "square", "negative", "twice", "abs"]
EXACT_BINARY = ["add", "sub", "mul", "max", "min", "where"]
EXACT_WHOLE = ["sums so far", "running sums", "maxima so far", "product", "total", "mean"]
EXACT_WHOLE += ["largest", "reversed", "neighbours", "padded convolution", "short convolution"]


def exact_recipes() -> st.SearchStrategy[Recipe]:
    """Recipes without functions that two libraries may round differently."""
    return recipes(branches=False, unary=EXACT_UNARY, binary=EXACT_BINARY, whole=EXACT_WHOLE)


@st.composite
def recipes(
    draw: Any,
    *,
    most: int = 7,
    branches: bool = True,
    unary: Sequence[str] = tuple(UNARY),
    binary: Sequence[str] = tuple(BINARY),
    whole: Sequence[str] = tuple(WHOLE),
) -> Recipe:
    """A recipe of a few steps; later steps like to use earlier results."""
    recipe = Recipe()
    one, two, of_all = (st.sampled_from(list(names)) for names in (unary, binary, whole))
    for done in range(draw(st.integers(1, most))):
        recent = st.integers(max(done - 1, 0), done + 1)
        pick = st.one_of(recent, st.integers(0, done + 1))
        kinds = [
            st.tuples(st.just("unary"), one, pick),
            st.tuples(st.just("binary"), two, pick, pick),
            st.tuples(st.just("whole"), of_all, pick),
            st.tuples(st.just("whole"), of_all, pick),
            st.tuples(st.just("constants"), two, pick, st.lists(constants, min_size=1, max_size=3)),
            st.tuples(st.just("matrix"), pick, pick),
            st.tuples(st.just("taken"), st.integers(0, 1)),
            st.tuples(st.just("joined"), pick, pick),
        ]
        if branches:
            kinds.append(st.tuples(st.just("branch"), pick, numbers, one, one))
        recipe.steps.append(draw(st.one_of(kinds)))
    last = len(recipe.steps) + 1
    recipe.outputs = (last, draw(st.integers(0, last)))
    return recipe


@st.composite
def arguments(draw: Any, size: int) -> tuple[list[float], list[float], list[int]]:
    """Numbers for the parameters, the inputs and the indices of a recipe."""
    w, xs = (draw(st.lists(numbers, min_size=size, max_size=size)) for _ in range(2))
    indices = draw(st.lists(st.integers(0, size - 1), min_size=3, max_size=3))
    return w, xs, indices
