"""Where things are on the page: at every width nothing lies on anything else, and all is found."""

import pytest
from explorer_browser import AXE, NOTEBOOK, press, sentence, settle, shown, textbook, to_end

from micrograd.explorer import ExplorerWidget, explore
from micrograd.nn import MLP

pytest_plugins = "explorer_browser"

SIZES = [(1280, 800), (800, 800), (720, 620), (690, 672), (390, 844)]
_OVERLAP = """([one, other]) => {
    const [a, b] = [one, other].map(s => document.querySelector(s).getBoundingClientRect());
    return Math.min(a.right, b.right) > Math.max(a.left, b.left)
        && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top);
}"""


def code():
    return explore("c = a*b + b", a=2, b=3, code=True, show=False)


def trains():
    model = MLP(2, [2, 1], seed=1)
    data = [[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]
    return explore(model, data, loss=lambda x, y: (model(x) - y) ** 2, show=False)


def at_every_size(page):
    """Give the window each of the sizes, one after the other."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        yield width, height


def test_at_every_width_nothing_is_cut_or_covered(show):
    page = show(code())
    to_end(page)
    for width, height in at_every_size(page):
        assert page.evaluate("() => document.documentElement.scrollWidth") == width
        assert page.evaluate("() => document.documentElement.scrollHeight") == height
        assert not page.evaluate(_OVERLAP, [".mg-legend", ".mg-zoom"])
        assert not page.evaluate(_OVERLAP, [".mg-side", ".mg-scrubber"])
        assert not page.evaluate(
            _OVERLAP, [".mg-phases button:last-child", ".mg-scrubber .mg-count"]
        )
        assert page.locator(".mg-graph-area").bounding_box()["height"] > 150
        assert page.locator(".mg-slider").first.bounding_box()["width"] > 100


@pytest.mark.parametrize("size", [(690, 672), (390, 844)])
def test_a_picture_too_large_to_read_opens_at_its_left_and_top_edge(show, size):
    model = MLP(3, [4, 4, 1], seed=1)
    explorer = explore(model, [2.0, 3.0, -1.0], show=False)
    page = show(explorer, viewport={"width": size[0], "height": size[1]})
    settle(page)
    area = page.locator(".mg-graph-area").bounding_box()
    boxes = [box.bounding_box() for box in page.locator(".mg-svg .mg-box").all()]
    assert boxes
    assert all(box["x"] >= area["x"] and box["y"] >= area["y"] for box in boxes)


def test_all_parts_are_found_without_scrolling(show):
    page = show(textbook())
    for width, height in at_every_size(page):
        for name in ("Break it", "Quiz", "Show as"):
            link = page.get_by_role("navigation").get_by_role("button", name=name)
            box = link.bounding_box()
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
            link.click()
            part = page.get_by_role("heading", name=name).bounding_box()
            assert part["y"] < page.locator(".mg-scrubber").bounding_box()["y"]


def test_a_widget_is_laid_out_for_the_cell_that_it_is_in_and_not_for_the_window(browser):
    widget = ExplorerWidget(textbook())
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_content('<div style="width: 560px"></div>')
    page.evaluate(NOTEBOOK, [str(widget._esm), widget.page, widget.leaves])
    page.locator(".mg-graph svg").wait_for()
    graph, side = (page.locator(s).bounding_box() for s in (".mg-graph-area", ".mg-side"))
    assert graph["width"] == side["width"]  # one above the other
    assert side["y"] >= graph["y"] + graph["height"]
    page.close()


def test_a_first_sentence_says_what_the_page_is(show):
    page = show(textbook())
    assert page.locator(".mg-lede").inner_text() == (
        "How c is computed, and how fast it changes with every value: step by step."
    )


def test_local_derivatives_wait_for_the_backward_phase(show):
    page = show(textbook())
    press(page, "2")
    visible = ".mg-pill:visible"
    assert page.locator(visible).count() == 0
    press(page, "3")
    assert page.locator(visible).count() == 4


def test_the_order_can_be_skipped_and_shown_again(show):
    page = show(textbook())
    press(page, "2")
    page.get_by_role("button", name="Skip the order").click()
    settle(page)
    assert "c.grad = ∂c/∂c" in sentence(page)
    assert page.locator(".mg-count").inner_text() == "3 / 7"
    to_end(page)
    assert shown(page, "b")[1] == "3.0"
    page.get_by_role("button", name="+ Order").click()
    settle(page)
    assert "Visit c" in sentence(page)
    press(page, "o")
    assert page.locator(".mg-count").inner_text() == "3 / 7"


@pytest.mark.deep
@pytest.mark.parametrize("make", [code, trains])
@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=str)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show, make, size, scheme):
    viewport = {"width": size[0], "height": size[1]}
    page = show(make(), viewport=viewport, color_scheme=scheme, bypass_csp=True)
    press(page, "3", "p")
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious] == []


@pytest.mark.deep
def test_everything_new_is_reached_with_the_keyboard_alone(show):
    page = show(trains())
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => document.activeElement.ariaLabel || document.activeElement.innerText"
            )
        )
    assert {
        "Play training",
        "One training step",
        "Start again",
        "Predict",
        "Break it",
        "Quiz",
    } <= reached
