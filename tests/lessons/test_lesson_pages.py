"""The pages of the lessons in a real browser: what moves, moves, and nothing complains."""

import pytest
from explorer_browser import AXE, settle

from micrograd.lessons import lessons
from micrograd.lessons.page import lesson_html

pytest_plugins = "explorer_browser"


@pytest.fixture
def open_lesson(browser, tmp_path):
    """Open a lesson; when the test is over, no error and no request may have occurred."""
    opened = []

    def open_lesson(lesson, width=1280, scheme="light", axe=False):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=axe
        )
        opened.append((page, troubles := []))
        page.on("console", lambda m: troubles.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:")) else troubles.append(r.url),
        )
        path = tmp_path / f"{lesson.name}.html"
        path.write_text(lesson_html(lesson), "utf-8")
        page.goto(path.as_uri())
        for frame in page.locator(".explorer").all():
            frame.scroll_into_view_if_needed()
            inner = frame.locator("iframe").content_frame
            inner.locator(".mg-graph svg").wait_for(state="attached")
        settle(page)
        return page

    yield open_lesson
    for page, troubles in opened:
        page.close()
        assert troubles == []


def said(page):
    return page.locator(".said").all_inner_texts()


# Of each kind of thing that moves one lesson at once, and the others in the deep tests.
AT_ONCE = ("04-backward", "12-gpt")


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(x, marks=() if x.name in AT_ONCE else pytest.mark.deep, id=x.name)
        for x in lessons()
    ],
)
def test_every_explorer_opens_and_every_slider_changes_a_number(open_lesson, lesson):
    page = open_lesson(lesson)
    assert page.locator("iframe").count() == page.locator(".explorer").count()
    assert page.locator(".live, .explorer").count() >= 1
    for slider in page.locator(".slider input").all():
        before = said(page)
        slider.press("ArrowRight" if slider.evaluate("e => e.value < e.max") else "ArrowLeft")
        assert said(page) != before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_slider_computes_what_python_computes(open_lesson):
    page = open_lesson(lessons()[0])
    x, h = page.locator(".slider input").all()
    x.fill("2")
    h.fill("0.5")
    slope = ((3 * 2.5**2 - 4 * 2.5 + 5) - (3 * 2.0**2 - 4 * 2.0 + 5)) / 0.5
    assert said(page)[0].endswith(f"is the slope over this step: {slope}")


@pytest.mark.deep
def test_the_page_of_the_lesson_on_training_trains(open_lesson):
    page = open_lesson(next(x for x in lessons() if x.name == "09-training"))
    inner = page.locator(".explorer").last.locator("iframe").content_frame
    for step in range(1, 4):
        inner.get_by_role("button", name="One training step").click()
        inner.get_by_text(f"step {step}", exact=True).wait_for()


@pytest.mark.deep
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_page_fits_and_can_be_used_by_everybody(open_lesson, lesson, width, scheme):
    page = open_lesson(lesson, width, scheme, axe=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, { iframes: false })")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
