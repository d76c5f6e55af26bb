"""The quiz asks what can be worked out, from near the output on, and names a mistake."""

import pytest
from explorer_browser import press, settle

from micrograd.explorer import explore
from micrograd.nn import MLP

pytest_plugins = "explorer_browser"


def ask_about(page, label):
    """Ask until this value is asked about."""
    page.get_by_role("button", name="Ask me").click()
    for _ in range(60):
        node = page.evaluate("() => micrograd.store.quiz.value.node")
        if page.evaluate(f"() => micrograd.store.graph.name({node})") == label:
            return
        page.get_by_role("button", name="Another").click()
    raise AssertionError(f"{label} is never asked about")


def answer(page, number):
    page.locator("form .mg-answer").fill(str(number))
    press(page, "Enter")
    return page.locator("form [role=status]").first.inner_text()


@pytest.mark.parametrize(
    ("expression", "label", "level", "mistakes"),
    [
        ("c = a*b + b", "b", 3, {
            "2": "You took one path of two: add what comes through c.",
            "-3": "The sign is the other way round.",
            "77": "It is used 2 times: multiply along each path from c, then add the paths.",
        }),
        ("d = a*b; c = d*d", "a", 3, {
            "3": "You forgot the gradient from above: times d.grad, which is 12.0.",
            "12": "That is the gradient from above: times the local derivative ∂d/∂a.",
            "24": "In a product the local derivative is the other factor, not the value itself.",
            "15": "The two are multiplied, not added.",
        }),
        ("d = a*b; c = d*b", "d", 0, {"6": "the local derivative is the other factor"}),
    ],
)  # fmt: skip
def test_a_wrong_number_tells_the_mistake(show, expression, label, level, mistakes):
    page = show(explore(expression, a=2, b=3, show=False))
    page.evaluate(f"() => {{ micrograd.store.level.value = {level} }}")
    ask_about(page, label)
    for typed, said in mistakes.items():
        assert said in answer(page, typed)


@pytest.mark.deep
def test_questions_begin_near_the_output_and_go_further_with_right_answers(show):
    page = show(explore(MLP(3, [4, 4, 1], seed=4), [2.0, 3.0, -1.0], show=False))
    page.get_by_role("button", name="Ask me").click()
    settle(page)
    uses = """() => {
        const { graph, quiz, root } = micrograd.store;
        let [node, steps] = [quiz.value.node, 0];
        while (node !== root.value) [node, steps] = [graph.children[node][0], steps + 1];
        return steps;
    }"""
    assert page.evaluate(uses) <= 2
    for level in (2, 3):
        truth = page.evaluate(
            "() => micrograd.store.right.value.grad[micrograd.store.quiz.value.node]"
        )
        assert answer(page, truth).startswith("✓ Right")
        assert page.evaluate("() => micrograd.store.level.value") == level
        page.get_by_role("button", name="Another").click()
        settle(page)
    answer(page, 123456)
    assert page.evaluate("() => micrograd.store.level.value") == 2
