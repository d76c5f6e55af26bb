"""What the passes make of small programs, word for word; ``--update-golden`` writes it anew."""

from pathlib import Path

import pytest
from ir_programs import PROGRAMS

from micrograd import jit
from micrograd.compiler.pipeline import NAMES
from micrograd.compiler.printing.exact import text
from micrograd.compiler.printing.parsing import parse

GOLDEN = Path(__file__).parents[1] / "golden" / "ir"
SHOWN = ("reroll", "roll", "differentiate", "join_clears")


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
def test_the_passes_make_what_they_made(make, request):
    f, args = make()
    after = [f"# {name}\n{jit(f).lower(*args, until=name)}\n" for name in SHOWN]
    made = "\n".join([*after, f"# exact\n{text(jit(f).lower(*args))}"])
    file = GOLDEN / f"{make.__name__}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(made, "utf-8")
    assert made == file.read_text("utf-8"), "if it is meant: pytest --update-golden, and review"


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
def test_the_exact_text_reads_back(make):
    f, args = make()
    for name in NAMES:
        written = text(jit(f).lower(*args, until=name))
        assert text(parse(written)) == written


def test_a_program_without_tables_reads_back_equal():
    f, args = PROGRAMS[-1]()
    program = jit(f).lower(*args)
    program.names, program.labels = [], ()
    assert parse(text(program)) == program


@pytest.mark.parametrize("line", ["v[0] = | |", "v[i0 = sum | i0 < 3 | 1.0", "v[0] = sum | | f(1)"])
def test_a_line_that_is_no_statement_is_shown(line):
    written = text(jit(lambda x: x * 2).lower(1.0)).replace("forward\n", f"forward\n{line}\n")
    with pytest.raises(ValueError, match="not a statement: 'v"):
        parse(written)
