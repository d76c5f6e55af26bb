"""The page as one string of HTML: the data, the evaluator of this graph, and the built program."""

import html
import json
from functools import cache
from importlib import resources
from typing import Any

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>html, body {{ height: 100%; margin: 0 }} #micrograd-explorer {{ height: 100% }}</style>
<body>
<div id="micrograd-explorer"><p>This page needs JavaScript, which is switched off here.</p></div>
"""


@cache
def program() -> str:
    """Return the built program of the page (``frontend/`` holds its source)."""
    return resources.files(__package__).joinpath("page.js").read_text(encoding="utf-8")


def data_json(page: dict[str, Any]) -> str:
    """Write the data so that nothing in it can end or begin a piece of HTML."""
    text = json.dumps(page, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def page_html(page: dict[str, Any], rules: str) -> str:
    """Put the page together.

    Args:
        page: what ``frontend/src/types.ts`` calls PageData.
        rules: the evaluator, from ``javascript.evaluator``.
    """
    return "".join(
        (
            _HEAD.format(title=html.escape(page["title"] or "micrograd")),
            f'<script type="application/json" id="micrograd-data">{data_json(page)}</script>\n',
            f"<script>window.micrograd = {{ rules: {_in_script(rules)} }};</script>\n",
            f'<script type="module">{_in_script(program())}</script>\n',
            "</body>\n</html>\n",
        )
    )


def frame(document: str, height: int) -> str:
    """Wrap a page in an iframe that holds all of it, for notebooks."""
    return (
        f'<iframe srcdoc="{html.escape(document)}" title="micrograd explorer" '
        f'style="width:100%;height:{height}px;border:1px solid #8886;border-radius:12px" '
        'sandbox="allow-scripts allow-same-origin" allow="clipboard-write"></iframe>'
    )


def _in_script(code: str) -> str:
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
