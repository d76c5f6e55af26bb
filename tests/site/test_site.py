"""The built site in a real browser, offline and under a sub-path: ``make docs`` builds it."""

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from pages import ROOT

pytest_plugins = "explorer_browser"
pytestmark = pytest.mark.deep

SITE = ROOT / "build" / "site"
PAGES = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
PAGES = [page for page in PAGES if page not in ("404.html", "assets/frame.html")]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address():
    """Where the site is served, one folder below the root."""
    assert PAGES, "the site is not built: make docs"
    served = partial(Quiet, directory=str(ROOT / "build"))
    with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/site/"
        server.shutdown()


@pytest.fixture
def visit(browser, address):
    """Open a page; afterwards it must have asked for nothing elsewhere, and reported nothing."""
    troubles, opened = [], []

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # the page was left before it came
            troubles.append(f"failed: {request.url}")

    def visit(place, **options):
        page = browser.new_page(**options)
        opened.append(page)
        page.on("console", lambda m: troubles.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", failed)
        ours = (address, "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(ours) else troubles.append(r.url))
        page.goto(address + place)
        return page

    yield visit
    for page in opened:
        page.close()
    assert troubles == []


def test_every_page_keeps_to_its_policy_asks_for_nothing_elsewhere_and_fits_a_phone(visit):
    for place in PAGES:
        page = visit(place, viewport={"width": 390, "height": 800}, color_scheme="dark")
        rules = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
        assert re.match(r"default-src 'none'; script-src ('self' )?'sha256-", rules), place
        assert "unsafe-eval" not in rules, place
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
        page.close()


def test_every_link_and_picture_leads_to_something():
    for place in PAGES:
        text = (SITE / place).read_text()
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            target, anchor = urldefrag(urljoin(f"/{place}", link))
            if re.match(r"https?:|data:|mailto:", link):
                continue
            there = SITE / unquote(target).lstrip("/")
            there = there / "index.html" if there.is_dir() else there
            assert there.exists(), f"{place} links to {link}"
            if anchor and there.suffix == ".html":
                ids = re.findall(r'(?:id|name)="?([^"\s>]+)', there.read_text())
                assert unquote(anchor) in ids or anchor.startswith("__"), f"{place}: {link}"


def test_the_search_finds_a_name_of_the_reference(visit):
    page = visit("index.html")
    page.get_by_placeholder("Search").click()
    page.get_by_placeholder("Search").type("logsumexp")
    found = page.locator(".md-search-result__link")
    found.first.wait_for()
    assert "reference/functions.html" in "".join(link.get_attribute("href") for link in found.all())


def test_a_lesson_of_the_site_leads_to_the_page_that_steps_through_it(visit):
    page = visit("lessons/04-backward.html")
    page.get_by_role("link", name="This lesson, to step through").click()
    explorer = page.locator(".explorer").first
    explorer.scroll_into_view_if_needed()
    inside = explorer.locator("iframe").content_frame
    inside.locator(".mg-graph svg").wait_for(state="attached")


def test_the_list_of_lessons_leads_to_every_page_that_steps_through_one(visit):
    page = visit("lessons/index.html")
    assert page.get_by_role("link", name="to step through", exact=True).count() == 12


def test_a_page_opened_as_a_file_says_why_its_cells_do_not_run(browser):
    page = browser.new_page()
    page.goto((SITE / "try.html").as_uri())
    assert "make docs-show" in page.locator(".live-off").inner_text()
    page.close()


def test_the_note_on_files_is_not_there_where_cells_run(cells):
    assert not cells.locator(".live-off").is_visible()


@pytest.fixture
def cells(visit):
    page = visit("try.html")
    page.locator(".live-cell").first.wait_for()
    return page


def cell(page, number):
    return page.locator(".live-cell").nth(number - 1)


def run(page, number):
    """Run a cell, and return what it shows."""
    cell(page, number).locator("button").first.click()
    finished(page, number)
    return cell(page, number).locator(".live-output")


def finished(page, number):
    page.wait_for_function(
        "n => document.querySelectorAll('.live-cell')[n - 1].querySelector('button').innerText"
        " === 'Run'",
        arg=number,
        timeout=120_000,
    )


def test_all_cells_run_from_top_to_bottom(cells):
    count = cells.locator(".live-cell").count()
    for number in range(1, count + 1):
        output = run(cells, number)
        assert output.locator(".live-error").count() == 0, output.inner_text()
    assert "(3.0, 3.0)" in cell(cells, 1).inner_text()
    assert cell(cells, 2).get_by_role("img", name="The graph of c").count() == 1
    assert "b.grad = 1.0 + 2.0 = 3.0" in cell(cells, 3).inner_text()
    assert "yours 3.0   right 6.0" in cell(cells, count).inner_text()


def test_the_explorer_steps_through_the_graph_of_a_cell_and_cannot_reach_the_page(cells):
    cell(cells, 4).get_by_role("button", name="Run all to here").click()
    finished(cells, 4)
    inside = cells.frame_locator("iframe")
    inside.get_by_role("button", name="To the end").click()
    inside.locator(".mg-grad", has_text="3.0").first.wait_for()
    frame = next(f for f in cells.frames if f.parent_frame)
    for reach in ("parent.document.title", "localStorage.length"):
        assert frame.evaluate(
            f"() => {{ try {{ return {reach} }} catch (e) {{ return e.name }} }}"
        ) == ("SecurityError")


def test_what_is_typed_runs_and_what_fails_says_why(cells):
    cell(cells, 1).locator("textarea").fill("from micrograd import Value\nValue(2.0).grad.nothing")
    assert "AttributeError" in run(cells, 1).inner_text()
    cell(cells, 1).get_by_role("button", name="Undo my changes").click()
    assert "(3.0, 3.0)" in run(cells, 1).inner_text()


def test_what_is_not_there_is_said(cells):
    cell(cells, 1).locator("textarea").fill("from micrograd import jit")
    assert "There is no NumPy on this page, and so no jit" in run(cells, 1).inner_text()


def test_a_loop_that_never_ends_is_stopped_and_python_begins_anew(cells):
    text = cell(cells, 1).locator("textarea")
    text.fill("print('going')\nwhile True: pass")
    button = cell(cells, 1).locator("button").first
    button.click()
    cell(cells, 1).locator(".live-text", has_text="going").wait_for(timeout=120_000)
    button.click()
    assert "Stopped" in cell(cells, 1).locator(".live-output").inner_text()
    text.fill("'again'")
    assert run(cells, 1).inner_text() == "again"
