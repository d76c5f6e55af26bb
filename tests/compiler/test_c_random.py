"""Random programs mean the same in C: nests read what is there, often what the last ones wrote."""

from dataclasses import replace
from math import prod

import numpy as np
from c_programs import check, program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from thorough import examples

from micrograd import ops
from micrograd.compiler.ir.program import (
    Apply,
    Expr,
    Literal,
    Nest,
    Ref,
    Term,
)


@st.composite
def programs(draw):
    start = end = 300
    dims: tuple[int, ...] = ()
    written: list[Ref] = []
    nests = []
    for _ in range(draw(st.integers(2, 7))):
        if draw(st.booleans()) or not nests:
            dims = tuple(draw(st.lists(st.sampled_from([1, 2, 4, 5, 8, 9, 17]), max_size=2)))
            written = []
        terms = tuple(_term(draw, dims, end, written) for _ in range(draw(st.integers(1, 2))))
        reduce = draw(st.sampled_from([ops.SUM, ops.SUM, ops.SUM, ops.MAXIMUM, ops.PROD]))
        order = draw(st.permutations(range(len(dims))))
        strides, reach = [0] * len(dims), 1
        for d in order:
            strides[d], reach = reach, reach * dims[d]
        again = draw(st.booleans()) and written
        target = draw(st.sampled_from(written)) if again else Ref(end, tuple(strides))
        if again:
            terms = tuple(_term(draw, dims, 300, [target]) for _ in range(1))
        nests.append(Nest(dims, target, terms, reduce, accumulate=draw(st.booleans())))
        written.append(target)
        end = max(end, target.offset + reach)
    used = draw(st.lists(st.integers(start, end - 1), min_size=1, max_size=20))
    backward = [_back(draw, nest, nests, end) for nest in draw(st.permutations(nests))]
    tested = program(nests, end, used, backward)
    tested.inputs = (0, start)
    return tested


def _back(draw, nest, nests, end):
    """Some nest over the dims of one of the forward nests, from and to gradients."""
    dims = nest.dims
    alike = [n.target for n in nests if n.dims == dims]
    reach = prod(dims)
    strides = tuple(prod(dims[d + 1 :]) for d in range(len(dims)))
    leaf = Ref(draw(st.integers(0, 300 - reach)), strides, grad=True)
    target = draw(st.sampled_from([leaf, replace(draw(st.sampled_from(alike)), grad=True)]))
    term = _term(draw, dims, end, alike)
    slope = replace(draw(st.sampled_from(alike)), grad=True)
    slope = replace(slope, strides=(*slope.strides, *(0,) * len(term.dims)))
    terms = (Term(term.dims, Apply(ops.MUL, (slope, term.expr))),)
    return Nest(dims, target, terms, accumulate=draw(st.booleans()))


def _term(draw, dims, end, written):
    inner = tuple(draw(st.lists(st.sampled_from([1, 2, 3, 7, 8, 11]), max_size=2)))
    return Term(inner, _expression(draw, (*dims, *inner), len(dims), end, written, 2))


def _expression(draw, dims, outer, end, written, depth) -> Expr:
    kind = draw(st.sampled_from(["ref", "ref", "op", "op", "literal"] if depth else ["ref"]))
    if kind == "literal":
        return Literal(draw(st.sampled_from([0.5, -1.0, 0.0, 2.0])))
    if kind == "ref":
        if written and draw(st.booleans()):
            target = draw(st.sampled_from(written))
            return Ref(target.offset, (*target.strides, *(0,) * (len(dims) - outer)))
        strides = [draw(st.sampled_from([0, 1, 1, 2, 10])) for _ in dims]
        reach = sum(s * (d - 1) for s, d in zip(strides, dims, strict=True))
        return Ref(draw(st.integers(0, end - 1 - reach)), tuple(strides))
    op = draw(st.sampled_from([ops.ADD, ops.MUL, ops.TANH, ops.MAXIMUM, ops.WHERE, ops.SIGMOID]))
    arity = op.arity or 2
    args = tuple(_expression(draw, dims, outer, end, written, depth - 1) for _ in range(arity))
    return Apply(op, args)


RANDOM_FORMS = [{}, {}, {}, {"strict": True}, {"portable": True}, {"lanes": 2}, {"lanes": 4}]


@settings(examples(10), suppress_health_check=list(HealthCheck))
@given(programs(), st.sampled_from(RANDOM_FORMS))
def test_random_programs_mean_the_same_in_c(tmp_path_factory, tested, form):
    folder = tmp_path_factory.mktemp("random")
    start = np.random.default_rng(11).uniform(-1, 1, size=tested.size)
    check(tested, folder, start, **form)
