"""Make the pictures of explorer.md, in Chromium: ``python docs/make_screenshots.py [folder]``."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from micrograd.data import moons
from micrograd.explorer import Explorer, explore
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def textbook() -> Explorer:
    return explore("c = a*b + b", a=2, b=3, show=False)


def lines() -> Explorer:
    return explore("c = a*b + b", a=2, b=3, code=True, show=False)


def neuron() -> Explorer:
    return explore("y = tanh(w*x + b)", w=1, x=0.5, b=-0.25, show=False)


def network() -> Explorer:
    return explore(MLP(3, [4, 4, 1], seed=4), [2.0, 3.0, -1.0], show=False)


def training() -> Explorer:
    X, y = moons(100)
    model = MLP(2, [8, 8, 1], activation="tanh", seed=2)
    history = fit(
        lambda x, target: (1 - target * model(x)).relu(),
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=30,
        batch_size=20,
        record=2,
        seed=3,
        progress=False,
        compile=False,
    )
    return explore(history, model, (X, y), title="two moons", show=False)


def second_contribution(page: Page) -> None:
    """Stop where b has just got the second of its two contributions."""
    page.keyboard.press("End")


def product_rule(page: Page) -> None:
    """Stop where a gets its contribution."""
    page.keyboard.press("End")
    page.keyboard.press(",")


def forgotten_zero_grad(page: Page) -> None:
    page.keyboard.press("End")
    page.get_by_label("no zero_grad").check()


def edited(page: Page) -> None:
    page.keyboard.press("End")
    page.locator('[data-key="n0"]').click()
    page.locator(".mg-leaf-input").fill("1.4")


def one_neuron(page: Page) -> None:
    page.locator("g.mg-group").filter(has_text="layers.0.neurons.2").click()
    page.evaluate(
        """() => {
            const { timeline, graph, goTo } = micrograd.store;
            const wanted = graph.labels.indexOf("layers.0.neurons.2.w.1");
            let step = timeline.value.length;
            while (timeline.value.at(step).parent !== wanted) step -= 1;
            goTo(step);
        }"""
    )


def half_trained(page: Page) -> None:
    page.get_by_role("slider", name="Training step").fill("24")


STATES: dict[str, tuple[Callable[[], Explorer], Callable[[Page], None], str]] = {
    "explorer-step": (textbook, second_contribution, "light"),
    "explorer-code": (lines, product_rule, "light"),
    "explorer-no-zero-grad": (textbook, forgotten_zero_grad, "dark"),
    "explorer-edit": (neuron, edited, "light"),
    "explorer-neuron": (network, one_neuron, "light"),
    "explorer-training": (training, half_trained, "light"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("the pictures are taken in chromium: install it first")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as pages:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name, (make, act, scheme) in STATES.items():
            take(browser, make().save(Path(pages) / "page.html"), act, scheme, folder / name)
        browser.close()


def take(
    browser: Browser, path: Path, act: Callable[[Page], None], scheme: str, picture: Path
) -> None:
    """Open a page, bring it into the state wanted, and write what is seen."""
    size = {"width": 1280, "height": 800}
    page = browser.new_page(viewport=size, color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path.as_uri())
    page.wait_for_selector(".mg-graph svg")
    act(page)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)
    page.screenshot(path=picture.with_suffix(".png"))
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
