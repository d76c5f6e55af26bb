"""Which bugs of the catalogue give just these numbers.

``signatures.json`` has, for each section, what every bug makes of its programs, measured in several
styles of file. A row fits where every program that ran gave what the row says, wrong numbers and
right ones alike; programs that a learner's file cannot run yet say nothing. Rows with an "earlier"
are of bugs that an earlier section finds, unless a file keeps what it looks at out of sight.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from .bugs import catalogue
from .results import Bug, Outcome


def suspects(section: str, outcomes: Iterable[Outcome]) -> list[Bug]:
    """Return the bugs whose measured numbers are these; none, where something is unknown.

    Args:
        section: the first that failed.
        outcomes: of all its programs, and of those that tell bugs apart there.
    """
    present = {o.name: o.signature for o in outcomes if o.state != "absent"}
    rows = [row for row in _table().get(section, []) if _fits(row["wrong"], present)]
    found_here = [row for row in rows if "earlier" not in row]
    ids = {id for row in found_here or rows for id in row["bugs"]}
    return [entry.bug for id, entry in catalogue().items() if id in ids]


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    text = resources.files(__package__).joinpath("signatures.json").read_text("utf-8")
    return json.loads(text)


def _fits(row: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    if not any(name in row for name in present):
        return False
    for name, signature in present.items():
        expected = row.get(name)
        if expected == "absent":  # in the style that it was measured in
            continue
        if not _same(expected, signature):
            return False
    return True


def _same(expected: Any, measured: Any) -> bool:
    if isinstance(expected, list) and isinstance(measured, list):
        return len(expected) == len(measured) and all(map(_close, expected, measured))
    return expected == measured


def _close(x: Any, y: Any) -> bool:
    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        return abs(x - y) <= 1e-5 * max(1.0, abs(x))
    return x == y
