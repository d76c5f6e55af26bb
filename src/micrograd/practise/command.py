"""The command line of ``micrograd practise``: what was asked for, and which module does it."""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .programs import SECTIONS

if TYPE_CHECKING:
    from .state import State
    from .terminal import Session

DESCRIPTION = """\
Write the engine yourself: your own file is run on small programs each time it is saved, and
the first that fails is shown with your numbers beside the right ones.

  practise [SECTION]          from where you were, or up to a section, in mygrad.py
  practise show [SECTION]     a file of 200 lines, empty ones counted, to read
  practise times              best and last times of attempts against the clock
  practise break [SECTION]    broken.py: find the one bug that was put into a good engine;
                              the next one with --another, in the same file
  practise check FILE ...     name the bug of each file, for teachers; of a folder, of all files
                              in it and in the folders in it, so that one a student will do"""
EPILOG = f"""\
Sections, in this order: {", ".join(SECTIONS)}.
Your file is run with your rights, in a process of its own and in a copy of its folder.
examples:
  micrograd practise operations                  today: the local derivatives
  micrograd practise --file notebook.ipynb       a notebook, looked at after each save
  micrograd practise --from-memory               the whole of it, against the clock
  micrograd practise check homework/*.py --html class.html"""

_WELCOME = """\
{name} is yours: open it in an editor beside this terminal, write an engine.
Each time you save it, small programs run on it; the first that fails is shown.
Call the class Value, or something else: your own names are found.
Nothing is given away: h asks a question, again for the line, again for the bug.
e shows your graph in the browser, the right number beside yours. q leaves.
What comes, section by section:"""


# What the subcommands need is imported by them, so that `micrograd explain` does not wait for it.


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``micrograd practise``."""
    parser.add_argument(
        "words", nargs="*", metavar="what", help="a section; or show, times, break, check"
    )
    parser.add_argument("--file", type=Path, metavar="FILE", help="default: mygrad.py")
    parser.add_argument("--from-memory", action="store_true", help="empty file, running clock")
    parser.add_argument(
        "--speedrun", nargs="?", const="speedrun", choices=("speedrun", "digits"),
        help="all sections against the clock; digits: until your engine reads digits, 80 %%",
    )  # fmt: skip
    parser.add_argument("--another", action="store_true", help="for break: a new bug, not the old")
    grading = parser.add_argument_group("for check")
    grading.add_argument("--through", metavar="SECTION", help="what is to be written")
    grading.add_argument("--csv", type=Path, metavar="FILE", help="a row for each file")
    grading.add_argument("--html", type=Path, metavar="FILE", help="one page: bugs, students")
    grading.add_argument("--json", type=Path, metavar="FILE", help="all that is known")
    grading.add_argument("--no-names", action="store_true", help="numbers in place of names")


def run(args: argparse.Namespace) -> None:
    """Do what the command line says.

    Raises:
        ValueError: it says what cannot be; the message names it.
        SystemExit: with status 1 where something is wrong in a file.
    """
    first, *rest = args.words or [""]
    if first == "check":
        from .grading import check

        raise SystemExit(check(rest, args))
    for option in ("through", "csv", "html", "json"):
        if getattr(args, option):
            raise ValueError(f"--{option} belongs to check: micrograd practise check FILE ...")
    if args.another and first != "break":
        raise ValueError("--another belongs to break: micrograd practise break --another")
    if first in ("show", "break", "times"):
        {"show": _show, "break": _break, "times": _times}[first](_section(rest), args)
        return
    _practise(_section(args.words), args)


def _section(words: Sequence[str]) -> str | None:
    """Return the section that was named; a part of its name will do."""
    if not words:
        return None
    name, *others = words
    fits = [section for section in SECTIONS if section.startswith(name)]
    if others or len(fits) != 1:
        said = f"{name!r}" if not others else " ".join(map(repr, words))
        raise ValueError(
            f"expected one section, got {said}; they are {', '.join(SECTIONS)}, and besides them "
            "there are show, times, break and check"
        )
    return fits[0]


def _practise(section: str | None, args: argparse.Namespace) -> None:
    from ..files import write_whole
    from .keys import has_terminal
    from .report import sections_list
    from .state import begin
    from .terminal import HEADER, Session

    path = args.file or Path("mygrad.py")
    sections = list(SECTIONS)[: list(SECTIONS).index(section) + 1] if section else list(SECTIONS)
    timed = "memory" if args.from_memory else args.speedrun
    if timed and not has_terminal():
        raise ValueError("the clock needs a terminal: run this in one, not in a pipe")
    if timed and _has_code(path):
        raise ValueError(f"{path} is not empty: name a new one with --file, or move it away")
    session = Session(path, sections, begin(timed) if timed else None)
    if not path.exists():
        first = not session.memory.is_there()
        write_whole(path, HEADER)
        if first:
            print(_WELCOME.format(name=path))
            print("\n".join(sections_list(session.memory.load().passed)))
    if section and not timed:

        def take_up(state: "State") -> None:
            state.skipped = [name for name in state.skipped if name != section]

        if section in session.memory.load().skipped:
            session.memory.update(take_up)
    if timed:
        print(f"write it into {path}: the clock starts with the first save")
    _held(session)
    if session.attempt and args.speedrun == "digits" and session.is_whole():
        from .digits import race

        race(session)


def _held(session: "Session") -> None:
    """Look at the file until the user leaves; where there is no terminal, once."""
    from .keys import has_terminal

    if not has_terminal():
        if not session.once():
            raise SystemExit(1)
        return
    try:
        session.watch()
    except KeyboardInterrupt:
        print()


def _has_code(path: Path) -> bool:
    if not path.exists():
        return False
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.strip() and not line.strip().startswith("#") for line in lines)


def _show(section: str | None, args: argparse.Namespace) -> None:
    from .recital import text

    print(text(section), end="")


def _times(section: str | None, args: argparse.Namespace) -> None:
    from . import clock
    from .state import Memory

    print("\n".join(clock.table(Memory(args.file or Path("mygrad.py")).load().attempts)))


def _break(section: str | None, args: argparse.Namespace) -> None:
    from ..files import write_whole
    from .bugs import catalogue, inject
    from .recital import text
    from .state import Memory
    from .terminal import Session

    path = args.file or Path("broken.py")
    memory = Memory(path)
    before = memory.load().broken
    if path.exists() and not before:
        raise ValueError(f"{path} is there, and not from here: name a new one with --file")
    if args.another or not path.exists():
        entries = [e for e in catalogue().values() if section in (None, e.section) and e.ways]
        entries = [e for e in entries if e.bug.id != before]
        if not entries:
            raise ValueError(f"no bug of the catalogue is in {section}: name another section")
        entry = random.SystemRandom().choice(entries)
        write_whole(path, inject(text(None), entry.ways[0]))

        def note(state: "State") -> None:
            state.broken = entry.bug.id

        memory.update(note)
        print(f"{path} is a good engine, in which one thing was made wrong: find it, and mend it")
    else:
        print(f"{path} is there, and goes on as it is; for a new bug in its place:")
        print(f"  micrograd practise break {section + ' ' if section else ''}--another")
    _held(Session(path))
