"""Judge a learner's namespace: the first program that fails, and what its numbers say.

``judge`` is a pure function: it starts nothing, reads nothing, and leaves the namespace as it was,
so that it runs in a notebook and in a browser as well. It cannot end a loop that never ends: where
there are processes, run it in one, and after a time-out give it ``outcomes`` that say which
program did not come back.
"""

import contextlib
import gc
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .advice import WHY, advise
from .diagnosis import diagnose
from .examination import Examination
from .forms import Forms
from .programs import PROGRAMS, SECTIONS
from .results import Failure, Judgement, Outcome, SectionResult
from .spelling import spelled
from .trial import silence


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
        examination = Examination(Forms(namespace), outcomes)
        results: list[SectionResult] = []
        for name in chosen:
            if any(result.state == "failed" for result in results):
                results.append(SectionResult(name, "not reached"))
            else:
                results.append(_section(name, examination))
        return Judgement(tuple(results), examination.forms.names)


def run_program(namespace: dict[str, Any], name: str) -> Outcome:
    """Run one program alone; ``PROGRAMS`` has the names."""
    with undisturbed():
        return Examination(Forms(namespace)).alone(PROGRAMS[name])


def signature(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return what tells bugs apart: for each program that is not right, what came out.

    A list of numbers rounded to 9 digits, the kind of an error, or None where the program is
    absent; a program that is not named is right. ("training.watched" observes what nobody judges:
    it is named where the lecture does otherwise.) The same on every machine and in every run.
    """
    with undisturbed():
        rows = Examination(Forms(namespace)).all()
        return {row.name: row.signature for row in rows if row.state != "right" or row.signature}


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put the random generators back afterwards, and let nothing be printed."""
    state = random.getstate()
    numpy = sys.modules.get("numpy")
    array_state = numpy.random.get_state() if numpy else None
    collects = gc.isenabled()
    gc.disable()  # a judgement is short, and half of it would be the collector
    try:
        with silence():
            yield
    finally:
        if collects:
            gc.enable()
        random.setstate(state)
        if numpy:
            numpy.random.set_state(array_state)


def _section(name: str, examination: Examination) -> SectionResult:
    forms = examination.forms
    passed: list[str] = []
    missing: list[str] = []
    for program in SECTIONS[name]:
        outcome = examination.outcome(program)
        if outcome.state == "wrong":
            failure = Failure(
                program.name,
                program.title,
                spelled(program.text, forms),
                outcome.differences,
                outcome.error,
            )
            diagnosis = diagnose(examination, program, outcome)
            return SectionResult(name, "failed", tuple(passed), (), failure, diagnosis)
        if outcome.state == "right" and program.shows:
            passed.append(program.title)
        elif examination.is_unwritten(program):
            missing.append(spelled(program.text, forms))
    if missing or not passed:
        return SectionResult(name, "absent", tuple(passed), tuple(missing))
    advice = advise(name, forms)
    return SectionResult(name, "passed", tuple(passed), advice=advice, why=WHY[name])
