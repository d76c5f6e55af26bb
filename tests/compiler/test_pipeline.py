"""The passes of the compiler: what each makes can be looked at, and is checked."""

from dataclasses import replace

import pytest

from micrograd import Value, dot, jit, sum
from micrograd.compiler.ir.program import For, Nest
from micrograd.compiler.ir.sizes import Poly
from micrograd.compiler.ir.verify import InvalidProgram, verify
from micrograd.compiler.pipeline import FOR_ARRAYS, NAMES


def steps(xs):
    h = xs[0]
    for x in xs[1:]:
        h = (h * x).tanh()
    return h


def layer(xs):
    weights = [[Value(0.5), Value(-1.0)], [Value(2.0), Value(0.25)]]
    return sum(dot(row, xs).tanh() for row in weights)


XS = [0.3, -0.5, 0.7, 0.9, -1.1, 1.3]


def test_lowering_stops_after_the_pass_that_is_named():
    def kinds(until):
        program = jit(steps).lower([Value(x) for x in XS], until=until)
        return [type(s) for s in program.forward], bool(program.backward)

    assert kinds("reroll") == ([Nest] * 11, False)
    assert kinds("roll") == ([Nest, For], False)
    assert kinds("differentiate") == kinds("") == ([Nest, For], True)


def test_every_pass_gives_a_program_that_prints_and_holds():
    assert "= tanh(c1)" in str(jit(layer).lower([1.0, 2.0], until="flatten"))
    for name in NAMES[1:]:
        program = jit(layer).lower([1.0, 2.0], until=name)
        verify(program, name)
        assert "tanh(" in str(program)


def test_a_pass_that_is_none_is_an_error_that_names_them_all():
    with pytest.raises(ValueError, match=r"one of flatten, reroll, .*, roll, .*, got 'unroll'"):
        jit(layer).lower([1.0, 2.0], until="unroll")


def test_a_program_is_printed_after_the_pass_of_ones_choice(monkeypatch, capsys):
    monkeypatch.setenv("MICROGRAD_PRINT_AFTER", "roll")
    jit(steps).lower(XS)
    shown = capsys.readouterr().err
    assert shown.startswith("# after roll\nh1[0] = x1\nfor t0 < 5:\n")
    assert shown.count("# after") == 1
    monkeypatch.setenv("MICROGRAD_PRINT_AFTER", "all")
    jit(steps).lower(XS, until="schedule")
    assert capsys.readouterr().err.count("# after") == len(NAMES) - len(FOR_ARRAYS)


def moved(program, change):
    """The program with something else in place of its first nest's target."""
    nest = program.forward[0]
    return replace(
        program, forward=[replace(nest, target=change(nest.target)), *program.forward[1:]]
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ref: replace(ref, offset=10_000), "elements 10000 to 10001 of 2"),
        (lambda ref: replace(ref, strides=()), "0 strides over 1 dims"),
        (lambda ref: replace(ref, strides=(0,)), "several indices have one target"),
        (
            lambda ref: replace(ref, offset=ref.offset + 1),
            "elements 1 to 2 of 2",
        ),
        (lambda ref: replace(ref, offset=Poly.var("t7")), "t7, which no loop binds"),
    ],
)
def test_a_broken_program_is_refused_with_the_pass_that_made_it(change, message):
    program = jit(layer).lower([1.0, 2.0])
    with pytest.raises(InvalidProgram, match=f"after place: .*{message}"):
        verify(moved(program, change), "place")


def test_what_is_read_before_it_is_made_is_refused():
    program = jit(layer).lower([1.0, 2.0])
    late = replace(program, forward=program.forward[::-1])
    with pytest.raises(InvalidProgram, match="is read and not yet made"):
        verify(late, "reroll")
    lost = replace(program, forward=program.forward[:-1])
    with pytest.raises(InvalidProgram, match="an output is never computed"):
        verify(lost, "reroll")
    program = jit(steps).lower([Value(x) for x in XS])
    seedless = replace(program, backward=program.backward[1:])
    with pytest.raises(InvalidProgram, match="is read and not yet made"):
        verify(seedless, "differentiate")
    verify(seedless, "differentiate", whole=False)


def test_a_pass_that_is_not_there_is_not_waited_for(monkeypatch):
    monkeypatch.setenv("MICROGRAD_PRINT_AFTER", "rolll")
    with pytest.raises(ValueError, match=r"all or one of flatten, .*, got 'rolll'"):
        jit(lambda x: x * x).lower(2.0)
    with pytest.raises(ValueError, match=r"^MICROGRAD_PRINT_AFTER must be all or one of"):
        jit(lambda x: x * x)(2.0)


@pytest.mark.parametrize("count", [4, 100])
def test_terms_of_a_sum_that_lie_apart_are_terms_and_no_table(count):
    def f(b, xs):
        return sum((x + b).exp() for x in xs)

    first = str(jit(f).lower(2.0, [1.0] * count)).splitlines()[0]
    assert first == f"h1[{count}] = exp(xs[{count}] + b)"
