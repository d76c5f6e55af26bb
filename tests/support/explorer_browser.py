"""A real Chromium for the explorer's tests; every page must stay silent and offline."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from machine import BROWSER
from playwright.sync_api import sync_playwright

from micrograd.explorer import explore

_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_OFFLINE = ("file:", "data:")
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"

# Shows a widget as a notebook does, in the first cell (a div) where there is one.
NOTEBOOK = """async ([source, page, leaves]) => {
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
    (document.querySelector("div") ?? document.body).append(el);
    module.default.render({ model: window.model, el });
}"""


@pytest.fixture(scope="session")
def browser():
    assert BROWSER, "the explorer's tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=_FLAGS.split(), chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(browser):
    """Pages that are open and that no test uses, by their options: a new one costs a second."""
    return defaultdict(list)


@pytest.fixture
def show(browser, pages, tmp_path):
    """Open a page; when the test is over, no error and no request may have occurred."""
    opened = []

    def show(explorer, state="", **options):
        options = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"} | options
        free = pages[repr(sorted(options.items()))]
        page = free.pop() if free else browser.new_page(**options)
        page.set_viewport_size(options["viewport"])
        troubles = []
        listeners = {
            "console": lambda m: troubles.append(m.text) if m.type != "log" else None,
            "pageerror": lambda error: troubles.append(str(error)),
            "dialog": lambda dialog: troubles.append("a dialog: " + dialog.message),
            "request": lambda r: None if r.url.startswith(_OFFLINE) else troubles.append(r.url),
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        opened.append((page, free, listeners, troubles))
        path = explorer.save(tmp_path / f"page{len(opened)}.html")
        page.goto(path.as_uri() + (f"#{state}" if state else ""))
        page.wait_for_selector(".mg-graph svg", state="attached")
        settle(page)
        return page

    yield show
    for page, free, listeners, _ in opened:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        page.goto("about:blank")
        page.mouse.move(0, 0)
        free.append(page)
    assert [troubles for *_, troubles in opened if troubles] == []


def settle(page) -> None:
    """Wait until what was changed is drawn."""
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def to_end(page) -> None:
    page.get_by_role("button", name="To the end").click()
    settle(page)


def select(page, key: str) -> None:
    page.locator(f'[data-key="{key}"]').click()
    settle(page)


def box(page, label: str):
    """The box of the value with this label."""
    return page.locator("g.mg-value").filter(has=page.locator(".mg-label", has_text=exactly(label)))


def exactly(text: str) -> re.Pattern:
    return re.compile(f"^{re.escape(text)}$")


def shown(page, label: str) -> tuple[str, str]:
    """The data and the grad that the box of a value shows."""
    value = box(page, label)
    return value.locator(".mg-data").text_content(), value.locator(".mg-grad").text_content()


def sentence(page) -> str:
    return page.locator(".mg-sentence").inner_text()


def ledger(page) -> list[list[str]]:
    rows = page.locator(".mg-ledger tbody tr")
    return [rows.nth(i).locator("td").all_inner_texts() for i in range(rows.count())]


def textbook():
    return explore("c = a*b + b", a=2, b=3, show=False)


def reused():
    """An inner value that is used twice: where plain recursion goes wrong."""
    return explore("d = a*b; e = d*d + d", a=2, b=3, show=False)


def edit(page, key, text):
    select(page, key)
    page.locator(".mg-leaf-input").fill(text)
    settle(page)
