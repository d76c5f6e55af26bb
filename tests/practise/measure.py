"""Measure the signature of every bug: ``python tests/practise/measure.py`` rewrites the table.

Run it after a change of the programs, of the catalogue or of the styles.
"""

import json
from pathlib import Path

import styles

from micrograd.practise import naming
from micrograd.practise.examination import Examination
from micrograd.practise.forms import Forms
from micrograd.practise.judge import undisturbed
from micrograd.practise.programs import SECTIONS, TELLING

TABLE = Path(naming.__file__).with_name("signatures.json")
# What fails before these may not be seen in a file whose steps or parents are kept elsewhere.
AFTER = {"value": ("backward",), "operations": ("backward",)}


def failing(text):
    """The sections that fail in a wrong file: the first, and those that may find it instead."""
    examination = Examination(Forms(styles.run(text)))
    first = None
    for section, programs in SECTIONS.items():
        if first is not None and section not in AFTER.get(first, ()):
            continue
        outcomes = [examination.outcome(p) for p in (*programs, *TELLING) if p.section == section]
        if any(outcome.state == "wrong" for outcome in outcomes[: len(programs)]):
            first = first or section
            yield section, outcomes


def numbers(outcomes):
    return {
        outcome.name: "absent" if outcome.state == "absent" else shorter(outcome.signature)
        for outcome in outcomes
        if outcome.state == "absent" or outcome.signature is not None
    }


def shorter(x):
    """Six digits are enough to tell, and to read."""
    if isinstance(x, list):
        return [float(f"{y:.6g}") if isinstance(y, float) else y for y in x]
    return x


def table():
    found = {section: {} for section in SECTIONS}
    for style in styles.STYLES:
        for id, text in styles.wrong(style):
            first = ""
            for section, outcomes in failing(text):
                key = json.dumps([first, numbers(outcomes)], sort_keys=True)
                first = first or section
                found[section].setdefault(key, set()).add(id)
    return {
        section: sorted((row(key, ids) for key, ids in keys.items()), key=json.dumps)
        for section, keys in found.items()
    }


def stored():
    return json.loads(TABLE.read_text())


def row(key, ids):
    earlier, wrong = json.loads(key)
    return {"bugs": sorted(ids), **({"earlier": earlier} if earlier else {}), "wrong": wrong}


def written(measured):
    """As JSON, a line for each row."""
    sections = (
        f"{json.dumps(section)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for section, rows in measured.items()
    )
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    with undisturbed():
        TABLE.write_text(written(table()))
