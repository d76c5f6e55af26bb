"""What runs in the child process: one file is loaded, its programs are run, one after the other.

All that is known is written down at once, a line of JSON each, so that it is there even where the
process is ended from outside, or by the file itself.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from .examination import Examination
from .forms import Forms
from .judge import judge, undisturbed
from .limits import (
    TimeLimit,
    close_doors,
    end_with_parent,
    limit_memory,
    time_limit,
)
from .loading import Unreadable, load
from .programs import PROGRAMS, SECTIONS
from .results import Outcome

Say = Callable[[str, Any], None]  # writes down what kind of thing, and the thing

_PATIENCE = 3  # programs that may take too long, before the others are not tried
_HURRIED = 0.3  # seconds for a program, after one has taken too long


def main(folder: Path) -> None:
    """Do what ``request.json`` in the folder asks, and write ``result.jsonl``."""
    leave = os._exit
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    with open(folder / "result.jsonl", "a", encoding="utf-8") as result:

        def say(kind: str, what: Any) -> None:
            text = json.dumps([kind, what]).replace(
                json.dumps(f"{folder / 'work'}{os.sep}")[1:-1], ""
            )
            result.write(text + "\n")
            result.flush()

        end_with_parent(request["parent"], folder, leave)
        limit_memory()
        close_doors()
        try:
            _work(folder, request, say)
        except Unreadable as error:
            say("error", str(error))
        except BaseException:
            say("crash", traceback.format_exc())
    leave(0)  # whatever threads the file has started


def _work(folder: Path, request: dict[str, Any], say: Say) -> None:
    with _siblings_first(folder / "work"):
        loaded = load(
            Path(request["file"]),
            request["package"],
            partial(time_limit, request["import_seconds"]),
            request["only_definitions"],
        )
    say("loaded", {"remarks": loaded.remarks, "stopped": loaded.stopped})
    _TASKS[request["task"]](loaded.namespace, request, say)


def _judge(namespace: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    outcomes = {k: Outcome.from_json(v) for k, v in request["outcomes"].items()}
    sections = request["sections"]
    seconds = request["program_seconds"]
    try:
        with undisturbed(), time_limit(seconds):
            examination = Examination(Forms(namespace), outcomes)
    except TimeLimit as limit:
        raise Unreadable(f"making a Value {limit}: does it ever end?") from None
    for programs in _in_turn(sections, outcomes):
        for name in programs:
            if name not in outcomes:
                say("begun", name)
                outcomes[name] = _outcome(examination, name, outcomes, seconds)
                say("outcome", outcomes[name].to_json())
    say("begun", "judge")
    say("judgement", judge(namespace, sections, outcomes=outcomes).to_json())


def _graph(namespace: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    from .seeing import page_of

    with time_limit(request["program_seconds"]):
        say("answer", page_of(namespace, request["details"]))


def _digits(namespace: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    from .digits import learn

    for progress in learn(namespace, **request["details"]):
        say("answer", progress)


_TASKS = {"judge": _judge, "graph": _graph, "digits": _digits}


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


@contextmanager
def _siblings_first(work: Path) -> Iterator[None]:
    """Let modules beside the file win over installed ones, even over this package."""
    sys.path.insert(0, str(work))
    ours = {}
    if (work / "micrograd").exists() or (work / "micrograd.py").exists():
        ours = {k: m for k, m in sys.modules.items() if k.partition(".")[0] == "micrograd"}
        for name in ours:
            del sys.modules[name]
    try:
        yield
    finally:
        if ours:
            for name in [k for k in sys.modules if k.partition(".")[0] == "micrograd"]:
                del sys.modules[name]
            sys.modules.update(ours)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
