"""Judging with a time for each program, one after the other, and word of how it goes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .errors import stopped_in
from .examination import Examination
from .forms import Forms
from .judge import judge, undisturbed
from .limits import TimeLimit, time_limit
from .programs import PROGRAMS, SECTIONS
from .reading import Unreadable
from .results import Judgement, Outcome

Say = Callable[[str, Any], None]  # is told what kind of thing, and the thing

_PATIENCE = 3  # programs that may take too long, before the others are not tried
_HURRIED = 0.3  # seconds for a program, after one has taken too long
_DIAGNOSIS = 30.0  # seconds to find out which bug it is


def judge_in_time(
    namespace: dict[str, Any],
    sections: list[str],
    seconds: float,
    outcomes: dict[str, Outcome] | None = None,
    say: Say = lambda kind, what: None,
) -> Judgement:
    """Judge a namespace; a program that takes longer than so many seconds is wrong.

    Args:
        namespace: the learner's.
        sections: which, in order.
        seconds: for each program.
        outcomes: of programs that have been run before; they are added to.
        say: is told what was begun, and each outcome.

    Raises:
        Unreadable: the class cannot even be tried out.
    """
    outcomes = {} if outcomes is None else outcomes
    try:
        with undisturbed(), time_limit(seconds):
            examination = Examination(Forms(namespace), outcomes)
    except TimeLimit as limit:
        place, method = stopped_in(limit)
        at = f" It was stopped in {method}, {place}" if place else ""
        raise Unreadable(f"making a Value {limit}: does it ever end?{at}") from None
    for programs in _in_turn(sections, outcomes):
        for name in programs:
            if name not in outcomes:
                say("begun", name)
                outcomes[name] = _outcome(examination, name, outcomes, seconds)
                say("outcome", outcomes[name].to_json())
    say("begun", "judge")
    try:
        with time_limit(_DIAGNOSIS):
            return judge(namespace, sections, outcomes=outcomes)
    except TimeLimit as limit:
        raise Unreadable(f"telling which bug it is {limit}") from None


def _in_turn(sections: list[str], outcomes: dict[str, Outcome]) -> Iterator[list[str]]:
    """Yield the programs that are asked for; then all others, if something was wrong."""
    yield [program.name for section in sections for program in SECTIONS[section]]
    if any(outcome.state == "wrong" for outcome in outcomes.values()):
        yield list(PROGRAMS)  # their numbers help to tell which bug it is


def _outcome(
    examination: Examination, name: str, outcomes: dict[str, Outcome], seconds: float
) -> Outcome:
    slow = sum((o.error or "").startswith(("took over", "not run")) for o in outcomes.values())
    if slow >= _PATIENCE:
        return Outcome.stopped(name, "not run: too many before it did not end")
    try:
        with undisturbed(), time_limit(min(seconds, _HURRIED) if slow else seconds):
            outcome = examination.outcome(PROGRAMS[name])
    except TimeLimit as limit:  # between two tries
        outcome = Outcome.stopped(name, f"TimeLimit: {limit}")
    if (outcome.error or "").startswith("TimeLimit"):
        stopped = Outcome.stopped(name, f"took over {seconds:g} s: does it ever end?")
        return replace(stopped, place=outcome.place, method=outcome.method)
    return outcome
