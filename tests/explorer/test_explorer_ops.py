"""The page's evaluator is generated from the op table; the browser must get Python's numbers."""

import json
import math
import random

import pytest

from micrograd.explorer import explore
from micrograd.explorer.javascript import evaluator, key
from micrograd.ops import OPS, Op, power

pytest_plugins = "explorer_browser"

_EVALUATE = """([source, key, rows]) => {
    const rule = (0, eval)("(" + source + ")")(window.micrograd.library)[key];
    const text = x => Number.isFinite(x) ? x : String(x);
    return rows.map(row => {
        const x = row.map(Number);
        const out = rule.value(x);
        return [text(out), ...rule.partials(x, out).map(text)];
    });
}"""


@pytest.fixture(scope="module")
def evaluate(browser, tmp_path_factory):
    """A function from an op and rows of arguments to rows of (value, *partials), by the browser."""
    page = browser.new_page()
    path = explore("a*b", a=1, b=2, show=False).save(tmp_path_factory.mktemp("ops") / "page.html")
    page.goto(path.as_uri())
    page.wait_for_function("window.micrograd.library !== undefined")

    def evaluate(op, rows):
        count = len(rows[0])
        text = [[repr(x).replace("inf", "Infinity").replace("nan", "NaN") for x in r] for r in rows]
        found = page.evaluate(_EVALUATE, [evaluator([(op, count)]), key(op, count), text])
        return [[float(x) for x in row] for row in found]

    yield evaluate
    page.close()


def by_python(op, row):
    out = op.fn(*row)
    return [out, *op.partials(*row, out)]


def close(mine, theirs):
    if math.isnan(mine) or math.isinf(mine):
        return repr(mine) == repr(theirs) or (math.isnan(mine) and math.isnan(theirs))
    return abs(mine - theirs) <= 1e-12 * max(abs(mine), abs(theirs), 1e-300)


def rows_in_domain(op, count, size=40):
    draw = random.Random(op.name)
    intervals = [op.domain[min(i, len(op.domain) - 1)] for i in range(count)]
    return [[draw.uniform(*interval) for interval in intervals] for _ in range(size)]


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_every_op_has_pythons_value_and_partials_on_the_page(op, evaluate):
    for count in [op.arity] if op.arity else [1, 2, 3, 7]:
        if op.name == "take" and count == 1:
            continue  # an index needs something to index
        rows = rows_in_domain(op, count)
        for row, found in zip(rows, evaluate(op, rows), strict=True):
            wanted = by_python(op, row)
            assert all(map(close, wanted, found)), (row, wanted, found)


@pytest.mark.parametrize("n", [-2, -1, 0, 1, 2, 0.5, 1.5, 10])
def test_constant_powers_have_pythons_value_and_partials_on_the_page(n, evaluate):
    rows = [[x] for x in (0.25, 1.0, 3.0)]
    for row, found in zip(rows, evaluate(power(n), rows), strict=True):
        assert all(map(close, by_python(power(n), row), found))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("relu", [0.0]),
        ("abs", [0.0]),
        ("maximum", [2.0, 2.0]),
        ("maximum", [1.0, math.nan]),
        ("minimum", [2.0, 2.0, 2.0]),
        ("pow", [0.0, 0.0]),
        ("pow", [0.0, 2.0]),
        ("pow", [1.0, math.nan]),
        ("pow", [-8.0, 3.0]),
        ("exp", [1000.0]),
        ("log", [0.0]),
        ("sigmoid", [-800.0]),
        ("softplus", [800.0]),
        ("logsumexp", [math.inf, 1.0]),
        ("erf", [2.7]),
        ("erf", [-9.0]),
        ("erf", [1e-300]),
        ("where", [math.nan, 1.0, 2.0]),
        ("take", [2.0, 5.0, 6.0, 7.0]),
    ],
    ids=str,
)
def test_kinks_and_infinities_are_pythons(name, args, evaluate):
    op = OPS[name]
    [found] = evaluate(op, [args])
    wanted = by_python(op, args)
    assert all(map(close, wanted, found)), (wanted, found)


def test_an_op_made_today_is_on_the_page_at_once(evaluate):
    op = Op(
        "atan2squared",
        "atan²",
        1,
        lambda x: math.atan(x) ** 2,
        lambda x, out: (2.0 * ATAN(x) * power(-1)(1.0 + x * x),),
        r"\arctan^2 {0}",
        "pow(atan({0}), 2)",
    )
    for row, found in zip([[0.5], [-2.0]], evaluate(op, [[0.5], [-2.0]]), strict=True):
        assert all(map(close, by_python(op, row), found))


ATAN = Op("atan", "atan", 1, math.atan, None, r"\arctan {0}", "atan({0})")


def test_the_graph_of_every_op_gets_pythons_gradients_on_the_page(show):
    text = (
        "s = sum(a, b, c); m = maximum(a, b, c); n = minimum(a, b); l = logsumexp(a, b, c);"
        "p = prod(a, b, c) + a**b + tanh(a) * sigmoid(b) + softplus(c) + erf(a) + relu(b) + abs(c);"
        "q = exp(a) / log(b) + log1p(c) + sqrt(a) + sin(b) * cos(c) + expm1(a);"
        "z = s * m + n * l + p * q * where(a < b, a, c)"
    )
    explorer = explore(text, a=1.5, b=2.5, c=0.75, show=False)
    root = explorer.snapshot.values[-1]
    root.backward()
    page = show(explorer)
    found = json.loads(
        page.evaluate("() => JSON.stringify([...window.micrograd.store.right.value.grad])")
    )
    wanted = [value.grad for value in explorer.snapshot.values]
    assert found == pytest.approx(wanted, rel=1e-12)
