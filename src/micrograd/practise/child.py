"""What runs in the child process: one file is loaded, its programs are run, one after the other.

All that is known is written down at once, a line of JSON each, so that it is there even where the
process is ended from outside, or by the file itself.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from .limits import close_doors, end_with_parent, limit_memory, time_limit
from .loading import Unreadable, load
from .reading import read_cells
from .results import Outcome
from .timed import Say, judge_in_time


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
    judgement = judge_in_time(
        namespace, request["sections"], request["program_seconds"], outcomes, say
    )
    say("judgement", judgement.to_json())


def _graph(namespace: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    from .seeing import page_of

    sources = {cell.file: cell.source for cell in read_cells(Path(request["file"]))}
    say("answer", page_of(namespace, request["details"], sources))


def _digits(namespace: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    from .digits import learn

    for progress in learn(namespace, **request["details"]):
        say("answer", progress)


_TASKS = {"judge": _judge, "graph": _graph, "digits": _digits}


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
