"""Where things are on the page: at every width nothing lies on anything else, and all is found."""

import pytest
from explorer_browser import AXE, press, sentence, settle, shown, textbook, to_end

from micrograd.explorer import explore
from micrograd.nn import MLP

pytest_plugins = "explorer_browser"

SIZES = [(1280, 800), (800, 800), (720, 620), (390, 844)]
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


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_at_every_width_nothing_is_cut_or_covered(show, size):
    width, height = size
    page = show(code(), viewport={"width": width, "height": height})
    to_end(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    assert page.evaluate("() => document.documentElement.scrollHeight") == height
    assert not page.evaluate(_OVERLAP, [".mg-legend", ".mg-zoom"])
    assert not page.evaluate(_OVERLAP, [".mg-side", ".mg-scrubber"])
    assert page.locator(".mg-graph-area").bounding_box()["height"] > 150
    assert page.locator(".mg-slider").first.bounding_box()["width"] > 100


@pytest.mark.parametrize("size", SIZES[1:], ids=str)
def test_all_parts_are_found_without_scrolling(show, size):
    width, height = size
    page = show(textbook(), viewport={"width": width, "height": height})
    for name, heading in (("Break it", "Break it"), ("Quiz", "Quiz"), ("Show as", "Show as")):
        link = page.get_by_role("navigation").get_by_role("button", name=name)
        box = link.bounding_box()
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        link.click()
        settle(page)
        part = page.get_by_role("heading", name=heading).bounding_box()
        assert part["y"] < page.locator(".mg-scrubber").bounding_box()["y"]


def test_in_the_cell_of_a_notebook_the_page_is_as_narrow_as_the_cell(browser, tmp_path):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    host = tmp_path / "host.html"
    cell = f'<div style="width: 700px">{textbook()._repr_html_()}</div>'
    host.write_text(f"<!doctype html><body>{cell}</body>", encoding="utf-8")
    page.goto(host.as_uri())
    side = page.frame_locator("iframe").locator(".mg-side").bounding_box()
    graph = page.frame_locator("iframe").locator(".mg-graph-area").bounding_box()
    assert graph["width"] > 350
    assert side["x"] + side["width"] <= 720
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
    assert {"Train", "One training step", "Start again", "Predict", "Break it", "Quiz"} <= reached
