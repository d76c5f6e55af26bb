"""What a page cannot do, whatever should have got into it: the browser itself refuses."""

import pytest
from explorer_browser import textbook

pytest_plugins = "explorer_browser"

_ATTACKS = {
    "a script": "const s = document.createElement('script'); s.textContent = 'window.got = 1'; "
    "document.body.append(s)",
    "an attribute": "document.body.insertAdjacentHTML('beforeend', "
    '\'<img src="x:" onerror="window.got = 1">\')',
    "eval": "setTimeout('window.got = 1')",
    "a request": "fetch('data:,1').then(() => { window.got = 1 }, () => {})",
    "a frame": "document.body.insertAdjacentHTML('beforeend', "
    "'<iframe src=\"data:text/html,hello\"></iframe>')",
}


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    page = browser.new_page()
    page.goto(textbook().save(tmp_path_factory.mktemp("trust") / "page.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("attack", _ATTACKS.values(), ids=_ATTACKS)
def test_the_page_refuses_what_its_policy_does_not_name(page, attack):
    refused = page.evaluate(
        "() => new Promise(resolve => {"
        "  document.addEventListener('securitypolicyviolation',"
        "    e => resolve(e.blockedURI), {once: true});"
        f"  {attack};"
        "  setTimeout(() => resolve(null), 5000);"
        "})"
    )
    assert refused is not None
    page.evaluate("() => new Promise(r => setTimeout(r, 50))")
    assert page.evaluate("() => window.got === undefined")


def test_a_page_in_a_notebook_cannot_reach_the_notebook(browser, tmp_path):
    page = browser.new_page()
    host = tmp_path / "host.html"
    host.write_text(f"<!doctype html><body>{textbook()._repr_html_()}</body>", encoding="utf-8")
    page.goto(host.as_uri())
    page.frame_locator("iframe").get_by_role("button", name="To the end").wait_for()
    inside = page.frames[1]
    for reach in ("parent.document.cookie", "top.location.href", "localStorage.length"):
        said = inside.evaluate(
            f"() => {{ try {{ return {reach} }} catch (e) {{ return e.name }} }}"
        )
        assert said == "SecurityError", reach
    page.close()
