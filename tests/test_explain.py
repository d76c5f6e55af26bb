"""Explanations say what backward does, in its order, and change nothing."""

import math

import pytest
from hypothesis import given
from labelled_graphs import example, graphs, hand_set, named

from micrograd import Value, maximum
from micrograd.engine import toposort
from micrograd.explain import explain
from micrograd.ops import OPS
from micrograd.writing.ledger import ledger, local_derivatives
from micrograd.writing.notation import Written
from micrograd.writing.symbols import Symbol


def test_a_contribution_reads_like_the_chain_rule():
    a, b = named(2.0, "a"), named(3.0, "b")
    c = a * b
    c.label = "c"
    lines = [line.text for line in explain(c).backward]
    assert lines == [
        "c.grad = 1.0",
        "a.grad += ∂c/∂a · c.grad = 3.0 · 1.0 = 3.0",
        "b.grad += ∂c/∂b · c.grad = 2.0 · 1.0 = 2.0",
    ]


def test_a_value_used_twice_gets_a_sum():
    assert [line.text for line in explain(example()[2]).sums] == [
        "a.grad = 3.0",
        "b.grad = 1.0 + 2.0 = 3.0",
    ]


def test_the_forward_lines_show_names_and_numbers():
    assert [line.text for line in explain(example()[2]).forward] == [
        "a = 2.0",
        "b = 3.0",
        "v1 = a · b = 2.0 · 3.0 = 6.0",
        "c = v1 + b = 6.0 + 3.0 = 9.0",
    ]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda a, b: a * b, "∂y/∂a = b"),
        (lambda a, b: a**3, "∂y/∂a = 3 · a²"),
        (lambda a, b: a.tanh(), "∂y/∂a = 1 - y²"),
        (lambda a, b: a.sigmoid(), "∂y/∂a = y · (1 - y)"),
        (lambda a, b: a.exp(), "∂y/∂a = y"),
        (lambda a, b: a.log(), "∂y/∂a = 1 / a"),
        (lambda a, b: a.sqrt(), "∂y/∂a = 0.5 / y"),
        (lambda a, b: a.sin(), "∂y/∂a = cos(a)"),
        (lambda a, b: a.cos(), "∂y/∂a = -sin(a)"),
        (lambda a, b: a.relu(), "∂y/∂a = 1 if a > 0 else 0"),
        (lambda a, b: maximum(a, b), "∂y/∂a = 1 if a >= y else 0"),
        (lambda a, b: a * a, "∂y/∂a = a, use 1 of 2"),
        (lambda a, b: a**a, "∂y/∂a = a · a^(a - 1), use 1 of 2"),
    ],
)
def test_the_local_derivative_is_given_in_symbols(make, why):
    y = make(named(2.0, "a"), named(3.0, "b"))
    y.label = "y"
    assert explain(y).backward[1].why == why


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.partials], ids=lambda op: op.name)
def test_every_op_can_be_explained(op):
    arity = op.arity or 3
    domain = [*op.domain, *[op.domain[-1]] * arity][:arity]
    y = op(*[named((low + high) / 2, f"x{i}") for i, (low, high) in enumerate(domain)])
    explanation = explain(y)
    assert len(explanation.backward) == arity + 1
    assert explanation.latex().count("{") == explanation.latex().count("}")


@given(graphs())
def test_the_contributions_add_up_to_what_backward_finds(root):
    total = dict.fromkeys(toposort(root), 0.0)
    total[root] = 1.0
    for entry in ledger(root):
        total[entry.parent] += entry.amount
    for v in total:
        v.grad = 0.0
    root.backward()
    assert all(v.grad == total[v] or math.isnan(total[v]) for v in total)


def test_nothing_of_the_graph_is_changed():
    c = example()[2]
    c.backward()
    before = [(v.data, v.grad) for v in toposort(c)]
    str(explain(c))
    assert [(v.data, v.grad) for v in toposort(c)] == before


def test_a_hand_set_backward_is_explained_by_what_it_added():
    a = named(2.0, "a")
    a.grad = 0.25
    lines = explain(hand_set(a, 5.0) * 2).backward
    assert lines[-1].text == "a.grad += 10.0"
    assert lines[-1].why == "added by the hand-set _backward of out"
    assert a.grad == 0.25


def test_a_hand_set_backward_that_fails_leaves_the_gradients():
    a = named(2.0, "a")
    a.grad = 0.25
    out = Value(1.0, (a,), "broken")

    def backward():
        a.grad += 1.0
        raise RuntimeError("broken")

    out._backward = backward
    with pytest.raises(RuntimeError, match="broken"):
        explain(out)
    assert a.grad == 0.25


def test_a_hand_made_value_without_backward_passes_nothing_on():
    out = Value(6.0, (named(2.0, "a"),), "mystery")
    out.label = "out"
    assert "passes nothing on" in explain(out).backward[-1].why


def test_local_derivatives_of_a_parent_used_twice_by_hand_stand_at_the_first_use():
    a = named(3.0, "a")
    out = Value(9.0, (a, a), "*")

    def backward():
        a.grad += 6.0 * out.grad

    out._backward = backward
    assert local_derivatives(out) == [6.0, 0.0]


def test_two_values_of_one_label_are_told_apart():
    text = str(explain(named(1.0, "w") * named(2.0, "w")))
    assert "w#2.grad" in text


def test_generated_names_avoid_the_labels():
    y = named(1.0, "v1") * named(2.0, "w")
    assert {line.text.split(" ")[0] for line in explain(y).forward} == {"v1", "v2", "w"}


def test_a_long_backward_is_cut_and_says_so():
    x = named(1.0, "x")
    for _ in range(800):
        x = x * 2
    assert "300 more contributions; explain(root, limit=None)" in str(explain(x))
    assert "more contributions" not in str(explain(x, limit=None))


def test_latex_has_the_symbols_and_the_numbers():
    a, b = named(2.0, "a"), named(3.0, "b")
    c = a * b
    c.label = "c"
    assert (
        r"a.\mathrm{grad} &\mathrel{+}= \frac{\partial c}{\partial a} \cdot c.\mathrm{grad}"
        r" = b \cdot c.\mathrm{grad} = 3 \cdot 1 = 3"
    ) in explain(c).latex()


def test_notebooks_get_a_table_without_a_chance_for_labels_to_run():
    page = explain(named(1.0, "<script>alert(1)</script>") * 2)._repr_html_()
    assert page.startswith("<table>")
    assert "<script" not in page


def test_a_derivative_that_is_a_sum_is_bracketed_before_it_is_multiplied():
    y = named(0.5, "x").tanh()
    y.label = "y"
    assert r"= \left(1 - {y}^{2}\right) \cdot y.\mathrm{grad}" in explain(y).latex()


def lecture_graph():
    """The labels of the lecture: the product is called by its formula."""
    x, w = named(2.0, "x1"), named(-3.0, "w1")
    product = x * w
    product.label = "x1*w1"
    total = product + 2
    total.label = "x1*w1 + 2"
    return total


def test_a_label_that_is_a_formula_is_bracketed():
    text = str(explain(lecture_graph()))
    assert "(x1*w1 + 2) = (x1*w1) + 2.0 = -6.0 + 2.0 = -4.0" in text
    assert "(x1*w1).grad += ∂(x1*w1 + 2)/∂(x1*w1) · (x1*w1 + 2).grad = 1.0 · 1.0 = 1.0" in text
    assert "tanh(x1*w1)" in str(explain(lecture_graph().parents[0].tanh()))


def test_a_label_that_is_a_formula_is_no_index_in_tex():
    text = explain(lecture_graph()).latex()
    assert (
        r"\frac{\partial \left(\mathrm{x1*w1\ +\ 2}\right)}{\partial \left(\mathrm{x1*w1}\right)}"
        in text
    )


def test_only_letters_before_a_number_make_it_an_index_in_tex():
    names = {"x1": "x_{1}", "w_1": r"\mathrm{w\_1}", "layers.0.w": r"\mathrm{layers.0.w}"}
    for label, tex in names.items():
        assert explain(named(1.0, label) * 2).latex().startswith(f"\\begin{{aligned}}\n{tex} &= 1")


def test_a_constant_is_called_by_its_number_and_has_no_gradient():
    explanation = explain(named(3.0, "a") * -2.0)
    assert [line.text for line in explanation.forward] == [
        "a = 3.0",
        "v1 = a · (-2.0) = 3.0 · (-2.0) = -6.0",
    ]
    assert "-2.0.grad" not in str(explanation)


def test_without_any_label_all_leaves_are_variables():
    assert "v2.grad" in str(explain(Value(2.0) * Value(3.0)))


def test_something_else_than_a_value_is_named():
    with pytest.raises(TypeError, match=r"explain expects a Value.*got 3"):
        explain(3)


def test_a_symbol_is_neither_true_nor_false():
    x = Symbol(Written("x"), Written("x"))
    with pytest.raises(TypeError, match="choose by where"):
        bool(x > 0)
    assert OPS["where"](x > 0, x, 0.0).text.text == "x if x > 0 else 0"
