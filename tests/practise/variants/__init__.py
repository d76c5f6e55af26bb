"""Right files in the forms that people give them: whole files, and edits of the three styles."""

import re
import tomllib
from pathlib import Path

import styles

FOLDER = Path(__file__).parent


def files():
    """The name and the text of every right variant."""
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        yield path.stem, path.read_text()
    for name, record in tomllib.loads((FOLDER / "edits.toml").read_text()).items():
        text = styles.right(record["style"])
        for old, new in record["edits"]:
            text, count = _pattern(old).subn(lambda _, new=new: new, text)
            if not count:
                raise ValueError(f"{name}: {record['style']} has no {old!r}")
        yield name, text


def _pattern(old):
    if old.startswith("re:"):
        return re.compile(old[3:], re.S | re.M)
    return re.compile(rf"\b{old}\b" if old.isidentifier() else re.escape(old))
