"""The code pane in the browser: the line that runs, filled in, in step with the graph."""

import random

from backwards import BY_TABLE, LECTURE, PATHS, RECURSION, going_back
from explorer_browser import edit, ledger, press, select, settle, to_end
from other_engines import Assigning, Closures

from micrograd.explorer import explore
from micrograd.practise import lecture

pytest_plugins = "explorer_browser"


def textbook():
    return explore("c = a*b + b", a=2, b=3, code=True, show=False)


def lit(page):
    """The line that runs, and the same with its numbers."""
    line = page.locator(".mg-line-now code")
    return [part.strip() for part in line.inner_text().strip().split("\n")]


def names(page):
    rows = page.locator(".mg-names tr").all_inner_texts()
    return dict(" ".join(row.split()).split(" ", 1) for row in rows)


def calls(page):
    return [" ".join(text.split()) for text in page.locator(".mg-calls li").all_inner_texts()]


def one_line_at_a_time(page, grain="line"):
    page.locator(".mg-codepane select").select_option(grain)


def test_each_step_lights_its_line_with_the_numbers_in_it(show):
    page = show(textbook())
    press(page, ".")
    assert lit(page)[1] == 'v1 = Value(2.0 * 3.0, (a, b), "*")'
    press(page, "3", ".", ".", ".")
    assert lit(page) == ["self.grad += other.data * out.grad", "a.grad += 3.0 * 1.0"]
    assert names(page) == {
        "self": "captured a data 2.0 grad 3.0",
        "other": "captured b data 3.0 grad 1.0",
        "out": "captured v1 data 6.0 grad 1.0",
    }


def test_an_edit_stays_true_in_the_lines(show):
    page = show(textbook())
    to_end(page)
    edit(page, "n0", "5")
    assert lit(page) == ["other.grad += self.data * out.grad", "b.grad += 5.0 * 1.0"]


def test_the_words_say_what_the_line_says(show):
    a = Assigning(2.0, label="a")
    page = show(explore(lambda: a + a, show=False))
    press(page, "3", ".", ".", ".")
    assert lit(page)[0] == "other.grad = out.grad"
    assert "a.grad = ∂" in page.locator(".mg-sentence").inner_text()
    assert "overwrites 1.0, which is lost" in page.locator(".mg-sentence").inner_text()


def test_the_recursion_is_indented_and_the_list_grows(show):
    page = show(textbook())
    press(page, "2", ".", ".", ".")
    assert lit(page)[1] == "order.append(a)"
    assert calls(page) == [
        "your formula c.backward()",
        "backward self = c visit(self)",
        "visit value = c visit(parent)",
        "visit value = v1 visit(parent)",
        "visit value = a",
    ]
    assert names(page)["order"] == "captured [a]"
    assert names(page)["visited"] == "captured {c, v1, a}"


def test_lines_between_two_steps_are_walked_one_by_one(show):
    page = show(textbook())
    one_line_at_a_time(page)
    seen = []
    while page.evaluate("() => micrograd.store.step.value") < 2:
        press(page, ".")
        seen.append(lit(page)[0])
    assert seen[:7] == [
        "a = Value(2.0)",
        "b = Value(3.0)",
        "c = a * b + b",
        "other = other if isinstance(other, Value) else Value(other)",
        'out = Value(self.data * other.data, (self, other), "*")',
        "def _backward():",
        "out._backward = _backward",
    ]
    press(page, ",")
    assert lit(page)[0] == "other = other if isinstance(other, Value) else Value(other)"


def test_what_a_closure_captured_is_said_where_it_is_made(show):
    page = show(textbook())
    one_line_at_a_time(page)
    press(page, *"......")
    assert lit(page) == ["def _backward():"]
    assert names(page)["_backward"] == ("a function that captured self = a, other = b, out = v1")


def test_a_comprehension_is_unrolled_on_request(show):
    random.seed(1)
    page = show(explore(lecture.Neuron(2), [1.0, -2.0], show=False))
    one_line_at_a_time(page, "all")
    seen = page.evaluate("""() => {
        const { code, advance, moment, graph } = micrograd.store;
        return Array.from({ length: 40 }, () => {
            advance(1);
            const top = code.stack(moment.value).at(-1);
            const item = code.names(top.frame, moment.value).get("wi");
            return top.fn.kind === "comprehension" && item ? graph.name(item.node) : null;
        });
    }""")
    assert {"w.0", "w.1"} <= set(seen)


def test_an_operation_of_the_learners_own_is_shown_as_recorded(show):
    def bell():
        x = Closures(0.5)
        return x.bell()

    page = show(explore(bell, show=False))
    to_end(page)
    assert lit(page) == [
        "self.grad += -2 * self.data * out.data * out.grad",
        "x.grad += -2 * 0.5 * 0.7788 * 1.0",
    ]
    settle(page)
    assert page.locator(".mg-inspector").count() == 1


def test_a_mistake_that_is_switched_on_is_said_beside_the_lines(show):
    page = show(textbook())
    page.get_by_label("= instead of +=").check()
    settle(page)
    assert "read every += on .grad as =" in page.locator(".mg-remark").inner_text()


def test_nested_loops_collect_the_parameters_line_by_line(show):
    page = show(explore(lecture.MLP(2, [2, 1]).parameters, show=False))
    press(page, *".......")
    around = [call.split()[0] for call in calls(page)]
    assert [name for name in around if name != "<listcomp>"] == ["parameters"] * 3
    assert names(page)["returns"].startswith("[layers.1.neurons.0.w.0,")


def test_what_a_recursion_adds_adds_up_to_what_it_left(show, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(going_back(RECURSION), encoding="utf-8")
    page = show(explore("x = a*2; c = x + x*3", a=1, code=file, show=False))
    to_end(page)
    assert lit(page)[1] == "a.grad += 2.0 * 4.0"
    rows = [row[3] for row in ledger(page)]
    assert rows == ["2.0", "8.0"]
    assert page.locator(".mg-ledger tfoot").inner_text().split("\t")[-1].strip() == "10.0"
    assert page.locator(".mg-verdict").inner_text() == "✗ wrong: the right gradient is 8.0"
    assert (
        page.evaluate(
            "() => { const e = micrograd.store.timeline.value.ends; return e.order - e.forward; }"
        )
        == 0
    )


def test_a_line_that_left_another_number_than_the_rule_is_said_in_the_sentence(show, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(LECTURE.replace("(1 - t**2)", "(1 - t)"), encoding="utf-8")
    page = show(explore("o = tanh(a)", a=0.5, code=file, show=False))
    to_end(page)
    said = page.locator(".mg-sentence").inner_text()
    assert "your lines left another number: a.grad is 0.53788" in said


def test_a_path_by_itself_passes_on_what_came_to_it(show, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(going_back(PATHS), encoding="utf-8")
    page = show(explore("x = a*2; c = x + x*3", a=1, code=file, show=False))
    to_end(page)
    assert [row[2] for row in ledger(page)] == ["1.0", "3.0"]
    assert "what came to x = 2.0 · 3.0 = 6.0" in page.locator(".mg-sentence").inner_text()


def test_a_backward_that_cannot_be_followed_is_said_beside_the_lines(show, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(going_back(BY_TABLE), encoding="utf-8")
    page = show(explore("x = a*2; c = x + x*3", a=1, code=file, show=False))
    assert "cannot be shown step by step" in page.locator(".mg-remark").inner_text()
    select(page, "n0")
    assert "as your lines left it" in page.locator(".mg-ledger tfoot").inner_text()
