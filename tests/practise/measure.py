"""Measure the signature of every bug: ``python tests/practise/measure.py`` rewrites the table.

Run it after a change of the programs, of the catalogue or of the styles.
"""

import json
from pathlib import Path

import styles

from micrograd.practise import judge, naming
from micrograd.practise.programs import PROGRAMS, SECTIONS

TABLE = Path(naming.__file__).with_name("signatures.json")
# What fails before these may not be seen in a file whose steps or parents are kept elsewhere.
AFTER = {"value": ("backward",), "operations": ("backward",)}


def rows(text):
    """What a wrong file gives: (section, the earlier one that finds it or None, outcomes)."""
    signature = judge.signature(styles.run(text))
    wrong = {name: "absent" if x is None else shorter(x) for name, x in signature.items()}
    judged = {p.name: section for section, programs in SECTIONS.items() for p in programs}
    failing = [judged[name] for name, x in wrong.items() if name in judged and x != "absent"]
    first = min(failing, key=list(SECTIONS).index)
    for section in (first, *(s for s in AFTER.get(first, ()) if s in failing)):
        found = {name: x for name, x in wrong.items() if PROGRAMS[name].section == section}
        yield section, first if section != first else None, found


def shorter(x):
    """Six digits are enough to tell, and to read."""
    if isinstance(x, list):
        return [float(f"{y:.6g}") if isinstance(y, float) else y for y in x]
    return x


def table():
    found = {section: {} for section in SECTIONS}
    for style in styles.STYLES:
        for id, text in styles.wrong(style):
            for section, earlier, wrong in rows(text):
                key = json.dumps([earlier or "", wrong], sort_keys=True)
                found[section].setdefault(key, set()).add(id)
    return {
        section: sorted((row(key, ids) for key, ids in keys.items()), key=json.dumps)
        for section, keys in found.items()
    }


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
    TABLE.write_text(written(table()))
