"""One program, run on a fresh copy of a learner's file: its numbers beside the lecture's.

Whatever the learner's code raises or prints ends with the program. Only Ctrl-C goes through: a
KeyboardInterrupt that no ``raise`` of theirs has raised.
"""

import contextlib
import math
import random
import sys
import types
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from ..value.attempts import attempt
from ..value.attributes import number
from . import lecture
from .adapter import Adapter, Handle
from .errors import described, kind, raised_at, stopped_in
from .forms import Forms
from .limits import TimeLimit
from .networks import ROWS, TARGETS, Watch, build, set_weights, train, values
from .programs import PROGRAMS, Program, expression, label
from .results import Difference, Outcome
from .spelling import spelled
from .variants import varied

Change = Callable[[Adapter], None]


class _Silence:
    """A stream that forgets; no flood of output can fill it."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return False


_FIRST_LOSS = "training.first"


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Send what is printed nowhere."""
    nowhere: Any = _Silence()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def run(
    program: Program, forms: Forms, change: Change | None = None, shared: Adapter | None = None
) -> Outcome:
    """Run one program on a learner's file and compare with the lecture's.

    Args:
        program: one of ``PROGRAMS``.
        forms: how the learner's file is written.
        change: what to put into the copy before, for a transplant.
        shared: a copy to run on instead of a fresh one.
    """
    with silence():
        work = partial(_on_copy, program, forms, change, shared)
        shown, error = attempt(work, limited=True)
    if error is not None:
        return _failed(program, error)
    return _compared(program, forms, shown, change)


def fails(program: Program, forms: Forms) -> bool:
    """Say whether a program raises something, on a fresh copy."""
    with silence():
        return attempt(partial(_on_copy, program, forms))[1] is not None


@cache
def right(name: str, variant: str = "") -> dict[str, Any]:
    """Return what the lecture's engine gives for a program, in one variant: the right numbers."""
    return _numbers(PROGRAMS[name], Adapter(_lecture(), varied(variant)))


@cache
def _lecture() -> Forms:
    return Forms(vars(lecture))


@cache
def _compiled(text: str, mode: str) -> types.CodeType:
    return compile(text, "<program>", mode)


def environment(adapter: Adapter) -> dict[str, Any]:
    """Return all names that a program may use."""
    names: dict[str, Any] = {n: partial(build, adapter, n) for n in ("Neuron", "Layer", "MLP")}
    names |= {"set_weights": set_weights, "weights": values, "watched": Watch}
    names |= {"train": partial(train, adapter), "xs": ROWS, "ys": TARGETS}
    return adapter.environment() | names


def _on_copy(
    program: Program, forms: Forms, change: Change | None = None, shared: Adapter | None = None
) -> dict[str, Any]:
    return _numbers(program, shared or Adapter(forms, change))


def _numbers(program: Program, adapter: Adapter) -> dict[str, Any]:
    """Run a program; return what each of its expressions gave, lists of numbers one by one."""
    random.seed(1)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(1)
    adapter.copy.begin()
    names = environment(adapter)
    exec(_compiled(program.code, "exec"), names)
    shown: dict[str, Any] = {}
    for show in (*program.shows, *program.observes):
        x = eval(_compiled(expression(show), "eval"), names)
        if isinstance(x, list) and "{}" in show:
            shown |= {label(show).replace("{}", str(i)): float(y) for i, y in enumerate(x)}
        else:
            shown[label(show)] = x if type(x) is int and "len(" in show else _plain(x, names)
    return shown


def _plain(x: Any, names: dict[str, Any]) -> Any:
    """Turn what an expression gave into a number, a truth or a text."""
    if isinstance(x, (bool, str)):
        return x
    if isinstance(x, Handle):
        return x.data
    if isinstance(x, list):
        return "{" + ", ".join(sorted({_name(item, names) for item in x})) + "}"
    return number(x)


def _name(item: Any, names: dict[str, Any]) -> str:
    """Return the variable that holds the same object as item, a parent."""
    for name, value in names.items():
        if isinstance(value, Handle) and value == item:
            return name
    return repr(item)[:20] if isinstance(item.inner, (int, float)) else type(item.inner).__name__


def _network(forms: Forms, change: Change | None) -> str:
    """Find which network the learner has built: its activation, and whether it ends with one."""
    if not forms.provides("MLP"):
        return next((name for name in ("tanh", "relu") if forms.has(name)), "linear")
    key = (change, "network")
    if key not in forms.variants:
        forms.variants[key] = _variant(PROGRAMS["network.mlp"], forms, change) or "tanh"
    return forms.variants[key]


def _variant(program: Program, forms: Forms, change: Change | None) -> str | None:
    with silence():
        shown, error = attempt(partial(_on_copy, program, forms, change))
    if error is not None:
        return None
    variants = _variants(program, forms, change)
    found = (v for v in variants if _same(program, shown, right(program.name, v)))
    return next(found, None)


def _variants(program: Program, forms: Forms, change: Change | None) -> list[str]:
    if program.feature == "train":
        network = _network(forms, change)
        kinds = [network + loss for loss in program.variants]
        if program.name == _FIRST_LOSS:
            return kinds
        key = (change, "loss")  # known from the first loss, so that long runs need one reference
        if key not in forms.variants:
            first = _variant(PROGRAMS[_FIRST_LOSS], forms, change)
            forms.variants[key] = first or kinds[0]
        return [forms.variants[key]]
    return [v for v in program.variants if v != "linear" or forms.provides("MLP")]


def _answers(program: Program, variants: list[str]) -> Iterator[dict[str, Any]]:
    for variant in variants:
        yield right(program.name, variant)
    for numbers in program.accepts:
        yield dict(zip(map(label, program.shows), numbers))


def _compared(
    program: Program, forms: Forms, shown: dict[str, Any], change: Change | None
) -> Outcome:
    variants = _variants(program, forms, change)
    observed = {show: shown.pop(show) for show in program.observes}
    accepted = []
    for answer in _answers(program, variants):  # one by one: the first is mostly it
        if _same(program, shown, answer):
            usual = all(observed[show] == answer[show] for show in observed)
            return Outcome(program.name, "right", signature=None if usual else [*observed.values()])
        accepted.append(answer)
    answer = max(accepted, key=lambda answer: _agreement(program, shown, answer))
    if program.section == "network":
        neuron = _variant(PROGRAMS["network.neuron"], forms, change)
        own = [v for v in variants if v.split(",")[0] == neuron]
        answer = right(program.name, own[0]) if own else answer
    differences = tuple(
        Difference(spelled(show, forms), written(shown.get(show, "missing")), written(ours))
        for show, ours in answer.items()
        if not close(shown.get(show), ours, program.tolerance)
    )
    digits = 9 if program.tolerance < 1e-3 else 2
    signature = [rounded(x, digits) for x in shown.values()]
    return Outcome(program.name, "wrong", differences, signature=signature)


def _agreement(program: Program, shown: dict[str, Any], answer: dict[str, Any]) -> int:
    return sum(close(shown.get(k), x, program.tolerance) for k, x in answer.items())


def _same(program: Program, shown: dict[str, Any], answer: dict[str, Any]) -> bool:
    judged = {k: x for k, x in answer.items() if k not in program.observes}
    return judged.keys() == shown.keys() and _agreement(program, shown, judged) == len(judged)


def close(x: Any, y: Any, tolerance: float = 1e-6) -> bool:
    """Say whether two outcomes are the same, floats up to a tolerance."""
    if isinstance(x, float) and isinstance(y, float):
        return abs(x - y) <= tolerance * max(1.0, abs(y)) or (math.isnan(x) and math.isnan(y))
    return type(x) is type(y) and x == y


def rounded(x: Any, digits: int = 9) -> Any:
    """Round for a signature: JSON has no nan or infinity, and no two machines the last bit."""
    if isinstance(x, float):
        return round(float(f"{x:.{digits}g}"), 12) + 0.0 if math.isfinite(x) else str(x)
    return x


def written(x: Any) -> str:
    """Write a number as a person would read it: 2.0, 0.4621171573."""
    if not isinstance(x, float):
        return str(x)
    short = f"{x:.10g}"
    return f"{short}.0" if short.lstrip("-").isdigit() else short


def _failed(program: Program, error: BaseException) -> Outcome:
    if not program.shows:  # it judges nothing
        return Outcome(program.name, "right", signature=kind(error))
    where = stopped_in if isinstance(error, TimeLimit) else raised_at
    place, method = where(error)
    text = described(error)
    return Outcome(program.name, "wrong", (), text, place, method, kind(error))
