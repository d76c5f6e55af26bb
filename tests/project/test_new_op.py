"""One record is an op: softsign, added here, is known to everything that works with operations."""

import json
import subprocess

import numpy as np
import pytest
from c_programs import COMPILER

from micrograd import JitError, Value, compile_graph, grad, jit, mean, pure, vmap
from micrograd.explain import explain
from micrograd.explorer import explore
from micrograd.ops import OPS, Op, power
from micrograd.writing.source import formula, python

SOFTSIGN = Op(
    "softsign", "softsign", 1, lambda x: x / (1.0 + abs(x)),
    lambda x, out: (power(-2)(1.0 + abs(x)),),
    r"\operatorname{{softsign}}({0})", "({0} / (1.0 + fabs({0})))", kinks=(0.0,),
)  # fmt: skip
POINTS = [-2.5, -0.3, 0.7, 4.0]


def slope(x):
    return 1 / (1 + abs(x)) ** 2


def bend(x):
    return -2 * np.sign(x) / (1 + abs(x)) ** 3


@pytest.mark.parametrize("kind", [Value, pure.Value])
@pytest.mark.parametrize("x", POINTS)
def test_every_engine_computes_and_differentiates_it(kind, x):
    v = kind(x)
    out = SOFTSIGN(v)
    out.backward()
    assert (out.data, v.grad) == pytest.approx((x / (1 + abs(x)), slope(x)))


@pytest.mark.parametrize("x", POINTS)
def test_it_is_differentiated_twice(x):
    assert grad(grad(SOFTSIGN))(Value(x)).data == pytest.approx(bend(x))


@pytest.mark.parametrize("backend", ["c", "numpy"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_it_compiles(backend, dtype):
    xs, w = np.linspace(-3, 3, 37), Value(1.5)
    f = jit(lambda xs: mean(vmap(lambda x: SOFTSIGN(w * x) * x)(xs)), backend=backend, dtype=dtype)
    for _ in range(2):
        w.grad = 0.0
        out = f(xs)
        out.backward()
    rel = 1e-12 if dtype == "float64" else 1e-5
    assert out.data == pytest.approx(np.mean(1.5 * xs / (1 + abs(1.5 * xs)) * xs), rel=rel)
    assert w.grad == pytest.approx(np.mean(slope(1.5 * xs) * xs * xs), rel=rel)
    twice = jit(grad(grad(SOFTSIGN)), backend=backend)
    assert float(getattr(twice(0.7), "data", twice(0.7))) == pytest.approx(bend(0.7))


def test_a_graph_of_it_is_replayed():
    x = Value(2.0, label="x")
    run = compile_graph(SOFTSIGN(x) * 3)
    x.data = -3.0
    assert run() == pytest.approx(-2.25)


def test_a_header_of_it_stands_alone(tmp_path):
    text = jit(lambda x: SOFTSIGN(x) * x).source(2.0)
    main = """#include <stdio.h>
#include "f.h"
int main(void) {
    double workspace[64], value, slope;
    if (f_value_and_grad(-3.0, &value, &slope, workspace)) return 1;
    printf("[%.17g, %.17g]", value, slope);
    return 0;
}
"""
    (tmp_path / "f.h").write_text(text)
    (tmp_path / "main.c").write_text(main)
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run([COMPILER, *flags, "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == pytest.approx([2.25, -0.75 - 3 * slope(-3.0)])


def test_it_is_written_as_tex_in_words_and_in_the_formulas_of_loops():
    x = Value(0.5, label="x")
    out = SOFTSIGN(x)
    assert r"\operatorname{softsign}(x)" in formula(out)
    assert "softsign(x)" in str(explain(out))
    assert "softsign(x)" in str(jit(lambda x: SOFTSIGN(x)).lower(0.5))


def test_its_source_in_python_builds_it_again(monkeypatch):
    monkeypatch.setitem(OPS, "softsign", SOFTSIGN)
    text = python(SOFTSIGN(Value(-3.0, label="x")) * 2)
    made: dict = {}
    exec(text, made)
    (out,) = [v for v in made.values() if isinstance(v, Value) and v.data == -1.5]
    assert "softsign" in [parent.op and parent.op.name for parent in out.parents]


def test_the_page_computes_it():
    page = explore(SOFTSIGN(Value(-3.0, label="x")), show=False).html
    assert "/ (1.0 + fabs(" in page


@pytest.mark.parametrize(
    "slope", [lambda x, out: (1.0 if x > 0 else 2.0,), lambda x: (1.0,), lambda x, out: x]
)
def test_a_derivative_that_does_not_hold_for_all_numbers_at_once_is_named(slope):
    op = Op("bent", "bent", 1, lambda x: max(x, 2 * x), slope, "{0}", "fmin({0}, 2 * {0})")
    w = Value(3.0)

    @jit
    def f(x):
        return op(w * x) * 2

    with pytest.raises(JitError, match=r"the derivative of bent has to be arithmetic"):
        f(1.0)
