"""The page as one string of HTML: the data, the evaluator of this graph, and the built program."""

import hashlib
import html
import json
from base64 import b64encode
from functools import cache
from importlib import resources
from typing import Any

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>html, body {{ height: 100%; margin: 0 }} #micrograd-explorer {{ height: 100% }}</style>
<body>
<div id="micrograd-explorer"><p>This page needs JavaScript, which is switched off here.</p></div>
"""
MARK = '<div id="micrograd-explorer">'
"""What tells one of our pages from any other file."""


@cache
def program() -> str:
    """Return the built program of the page (``frontend/`` holds its source)."""
    return resources.files(__package__).joinpath("page.js").read_text(encoding="utf-8")


def program_code() -> str:
    """Return the program as it stands in a page, between the tags of a script."""
    return _in_script(program())


def rules_code(rules: str) -> str:
    """Return the script that hands the evaluator to the program."""
    return f"window.micrograd = {{ rules: {_in_script(rules)} }};"


def data_json(page: Any) -> str:
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
    rules, code = rules_code(rules), program_code()
    return "".join(
        (
            _HEAD.format(
                title=html.escape(page["title"] or "micrograd"), policy=policy(rules, code)
            ),
            f'<script type="application/json" id="micrograd-data">{data_json(page)}</script>\n',
            f"<script>{rules}</script>\n",
            f'<script type="module">{code}</script>\n',
            "</body>\n</html>\n",
        )
    )


def policy(*scripts: str) -> str:
    """Return the Content-Security-Policy: these scripts run and no others; nothing is fetched."""
    hashes = [b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{h}'" for h in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def frame(document: str, height: int) -> str:
    """Wrap a page in an iframe that holds all of it and cannot reach the notebook around it."""
    return (
        f'<iframe srcdoc="{html.escape(document)}" title="micrograd explorer" '
        f'style="width:100%;height:{height}px;border:1px solid #8886;border-radius:12px" '
        'sandbox="allow-scripts" allow="clipboard-write"></iframe>'
    )


def _in_script(code: str) -> str:
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
