"""The command lines of ``micrograd lessons`` and ``micrograd lesson``."""

import argparse
import tempfile
import webbrowser
from pathlib import Path

from ..files import write_whole
from .lesson import lessons

LIST_DESCRIPTION = """\
List the lessons: from the slope of one number to a GPT, each under ten minutes.
With -o, write all of them into a folder, with index.html to begin at."""
DESCRIPTION = """\
Open a lesson in the browser: text, code that was run, sliders, graphs to step through.
The page needs no network."""


def list_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``micrograd lessons``."""
    parser.add_argument("-o", "--output", metavar="FOLDER", help="write all of them there")


def run_list(args: argparse.Namespace) -> None:
    """List the lessons, or write them."""
    if not args.output:
        for lesson in lessons():
            print(f"{lesson.number:3}  {lesson.title}\n     {lesson.question}")
        print("\nmicrograd lesson 1 opens the first.")
        return
    from .page import index_html, lesson_html  # they need an extra

    folder = Path(args.output)
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in lessons():
        print(write_whole(folder / f"{lesson.name}.html", lesson_html(lesson, linked=True)))
    print(write_whole(folder / "index.html", index_html()))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``micrograd lesson``."""
    parser.add_argument("number", type=int, help="which, as micrograd lessons lists them")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the page there, instead of opening a browser"
    )


def run(args: argparse.Namespace) -> None:
    """Write a lesson's page and open it.

    Raises:
        ValueError: there is no lesson of this number.
        ImportError: the extra is missing.
        OSError: the file cannot be written.
    """
    found = [lesson for lesson in lessons() if lesson.number == args.number]
    if not found:
        raise ValueError(f"there are lessons 1 to {len(lessons())}, got {args.number}")
    from .page import lesson_html  # it needs an extra

    (lesson,) = found
    if not args.output:
        print(f"{lesson.heading}: its code is run first, which takes a moment", flush=True)
    page = lesson_html(lesson)
    if args.output:
        print(write_whole(args.output, page))
        return
    path = Path(tempfile.mkdtemp(prefix="micrograd-")) / f"{lesson.name}.html"
    write_whole(path, page)
    if not webbrowser.open(path.as_uri()):
        print(f"no browser was found: open {path} in one")
