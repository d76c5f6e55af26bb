"""What is on the page: colours, words, labels, unusual values, narrow windows, notebooks."""

import pytest
from explorer_browser import (
    AXE,
    NOTEBOOK,
    box,
    edit,
    press,
    select,
    settle,
    shown,
    textbook,
    to_end,
)
from thorough import sampled

from micrograd import Value
from micrograd.compiler import jit
from micrograd.explorer import ExplorerWidget, explore

pytest_plugins = "explorer_browser"


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
    square = jit(lambda x: x * x)
    square(a)  # the first call is the plain run
    squared = square(a)
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


def test_in_the_widget_edits_go_to_python_and_come_from_it(browser):
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    widget = ExplorerWidget(a * b + b)
    page = browser.new_page()
    page.evaluate(NOTEBOOK, [str(widget._esm), widget.page, widget.leaves])
    select(page, "n0")
    page.locator(".mg-leaf-input").fill("5")
    assert page.evaluate("() => window.sent.at(-1)") == {"0": 5, "1": 3}
    page.evaluate("() => window.fromPython({ 0: 2, 1: 10 })")
    settle(page)
    assert shown(page, "b")[0] == "10.0"
    assert page.evaluate("() => window.sent.length") == 1  # what came from Python is not sent back
    page.close()


@sampled("scheme", ["dark", "light"], of=2)
def test_axe_finds_nothing_serious(show, scheme):
    page = show(textbook(), color_scheme=scheme, bypass_csp=True)  # for axe's own script
    to_end(page)
    page.get_by_label("= instead of +=").check()
    page.get_by_role("button", name="Ask me").click()
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious] == []
