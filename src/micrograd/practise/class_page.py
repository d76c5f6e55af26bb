"""A class on one page: which bugs, and who has them. One HTML file, without script or network."""

from collections.abc import Sequence
from html import escape

from ..drawing.appearance import THEMES
from .graded_file import GradedFile

_ENDLESS = "does not end"
_SIGNS = {"passed": "✓", "failed": "✗", "unfinished": "✗", "absent": "·", "not reached": ""}
_STYLE = """
:root { color-scheme: light dark; LIGHT }
@media (prefers-color-scheme: dark) { :root { DARK } }
body { margin: 2rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink);
       background: var(--ground) }
h1 { font-size: 1.5rem; margin: 0 0 .2rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem }
p { margin: .2rem 0; color: var(--soft); max-width: 46rem }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; max-width: 100% }
table { min-width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .28rem .6rem; text-align: left; vertical-align: top; white-space: nowrap;
         border-bottom: 1px solid color-mix(in srgb, var(--line) 30%, transparent) }
tr:last-child > * { border-bottom: 0 }
thead th { background: var(--frame); font-weight: 600; vertical-align: bottom }
.first { position: sticky; left: 0; background: var(--ground); font-weight: 400; z-index: 1;
         min-width: 17rem; max-width: 26rem; white-space: normal }
thead .first { background: var(--frame); font-weight: 600 }
.turned { writing-mode: vertical-rl; transform: rotate(180deg); padding: .5rem .1rem;
          font-weight: 400; max-height: 11rem; overflow: hidden; text-overflow: ellipsis }
.mark { text-align: center; padding: .28rem .35rem; min-width: .9rem }
.hit { background: var(--grad); color: var(--ground); border-radius: 3px }
.maybe { background: none; color: var(--grad); box-shadow: inset 0 0 0 2px var(--grad) }
.count { text-align: right; font-weight: 600 }
.failed, .unfinished { color: var(--grad); font-weight: 700 } .passed { color: var(--local) }
.absent { color: var(--soft) }
.what { white-space: normal; min-width: 24rem }
code { font: 12.5px/1.4 ui-monospace, Menlo, Consolas, monospace; color: var(--soft) }
""".replace("LIGHT", "; ".join(f"--{k}: {v}" for k, v in THEMES["light"].items())).replace(
    "DARK", "; ".join(f"--{k}: {v}" for k, v in THEMES["dark"].items())
)


def page(rows: Sequence[GradedFile], sections: Sequence[str], through: str | None = None) -> str:
    """Write the page: bugs × students, then what was found in each file."""
    wrong = [row for row in rows if row.failed or row.report.error]
    right = len(rows) - len(wrong)
    empty = sum(row.is_empty() for row in rows)
    of_these = f" ({empty} of them with nothing yet)" if empty else ""
    unfinished = sum(bool(row.unfinished(through)) for row in rows)
    if unfinished:
        of_these = f" ({unfinished} of them unfinished: not right through {through} yet)"
    return "\n".join([
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{len(rows)} engines</title><style>{_STYLE}</style>",
        f"<h1>{len(rows)} engine{'s' * (len(rows) != 1)}</h1>",
        f"<p>{right} with nothing wrong in what is written{of_these}, {len(wrong)} with a bug. "
        "Of two bugs in one file one is shown, or none by name where a program meets both.</p>",
        *_bugs(rows),
        *_files(rows, sections, through),
        "</html>\n",
    ])  # fmt: skip


def _bugs(rows: Sequence[GradedFile]) -> list[str]:
    """Write a row for each bug, the most frequent first, and a column for each student with one."""
    found: dict[tuple[str, str], dict[int, bool]] = {}
    for i, row in enumerate(rows):
        for name, method, sure in _named(row):
            found.setdefault((name, method), {})[i] = sure
    if not found:
        return []
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    columns = sorted({i for who in found.values() for i in who})
    head = "".join(f'<th class="turned" scope="col">{escape(rows[i].name)}</th>' for i in columns)
    out = [
        "<h2>Bugs and students</h2>",
        "<p>Filled: these numbers are this bug's and no other's. Framed: it looks like it, or the "
        "bug is in no catalogue.</p>",
        '<div class="wide"><table><thead><tr><th class="first" scope="col">bug</th>'
        f"<th>files</th>{head}</tr></thead><tbody>",
    ]
    for (name, method), who in order:
        where = f" <code>{escape(method)}</code>" if method else ""
        cells = "".join(
            f'<td class="mark"><span class="mark hit{"" if who[i] else " maybe"}" '
            f'title="{escape(rows[i].name)}">✗</span></td>'
            if i in who
            else "<td></td>"
            for i in columns
        )
        out.append(
            f'<tr><th class="first" scope="row">{escape(name)}{where}</th>'
            f'<td class="count">{len(who)}</td>{cells}</tr>'
        )
    return [*out, "</tbody></table></div>"]


def _named(row: GradedFile) -> list[tuple[str, str, bool]]:
    if row.report.error:
        return [(_ENDLESS if "took over" in row.report.error else "cannot be run", "", True)]
    if row.failed is None:
        return []
    bug = row.bug() or {}
    failure = row.failed.failure
    title, error = (failure.title, failure.error or "") if failure else ("", "")
    unnamed = _ENDLESS if error.startswith("took over") else f"in no catalogue: {title}"
    name = bug.get("name") or unnamed
    return [(name, bug.get("method") or "", bool(bug.get("sure")))]


def _files(rows: Sequence[GradedFile], sections: Sequence[str], through: str | None) -> list[str]:
    """Write a row for each file: its sections, and the program that failed."""
    head = "".join(f'<th class="turned" scope="col">{escape(s)}</th>' for s in sections)
    out = [
        "<h2>Files</h2>",
        "<p>✓ right, ✗ wrong or unfinished, · not written yet; empty: not looked at, since it "
        "comes after what is wrong.</p>",
        '<div class="wide"><table><thead><tr><th class="first" scope="col">file</th>'
        f'{head}<th scope="col">what was found</th></tr></thead><tbody>',
    ]
    for row in rows:
        unfinished = row.unfinished(through)
        known = row.states | dict.fromkeys(unfinished, "unfinished")
        states = [known.get(section, "") for section in sections]
        what = f"unfinished, not written: {', '.join(unfinished)}" if unfinished else ""
        marks = "".join(
            f'<td class="mark {s.partition(" ")[0]}" title="{s}">{_SIGNS.get(s, "")}</td>'
            for s in states
        )
        out.append(
            f'<tr><th class="first" scope="row">{escape(row.name)}</th>{marks}'
            f'<td class="what">{"<br/>".join(filter(None, (what, _what(row))))}</td></tr>'
        )
    return [*out, "</tbody></table></div>"]


def _what(row: GradedFile) -> str:
    if row.report.error:
        return escape(row.report.error)
    stopped = row.report.stopped
    only = f"only definitions were run: {escape(stopped)}" if stopped else ""
    failure = row.failed.failure if row.failed else None
    if failure is None:
        return only
    (name, method, sure), bug = _named(row)[0], row.bug() or {}
    stop = ", stopped" if name == _ENDLESS else ""
    where = f"{stop} in <code>{escape(method)}</code>" if method else ""
    cell = f", {bug['cell']}" if bug.get("cell") else ""
    line = f"{cell}, line {bug['line']}" if bug.get("line") else ""
    entry = row.to_json()
    numbers = f"yours {entry['yours']}"
    if entry["right"] is not None:
        numbers = f"{entry['expression']}: yours {entry['yours']}, right {entry['right']}"
    looks = "" if sure or not bug.get("name") else "looks like: "
    code = escape(failure.program).replace("\n", "<br/>")
    return f"{looks}{escape(name)}{where}{line}<br/><code>{code}</code><br/>{escape(numbers)}" + (
        f"<br/>{only}" if only else ""
    )
