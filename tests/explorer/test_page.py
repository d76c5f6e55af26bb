"""What a learner does on the page of a small graph: step, edit, search."""

from explorer_browser import (
    box,
    edit,
    ledger,
    press,
    reused,
    select,
    sentence,
    settle,
    shown,
    textbook,
    to_end,
)

from micrograd.explorer import explore

pytest_plugins = "explorer_browser"


# Stepping


def test_the_page_opens_before_anything_is_computed(show):
    page = show(textbook())
    assert shown(page, "a") == ("2.0", "")
    assert shown(page, "c") == ("", "")


def test_the_forward_pass_computes_one_value_a_step(show):
    page = show(textbook())
    press(page, ".")
    assert "v1 = a · b = 2.0 · 3.0 = 6.0" in sentence(page)
    press(page, ".")
    assert shown(page, "c")[0] == "9.0"


def test_the_order_is_built_by_visiting_parents_first(show):
    page = show(textbook())
    press(page, "2")
    assert "Visit c" in sentence(page)
    seen = []
    while "order" in page.locator(".mg-sentence").get_attribute("data-phase"):
        if "Append" in sentence(page):
            seen.append(page.locator(".mg-list").inner_text())
        press(page, ".")
    assert seen == ["[a]", "[a, b]", "[a, b, v1]", "[a, b, v1, c]"]


def test_each_contribution_is_one_step_that_lights_its_edge(show):
    page = show(textbook())
    press(page, "3")
    assert "c.grad = ∂c/∂c = 1.0" in sentence(page)
    press(page, ".", ".", ".")
    assert "a.grad += ∂v1/∂a · v1.grad = 3.0 · 1.0 = 3.0" in sentence(page)
    assert page.locator(".mg-edge.mg-flow").count() == 1


def test_a_gradient_is_blank_until_backward_has_come_there(show):
    page = show(textbook())
    press(page, "3", ".", ".")
    assert shown(page, "b")[1] == "1.0"
    assert shown(page, "a")[1] == ""


def test_the_layout_does_not_move_while_stepping(show):
    page = show(reused())
    places = (
        "() => [...document.querySelectorAll('[data-key]')].map(e => e.getAttribute('transform'))"
    )
    before = page.evaluate(places)
    for _ in range(12):
        press(page, ".")
    assert page.evaluate(places) == before


def test_the_ledger_says_why_b_has_a_gradient_of_3(show):
    page = show(textbook())
    select(page, "n1")
    to_end(page)
    assert ledger(page) == [["c", "1.0", "1.0", "1.0"], ["v1", "2.0", "1.0", "2.0"]]
    assert page.locator(".mg-ledger tfoot td").inner_text() == "3.0"


def test_a_value_used_twice_by_one_op_has_two_edges_and_two_entries(show):
    page = show(explore("y = x*x", x=3, show=False))
    to_end(page)
    assert page.locator(".mg-edge").count() == 2
    assert ledger(page) == [["y", "3.0", "1.0", "3.0"], ["y", "3.0", "1.0", "3.0"]]


def test_stepping_back_undoes_a_step(show):
    page = show(textbook())
    to_end(page)
    press(page, ",")
    assert shown(page, "b")[1] == "1.0"


def test_playing_goes_to_the_end_by_itself_and_stops_there(show):
    page = show(textbook())
    page.get_by_label("Speed").select_option("100")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "() => { const s = micrograd.store; return s.step.value === s.timeline.value.length; }"
    )
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_the_slider_goes_to_any_step(show):
    page = show(textbook())
    page.get_by_role("slider", name="Step", exact=True).fill("2")
    settle(page)
    assert shown(page, "c")[0] == "9.0"


def test_backward_can_start_from_any_value(show):
    page = show(reused())
    select(page, "n2")
    page.get_by_role("button", name="Run backward from here").click()
    to_end(page)
    assert shown(page, "d")[1] == "1.0"
    assert shown(page, "a")[1] == "3.0"
    assert shown(page, "e")[1] == ""


# Editing


def test_an_edited_leaf_recomputes_values_and_gradients(show):
    page = show(textbook())
    to_end(page)
    edit(page, "n0", "5")
    assert shown(page, "c")[0] == "18.0"
    assert shown(page, "b")[1] == "6.0"


def test_the_predicted_change_is_compared_with_the_actual_one(show):
    page = show(explore("y = x**2", x=3, show=False))
    edit(page, "n0", "3.1")
    text = page.locator(".mg-change").inner_text()
    assert "+0.6" in text
    assert "+0.61" in text
    assert "Off by 0.01" in text


def test_along_a_straight_line_the_prediction_is_exact(show):
    page = show(textbook())
    edit(page, "n1", "4")
    assert "Exactly as predicted" in page.locator(".mg-change").inner_text()


def test_what_is_not_a_number_is_refused_with_a_reason(show):
    page = show(textbook())
    edit(page, "n0", "two")
    field = page.locator(".mg-leaf-input")
    for leave in ("Enter", "Tab"):
        press(page, leave)
        refusal = page.locator("#mg-leaf-refusal").inner_text()
        assert refusal == "“two” is not a number: type a number, like 2.5"
        assert field.input_value() == "two"
        assert field.get_attribute("aria-invalid") == "true"
        assert "mg-leaf-refusal" in field.get_attribute("aria-describedby")
    assert shown(page, "a")[0] == "2.0"


def test_escape_takes_back_what_is_not_a_number(show):
    page = show(textbook())
    edit(page, "n0", "two")
    press(page, "Escape")
    assert page.locator(".mg-leaf-input").input_value() == "2.0"
    assert page.locator("#mg-leaf-refusal").inner_text() == ""


def test_edits_can_be_undone(show):
    page = show(textbook())
    edit(page, "n0", "7")
    page.get_by_role("button", name="Undo all edits").click()
    settle(page)
    assert shown(page, "a")[0] == "2.0"


# Finding one's way


def test_search_shows_what_it_found(show):
    page = show(reused())
    press(page, "/")
    page.keyboard.type("d")
    press(page, "Enter")
    assert "mg-selected" in box(page, "d").get_attribute("class")


def test_everything_can_be_done_from_the_keyboard(show):
    page = show(textbook())
    press(page, "End")
    assert shown(page, "b")[1] == "3.0"
    page.locator(".mg-graph").focus()
    press(page, "ArrowLeft", "ArrowRight")  # from b: no parent; to what it is used in
    assert page.locator(".mg-selected").count() == 1
    assert page.evaluate("() => micrograd.store.selected.value") in ("n2", "n3")
    press(page, "ArrowLeft")
    press(page, "Enter")
    assert page.evaluate("() => document.activeElement.className") == "mg-leaf-input"
    press(page, "ArrowUp", "Escape")
    assert page.evaluate("() => micrograd.store.edited.value.length") == 1


def test_the_keys_are_listed_on_the_page(show):
    page = show(textbook())
    page.locator(".mg-graph").focus()
    press(page, "?")
    assert "play, pause" in page.get_by_role("dialog").inner_text()
    press(page, "Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_zooming_and_panning_change_the_view_and_fit_restores_it(show):
    page = show(textbook())
    view = lambda: page.locator("svg.mg-svg > g").get_attribute("transform")  # noqa: E731
    first = view()
    press(page, "+")
    assert view() != first
    page.mouse.move(500, 300)
    page.mouse.down()
    page.mouse.move(560, 350, steps=4)
    page.mouse.up()
    press(page, "0")
    assert view() == first


def test_the_address_holds_the_state(show):
    page = show(textbook())
    page.get_by_label("no zero_grad").check()
    edit(page, "n0", "4")
    page.wait_for_function("() => location.hash.includes('twice') && location.hash.includes('set')")
    state = page.evaluate("() => location.hash.slice(1)")
    again = show(textbook(), state)
    assert shown(again, "a")[0] == "4.0"
    assert again.get_by_label("no zero_grad").is_checked()
