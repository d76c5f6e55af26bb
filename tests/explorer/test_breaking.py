"""Learning by breaking the backward pass on purpose, and by being asked."""

import pytest
from explorer_browser import (
    box,
    press,
    reused,
    select,
    sentence,
    settle,
    shown,
    textbook,
    to_end,
)
from thorough import sampled

from micrograd import Value
from micrograd.explorer import explore

pytest_plugins = "explorer_browser"


# Breaking it on purpose


def broken(page, label):
    value = box(page, label)
    return "mg-wrong" in value.get_attribute("class")


def test_assigning_instead_of_adding_loses_a_contribution(show):
    page = show(textbook())
    to_end(page)
    page.get_by_label("= instead of +=").check()
    settle(page)
    assert broken(page, "b")
    assert shown(page, "b")[1] == "2.0"
    assert page.locator(".mg-right").all_text_contents() == ["right: 3.0"]
    assert "overwrites 1.0" in sentence(page)


def test_without_zero_grad_a_second_run_doubles_the_leaves(show):
    page = show(textbook())
    to_end(page)
    page.get_by_label("no zero_grad").check()
    settle(page)
    assert shown(page, "b")[1] == "6.0"
    assert shown(page, "a")[1] == "6.0"
    assert not broken(page, "c")
    assert "2 wrong gradients" in page.locator(".mg-outcome").inner_text()


def test_plain_recursion_passes_on_unfinished_gradients(show):
    page = show(reused())
    page.get_by_label("plain recursion").check()
    to_end(page)
    right = page.evaluate("() => micrograd.store.right.value.grad[0]")
    assert right == 39.0  # 3 * (2 * 6 + 1)
    assert broken(page, "a")
    assert not page.get_by_role("button", name="Order").is_visible()


def test_plain_recursion_over_too_many_paths_is_stopped_and_says_so(show):
    v = Value(1.0, label="x")
    for _ in range(40):
        v = v + v * 0.5
    page = show(explore(v, show=False))
    page.get_by_label("plain recursion").check()
    assert "more paths than time" in page.locator(".mg-cut").inner_text()


def test_repairing_it_clears_the_red_marks(show):
    page = show(textbook())
    toggle = page.get_by_label("= instead of +=")
    to_end(page)
    toggle.check()
    toggle.uncheck()
    settle(page)
    assert page.locator(".mg-wrong, .mg-right").count() == 0
    assert shown(page, "b")[1] == "3.0"


def step_and_length(page):
    return page.evaluate(
        "() => [micrograd.store.step.value, micrograd.store.timeline.value.length]"
    )


@sampled("mistake", ["= instead of +=", "no zero_grad", "plain recursion"], of=3)
def test_a_mistake_made_and_repaired_at_the_end_leaves_everything_right(show, mistake):
    page = show(textbook())
    to_end(page)
    length = step_and_length(page)
    for _ in range(2):
        page.get_by_label(mistake).check()
        settle(page)
        page.get_by_label(mistake).uncheck()
        settle(page)
        assert step_and_length(page) == length
        assert page.locator(".mg-count").inner_text() == "16 / 16"
        assert page.locator(".mg-wrong, .mg-right").count() == 0
        assert shown(page, "b")[1] == "3.0"
    press(page, ",")
    assert page.locator(".mg-count").inner_text() == "15 / 16"


def test_a_question_asked_at_the_end_repairs_every_mistake(show):
    page = show(textbook())
    to_end(page)
    page.get_by_label("no zero_grad").check()
    asked(page)
    assert page.locator(".mg-count").inner_text() == "12 / 16"
    assert not page.get_by_label("no zero_grad").is_checked()


def test_at_the_end_another_root_has_an_end_of_its_own(show):
    page = show(reused())
    to_end(page)
    select(page, "n2")
    page.get_by_role("button", name="Run backward from here").click()
    settle(page)
    step, length = step_and_length(page)
    assert step == length
    assert page.locator(".mg-count").inner_text() == f"{length} / {length}"
    assert shown(page, "a")[1] == "3.0"


def test_plain_recursion_goes_down_each_use(show):
    page = show(explore("b = x + x; c = b*b", x=1, show=False))
    page.get_by_label("plain recursion").check()
    to_end(page)
    assert shown(page, "x")[1] == "12.0"  # 2 + 2 with half of b's gradient, 4 + 4 with all of it
    assert page.locator(".mg-right").all_text_contents() == ["right: 8.0"]


@sampled(
    "expression, mistake, reason",
    [
        ("c = a*b + b", "plain recursion", "no computed value is used twice"),
        ("d = a*b; c = d*0 + d", "plain recursion", "adds up to 0"),
        ("c = a*b", "= instead of +=", "no value is used twice"),
        ("c = a*b + a*0", "= instead of +=", "adds up to 0"),
        ("c = (a - a)*(b - b)", "no zero_grad", "as twice 0 is 0"),
    ],
    of=2,
)
def test_a_mistake_without_harm_says_why(show, expression, mistake, reason):
    page = show(explore(expression, a=2, b=3, show=False))
    to_end(page)
    page.get_by_label(mistake).check()
    settle(page)
    outcome = page.locator(".mg-outcome").inner_text()
    assert "right all the same" in outcome
    assert reason in outcome


# Quiz


def asked(page):
    page.get_by_role("button", name="Ask me").click()
    settle(page)
    return page.evaluate("() => micrograd.store.quiz.value.node")


def test_the_quiz_hides_the_gradient_everywhere(show):
    page = show(textbook())
    node = asked(page)
    to_end(page)
    drawn = page.locator(f'[data-key="n{node}"] .mg-grad')
    assert drawn.text_content() == "?"
    assert page.locator(".mg-ledger").count() == 0


def test_a_right_answer_is_confirmed_and_shown(show):
    page = show(textbook())
    node = asked(page)
    truth = page.evaluate(f"() => micrograd.store.right.value.grad[{node}]")
    page.locator(".mg-answer").fill(str(truth))
    page.get_by_role("button", name="Check").click()
    settle(page)
    assert "Right" in page.locator("form [role=status]").first.inner_text()
    assert page.locator(f'[data-key="n{node}"] .mg-grad').text_content() == f"{truth:.1f}"


def test_a_wrong_answer_can_be_tried_again_or_be_shown_step_by_step(show):
    page = show(textbook())
    asked(page)
    page.locator(".mg-answer").fill("17")
    press(page, "Enter")
    assert "17 is not it" in page.locator("form [role=status]").first.inner_text()
    page.get_by_role("button", name="Show the steps").click()
    page.wait_for_function("() => micrograd.store.phase.value === 'backward'")
    assert page.evaluate("() => micrograd.store.playing.value")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("banana", "“banana” is not a number: type a number, like 2.5"),
        ("", "Type a number, like 2.5"),
    ],
)
def test_an_answer_that_is_not_a_number_is_refused_and_does_not_count(show, answer, said):
    page = show(textbook())
    node = asked(page)
    field = page.locator(".mg-answer")
    field.fill(answer)
    page.get_by_role("button", name="Check").click()
    settle(page)
    assert page.locator("form [role=status]").first.inner_text() == said
    assert field.get_attribute("aria-invalid") == "true"
    truth = page.evaluate(f"() => micrograd.store.right.value.grad[{node}]")
    field.fill(str(truth))
    assert field.get_attribute("aria-invalid") == "false"
    press(page, "Enter")
    assert "1 of 1 at first try" in page.locator(".mg-side").inner_text()
