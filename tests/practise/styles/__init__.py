"""Right files in four styles, and every bug of the catalogue made in each of them.

``lecture`` is the package's own file, with closures; ``sets`` the same with parents in a set;
``table`` keeps local gradients beside the parents; ``methods`` has one method for all operations.
How a bug is made in the latter two stands in the TOML file beside each.
"""

import sys
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

from micrograd.practise import bugs, lecture

STYLES = ("lecture", "sets", "table", "methods")
FOLDER = Path(__file__).parent


@cache
def right(style):
    """The text of the right file."""
    if style == "sets":
        return _in_sets(right("lecture"))
    return Path(lecture.__file__ if style == "lecture" else FOLDER / f"{style}.py").read_text()


def _in_sets(text):
    return text.replace("tuple(_children)", "set(_children)")


@cache
def _ways(style):
    if style in ("lecture", "sets"):
        return {}
    return tomllib.loads((FOLDER / f"{style}.toml").read_text())


def ways(id, style):
    """The ways to make a bug in a style; none where it cannot be made there."""
    entry = bugs.catalogue()[id]
    own = _ways(style).get(id)
    if own is None:
        return entry.ways
    if isinstance(own, str):  # the reason why not
        return ()
    return bugs.ways(own if isinstance(own, dict) else {"change": own}, entry.bug.method)


def unknown(style):
    """What the style's data says of bugs that are not in the catalogue."""
    return [id for id in _ways(style) if id not in bugs.catalogue()]


def wrong(style, ids=None):
    """Every bug made in a style, each way: (id, text of the file)."""
    for id in bugs.catalogue() if ids is None else ids:
        for changes in ways(id, style):
            if style == "sets":
                yield id, _in_sets(bugs.inject(right("lecture"), changes))
            else:
                yield id, bugs.inject(right(style), changes)


def run(text, file="mygrad.py"):
    """The namespace that importing a file leaves."""
    module = ModuleType("mygrad")
    sys.modules["mygrad"] = module  # where a dataclass looks
    try:
        exec(compile(text, file, "exec"), vars(module))
    finally:
        del sys.modules["mygrad"]
    return vars(module)
