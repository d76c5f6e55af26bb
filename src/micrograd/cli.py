"""The ``micrograd`` command: each subcommand is an entry of ``COMMANDS``."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from . import completion, doctor
from . import export_command as export
from ._version import __version__
from .engine import Value
from .lessons import command as lessons
from .practise import command as practise
from .writing.encodings import write_in_any_encoding
from .writing.expression import FUNCTIONS, evaluate

_EXPRESSION = f"""\
An expression is names, numbers, + - * / **, comparisons and these functions:
{fill(", ".join(sorted(FUNCTIONS)), 80, initial_indent="  ", subsequent_indent="  ")}
Statements are separated by ; and may assign: "e = a*b; d = e + c; L = d*f".
Every name that is not assigned needs a value: a=2 b=-3.
It is parsed, never run as Python. One that begins with - needs a space before it: " -a*b".
"""


@dataclass(frozen=True)
class Command:
    """A subcommand: what it is for, its arguments, and what it does."""

    name: str
    help: str
    description: str
    epilog: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, 2 for anything the user can put right."""
    write_in_any_encoding()
    try:
        try:
            return _run(argv)
        finally:
            if sys.stdout:  # None where it was closed before we began
                sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        _discard_output()
        return 0
    except OSError as error:  # a full disk behind it
        _discard_output()
        print(f"micrograd: cannot write the output: {error}", file=sys.stderr)
        return 2


def _run(argv: Sequence[str] | None) -> int:
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        args.run(args)
    except BrokenPipeError:
        raise
    except (ValueError, OSError, ImportError) as error:
        print(f"micrograd {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


def _discard_output() -> None:
    """Send what is still to be written nowhere, so that the interpreter's end finds no fault."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="micrograd",
        description="Write a model one scalar at a time, and see every gradient.",
        epilog="examples:\n"
        "  micrograd demo                                learn two moons, with pictures\n"
        "  micrograd lesson 1                            learn it, from one slope to a GPT\n"
        "  micrograd practise                            write the engine yourself, checked\n"
        '  micrograd explain "c = a*b + b" a=2 b=3       the backward pass, line by line\n'
        '  micrograd draw "tanh(w*x + b)" w=1 x=2 b=0.5 -o neuron.svg\n'
        '  micrograd explore "c = a*b + b" a=2 b=3       the same, step by step in the browser\n'
        "micrograd COMMAND --help says more about each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"micrograd {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command")
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.arguments(sub)
        sub.set_defaults(run=command.run, parser=parser)
    return parser


def expression_arguments(parser: argparse.ArgumentParser, count: str | None = None) -> None:
    """Add what every command on an expression takes: the text, and name=number pairs."""
    parser.add_argument("expression", nargs=count, help='such as "c = a*b + b"')
    parser.add_argument(
        "values", nargs="*", type=_pair, metavar="name=number", help="the value of each name"
    )


def evaluated(args: argparse.Namespace) -> Value:
    """Compute the expression of the command line, and its gradients."""
    root = evaluate(args.expression, _values(args))
    root.backward()
    return root


def _values(args: argparse.Namespace) -> dict[str, float]:
    values = dict(args.values)
    if len(values) < len(args.values):
        raise ValueError("a name has two values: give each name one")
    return values


def _pair(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    if name.isidentifier():
        try:
            return name, float(number)
        except ValueError:
            pass
    raise argparse.ArgumentTypeError(f"expected name=number, like a=2.0; got {text!r}")


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    expression_arguments(parser)
    parser.add_argument("--latex", action="store_true", help="print TeX instead of plain text")


def _explain(args: argparse.Namespace) -> None:
    from .explain import explain

    explanation = explain(evaluated(args))
    print(explanation.latex() if args.latex else explanation)


def _draw_arguments(parser: argparse.ArgumentParser) -> None:
    expression_arguments(parser)
    parser.add_argument(
        "-o", "--output", default="graph.svg", metavar="FILE",
        help="ends in .svg, .html, or, with the extra picture, .png or .pdf; default: graph.svg",
    )  # fmt: skip


def _draw(args: argparse.Namespace) -> None:
    from .draw import draw

    print(draw(evaluated(args)).save(args.output))


def _explore_arguments(parser: argparse.ArgumentParser) -> None:
    expression_arguments(parser, "?")
    parser.add_argument(
        "--code",
        nargs="?",
        const=True,
        metavar="FILE",
        help="show the lines that run: of FILE, an engine or a program of yours, or of the "
        "lecture's engine",
    )
    where = "write the page there, instead of opening a browser"
    parser.add_argument("-o", "--output", metavar="FILE", help=where)


def _explore(args: argparse.Namespace) -> None:
    from .explorer.explore import page_of
    from .explorer.subject import formula, program

    if args.expression is None:
        if not isinstance(args.code, str):
            raise ValueError("an expression is needed, or --code FILE with a program to run")
        page = page_of(program(args.code))
    else:
        page = page_of(formula(args.expression, _values(args), args.code), title=args.expression)
    if args.output:
        print(page.save(args.output))
    else:
        page.open()


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    which = ("moons", "digits", "invent", "tiny")
    parser.add_argument("which", nargs="?", default="moons", choices=which)
    where = "for pictures; default: demo"
    parser.add_argument("-o", "--output", default="demo", metavar="FOLDER", help=where)


def _demo(args: argparse.Namespace) -> None:
    from . import demo

    demo.run(args.which, Path(args.output))


COMMANDS = (
    Command(
        "demo",
        "train a network and watch it learn",
        "Train a small network, one scalar at a time.\n\n"
        "  moons   two half-moons, told apart by an MLP of 337 parameters; writes its decision\n"
        "          boundary, its loss curve and the graph of one of its neurons\n"
        "  digits  scanned digits, 8 by 8, told apart; prints accuracy on digits held out, and\n"
        "          draws some that it misread\n"
        "  invent  a GPT makes up names of stars, a VAE draws digits: a picture of both\n"
        "  tiny    the four rows of the lecture, with every prediction at every step",
        'all but tiny draw by matplotlib: pip install ".[plot]" in micrograd\'s folder',
        _demo_arguments,
        _demo,
    ),
    Command(
        "lessons",
        "list the lessons, or write all of them as pages",
        lessons.LIST_DESCRIPTION,
        "",
        lessons.list_arguments,
        lessons.run_list,
    ),
    Command(
        "lesson",
        "open a lesson in the browser",
        lessons.DESCRIPTION,
        "example: micrograd lesson 1",
        lessons.arguments,
        lessons.run,
    ),
    Command(
        "practise",
        "write the engine yourself, and have your bug named",
        practise.DESCRIPTION,
        practise.EPILOG,
        practise.arguments,
        practise.run,
    ),
    Command(
        "explain",
        "tell the backward pass of an expression, line by line",
        "Tell how each gradient of an expression is found: a line for each contribution, a sum.",
        _EXPRESSION + '\nexample: micrograd explain "c = a*b + b" a=2 b=3',
        _explain_arguments,
        _explain,
    ),
    Command(
        "draw",
        "draw the graph of an expression",
        "Draw the graph of an expression: data, grad, and the local derivative on every edge.",
        _EXPRESSION + '\nexample: micrograd draw "L = (a*b + c)*f" a=2 b=-3 c=10 f=-2 -o graph.svg',
        _draw_arguments,
        _draw,
    ),
    Command(
        "explore",
        "step through the backward pass of an expression, in the browser",
        "Open a page on which the forward pass, the order and every contribution of the backward\n"
        "pass can be stepped through, edited, and broken on purpose. With --code the lines of an\n"
        "engine are shown beside it, the one that runs lit. A program, --code FILE without an\n"
        "expression, runs up to the end of its first backward().",
        _EXPRESSION + '\nexamples:\n  micrograd explore "c = a*b + b" a=2 b=3\n'
        '  micrograd explore "c = a*b + b" a=2 b=3 --code            on the engine of the lecture\n'
        '  micrograd explore "c = a*b + b" a=2 b=3 --code mygrad.py  on an engine of yours\n'
        "  micrograd explore --code program.py                       a program of yours",
        _explore_arguments,
        _explore,
    ),
    Command("export", export.HELP, export.DESCRIPTION, export.EPILOG, export.arguments, export.run),
    Command(
        "doctor",
        "say what is installed, what is slow, and why",
        doctor.DESCRIPTION,
        doctor.EPILOG,
        doctor.arguments,
        doctor.run,
    ),
    Command(
        "completion",
        "complete commands in bash, zsh or fish",
        completion.DESCRIPTION,
        completion.EPILOG,
        completion.arguments,
        completion.run,
    ),
)
