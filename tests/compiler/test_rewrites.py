"""Each rewriting step of the compiler changes the form of a program and not its meaning."""

import math
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from program_reference import run_backward, run_forward
from random_programs import arguments, recipes
from thorough import examples

from micrograd import Value, dot, jit, mean, ops
from micrograd.compiler.graph import interpret
from micrograd.compiler.ir.program import Apply, For, Literal, Ref, simplified
from micrograd.compiler.ir.sizes import bound, evaluate, substitute
from micrograd.compiler.ir.visit import put_together, take_apart
from micrograd.compiler.jitted import Jitted
from micrograd.compiler.passes.rerolling.fit import (
    common_dims,
    fit,
    regular_prefixes,
    runs,
    strides_over,
)
from micrograd.compiler.passes.rerolling.flatten import flatten
from micrograd.compiler.passes.rerolling.reroll import reroll
from micrograd.compiler.passes.rerolling.roll import rolled
from micrograd.compiler.pipeline import lower

OPTIONS = {"backend": "numpy", "dtype": "float64", "strict": False}
programs = st.tuples(recipes(branches=False), st.integers(1, 6).flatmap(arguments))


def _graph(program):
    """The scalar graph of a random program, with its numbers."""
    recipe, (w, xs, indices) = program
    return Jitted(recipe, (), OPTIONS).trace(list(map(Value, w)), list(map(Value, xs)), indices)


def _close(a, b):
    return np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


# ---- flatten


@examples(20)
@given(programs)
def test_flattened_rows_compute_what_the_nodes_did(program):
    graph = _graph(program)
    rows = flatten(graph)
    values = {i: graph.data[i] for i in rows.leaves}
    for c in rows.classes:
        for row in c.rows:
            terms = [[values[f] for f in factors] for slot in row.slots for factors in slot]
            if row.op is ops.SUM:
                values[row.node] = sum(math.prod(factors) for factors in terms)
            else:
                values[row.node] = row.op.fn(*[x for factors in terms for x in factors])
    assert all(_close(values[i], graph.data[i]) for i in graph.outputs)


@examples(15)
@given(programs)
def test_rows_of_a_class_do_not_depend_on_each_other(program):
    rows = flatten(_graph(program))
    known = set(rows.leaves)
    for c in rows.classes:
        assert all(f in known for row in c.rows for slot in row.slots for t in slot for f in t)
        known |= {row.node for row in c.rows}


# ---- fit

nested_runs = st.lists(st.tuples(st.integers(1, 4), st.integers(-9, 9)), max_size=3)
sequences = st.lists(st.integers(0, 6), min_size=1, max_size=12).map(np.array)


def _steps(nest):
    return np.array([sum(i * s for i, (_, s) in zip(at, nest))
                     for at in product(*[range(n) for n, _ in nest])])  # fmt: skip


def _rebuilt(found, shape):
    if found.full_table is not None:
        return found.full_table
    rows, terms = _steps(found.rows), _steps(found.terms)
    if found.row_table is not None:
        (count, _), *inner = found.rows
        rows = np.add.outer(found.row_table - found.start, _steps(inner)).reshape(-1)
        assert count == len(found.row_table)
    return np.broadcast_to(found.start + np.add.outer(rows, terms), shape)


@given(sequences)
def test_runs_describe_any_sequence(sequence):
    found, table = runs(sequence)
    start = sequence[0] if table is None else 0
    steps = _steps(found)
    if table is not None:
        steps = np.add.outer(table, _steps(found[1:])).reshape(-1)
    assert (start + steps == sequence).all()


@given(nested_runs, nested_runs)
def test_nested_strides_are_found_without_a_table(rows, terms):
    matrix = 100 + np.add.outer(_steps(rows), _steps(terms))
    found = fit(matrix)
    assert found.full_table is None
    assert (_rebuilt(found, matrix.shape) == matrix).all()


@given(st.integers(1, 5).flatmap(lambda n: st.lists(
    st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=1, max_size=6)))  # fmt: skip
def test_any_addresses_are_described(rows):
    matrix = np.array(rows)
    assert (_rebuilt(fit(matrix), matrix.shape) == matrix).all()


@given(sequences, st.integers(1, 3))
def test_regular_prefixes_are_regular(starts, terms):
    matrix = np.add.outer(starts, np.arange(terms))
    for length in regular_prefixes(matrix):
        found = fit(matrix[:length])
        assert found.full_table is None
        assert found.row_table is None


@given(st.lists(st.permutations([2, 3, 2]), min_size=1, max_size=3), st.data())
def test_runs_of_several_operands_share_dims(orders, data):
    stride = st.integers(-5, 5)
    operands = [[(n, data.draw(stride)) for n in order] for order in orders]
    dims, joined = common_dims(operands, 12)
    assert math.prod(dims) == 12
    assert joined[0]
    for operand, joins in zip(operands, joined):
        if joins:
            strides = strides_over(operand, dims)
            assert (_steps(list(zip(dims, strides))) == _steps(operand)).all()


# ---- roll


def _unrolled(statements):
    for s in statements:
        if isinstance(s, For):
            for t in range(evaluate(s.count, {})):
                for inner in _unrolled(s.body):
                    sizes = [substitute(x, bound(s.var, t)) for x in take_apart(inner)[1]]
                    yield put_together(inner, iter(sizes))
        else:
            yield s


@examples(20)
@given(programs)
def test_a_rolled_program_unrolls_to_itself(program):
    nests = reroll(flatten(_graph(program))).forward
    assert [take_apart(s) for s in _unrolled(rolled(nests))] == [take_apart(s) for s in nests]


# ---- all of them together


def _runs_as_traced(graph):
    """The loops give the graph's values and gradients, when run one number at a time."""
    program = lower(graph)
    memory = [0.0] * evaluate(program.size, {})
    places = list(range(len(graph.parameters)))
    for place in program.segments:
        order = range(place.count)
        if place.outer:
            order = [i % place.inner * place.row + i // place.inner for i in order]
        places += [place.start + i for i in order]
    leaves = [graph.data[i] for i in (*graph.parameters, *graph.inputs)]
    for at, x in zip(places, leaves, strict=True):
        memory[at] = x
    start, constants = program.constants
    memory[start : start + len(constants)] = constants
    seeds = dict.fromkeys(program.scalars, 0.0)
    run_forward(program, memory, {}, seeds)
    assert _close([memory[at] for at in program.outputs], [graph.data[i] for i in graph.outputs])
    _, slopes = interpret(graph, leaves, graph.outputs)
    wanted = [
        k for k, i in enumerate((*graph.parameters, *graph.inputs)) if i in graph.differentiable
    ]
    for name, slope in zip(program.scalars, slopes):
        gradients = [math.nan] * len(memory)  # nothing may be read before it is written
        run_backward(program, memory, gradients, {}, seeds | {name: 1.0})
        assert _close([gradients[places[k]] for k in wanted], [slope[k] for k in wanted])
    return program


@examples(20)
@given(programs)
def test_loops_mean_what_the_graph_means(program):
    graph = _graph(program)
    graph.differentiable |= set(graph.inputs[: graph.segments[0]]) if graph.segments else set()
    _runs_as_traced(graph)


def test_arrays_that_were_turned_over_mean_the_same():
    w, v = [[[Value(0.1 * (i + j * j) - 0.4) for j in range(3)] for i in range(9)] for _ in "wv"]

    def f(X):
        hidden = [[dot(row, x).tanh() for row in w] for x in X]
        return mean([dot(v[i % 9], h[:3]) + dot(h, h) for i, h in enumerate(hidden)])

    X = [[math.sin(3 * i + j) for j in range(3)] for i in range(24)]
    program = _runs_as_traced(Jitted(f, (), OPTIONS).trace(X))
    assert any(place.outer for place in program.segments)


# ---- simplify

edges = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, math.inf, -math.inf, math.nan])
simplifiable = st.sampled_from([ops.MUL, ops.ADD, ops.WHERE, ops.DETACH, ops.SUM, ops.PROD])


def _value(expr, at):
    match expr:
        case Literal(value):
            return value
        case Ref(offset):
            return at[offset]
        case Apply(op, args):
            return op.fn(*[_value(a, at) for a in args])


@given(simplifiable, st.lists(st.tuples(edges, st.booleans()), min_size=3, max_size=3))
def test_simplified_expressions_have_the_same_value(op, operands):
    count = op.arity or 3
    numbers = [x for x, _ in operands[:count]]
    args = [Literal(x) if fixed else Ref(k, ()) for k, (x, fixed) in enumerate(operands[:count])]
    found, expected = _value(simplified(op, *args), numbers), op.fn(*numbers)
    assert found == expected or (math.isnan(found) and math.isnan(expected))


# ---- copies


def test_one_times_a_number_is_that_number():
    w = Value(0.5)
    program = jit(lambda x: 1.0 * (w * x) * 1.0 + 1.0 * x).lower(2.0)
    assert str(program).startswith("h1 = w·x + x\nreturn h1\n")
