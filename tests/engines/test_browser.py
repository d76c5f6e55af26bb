"""The page of the guide computes in a real browser what the model computes here."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from machine import BROWSER
from pages import ROOT, blocks
from playwright.sync_api import sync_playwright

from micrograd.export import to_onnx
from micrograd.nn import MLP

PACKAGES = Path(__file__).parent / "web" / "node_modules"
(PAGE,) = (
    code for language, code, _ in blocks(ROOT / "docs/guides/export.md") if language == "html"
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path):
    """The folder of a web server, and its address."""
    handler = partial(_Quiet, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_page_of_the_guide_computes_what_the_model_does(site):
    folder, address = site
    model = MLP(2, [8, 1], seed=1)
    to_onnx(model, [0.0, 0.0], folder / "moons.onnx")
    (folder / "index.html").write_text(PAGE)
    dist = folder / "node_modules" / "onnxruntime-web" / "dist"
    dist.mkdir(parents=True)
    for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"):
        shutil.copy(PACKAGES / "onnxruntime-web" / "dist" / name, dist)

    assert BROWSER, "this needs Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page, troubles = browser.new_page(), []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(request.url))
        page.goto(address)
        page.wait_for_function("score.value")
        first = float(page.locator("#score").text_content())
        page.locator("#y").fill("-0.25")
        page.wait_for_function("old => Number(score.value) != old", arg=first)
        second = float(page.locator("#score").text_content())
        browser.close()
    assert troubles == []
    expected = model.predict([[1.0, 0.5], [1.0, -0.25]])
    assert [first, second] == pytest.approx(list(expected), rel=1e-5)
