"""``micrograd practise check``: many files, each judged in its process, and one table of bugs."""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from .._version import __version__
from ..files import write_whole
from .class_page import page
from .folders import KINDS, handed_in
from .graded_file import GradedFile
from .processes import Report, judge_file
from .programs import SECTIONS
from .reading import Unreadable
from .report import Style
from .siblings import imported_files
from .state import data_folder
from .terminal import style_of_terminal

_WORKERS = 8  # at most; there are as many as cores
_NAMED = 3  # of the files that were not looked at


def check(words: Sequence[str], args: argparse.Namespace) -> int:
    """Check files; return the exit status: 0 where all is right, 1 where something is not.

    Raises:
        ValueError: there is no file, or no section of that name.
    """
    found = handed_in(words)
    through = args.through
    if through is not None and through not in SECTIONS:
        raise ValueError(f"--through takes one of {', '.join(SECTIONS)}, got {through!r}")
    names = list(SECTIONS)
    sections = names[: names.index(through) + 1] if through else names
    for target in (args.csv, args.html, args.json):
        if target is not None and not target.absolute().parent.is_dir():
            raise ValueError(f"cannot write {target}: there is no folder {target.parent}")
    rows = graded(found.files, sections, anonymous=args.no_names)
    for line in lines(rows, style_of_terminal(), through):
        print(line)
    if found.passed_over:
        print(_passed_over(found.passed_over, args.no_names))
    if args.csv:
        write_whole(args.csv, as_csv(rows, sections, through))
    if args.json:
        entries = {"version": 1, "files": [row.to_json() for row in rows]}
        write_whole(args.json, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    if args.html:
        write_whole(args.html, page(rows, sections, through))
    return 0 if all(row.is_right(through) for row in rows) else 1


def graded(
    files: Sequence[Path], sections: Sequence[str], anonymous: bool = False
) -> list[GradedFile]:
    """Judge files, some at a time, in the order given; those seen before are not run again."""
    shown = _names(files, anonymous)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _WORKERS)) as pool:
        try:
            found = list(pool.map(lambda file: _report(file, sections), files))
        except BaseException:  # Ctrl-C: what waits is not begun
            pool.shutdown(cancel_futures=True)
            raise
    rows = []
    for file, name, report in zip(files, shown, found, strict=True):
        if anonymous:
            text = json.dumps(report.to_json())
            hidden = text.replace(json.dumps(str(file))[1:-1], name).replace(file.name, name)
            report = Report.from_json(json.loads(hidden))
        rows.append(GradedFile(name, report))
    return rows


def lines(rows: Sequence[GradedFile], style: Style, through: str | None = None) -> list[str]:
    """Write a line for each file, and how often each bug was seen.

    Args:
        rows: the files.
        style: colours and signs.
        through: how far they should go; None is as far as they do.
    """
    wide = min(max(len(row.name) for row in rows), 32)
    texts = [f"{_shortened(row.name, wide):<{wide}}  {_told(row, style, through)}" for row in rows]
    counts: dict[str, int] = {}
    for row in rows:
        bug = row.bug()
        if bug and bug["name"]:
            counts[bug["name"]] = counts.get(bug["name"], 0) + 1
    often = sorted(((n, name) for name, n in counts.items() if n > 1), reverse=True)
    right = sum(row.failed is None and not row.report.error for row in rows)
    if through:
        done = sum(row.is_right(through) for row in rows)
        more = f", {right - done} unfinished" if right > done else ""
        texts.append(f"{done} of {len(rows)} files: right through {through}{more}")
    else:
        empty = sum(row.is_empty() for row in rows)
        more = f"; in {empty} of these nothing is written yet" if empty else ""
        texts.append(f"{right} of {len(rows)} files: nothing is wrong in what is written{more}")
    return texts + [f"{n:>4} × {name}" for n, name in often]


def as_csv(rows: Iterable[GradedFile], sections: Sequence[str], through: str | None = None) -> str:
    """Write a row for each file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    details = ["program", "expression", "yours", "right"]
    bug = ["id", "name", "method", "cell", "line", "sure"]
    writer.writerow(["file", *sections, *details, *[f"bug {key}" for key in bug], "error"])
    for row in rows:
        entry, found = row.to_json(), row.bug() or {}
        states = row.states | dict.fromkeys(row.unfinished(through), "unfinished")
        cells = [row.name, *[states.get(s, "") for s in sections]]
        cells += [entry[key] for key in details] + [found.get(key) for key in bug]
        writer.writerow([_harmless(cell) for cell in [*cells, row.report.error]])
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "@", "\t", "\r") else cell


def _passed_over(files: Sequence[Path], anonymous: bool) -> str:
    """Say what of the folders was not looked at."""
    names = [] if anonymous else [file.name for file in files[:_NAMED]]
    more = f"{len(files)} files" if not names else ", ".join(names)
    rest = f", and {len(files) - len(names)} more" if 0 < len(names) < len(files) else ""
    return f"not looked at, since neither .py nor .ipynb: {more}{rest}"


def _told(row: GradedFile, style: Style, through: str | None) -> str:
    only = f"   (only definitions were run: {row.report.stopped})" if row.report.stopped else ""
    return _found(row, style, through) + only


def _found(row: GradedFile, style: Style, through: str | None) -> str:
    if row.report.error:
        return f"{style.wrong} {row.report.error}"
    section = row.failed
    if section is None or section.failure is None:
        passed = [name for name, state in row.states.items() if state == "passed"]
        absent = [name for name, state in row.states.items() if state != "passed"]
        unfinished = f"{style.wrong} unfinished   " if through and absent else ""
        return (
            unfinished
            + (f"{style.right} {', '.join(passed)}" if passed else "nothing yet")
            + (f"   not written: {', '.join(absent)}" if absent else "")
        )
    bug = row.bug()
    where = ""
    if bug:
        called = bug["name"] or section.failure.error or "unknown bug"
        looks = "" if bug["sure"] or not bug["name"] else "looks like "
        places = [bug["method"], bug["cell"], f"line {bug['line']}" if bug["line"] else None]
        at = ", ".join(place for place in places if place)
        at = f"stopped in {at}" if at and called.startswith("took over") else at
        where = f": {looks}{called}" + (f" ({at})" if at else "")
    return f"{style.wrong} {section.name}, {section.failure.title}{where}"


def _names(files: Sequence[Path], anonymous: bool) -> list[str]:
    """Return the shortest names that differ: the file's, or with its folder."""
    if anonymous:
        return [f"student {i}" for i in range(1, len(files) + 1)]
    short = [file.name for file in files]
    return short if len(set(short)) == len(short) else [str(file) for file in files]


def _shortened(name: str, wide: int) -> str:
    return name if len(name) <= wide else "…" + name[1 - wide :]


def _report(file: Path, sections: Sequence[str]) -> Report:
    """Judge a file, or return what was found when it had the same contents."""
    key = _key(file, sections)
    kept = data_folder() / "practise" / "checked" / f"{key}.json"
    try:
        return Report.from_json(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass  # not there, or not what was written
    if file.suffix not in KINDS:
        return Report(error=f"{file.name} is no Python file (.py) and no notebook (.ipynb)")
    try:
        report = judge_file(file, sections)
    except Unreadable as error:
        return Report(error=str(error))
    doubtful = report.error or any("took over" in text for text in _errors(report))
    once = kept.with_suffix(".once")
    try:  # what took too long may do so no more when the machine is less busy: twice is believed
        kept.parent.mkdir(parents=True, exist_ok=True)
        if doubtful and not once.exists():
            write_whole(once, "")
        else:
            write_whole(kept, json.dumps(report.to_json()))
            once.unlink(missing_ok=True)
    except OSError:
        pass  # a home that cannot be written to: the next run takes as long
    return report


def _errors(report: Report) -> list[str]:
    sections = report.judgement.sections if report.judgement else ()
    return [report.stopped, *[s.failure.error or "" for s in sections if s.failure]]


def _key(file: Path, sections: Sequence[str]) -> str:
    """Return what is the same only where the file, its modules and this package are the same."""
    digest = hashlib.sha256(f"{__version__} {_programs()} {sys.version} {sections}".encode())
    for path in (file, *imported_files(file)):
        try:
            data = path.read_bytes() if path.is_file() else b""
        except OSError:
            data = b""
        digest.update(f"{path.name} {len(data)}\n".encode("utf-8", "surrogateescape") + data)
    return digest.hexdigest()[:32]


@cache
def _programs() -> str:
    """Return what changes with every change of the judge."""
    digest = hashlib.sha256()
    package = resources.files(__package__)
    waiting = [package, package.joinpath("..", "value")]
    while waiting:
        for entry in sorted(waiting.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                waiting.append(entry)
            elif entry.name.endswith((".py", ".toml", ".json")):
                digest.update(entry.read_bytes())
    return digest.hexdigest()
