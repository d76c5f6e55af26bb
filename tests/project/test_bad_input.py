"""Bad input, in the place of each argument of each public callable: an error, and nothing changed.

The error is ours: it names the value or its type, and what to do; Python's own words about its
insides would send the reader to the wrong place.
"""

import inspect
import pathlib
import random
import re
from contextlib import nullcontext

import numpy as np
import pytest
from bad_calls import (
    ACCEPTED,
    CALLS,
    LEFT_OUT,
    LEFT_TO_F,
    MODULES,
    SHARED,
    TRAINED,
    public,
    resolved,
)

from micrograd import JitError
from micrograd import random as draws
from micrograd.value.modes import mode


class Strange:
    def __repr__(self):
        return "<strange>"


CYCLIC: list = [1.0]
CYCLIC.append(CYCLIC)
BAD = {
    "none": None, "text": "a", "empty text": "", "object": Strange(), "cyclic": CYCLIC,
    "huge": 10**400, "nan": float("nan"), "minus": -1, "complex": 1j, "empty": [],
    "empty dict": {}, "dict": {"a": 1.0}, "keys": {0: 1.0, 1: 2.0}, "holes": [None, 1.0],
    "texts": ["a", "b"], "surrogate": "\ud800", "control": "a\x00", "half": 0.5, "bytes": b"a",
}  # fmt: skip
OURS = (TypeError, ValueError, LookupError, OSError, JitError)
INSIDE_OUT = re.compile(
    r"object is not|unsupported operand|bad operand|not supported between|has no attribute"
    r"|cannot be interpreted|must be real number|could not convert|recursion|not callable"
    r"|can't|invalid literal|too large to convert|division|missing \d|positional argument"
    r"|has no len|out of range|must be an? |expected str|indices must be|not iterable|non-empty"
    r"|unhashable|unexpected keyword|unpack|ambiguous|codec"
)


def arguments():
    for name in CALLS:
        call, parameters = resolved(name)
        for parameter, (_, kind) in parameters.items() if call else ():
            yield name, parameter, kind


def tried(kind):
    """The bad values for a kind of parameter, each with whether it is accepted."""
    takes = ACCEPTED[kind.rstrip("?")] | ({"none"} if kind.endswith("?") else set())
    return {bad: bad in takes for bad in BAD if bad not in LEFT_TO_F.get(kind, set())}


def state():
    """All that a call could change behind the caller's back."""
    values = [*SHARED, *TRAINED.parameters()]
    seen = [(v.data, v.grad, v.label, v.parents) for v in values]
    theirs = np.random.get_state(legacy=False)["state"]
    numpy_state = theirs["key"].tobytes(), theirs["pos"]
    return seen, vars(mode), random.getstate(), numpy_state, draws.default.state()


@pytest.mark.parametrize(("name", "parameter", "kind"), list(arguments()))
def test_errors_name_the_value_and_nothing_is_changed(name, parameter, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, parameters = resolved(name)
    right = {key: argument for key, (argument, _) in parameters.items()}
    if name == ".train.fit":
        right.pop("loss")
    is_variadic = parameter == "values" and kind.endswith("values")
    for bad, is_accepted in tried(kind).items():
        x = BAD[bad]
        with nullcontext() if is_accepted else pytest.raises(OURS) as caught:
            before = state()
            call(x) if is_variadic else call(**right | {parameter: x})
        if is_accepted:
            continue
        message = str(caught.value)
        assert not INSIDE_OUT.search(message), (bad, message)
        assert _is_named(x, message), (bad, message)
        assert state() == before, bad


def _is_named(x, message):
    """Whether a message shows the value, a part of it, its length or its type."""
    parts = [x, *(x if isinstance(x, (list, dict, str)) else ())]
    shown = {repr(p)[:12] for p in parts} | {type(p).__name__ for p in parts}
    shown |= {str(p)[:12] for p in parts if isinstance(p, (str, dict, int, float))} - {""}
    shown |= {f"got {len(x)} ", f" and {len(x)}"} if hasattr(x, "__len__") else set()
    shown |= {"holds itself"} if x is CYCLIC else set()
    shown |= {x.decode()} if isinstance(x, bytes) else set()
    return any(text in message for text in shown) or "beyond 1.8e308" in message or not x


def test_every_public_callable_and_parameter_is_in_the_table():
    missing = []
    for name, f in public().items():
        if name in LEFT_OUT:
            continue
        known = CALLS.get(name, (None, {}))[1]
        missing += [f"{name}({p})" for p in inspect.signature(f).parameters if p not in known]
        missing += [name] if name not in CALLS else []
    assert not missing, "enter these in bad_calls.py"


def test_every_module_that_the_docs_use_is_looked_through():
    """But for what is shown to who works on the modules themselves."""
    root = pathlib.Path(__file__).parents[2]
    pages = {*root.glob("docs/*.md"), root / "README.md"} - {root / "docs" / "contributing.md"}
    texts = [page.read_text("utf-8") for page in pages]
    named = {m for text in texts for m in re.findall(r"from micrograd(\.[\w.]+) import", text)}
    assert named - {".engine", ".compiler", ".practise"} <= set(MODULES)


def test_there_are_enough_bad_calls():
    assert sum(len(tried(kind)) for _, _, kind in arguments()) > 3000
