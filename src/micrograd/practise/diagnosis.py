"""Which bug it is, and where: by its numbers, and by putting our methods in place of the learner's.

A bug is named where the catalogue's measurements know these numbers, as ``naming`` says; it is sure
where our methods in its place make the section right. Where nothing is known of the numbers, our
methods are put in one at a time: the one that makes all right stands where the mistake is.
"""

import difflib
import dis
import types
from collections.abc import Iterator
from typing import Any

from . import grafts, network_grafts
from .adapter import Adapter
from .bugs import catalogue
from .examination import Examination
from .forms import Forms
from .grafts import Graft
from .naming import suspects
from .programs import SECTIONS, TELLING, Program
from .results import Bug, Diagnosis, Outcome, Place

GRAFTS: dict[str, Graft] = {
    "derivative": network_grafts.derivative,
    **{name: grafts.operation(name) for name in grafts.RULES},
    "__pow__": grafts.power,
    "backward": grafts.backward,
    "__repr__": grafts.representation,
    "__eq__": grafts.identity,
    "__init__": network_grafts.constructor,
    "Neuron.__init__": network_grafts.neuron_start,
    "Neuron.__call__": network_grafts.neuron_call,
    "Neuron.parameters": network_grafts.parameters("Neuron"),
    "Layer.__init__": network_grafts.parts("Layer", "Neuron"),
    "Layer.__call__": network_grafts.layer_call,
    "Layer.parameters": network_grafts.parameters("Layer"),
    "MLP.__init__": network_grafts.parts("MLP", "Layer"),
    "MLP.__call__": network_grafts.network_call,
    "MLP.parameters": network_grafts.parameters("MLP"),
    "train": network_grafts.training,
}


ORDER = {  # where to look first
    "derivative": ("derivative",),
    "value": ("__add__", "__mul__", "__init__", "__repr__", "__eq__"),
    "operations": ("__add__", "__mul__", "tanh", "relu", "__init__", "__eq__"),
    "backward": ("backward", "__add__", "__mul__", "tanh", "relu", "__init__", "__eq__"),
    "network": tuple(name for name in GRAFTS if "." in name),
    "training": ("train", "backward"),
}


def diagnose(examination: Examination, program: Program, outcome: Outcome) -> Diagnosis:
    """Say which bug makes this program fail, the first that does.

    Args:
        examination: of the learner's file.
        program: the first that fails.
        outcome: what came out.
    """
    forms = examination.forms
    stopped = str(outcome.signature).startswith("stopped")
    if stopped:  # with one of our methods it may be the next that does not come to an end
        return Diagnosis(None, outcome.method, place(forms, outcome.method, outcome))
    bug = _named(examination, program)
    if bug is not None and _cures(examination, program, functions(bug)):
        at = place(forms, bug.method, outcome)
        return Diagnosis(bug, bug.method, at, True, _cure(bug.method, "section"))
    method, cured = _transplanted(examination, program)
    if method is None:
        return Diagnosis(bug, outcome.method, outcome.place)
    sure = bug is not None and cured in ("section", "all")
    return Diagnosis(bug, method, place(forms, method, outcome), sure, _cure(method, cured))


def _named(examination: Examination, program: Program) -> Bug | None:
    """Return the one bug of the catalogue that gives the numbers of this section."""
    section = program.section
    programs = [p for p in (*SECTIONS[section], *TELLING) if p.section == section]
    found = suspects(section, map(examination.outcome, programs))
    return found[0] if len(found) == 1 else None


def functions(bug: Bug) -> list[str]:
    """Return all methods that a bug is made in."""
    return list(dict.fromkeys([bug.method, *(c[0] for c in catalogue()[bug.id].ways[0])]))


def _cures(examination: Examination, program: Program, methods: list[str]) -> bool:
    """Say whether a section is right with our methods in place of theirs, those that they have."""
    forms = examination.forms
    there = [m for m in methods if m in GRAFTS and (m == program.feature or _is_there(forms, m))]
    return bool(there) and _cured(examination, program, there, "section") is not None


def _cure(method: str, cured: str | None) -> str | None:
    reach = {"all": "all is right", "section": "this section is right"}
    if cured is None:
        return None
    return f"with our `{method}` in place of yours {reach.get(cured, 'this program is right')}"


def _transplanted(examination: Examination, program: Program) -> tuple[str | None, str | None]:
    """Find the method of ours that makes the most right, and how much it does."""
    first = ORDER.get(program.section, (program.feature, *ORDER["operations"], "backward"))
    names = [name for name in dict.fromkeys([*first, *GRAFTS]) if name in GRAFTS]
    forms = examination.forms
    there = [name for name in names if name == program.feature or _is_there(forms, name)]
    cured = {name: _cured(examination, program, [name]) for name in there}
    for reach in ("all", "section", "program"):
        for name, how in cured.items():
            if how == reach:
                return name, how
    return None, None


def _is_there(forms: Forms, name: str) -> bool:
    if name == "__init__":
        return forms.cls is not None
    if name[0].isupper():
        return bool(forms.function(name.partition(".")[0]))
    return forms.provides(name)


def _cured(
    examination: Examination, program: Program, methods: list[str], least: str = "program"
) -> str | None:
    """Say how much is right with our methods in place of theirs: the program, its section, all.

    From ``least`` "section" on, no more than the section is looked at, which is quick.
    """

    def change(adapter: Adapter) -> None:
        for method in methods:
            GRAFTS[method](adapter)

    if not all(method in GRAFTS for method in methods):
        return None
    changed = Examination(examination.forms, change=change)
    if changed.alone(program).state != "right":
        return None
    whole = all(changed.outcome(p).state != "wrong" for p in SECTIONS[program.section])
    if not whole or least == "section":
        return "section" if whole else None if least == "section" else "program"
    return "section" if any(o.state == "wrong" for o in changed.all()) else "all"


def place(forms: Forms, method: str | None, outcome: Outcome) -> Place | None:
    """Find the line of a method in the learner's file; of what raised an error, if it is there."""
    if method is None or (outcome.place is not None and outcome.method == method):
        return outcome.place
    function = _function(forms, method) or _misspelt(forms, method)
    if function is None:
        return outcome.place
    code = function.__code__
    line = next(_gradient_lines(code, forms.grad), code.co_firstlineno)
    in_step = method in grafts.RULES or method == "__pow__"
    return Place(code.co_filename, line if in_step else code.co_firstlineno)


def _function(forms: Forms, method: str) -> Any:
    """Return the learner's function for one of our names."""
    owner, _, name = method.rpartition(".")
    if owner:
        holder: Any = forms.namespace.get(forms.function(owner) or owner)
        function = getattr(holder, name, None)
    else:
        own = forms.method(method) if forms.cls is not None else None
        function = getattr(forms.cls, own or method, None)
        if own is None and not hasattr(function, "__code__"):
            function = forms.namespace.get(forms.function(method) or method)
    return function if hasattr(function, "__code__") else None


def _misspelt(forms: Forms, method: str) -> Any:
    """Return a method of the class that seems to be meant: ``__add_`` or ``add`` for __add__."""
    members = vars(forms.cls or object).values()
    functions = {f.__name__: f for f in members if hasattr(f, "__code__")}
    meant = [n for n in functions if n.strip("_") == method.strip("_")]
    near = meant or difflib.get_close_matches(method, functions, 1, 0.8)
    others = {name for name in GRAFTS if name != method}  # __radd__ is near __add__
    return next((functions[n] for n in near if n not in others), None)


def _gradient_lines(code: types.CodeType, grad: str) -> Iterator[int]:
    """Yield the lines of inner functions that write to a gradient."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            for instruction in dis.get_instructions(inner):
                if instruction.opname == "STORE_ATTR" and instruction.argval == grad:
                    at = instruction.positions
                    yield at.lineno if at and at.lineno else inner.co_firstlineno
