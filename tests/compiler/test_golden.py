"""What the passes make of small programs, word for word; ``--update-golden`` writes it anew."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from ir_programs import PROGRAMS

from micrograd import jit, mean
from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.joins import with_arrays
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.passes.generalise import SAMPLES, generalise


@pytest.fixture(autouse=True)
def _checked_after_every_pass(monkeypatch):
    monkeypatch.setenv("MICROGRAD_VERIFY", "1")


GOLDEN = Path(__file__).parents[1] / "golden" / "ir"
SHOWN = ("reroll", "roll", "join_clears", "schedule")  # formulas; exact after the last but one


@pytest.mark.parametrize("make", PROGRAMS, ids=lambda make: make.__name__)
def test_the_passes_make_what_they_made_and_their_text_reads_back(make, request):
    f, args = make()
    programs = {name: jit(f).lower(*args, until=name) for name in SHOWN}
    shown = [f"# {name}\n{program}\n" for name, program in programs.items()]
    made = "\n".join([*shown, f"# exact\n{text(programs['join_clears'])}"])
    file = GOLDEN / f"{make.__name__}.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(made, "utf-8")
    assert made == file.read_text("utf-8"), (
        "pytest --update-golden writes it, and git diff tests/golden shows what has changed"
    )
    for program in programs.values():
        assert text(parse(text(program))) == text(program)


def test_lists_of_any_length_are_one_program(request):
    def f(xs):
        h, seen = xs[0], []
        for x in xs[1:]:
            h = (h * x).tanh()
            seen.append(h * h)
        return mean(seen)

    samples = [jit(f).lower([0.1 * i for i in range(n)]) for n in range(6, 6 + SAMPLES)]
    made = text(generalise(samples, [Counter()] * SAMPLES, 6).program)
    file = GOLDEN / "any_length.txt"
    if request.config.getoption("--update-golden"):
        file.write_text(made, "utf-8")
    assert made == file.read_text("utf-8")


def test_a_program_without_tables_reads_back_equal():
    f, args = PROGRAMS[-1]()
    program = jit(f).lower(*args)
    nameless = with_arrays(program, lambda array: replace(array, name="", shape=()))
    nameless = replace(nameless, labels=())
    assert parse(text(nameless)) == nameless


@pytest.mark.parametrize("line", ["v[0] = | |", "v[i0 = sum | i0 < 3 | 1.0", "v[0] = sum | | f(1)"])
def test_a_line_that_is_no_statement_is_shown(line):
    written = text(jit(lambda x: x * 2).lower(1.0)).replace("forward\n", f"forward\n{line}\n")
    with pytest.raises(ValueError, match="not a statement: 'v"):
        parse(written)
