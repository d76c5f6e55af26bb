"""A graph in writing: as a formula, and as Python that builds it again."""

import pytest
from hypothesis import given
from labelled_graphs import example, graphs, hand_set, named

from micrograd import Value, maximum
from micrograd.engine import toposort
from micrograd.ops import OPS
from micrograd.writing.source import formula, python


@given(graphs())
def test_python_source_builds_the_same_graph(root):
    source = python(root)
    names: dict = {}
    exec(source, names)
    last = [line for line in source.splitlines() if " = " in line and ".label" not in line][-1]
    again = names[last.split(" = ")[0]]
    assert [(v.op, repr(v.data), v.label) for v in toposort(again)] == [
        (v.op, repr(v.data), v.label) for v in toposort(root)
    ]


def test_formula_inlines_what_has_no_name():
    a, b = named(2.0, "a"), named(3.0, "b")
    y = (a + b) ** 2 / b - a.exp()
    y.label = "y"
    assert formula(y) == r"y = \frac{{\left(a + b\right)}^{2}}{b} - e^{a}"


def test_formula_gives_a_line_to_each_labelled_value():
    c = example()[2]
    y = c * c
    y.label = "y"
    assert formula(y) == (
        "\\begin{aligned}\nc &= a \\cdot b + b \\\\\ny &= c \\cdot c\n\\end{aligned}"
    )


@pytest.mark.parametrize(
    ("make", "tex"),
    [
        (lambda a, b: OPS["le"](a, b), r"a \le b"),
        (lambda a, b: maximum(a, b, 1.0), r"\max(a, b, 1)"),
        (lambda a, b: OPS["take"](0, a, b), r"\operatorname{take}\left(0, a, b\right)"),
        (lambda a, b: OPS["logsumexp"](a, b, a), r"\ln(e^{a} + e^{b} + e^{a})"),
        (lambda a, b: a * 1e-7, r"a \cdot 1 \cdot 10^{-7}"),
        (lambda a, b: -(a + b), r"-\left(a + b\right)"),
        (lambda a, b: a.exp() ** 2, r"{\left(e^{a}\right)}^{2}"),
        (lambda a, b: Value(1.0, (a, b), "my op"), r"\mathrm{my\ op}\left(a, b\right)"),
    ],
)
def test_formulas_are_written_as_in_a_textbook(make, tex):
    y = make(named(2.0, "a"), named(3.0, "b"))
    y.label = "y"
    assert formula(y) == f"y = {tex}"


def test_formula_writes_names_of_several_letters_upright():
    assert formula(named(1.0, "loss_a") + 1).startswith(r"v_{1} = \mathrm{loss\_a} + 1")


def test_python_reads_like_the_formula():
    assert python(example()[2]) == (
        "from micrograd import Value\n\n"
        "a = Value(2.0, label='a')\nb = Value(3.0, label='b')\n"
        "c = a * b + b\nc.label = 'c'\n"
    )


def test_python_makes_identifiers_of_any_label():
    names: dict = {}
    exec(python(named(1.0, "layers.0.w") + named(2.0, "class") + named(3.0, "Value")), names)
    assert [v.label for v in names.values() if isinstance(v, Value)][:3] == [
        "layers.0.w",
        "class",
        "Value",
    ]


def test_python_says_where_a_hand_set_backward_is_missing():
    assert "# its _backward was set by hand" in python(hand_set(named(2.0, "a"), 5.0))


def test_deep_graphs_can_be_written():
    x = named(1.0, "x")
    for _ in range(20_000):
        x = x.tanh()
    assert python(x).count("tanh") == 20_000
    assert formula(x).count("tanh") == 20_000
