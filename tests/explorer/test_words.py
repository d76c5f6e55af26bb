"""The page says what explain says: the same names, numbers, signs and brackets, step by step."""

import pytest

from micrograd import Value, maximum, where
from micrograd.explain import explain
from micrograd.explorer import explore
from micrograd.nn import MLP

pytest_plugins = "explorer_browser"


def lecture():
    x1, w1 = Value(2.0, label="x1"), Value(-3.0, label="w_1")
    product = x1 * w1
    product.label = "x1*w1"
    out = (product + 6.8813735870195432).tanh()
    out.label = "o"
    return out


def every_form():
    a, b = Value(-1.5, label="a"), Value(3.0, label="b")
    small = Value(1.23456789e-7, label="b")
    powers = a**2 - b**-1 + b**0.5 + abs(a) ** b + small
    return powers / 3 + maximum(a, b) + where(a > 0, a, b) + (a * b * -2).relu() + a.expm1()


def unlabelled():
    a = Value(2.0)
    return (a * Value(-3.0) + a) ** 2


ALL_STEPS = """async () => {
    const said = [];
    const { store } = micrograd;
    while (!store.isAtEnd()) {
        store.advance(1);
        await new Promise(requestAnimationFrame);
        said.push(document.querySelector(".mg-sentence").innerText.split("\\n")[0].trim());
    }
    return said;
}"""


@pytest.mark.parametrize(
    "graph",
    [
        lecture,
        every_form,
        unlabelled,
        pytest.param(lambda: MLP(2, [2, 1], seed=1)([1.0, -2.0]), marks=pytest.mark.deep),
    ],
)
def test_every_step_reads_as_the_explanation_does(show, graph):
    root = graph()
    explained = explain(root)
    page = show(explore(root, groups="nothing", show=False))
    said = page.evaluate(ALL_STEPS)
    forward = [line.text for line in explained.forward if line.text.count(" = ") > 1]
    assert said[: len(forward)] == forward
    backward = [line.text for line in explained.backward]
    seed, *rest = said[-len(backward) :]
    top, one = explained.backward[0].why.split(" = ")
    assert seed == f"{backward[0].partition(' = ')[0]} = {top} = {one}.0"
    assert rest == backward[1:]
