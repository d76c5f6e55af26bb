"""Judging a file in a process of its own, so that nothing in it can harm or hold up ours.

One child runs all programs. Where one does not come back (an endless loop that catches everything,
a crash, ``os.kill``), the child is ended, and another goes on with the next program.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .programs import PROGRAMS, SECTIONS
from .reading import parsed, read_cells
from .results import Judgement, Outcome, Record
from .siblings import copy_with_siblings

IMPORT_SECONDS = 10.0
PROGRAM_SECONDS = 2.0
_GRACE = 3.0  # seconds over each limit, which the child itself watches: a busy machine is slow
_JUDGING = 20.0  # seconds to put our methods in place of theirs, one at a time
_WELL = "well"
_DEATHS = 3  # after so many children the other programs are not tried


@dataclass(frozen=True)
class Report(Record):
    """What came of one file: a judgement, or the one line that says why there is none."""

    judgement: Judgement | None = None
    error: str | None = None
    remarks: tuple[str, ...] = ()
    stopped: str = ""  # why only its definitions were run


class _Child:
    """A process at work on a folder, and what it has said so far."""

    def __init__(self, folder: Path, request: dict[str, Any]) -> None:
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        self._result = folder / "result.jsonl"
        self._result.write_text("", encoding="utf-8")
        settings = {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "micrograd.practise.child", str(folder)],
            cwd=folder / "work",
            env={**os.environ, **settings, "BROWSER": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )

    def said(self) -> list[tuple[str, Any]]:
        lines = self._result.read_text(encoding="utf-8").split("\n")[:-1]  # the last may be half
        return [tuple(json.loads(line)) for line in lines]

    def wait(self) -> str:
        """Wait for the end; return how it came: nothing for well, or one line."""
        deadline = time.monotonic() + IMPORT_SECONDS + _GRACE
        heard = 0
        while True:
            try:
                code = self._process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                said = self.said()
                if len(said) == heard:
                    return "does it ever end?"
                heard = len(said)
                patience = _JUDGING if said[-1] == ("begun", "judge") else PROGRAM_SECONDS
                deadline = time.monotonic() + patience + _GRACE
                continue
            return "" if code == 0 else _ending(code)

    def ended(self, seconds: float) -> str:
        """Wait so long for the end; return how it came, or nothing while it works."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return ""
        return _WELL if code == 0 else _ending(code)

    def end(self) -> None:
        """End it and all that it has started."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()


def judge_file(
    path: Path, sections: Sequence[str] | None = None, only_definitions: str = ""
) -> Report:
    """Judge a file in a child process.

    Args:
        path: a ``.py`` or ``.ipynb``; it is copied, with the modules beside it that it imports.
        sections: which, in order; None is all.
        only_definitions: why the file is not to be imported as a whole, where that is known.

    Raises:
        Unreadable: there is nothing to run; the message is one line.
    """
    details = {"sections": list(SECTIONS if sections is None else sections), "outcomes": {}}
    with _copied(path, "judge", only_definitions=only_definitions, **details) as (folder, request):
        return _judged(folder, request)


def ask(path: Path, task: str, details: Any, patience: float = 60.0) -> Iterator[Any]:
    """Let a child do another task on a file; yield its answers as they come.

    Args:
        path: the file.
        task: "graph" or "digits".
        details: what the task is to know, as JSON can hold it.
        patience: seconds to wait for each answer.

    Raises:
        ValueError: the file cannot be run, or the child did not come back; on one line.
    """
    with _copied(path, task, details=details, only_definitions="") as (folder, request):
        child = _Child(folder, request)
        try:
            heard, deadline = 0, time.monotonic() + patience
            while True:
                ended = child.ended(0.05)
                said = child.said()
                for kind, what in said[heard:]:
                    deadline = time.monotonic() + patience
                    if kind == "answer":
                        yield what
                    elif kind in ("error", "crash"):
                        raise ValueError(str(what).strip().splitlines()[-1])
                heard = len(said)
                if ended or time.monotonic() > deadline:
                    break
            if not ended or ended != _WELL:
                raise ValueError(f"{path.name}: {ended or f'no answer in {patience:g} s'}")
        finally:
            child.end()


@contextlib.contextmanager
def _copied(path: Path, task: str, **more: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Make a folder with a copy of the file, and what a child is asked to do with it."""
    for cell in read_cells(path):
        if path.suffix != ".ipynb":
            parsed(cell)  # a syntax error needs no process
    folder = Path(tempfile.mkdtemp(prefix="micrograd-practise-"))
    try:
        (folder / "work").mkdir()
        copy, package = copy_with_siblings(path.resolve(), folder / "work")
        yield (
            folder,
            {
                "task": task,
                "file": str(copy),
                "package": package,
                "import_seconds": IMPORT_SECONDS,
                "program_seconds": PROGRAM_SECONDS,
                "parent": os.getpid(),
                **more,
            },
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _judged(folder: Path, request: dict[str, Any]) -> Report:
    for deaths in range(_DEATHS + 3):
        child = _Child(folder, request)
        try:
            how = child.wait()
        finally:
            child.end()
        said = child.said()
        told = dict(said)
        if "crash" in told:
            raise RuntimeError(f"checking failed, and the file is not at fault:\n{told['crash']}")
        if "error" in told:
            return Report(error=told["error"])
        if "judgement" in told:
            loaded = told["loaded"]
            judgement = Judgement.from_json(told["judgement"])
            return Report(judgement, None, tuple(loaded["remarks"]), loaded["stopped"])
        for kind, what in said:
            if kind == "outcome":
                request["outcomes"][what["name"]] = what
        if "loaded" not in told:
            if request["only_definitions"]:
                return Report(error=f"its definitions alone do not come back: {how}")
            request["only_definitions"] = _why(how)
            continue
        name = told["begun"]
        if name == "judge":
            return Report(error=f"it could not be judged: {how}", remarks=told["loaded"]["remarks"])
        stopped = [(name, f"took over {PROGRAM_SECONDS:g} s: {how}" if "ever" in how else how)]
        if deaths >= _DEATHS:
            rest = [p for p in PROGRAMS if p not in request["outcomes"] and p != name]
            stopped += [(other, "not run: too many before it did not end") for other in rest]
        for other, error in stopped:
            request["outcomes"][other] = Outcome.stopped(other, error).to_json()
    return Report(error="it could not be judged: every program ends the process")


def _why(how: str) -> str:
    return (
        f"importing it took over {IMPORT_SECONDS:g} s" if "ever" in how else f"importing it {how}"
    )


def _ending(code: int) -> str:
    """Say in words how a process has ended."""
    if code > 0:
        return f"ended the process with status {code}"
    try:
        return f"crashed: {signal.Signals(-code).name}"
    except ValueError:
        return f"crashed: signal {-code}"
