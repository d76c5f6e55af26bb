"""What a learner does on the page of a small graph: step, edit, break, answer, search."""

import pytest
from explorer_browser import (
    AXE,
    box,
    ledger,
    press,
    select,
    sentence,
    settle,
    shown,
    to_end,
)

from micrograd import Value
from micrograd.compiler import jit
from micrograd.explorer import ExplorerWidget, explore

pytest_plugins = "explorer_browser"


def textbook():
    return explore("c = a*b + b", a=2, b=3, show=False)


def reused():
    """An inner value that is used twice: where plain recursion goes wrong."""
    return explore("d = a*b; e = d*d + d", a=2, b=3, show=False)


# Stepping


def test_the_page_opens_before_anything_is_computed(show):
    page = show(textbook())
    assert shown(page, "a") == ("2.0", "")
    assert shown(page, "c") == ("", "")


def test_the_forward_pass_computes_one_value_a_step(show):
    page = show(textbook())
    press(page, ".")
    assert "a*b = 2.0*3.0 = 6.0" in sentence(page)
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
    assert seen == ["[a]", "[a, b]", "[a, b, a*b]", "[a, b, a*b, c]"]


def test_each_contribution_is_one_step_that_lights_its_edge(show):
    page = show(textbook())
    press(page, "3")
    assert "c.grad = ∂c/∂c = 1.0" in sentence(page)
    press(page, ".", ".", ".")
    assert "a.grad += ∂(a*b)/∂a · (a*b).grad = 3.0 · 1.0 = 3.0" in sentence(page)
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
    assert ledger(page) == [["c", "1.0", "1.0", "1.0"], ["a*b", "2.0", "1.0", "2.0"]]
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


def edit(page, key, text):
    select(page, key)
    page.locator(".mg-leaf-input").fill(text)
    settle(page)


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


@pytest.mark.parametrize("mistake", ["= instead of +=", "no zero_grad", "plain recursion"])
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


@pytest.mark.parametrize(
    ("expression", "mistake", "reason"),
    [
        ("c = a*b + b", "plain recursion", "no computed value is used twice"),
        ("d = a*b; c = d*0 + d", "plain recursion", "adds up to 0"),
        ("c = a*b", "= instead of +=", "no value is used twice"),
        ("c = a*b + a*0", "= instead of +=", "adds up to 0"),
        ("c = (a - a)*(b - b)", "no zero_grad", "as twice 0 is 0"),
    ],
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


# Looks


def test_the_page_follows_the_systems_colours_and_can_be_set(show):
    page = show(textbook(), color_scheme="dark")
    paper = "() => getComputedStyle(document.querySelector('.mg-root-element')).backgroundColor"
    dark = page.evaluate(paper)
    press(page, "d")
    assert page.evaluate(paper) != dark
    press(page, "d")
    assert page.evaluate(paper) == dark


def test_the_graph_is_shown_as_formula_python_and_words(show):
    page = show(textbook())
    assert page.locator(".mg-math math").text_content() == "c=a·b+b"
    page.get_by_role("button", name="Python").click()
    assert "c = a * b + b" in page.locator(".mg-code").inner_text()
    page.get_by_role("button", name="Words").click()
    assert "b.grad" in page.locator(".mg-code").inner_text()


PHONE = {"width": 390, "height": 844}


def test_in_a_narrow_window_the_bar_below_is_low_and_its_words_are_whole(show):
    page = show(textbook(), viewport=PHONE)
    to_end(page)
    page.get_by_label("no zero_grad").check()  # the longest sentence
    settle(page)
    assert page.locator(".mg-scrubber").bounding_box()["height"] < PHONE["height"] / 4.5
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]
    cut = """() => [...document.querySelectorAll('.mg-phases button')].map(
        button => button.scrollWidth > button.clientWidth)"""
    assert page.evaluate(cut) == [False] * 3


@pytest.mark.parametrize("number", [2.0, -0.25, 0.98659, -0.98659, 1234567.0, -1.2345e-7])
def test_in_a_narrow_window_boxes_name_their_numbers_and_nothing_overlaps(show, number):
    page = show(explore("c = a*b + b", a=number, b=number, show=False), viewport=PHONE)
    to_end(page)
    assert box(page, "c").locator(".mg-key").all_text_contents() == ["data", "grad"]
    gaps = page.evaluate("""() => [...document.querySelectorAll('.mg-value')].flatMap(
        box => ['data', 'grad'].flatMap((name, i) => {
            const word = box.querySelectorAll('.mg-key')[i].getBoundingClientRect();
            const number = box.querySelector('.mg-' + name).getBoundingClientRect();
            return word.width ? [number.left - word.right] : [];
        }))""")
    assert gaps
    assert min(gaps) > 0


@pytest.mark.parametrize(
    "label",
    [
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(1)>",
        "\"quoted\" & 'single' `${alert(1)}`",
        "Gewicht_größe 重み вес \u2028 عدد",
        r"\frac{<b>}{x}",
    ],
)
def test_labels_are_shown_and_never_executed(show, label):
    x = Value(2.0, label=label)
    page = show(explore(x * x, title=label, show=False))
    page.get_by_label("Search by label").fill(label[:6])
    press(page, "Enter")
    assert page.locator(".mg-inspector h2").inner_text().startswith(" ".join(label.split())[:5])
    to_end(page)
    assert page.locator("img").count() == 0


def test_a_value_made_by_hand_keeps_its_number_and_its_own_derivative(show):
    a = Value(3.0, label="a")
    cube = Value(27.0, (a,), "cube", label="cube")

    def add():
        a.grad += 27.0 * cube.grad

    cube._backward = add
    page = show(explore(cube * 2, show=False))
    to_end(page)
    assert shown(page, "a") == ("3.0", "54.0")
    assert a.grad == 0.0


def test_a_compiled_function_is_one_value_that_only_python_can_compute(show):
    a = Value(0.5, label="a")
    squared = jit(lambda x: x * x)(a)
    page = show(explore(squared * 3, show=False))
    to_end(page)
    assert shown(page, "a") == ("0.5", "3.0")
    edit(page, "n0", "2")
    assert "only Python can compute it" in page.locator(".mg-change").inner_text()


def test_with_several_outputs_backward_starts_from_the_one_chosen(show):
    a = Value(2.0, label="a")
    b, c = a * 3, a * a
    b.label, c.label = "b", "c"
    page = show(explore([b, c], show=False))
    to_end(page)
    assert shown(page, "a")[1] == "4.0"
    page.get_by_label("Backward from").select_option(label="b")
    to_end(page)
    assert shown(page, "a")[1] == "3.0"


def test_what_is_not_finite_is_shown_as_python_writes_it(show):
    x = Value(float("inf"), label="x")
    page = show(explore(x - x, show=False))
    to_end(page)
    assert shown(page, "x")[0] == "inf"
    assert "nan" in page.locator(".mg-data").all_text_contents()


def test_the_page_works_inside_an_iframe(show, browser, tmp_path):
    page = browser.new_page()
    host = tmp_path / "host.html"
    host.write_text(f"<!doctype html><body>{textbook()._repr_html_()}</body>", encoding="utf-8")
    page.goto(host.as_uri())
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="To the end").click()
    assert frame.locator(".mg-ledger tfoot td").inner_text() == "3.0"
    page.close()


_NOTEBOOK = """async ([source, page, leaves]) => {
    const held = { page, leaves };
    const listeners = [];
    window.sent = [];
    window.model = {
        get: name => held[name],
        set: (name, value) => { held[name] = value; },
        save_changes: () => window.sent.push(held.leaves),
        on: (event, act) => listeners.push(act),
        off: () => {},
    };
    window.fromPython = leaves => { held.leaves = leaves; listeners.forEach(act => act()); };
    const blob = new Blob([source], { type: "text/javascript" });
    const module = await import(URL.createObjectURL(blob));
    const el = document.createElement("div");
    document.body.append(el);
    module.default.render({ model: window.model, el });
}"""


def test_in_the_widget_edits_go_to_python_and_come_from_it(browser):
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    widget = ExplorerWidget(a * b + b)
    page = browser.new_page()
    page.evaluate(_NOTEBOOK, [str(widget._esm), widget.page, widget.leaves])
    select(page, "n0")
    page.locator(".mg-leaf-input").fill("5")
    assert page.evaluate("() => window.sent.at(-1)") == {"0": 5, "1": 3}
    page.evaluate("() => window.fromPython({ 0: 2, 1: 10 })")
    settle(page)
    assert shown(page, "b")[0] == "10.0"
    assert page.evaluate("() => window.sent.length") == 1  # what came from Python is not sent back
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show, scheme):
    page = show(textbook(), color_scheme=scheme)
    to_end(page)
    page.get_by_label("= instead of +=").check()
    page.get_by_role("button", name="Ask me").click()
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious] == []
