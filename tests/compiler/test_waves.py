"""Triangles, borders and dynamic programs are loops, of one length whatever their size."""

import random

import numpy as np
import pytest
from benchmarks.programs.straight_programs import PROGRAMS
from hypothesis import given
from hypothesis import strategies as st
from program_reference import run_forward
from random_programs import arguments, recipes
from thorough import examples

import micrograd
from micrograd import Value, dot, exp, jit, log, sqrt, sum, value_and_grad, vmap
from micrograd.compiler.ir.verify import verify
from micrograd.compiler.jitted import Jitted
from micrograd.compiler.passes.rerolling.flatten import flatten
from micrograd.compiler.passes.rerolling.reroll import reroll
from micrograd.compiler.passes.rerolling.waves import waves


@pytest.fixture(autouse=True)
def _checked_after_every_pass(monkeypatch):
    monkeypatch.setenv("MICROGRAD_VERIFY", "1")


def soft_dtw(x):
    n = len(x) // 2
    row = [0.0, *[1e3] * n]
    for p in x[:n]:
        next_row = [1e3]
        for j, q in enumerate(x[n:]):
            least = exp(-row[j]) + exp(-row[j + 1]) + exp(-next_row[j])
            next_row.append((p - q) * (p - q) - log(least))
        row = next_row
    return row[-1]


def cholesky(x):
    n, total = len(x), 0.0
    lower = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            s = 1.1 if i == j else exp(-((x[i] - x[j]) ** 2))
            s = s - sum([lower[i][k] * lower[j][k] for k in range(j)])
            lower[i][j] = sqrt(s) if i == j else s / lower[j][j]
        total = total + log(lower[i][i])
    return 2.0 * total


def elimination(x):
    n = round(len(x) ** 0.5)
    a = [[x[i * n + j] + (2.0 * n if i == j else 0.0) for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(k + 1, n):
            r = a[i][k] / a[k][k]
            for j in range(k + 1, n):
                a[i][j] = a[i][j] - r * a[k][j]
    return sum([log(a[k][k]) for k in range(n)])


def gram_schmidt(x):
    n, base = round(len(x) ** 0.5), []
    for i in range(n):
        v = [x[i * n + j] + (1.0 if i == j else 0.0) for j in range(n)]
        u = v
        for w in base:
            d = dot(w, v)
            u = [a - d * b for a, b in zip(u, w)]
        length = sqrt(dot(u, u))
        base.append([a / length for a in u])
    return sum([base[i][i] * (i + 1.0) for i in range(n)])


def rod(x):
    """Heat in a rod whose ends lose some."""
    for _ in range(20):
        inner = [b + 0.1 * (a - 2.0 * b + c).tanh() for a, b, c in zip(x, x[1:], x[2:])]
        x = [0.9 * x[0] + 0.1 * x[1], *inner, 0.9 * x[-1] + 0.1 * x[-2]]
    return sum([a * a for a in x])


def grid(x):
    n = len(x) // 2
    cells = [x[:n]]
    for y in x[n:]:
        row = [y]
        for above in cells[-1][1:]:
            row.append((0.5 * above + 0.6 * row[-1]).tanh())
        cells.append(row)
    return cells[-1][-1]


SIZES = {
    soft_dtw: (32, 44),
    cholesky: (16, 21),
    elimination: (256, 400),
    gram_schmidt: (144, 225),
    rod: (20, 30),
    grid: (30, 44),
}


def numbers(size):
    draw = random.Random(size).uniform
    return [draw(0.1, 1.0) + (0.3 * i if size < 22 else 0.0) for i in range(size)]


def plainly(f, x):
    values = [Value(a) for a in x]
    out = f(values)
    out.backward()
    return [out.data, *[v.grad for v in values]]


@pytest.mark.parametrize("f", SIZES, ids=lambda f: f.__name__)
def test_the_c_of_a_larger_size_is_no_longer(f):
    lines = [jit(value_and_grad(f)).source(numbers(size)).splitlines() for size in SIZES[f]]
    assert len(lines[1]) <= len(lines[0]) + 8 < 650  # up to the ends of what is no whole vector


@pytest.mark.parametrize("backend", ["numpy", "c"])
@pytest.mark.parametrize("f", SIZES, ids=lambda f: f.__name__)
def test_values_and_gradients_are_those_of_the_plain_run(f, backend):
    compiled = jit(value_and_grad(f), backend=backend)
    x = numbers(SIZES[f][0])
    for scale in (1.0, 1.01, 0.99):
        value, gradient = compiled([scale * a for a in x])
        found = [value, *gradient]
        assert found == pytest.approx(plainly(f, [scale * a for a in x]), rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("name", ["soft_dtw", "mesh", "cholesky"])
def test_long_programs_of_few_kinds_of_rows_are_short_in_c(name, monkeypatch):
    monkeypatch.delenv("MICROGRAD_VERIFY")
    f, x = PROGRAMS[name]
    assert len(jit(value_and_grad(lambda x: f(x, micrograd))).source(x).splitlines()) < 2_000


def test_cells_of_a_grid_are_diagonals_that_grow_and_then_shrink():
    made = str(jit(grid).lower(numbers(30), until="roll")).splitlines()
    first, second = [k for k, line in enumerate(made) if line.startswith("for")]
    assert made[first : first + 4] == [
        "for t0 < 11:",
        "    h2[14·t0 + 28:][t0 + 3] = tanh(h1[14·t0 + 28:][t0 + 3])",
        "    h1[14·t0 + 42:][2] = x[t0 + 4:][2]·c1[2] + c2[2]·h2[14·t0 + 28:][2]",
        "    h1[14·t0 + 43:][t0 + 2] = Σ₂ c1[2]·h2[14·t0 + 28:][t0 + 2,2]",
    ]
    assert made[second : second + 3] == [
        "for t1 < 12:",
        "    h2[14·t1 + 196:][-t1 + 14] = tanh(h1[14·t1 + 196:][-t1 + 14])",
        "    h1[14·t1 + 210:][-t1 + 13] = Σ₂ c1[2]·h2[14·t1 + 196:][-t1 + 13,2]",
    ]


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_a_dynamic_program_is_mapped_over_a_batch(backend):
    X = np.array([numbers(26), numbers(26)[::-1], [0.1] * 26])
    compiled = jit(vmap(soft_dtw), backend=backend)
    for _ in range(2):
        assert compiled(X).tolist() == pytest.approx([soft_dtw(x) for x in X.tolist()], rel=1e-11)


def test_weights_that_all_cells_share_get_their_gradient():
    w = [Value(0.5), Value(0.6)]

    def f(x):
        row = x
        for _ in range(16):
            made = [row[0]]
            for above in row[1:]:
                made.append((w[0] * above + w[1] * made[-1]).tanh())
            row = made
        return row[-1]

    x = [0.1 * i for i in range(16)]
    f(x).backward()
    slopes = [p.grad for p in w]
    compiled = jit(f, backend="c")
    for _ in range(2):
        for p in w:
            p.grad = 0.0
        compiled(x).backward()
        assert [p.grad for p in w] == pytest.approx(slopes, rel=1e-11)


def test_sums_in_their_order_are_kept_as_they_are_written():
    x = numbers(16)
    assert jit(cholesky, strict=True, backend="c")(x) == pytest.approx(cholesky(x), rel=1e-14)


@examples(20)
@given(st.tuples(recipes(branches=False), st.integers(1, 6).flatmap(arguments)))
def test_random_programs_by_waves_give_what_they_gave(program):
    recipe, (w, xs, indices) = program
    options = {"backend": "numpy", "dtype": "float64", "strict": False}
    graph = Jitted(recipe, (), options).trace(list(map(Value, w)), list(map(Value, xs)), indices)
    for rows in waves(flatten(graph), most=1_000):
        made = reroll(rows)
        verify(made, "waves")
        start, constants = made.constants
        memory = [0.0] * made.plain
        memory[start : start + len(constants)] = constants
        first = [*graph.parameters, *graph.inputs]
        memory[: len(first)] = [graph.data[i] for i in first]
        run_forward(made, memory)
        there = [memory[at] for at in made.outputs]
        assert there == pytest.approx([graph.data[i] for i in graph.outputs], nan_ok=True)
