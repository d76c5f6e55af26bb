"""Judge a learner's namespace: the first program that fails, and what its numbers say.

``judge`` is a pure function: it starts nothing, reads nothing, and leaves the namespace as it was,
so that it runs in a notebook and in a browser as well. It cannot end a loop that never ends: where
there are processes, run it in one, and after a time-out give it ``outcomes`` that say which
program did not come back.
"""

import contextlib
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .forms import Forms
from .programs import PROGRAMS, SECTIONS, Program
from .results import Failure, Judgement, Outcome, SectionResult
from .spelling import spelled
from .trial import run, silence


def judge(
    namespace: dict[str, Any],
    sections: Sequence[str] | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
) -> Judgement:
    """Judge the sections of a learner's file, up to the first program that fails.

    Args:
        namespace: what running the file left, or a notebook's globals; it is not changed.
        sections: which, in order; None is all.
        outcomes: of programs that were run elsewhere, by name; these are not run again.

    Returns:
        One result a section; after the first that fails the others are "not reached".

    Raises:
        ValueError: there is no section of that name.
    """
    chosen = list(SECTIONS if sections is None else sections)
    for name in chosen:
        if name not in SECTIONS:
            raise ValueError(f"the sections are {', '.join(SECTIONS)}, got {name!r}")
    with undisturbed():
        forms = Forms(namespace)
        results: list[SectionResult] = []
        for name in chosen:
            if any(result.state == "failed" for result in results):
                results.append(SectionResult(name, "not reached"))
            else:
                results.append(_section(name, forms, outcomes or {}))
        return Judgement(tuple(results), forms.names)


def run_program(namespace: dict[str, Any], name: str) -> Outcome:
    """Run one program alone; ``PROGRAMS`` has the names."""
    with undisturbed():
        return _outcome(PROGRAMS[name], Forms(namespace), {})


def signature(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return what tells bugs apart: for each program that is not right, what came out.

    A list of numbers rounded to 9 digits, the kind of an error, or None where the program is
    absent; a program that is not named is right. The same on every machine and in every run.
    """
    with undisturbed():
        forms = Forms(namespace)
        rows = [_outcome(p, forms, {}) for p in PROGRAMS.values()]
        return {row.name: row.signature for row in rows if row.state != "right"}


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put the random generators back afterwards, and let nothing be printed."""
    state = random.getstate()
    numpy = sys.modules.get("numpy")
    array_state = numpy.random.get_state() if numpy else None
    try:
        with silence():
            yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(array_state)


def _section(name: str, forms: Forms, outcomes: Mapping[str, Outcome]) -> SectionResult:
    passed: list[str] = []
    missing: list[str] = []
    for program in SECTIONS[name]:
        outcome = _outcome(program, forms, outcomes)
        if outcome.state == "wrong":
            failure = Failure(
                program.name,
                program.title,
                spelled(program.text, forms),
                outcome.differences,
                outcome.error,
            )
            return SectionResult(name, "failed", tuple(passed), failure=failure)
        if outcome.state == "right":
            passed.append(program.title)
        elif program.required and is_unwritten(program, forms):
            missing.append(spelled(program.text, forms))
    state: Any = "absent" if missing or not passed else "passed"
    return SectionResult(name, state, tuple(passed), tuple(missing))


def is_unwritten(program: Program, forms: Forms) -> bool:
    """Say whether the section's own feature is not there yet, while what it needs is."""
    if program.feature == "pass_on" and forms.provides("backward"):
        return False  # a file that goes back in another way is judged by its gradients
    return not forms.provides(program.feature) and all(map(forms.provides, program.needs))


def _outcome(program: Program, forms: Forms, outcomes: Mapping[str, Outcome]) -> Outcome:
    if program.name in outcomes:
        return outcomes[program.name]
    if not all(map(forms.provides, program.needs)):
        return Outcome(program.name, "absent")
    if not forms.provides(program.feature) and not _is_gap(program, forms):
        return Outcome(program.name, "absent")
    return run(program, forms)


def _is_gap(program: Program, forms: Forms) -> bool:
    """Say whether something was forgotten: what comes later in its section is written."""
    if not program.required or program.feature in ("pass_on", "parents"):
        return False
    rest = SECTIONS[program.section]
    later = rest[rest.index(program) + 1 :]
    return any(p.required and forms.provides(p.feature) for p in later if p.feature)
