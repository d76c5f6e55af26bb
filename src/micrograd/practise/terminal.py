"""The session at a terminal: after each save programs run, and the first that fails is shown."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import clock, report
from .keys import has_terminal, pressed, single_keys
from .processes import Report, judge_file
from .programs import SECTIONS
from .reading import Unreadable
from .results import Judgement
from .siblings import imported_files
from .state import Attempt, Memory, State

EVERY = 0.3  # seconds between two looks at the file
_SETTLED = 0.05  # seconds without a change, after which a save is over
HEADER = "# My own micrograd. `micrograd practise` runs this file each time it is saved.\n"


@dataclass
class Shown:
    """What stands on the screen: the last judgement, and how much was given away of it."""

    judgement: Judgement | None = None
    remarks: Sequence[str] = ()
    hints: int = 0


class Session:
    """One file, looked at until it is left.

    Args:
        path: the learner's file.
        sections: up to which its programs are run; None is all.
        attempt: an attempt against the clock, which starts with the first change.
    """

    def __init__(
        self, path: Path, sections: Sequence[str] | None = None, attempt: Attempt | None = None
    ) -> None:
        self.path = path
        self.memory = Memory(path)
        self.style = style_of_terminal()
        self.shown = Shown()
        self.attempt = attempt
        self._sections = list(sections or SECTIONS)
        self._running = False  # whether the clock is
        self._definitions = ""  # why the last import did not come back

    def once(self) -> bool:
        """Judge the file once and print it; tell whether nothing is wrong."""
        self._look(self._contents())
        judgement = self.shown.judgement
        return judgement is not None and judgement.failed is None

    def watch(self) -> None:
        """Judge the file after each save, and answer keys, until q."""
        seen: tuple | None = None
        with single_keys():
            while True:
                contents = self._at_rest(seen)
                if contents != seen and contents[0] is not None:  # while it is renamed it is gone
                    self._start_clock(seen)
                    seen = contents
                    self._look(contents)
                    if self.attempt and self.is_whole():
                        return
                for key in pressed(EVERY):
                    if key == "q":
                        return
                    self._answer(key)

    def is_whole(self) -> bool:
        """Tell whether all sections have passed since the clock was started."""
        return self.attempt is not None and set(self._sections) <= set(self.attempt.splits)

    def _at_rest(self, seen: tuple | None) -> tuple:
        """Return the contents; where they have changed, once the editor has written all of it."""
        contents = self._contents()
        while contents != seen:
            time.sleep(_SETTLED)
            seen, contents = contents, self._contents()
        return contents

    def _contents(self) -> tuple:
        """Return what the file and the modules beside it that it imports hold."""
        return tuple(_bytes(path) for path in (self.path, *imported_files(self.path)))

    def _start_clock(self, seen: tuple | None) -> None:
        if self.attempt and seen is not None and not self._running:
            self._running = True
            self.attempt.started = time.time()

    def _look(self, contents: tuple) -> None:
        skipped = self.memory.load().skipped
        sections = [name for name in self._sections if name not in skipped or self.attempt]
        try:
            found = judge_file(self.path, sections, self._definitions)
        except Unreadable as error:
            found = Report(error=str(error))
        self._definitions = found.stopped if "took over" in found.stopped else ""
        print(self._title(found.judgement or self.shown.judgement))
        if found.judgement is None:
            self._unjudged(found)
            return
        before = self.shown.judgement
        same = before is not None and before.failed == found.judgement.failed
        hints = self.shown.hints if same else 0
        self.shown = Shown(found.judgement, found.remarks, hints)
        self._remember(found.judgement)
        self._print()
        while self.memory.notes:
            print(self.memory.notes.pop(0), flush=True)
        if self._running and self.attempt:
            for line in clock.lines(self.attempt, self.memory.load().attempts):
                print(line)

    def _unjudged(self, found: Report) -> None:
        """Say why there is no judgement; the last one stays, marked old."""
        print(self.style.painted(found.error or "", 31))
        for remark in found.remarks[:2]:
            print(remark)
        if self.shown.judgement is not None:
            print("before that:")
            self._print(room=3)

    def _title(self, judgement: Judgement | None) -> str:
        now = time.strftime("%H:%M:%S")
        title = f"{self.path.name} {now}"
        room = report.WIDTH - len(title) - 3
        sections = report.summary(judgement, self.style, room) if judgement else ""
        return f"{self.style.painted(title, 1)}   {sections}".rstrip()

    def _print(self, room: int = 0) -> None:
        shown = self.shown
        if shown.judgement is None:
            return
        lines = report.lines_of(
            shown.judgement,
            self.style,
            remarks=() if room else shown.remarks,
            keys=self._keys(),
            hints=shown.hints,
        )
        if room and len(lines) > room:
            lines = [*lines[:room], lines[-1]]
        print("\n".join(lines), flush=True)

    def _keys(self) -> list[str]:
        section = report.current(self.shown.judgement) if self.shown.judgement else None
        if not self._interactive():
            return []
        skip = "s skip" if section and not self.attempt else ""
        asked, see = "", ""
        if report.hints_available(section):
            asked, see = ["h hint", "h where", "h its name", ""][self.shown.hints], "e see it"
        return [key for key in (asked, see, skip, "q leave") if key]

    def _interactive(self) -> bool:
        return has_terminal()

    def _answer(self, key: str) -> None:
        judgement = self.shown.judgement
        section = report.current(judgement) if judgement else None
        if judgement is None or section is None:
            return
        if key == "h" and report.hints_available(section) and self.shown.hints < 3:
            self.shown.hints += 1
            for line in report.hint(section, self.shown.hints):
                print(f"  {line}")
            print(f"  {'   '.join(self._keys())}", flush=True)
        elif key == "e" and section.failure is not None:
            from .seeing import open_graph

            print(f"  {open_graph(self.path, section.failure.name)}", flush=True)
        elif key == "s" and not self.attempt:

            def skip(state: State) -> None:
                state.skipped = [*dict.fromkeys([*state.skipped, section.name])]

            self.memory.update(skip)
            print(f"  {section.name} is left out; micrograd practise {section.name} takes it up")
            self._look(self._contents())

    def _remember(self, judgement: Judgement) -> None:
        passed = [s.name for s in judgement.sections if s.state == "passed"]
        if self.attempt and self._running:
            clock.split(self.attempt, passed, self._sections)

        def change(state: State) -> None:
            state.passed = [name for name in SECTIONS if name in {*state.passed, *passed}]
            if self.attempt and self._running:
                clock.keep(self.attempt, state.attempts)

        state = self.memory.load()
        if set(passed) - set(state.passed) or (self.attempt and self._running):
            self.memory.update(change)

    def finish(self, name: str) -> None:
        """Stop the clock: what came after the sections is done as well."""
        attempt = self.attempt
        if attempt is None:
            return
        attempt.splits[name] = round(time.time() - attempt.started, 1)
        attempt.finished = True
        state = self.memory.update(lambda state: clock.keep(attempt, state.attempts))
        print("\n".join(clock.lines(attempt, state.attempts)))


def style_of_terminal() -> report.Style:
    """Return colours where they are wanted, and signs where they can be written."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "✓✗…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return report.Style(colour and os.environ.get("TERM") != "dumb", unicode=False)
    return report.Style(colour and os.environ.get("TERM") != "dumb")


def _bytes(path: Path) -> bytes | None:
    """Return what a file holds; of a pipe or folder its kind, of a missing one None."""
    try:
        return path.read_bytes() if path.is_file() else str(path.stat().st_mode).encode()
    except FileNotFoundError:
        return None
    except OSError as error:
        return str(error).encode()
