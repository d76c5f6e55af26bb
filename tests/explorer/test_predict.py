"""The reader types what comes next: right, or shown why."""

from explorer_browser import press, settle, textbook

from micrograd.explorer import explore

pytest_plugins = "explorer_browser"


def say(page, answer):
    page.locator(".mg-predict input").fill(answer)
    press(page, "Enter")


def said(page):
    return page.locator("#mg-predict-said").inner_text()


def step(page):
    return page.evaluate("() => micrograd.store.step.value")


def question(page):
    return page.locator(".mg-predict label").inner_text().strip()


def test_a_whole_backward_pass_can_be_said_before_it_is_shown(show):
    page = show(textbook())
    press(page, "p")
    assert question(page) == "What is v1 = a · b?"
    order = ["c", "v1", "a", "a", "b", "b", "v1", "b", "c"]
    for n, answer in enumerate(["6", "9", *order, "1", "1", "1", "3", "2"]):
        say(page, answer)
        assert said(page).startswith("✓")
        assert step(page) == n + 1
    assert "That was the last step." in page.locator(".mg-predict").inner_text()


def test_a_wrong_answer_is_told_its_mistake_and_then_shown_why(show):
    page = show(explore("d = a*b; e = d*d", a=2, b=3, show=False))
    page.evaluate("() => { const s = micrograd.store; s.goTo(s.timeline.value.length - 2) }")
    press(page, "p")
    before = step(page)
    say(page, "3")  # the local derivative alone
    assert said(page) == (
        "✗ not 3. You forgot the gradient from above: times d.grad, which is 12.0."
    )
    assert step(page) == before
    say(page, "4")
    assert said(page) == "✗ ∂d/∂a · d.grad = 3.0 · 12.0 = 36.0."
    assert step(page) == before + 1


def test_the_order_tells_what_has_to_come_first(show):
    page = show(textbook())
    press(page, "2", ".", ".", "p")
    assert question(page) == "Which value is appended to the list next?"
    say(page, "v1")
    assert said(page) == "✗ not v1. v1 has to wait: a is not in the list yet."
    say(page, "nobody")
    assert said(page) == "✗ “nobody” is the name of no value here"
    say(page, "a")
    assert said(page).startswith("✓ a: all that it was computed from is in the list")


def test_the_next_line_is_asked_for_where_lines_are_shown(show):
    page = show(explore("c = a*b", a=2, b=3, code=True, show=False))
    page.locator(".mg-codepane select").select_option("line")
    press(page, ".", ".")
    page.get_by_role("button", name="Predict").click()
    settle(page)
    say(page, "3")
    assert said(page) == "✓ After this line comes line 3, c = a * b."
    page.get_by_role("button", name="Show", exact=True).click()
    settle(page)
    assert "The line calls __mul__" in said(page)
