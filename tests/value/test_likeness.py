"""What draws, explains, explores and checks takes values of other engines, and leaves them be."""

import re
import subprocess
import sys

import pytest
from other_engines import Assigning, Closures, Kept, Pulling, Silent, Unwrapped

from micrograd import GradientError, Value, check_grads, explore
from micrograd.draw import draw, draw_dot, trace
from micrograd.explain import explain


def lines(part):
    return [line.text for line in part]


def partials(drawing):
    return re.findall(r"<title>(∂[^<]*)</title>", str(drawing))


def example(cls=Closures):
    a, b = cls(2.0, label="a"), cls(3.0, label="b")
    c = a * b + b
    c.label = "c"
    return a, b, c


def test_a_graph_of_closures_reads_as_one_of_ours():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    ours = a * b + b
    ours.label = "c"
    assert str(explain(example()[2])) == str(explain(ours))
    assert str(draw(example()[2])) == str(draw(ours))
    assert draw_dot(example()[2]).source == draw_dot(ours).source


def test_the_recorded_gradients_are_the_ones_shown():
    a, _, c = example()
    c.backward()
    a.grad = 77.0
    assert ">77.0<" in str(draw(c))
    assert explore(c, show=False).page["graph"]["grads"][0] == 77.0


def test_nothing_of_the_other_graph_is_changed():
    a, b, c = example()
    d = (c - a).bell()
    d.backward()
    before = [(v.grad, v.data, v._prev, v._backward) for v in (a, b, c, d)]
    draw(d), explain(d), draw_dot(d), explore(d, show=False)
    assert [(v.grad, v.data, v._prev, v._backward) for v in (a, b, c, d)] == before


def test_a_value_used_twice_in_a_set_of_parents_has_both_uses():
    a = Closures(3.0, label="a")
    b = a + a
    assert partials(draw(b)) == ["∂v1/∂a = 1.0", "∂v1/∂a = 1.0"]
    assert lines(explain(b).sums) == ["a.grad = 1.0 + 1.0 = 2.0"]


@pytest.mark.parametrize("cls", [Closures, Unwrapped])
@pytest.mark.parametrize("f", [lambda a: a * a, lambda a: a + a, lambda a: a**2])
def test_an_operand_that_is_there_twice_or_an_equal_number_is_never_called_wrong(cls, f):
    a = cls(2.0, label="a")
    b = f(a)
    b.backward()
    assert lines(explain(b).sums)[0].endswith(f"= {float(a.grad)}")
    assert "but it holds" not in str(explain(b))


@pytest.mark.parametrize(
    ("f", "right"),
    [
        (lambda a: a + 2, "1.0"),
        (lambda a: a.plus(2), "1.0"),
        (lambda a: a * 2, "2.0"),
        (lambda a: 2 - a, "-1.0"),
        (lambda a: a / 2, "0.5"),
        (lambda a: 2 / a, "-0.5"),
        (lambda a: 2**a, "2.7726"),
    ],
)
def test_a_number_that_was_not_wrapped_is_no_second_use(f, right):
    a = Unwrapped(2.0, label="a")
    b = f(a)
    b.backward()
    assert lines(explain(b).sums) == [f"a.grad = {right}"]
    assert "but it holds" not in str(explain(b))


def test_where_nothing_tells_how_often_a_value_was_used_nothing_is_called_wrong():
    a = Silent(2.0, 1.0, label="a")
    said = explain(Silent(4.0, 1.0, {a}, "+"))  # a + a, or a + 2
    assert "but it holds" not in str(said)
    assert "does not tell how often" in said.backward[1].why


def test_an_operand_that_is_not_recorded_makes_no_false_equation():
    a = Unwrapped(2.0, label="a")
    assert lines(explain(a.plus(5)).forward)[-1] == "v1 = a + … = 2.0 + … = 7.0"
    assert lines(explain(a * 3).forward)[-1] == "v1 = a · 3.0 = 2.0 · 3.0 = 6.0"


def test_an_operation_without_a_backward_passes_nothing_on_and_is_said_to():
    a = Closures(3.0, label="a")
    product = a * Closures(2.0, label="b")
    product._backward = Closures(0.0)._backward
    assert explain(product).forward[-1].why == "v1 has no _backward, so nothing is passed on"
    product.backward()
    said = explain(product)
    assert said.forward[-1].why == "v1 has no _backward, so nothing was passed on"
    assert said.sums[0].why == "but it holds 0.0"


def test_operands_stand_in_the_order_in_which_they_were_written():
    a, b = Closures(5.0, label="z"), Closures(2.0, label="a")
    assert lines(explain(a - b).forward)[-1] == "v1 = z - a = 5.0 - 2.0 = 3.0"
    assert lines(explain(a * b).forward)[-1] == "v1 = z · a = 5.0 · 2.0 = 10.0"


def test_a_power_whose_exponent_only_its_closure_knows_is_one():
    assert partials(draw(Closures(2.0, label="a") ** 3)) == ["∂v1/∂a = 12.0"]


def test_an_operation_of_their_own_passes_on_what_its_backward_adds():
    a = Closures(0.5, label="a")
    (title,) = partials(draw(a.bell()))
    assert float(title.partition(" = ")[2]) == pytest.approx(-0.7788007830714049)


def test_where_backward_was_wrong_the_right_sum_stands_beside_what_it_left():
    a = Assigning(3.0, label="a")
    b = a + a
    b.backward()
    said = explain(b).sums[0]
    assert (said.text, said.why) == (
        "a.grad = 1.0 + 1.0 = 2.0",
        "2 contributions, but it holds 1.0",
    )


def test_a_closure_is_found_under_any_name_and_its_method_names_the_operation():
    a, _, c = example(Pulling)
    assert str(explain(c)) == str(explain(example()[2]))
    assert partials(draw(a.doubled())) == ["∂v1/∂a = 2.0"]


def test_what_two_unknown_operations_do_is_not_guessed():
    b = Silent(3.0, 3.0)
    product = Silent(6.0, 1.0, (Silent(2.0, 3.0), b))
    said = explain(Silent(9.0, 1.0, (product, b))).sums
    assert [line.text for line in said if "nan" in line.text] == ["v2.grad = nan + nan = nan"]
    assert not any("but it holds" in line.why for line in said)


def test_local_gradients_kept_beside_the_parents_are_read():
    a, b = Kept(2.0), Kept(3.0)
    drawing = draw((a * b + b).cube())
    assert partials(drawing)[-1].endswith("= 243.0")
    assert re.findall(r'class="op [^>]*>([^<]+)<', str(drawing)) == ["·", "+", "?"]


def test_an_unknown_operation_accounts_for_the_gradients_as_recorded():
    x = Silent(2.0, 10.0)
    y = Silent(5.0, 2.0, (x,), "mystery")
    z = Silent(10.0, 1.0, (x, y), "*")  # gives x 5, so that y gave it the other 5
    total = explain(z).sums
    assert [line.text for line in total if line.text.startswith("v1")] == [
        "v1.grad = 5.0 + 5.0 = 10.0"
    ]


def test_a_symbol_whose_number_is_another_is_not_believed():
    a, b = Silent(2.0, 0.0), Silent(3.0, 0.0)
    page = explore(Silent(7.0, 0.0, (a, b), "*"), show=False).page
    assert page["graph"]["data"] == {0: 2.0, 1: 3.0, 2: 7.0}  # 7 stays what it was


def test_a_graph_of_ten_thousand_values_is_no_recursion():
    y = Silent(1.0, 0.0)
    for _ in range(10_000):
        y = Silent(-y.data, 0.0, (y,), "neg")
    assert "of 10,001 values" in str(draw(y))


def test_the_picture_is_the_same_in_every_process():
    code = (
        "import sys; sys.path.insert(0, 'tests/support')\n"
        "from other_engines import Closures as V; from micrograd.draw import draw\n"
        "xs = [V(float(i)) for i in range(5)]; y = xs[0]\n"
        "for x in xs: y = (y + x) * x\n"
        "print(draw(y))"
    )
    pictures = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(3)}
    assert len(pictures) == 1


def test_the_sets_of_nodes_and_edges_are_those_of_its_graph():
    nodes, edges = trace(example()[2])
    assert (len(nodes), len(edges)) == (4, 4)


def test_a_cycle_is_refused():
    a = Silent(1.0, 0.0)
    a._prev = (Silent(2.0, 0.0, (a,)),)
    with pytest.raises(ValueError, match="cycle"):
        draw(a)


def test_a_graph_of_arrays_is_refused_by_name():
    with pytest.raises(ValueError, match=r"data of a Silent is list '\[1.0, 2.0\]'"):
        draw(Silent([1.0, 2.0], 0.0))


@pytest.mark.parametrize("f", [draw, draw_dot, explain, explore])
@pytest.mark.parametrize("what", [3.0, None, Closures, [Closures]])
def test_what_is_no_value_is_refused(f, what):
    with pytest.raises(TypeError, match="expects a Value"):
        f(what)


def test_their_backward_is_checked_against_differences():
    check_grads(lambda x, y: x * y + x**3)(Closures(2.0), Closures(-3.0))
    check_grads(lambda p: p[0] * p[1])([Closures(2.0), Closures(-3.0)])


class Zahl:
    """Under names of its own throughout."""

    def __init__(self, wert, eltern=()):
        self.wert, self.steigung, self.eltern, self.weiter = wert, 0.0, eltern, lambda: None

    def __add__(self, other):
        out = Zahl(self.wert + other.wert, (self, other))

        def weiter():
            self.steigung += out.steigung
            other.steigung += out.steigung

        out.weiter = weiter
        return out

    def __mul__(self, other):
        out = Zahl(self.wert * other.wert, (self, other))

        def weiter():
            self.steigung += other.wert * out.steigung
            other.steigung += out.steigung  # the factor is missing

        out.weiter = weiter
        return out

    def zurueck(self):
        self.steigung = 1.0
        self.weiter()


def test_a_backward_of_any_name_is_checked_against_differences():
    check_grads(lambda x, y: x + y)(Zahl(2.0), Zahl(3.0))
    with pytest.raises(GradientError, match=r"df/dy = 1.0 by your zurueck\(\), 2 by differences"):
        check_grads(lambda x, y: x * y)(Zahl(2.0), Zahl(3.0))


def test_values_given_in_place_of_argnums_are_told_the_call():
    with pytest.raises(TypeError, match=r"call it as check_grads\(f\)\(value\)"):
        check_grads(lambda x: x + x, Zahl(2.0))


def test_a_gradient_that_differences_do_not_confirm_is_named():
    with pytest.raises(GradientError, match=r"df/dx = 1.0 by your backward\(\), 2 by differences"):
        check_grads(lambda x, y: x + x)(Assigning(2.0), Assigning(3.0))
