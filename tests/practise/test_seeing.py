"""The learner's graph of a program that failed, with the right number beside each wrong one."""

import inspect
import re

from explorer_browser import settle

from micrograd.practise import lecture
from micrograd.practise.seeing import explorer_of, see

pytest_plugins = "explorer_browser"

LECTURE = inspect.getsource(lecture)
WRONG = LECTURE.replace("self.grad += out.grad\n", "self.grad = out.grad\n", 1).replace(
    "other.grad += out.grad\n", "other.grad = out.grad\n", 1
)


def namespace(source):
    names = {"__name__": "mygrad"}
    exec(source, names)
    return names


def right(seen):
    return {value.label: pair for value, pair in seen.right.items()}


def test_only_what_is_wrong_has_a_right_number_beside_it():
    seen = see(namespace(WRONG), "backward.long_right")
    assert right(seen) == {"x": (None, 360.0), "k": (None, 456.0), "a": (None, 120.0)}
    assert see(namespace(LECTURE), "backward.long_right").right == {}


def test_a_wrong_number_forward_is_corrected_too():
    seen = see(namespace(LECTURE.replace("self.data * other.data", "self.data")), "value.product")
    assert right(seen) == {"d": (-6.0, None)}
    page = explorer_of(
        namespace(LECTURE.replace("self.data * other.data", "self.data")), "value.product"
    )
    assert page.page["note"] == "d.data is 2.0, right is -6.0"


def test_the_graph_is_the_learners_own_whatever_it_calls_things():
    source = WRONG.replace("_prev", "_children").replace(".grad", ".gradient")
    seen = see(namespace(source.replace("Value", "Scalar")), "backward.twice")
    assert right(seen) == {"a": (None, 2.0)}
    assert seen.title == "a = Scalar(3.0); b = a + a; b.backward()"


def test_attributes_of_any_name_are_seen():
    names = {"data": "valor", "grad": "gradiente", "_prev": "hijos"}
    source = re.sub(r"\b(data|grad|_prev)\b", lambda name: names[name[0]], WRONG)
    assert right(see(namespace(source), "backward.long_right"))["x"] == (None, 360.0)


def test_what_was_made_before_an_error_can_be_seen():
    source = LECTURE.replace("out._backward = _backward", "out._backward = _backward()", 1)
    assert see(namespace(source), "backward.sum").root.label == "c"


def test_the_page_strikes_the_wrong_number_through_beside_the_right_one(show):
    page = show(explorer_of(namespace(WRONG), "backward.both_sides"))
    assert page.locator(".mg-right").all_text_contents() == []
    page = show(explorer_of(namespace(WRONG), "backward.long_right"))
    assert sorted(page.locator(".mg-right").all_text_contents()) == [
        "right: 120.0", "right: 360.0", "right: 456.0",
    ]  # fmt: skip
    struck = page.locator(".mg-wrong .mg-grad").first
    assert "line-through" in struck.evaluate("e => getComputedStyle(e).textDecoration")
    page.keyboard.press(",")  # a step back, the page shows how it should go
    settle(page)
    assert page.locator(".mg-right").count() == 0


def test_the_learners_line_stands_beside_the_number_that_it_left(show):
    names = {"__name__": "mygrad"}
    exec(compile(WRONG, "mygrad.py", "exec"), names)
    page = show(explorer_of(names, "backward.twice", {"mygrad.py": WRONG}))
    assert page.locator(".mg-codepane h2").inner_text() == "mygrad.py"
    assert page.locator(".mg-right").all_text_contents() == ["right: 2.0"]
    lit = page.locator(".mg-line-now code").inner_text().split()
    assert lit == ["other.grad", "=", "out.grad", "a.grad", "=", "1.0"]
