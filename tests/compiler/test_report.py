"""What jit says of itself: programs, reasons, times, numbers that are constants."""

import warnings

import numpy as np
import pytest

import micrograd
from micrograd import JitError, JitWarning, Value, sum, value_and_grad, vmap


def jit(f):
    return micrograd.jit(f, backend="numpy")


def test_a_report_has_no_numbers_of_our_own():
    f = jit(vmap(value_and_grad(lambda x: x * x, argnums=0), in_axes=0))
    f([1.0, 2.0])
    assert "constant until" not in str(f.report())


def test_a_report_says_why_each_program_was_made():
    rate = 2.0

    @jit
    def f(xs):
        return sum([rate * x if x > 0 else x for x in xs])

    f([1.0, 2.0])
    f([1.0, 2.0, 3.0])
    f([1.0, -2.0])
    rate = 3.0
    f([1.0, 2.0])
    text = str(f.report())
    assert text.splitlines()[0] == "f: 4 programs"
    for words in ("1. the first call", "another structure", "another path", "rate changed outside"):
        assert words in text
    assert "another path through its branches, at " in text
    assert ": return sum([rate * x if x > 0 else x for x in xs])" in text
    assert "constant until seen to change: rate = 2.0" in text
    assert "read at each call: rate" in text
    for stage in ("trace", "lower", "build", "plain run", "trial"):
        assert f"{stage} " in text


def test_too_many_paths_name_the_line_that_branches():
    f = jit(lambda x: [n for n in range(20) if x > n])
    for k in range(16):
        f(k + 0.5)
    with pytest.raises(JitError, match="more than 16 paths") as caught:
        f(16.5)
    assert "f = jit(lambda x: [n for n in range(20) if x > n])" in str(caught.value)


def test_an_array_in_two_places_that_keeps_changing_is_named_once(recwarn):
    rows, same = np.array([1.0, 2.0]), {}
    same["rows"] = rows
    f = jit(lambda x: (rows * x).sum() + same["rows"][0])
    for k in range(7):
        rows[0] = k
        assert f(2.0) == 2.0 * (k + 2.0) + k
    (said,) = recwarn
    assert "changes: pass it as an argument" in str(said.message)


def test_a_report_names_what_makes_a_function_run_plainly(recwarn):
    f = jit(lambda x, notes: (notes.append(1.0), x)[1])
    f(1.0, [])
    assert "runs plainly: it changes the list argument 1 of <lambda>" in str(f.report())
    assert repr(f) == "<jit <lambda>: runs plainly>"
    assert recwarn[0].category is JitWarning


def test_what_a_step_cannot_do_is_said_before_all_else(recwarn):
    weights = [Value(1.0) for _ in range(20)]

    @jit
    def step(x):
        for w in weights:
            w.data -= 0.1 * x
        return f"{weights[0] * x}"

    step(1.0)
    assert str(recwarn[0].message).startswith("step runs plainly: a number that is written out")


def test_cache_info_clear_and_repr():
    w = Value(2.0)
    f = jit(lambda x: w * x)
    assert (repr(f), f.cache_info()[:3]) == ("<jit <lambda>: no programs>", (0, 0, 0))
    f(1.0)
    f(2.0)
    f([1.0][0])
    assert (repr(f), f.cache_info()[:3]) == ("<jit <lambda>: 1 program>", (1, 1, 1))
    f.clear()
    assert f.cache_info()[:3] == (0, 0, 0)
    assert f(3.0).data == 6.0


def test_the_log_has_a_line_for_each_program(monkeypatch, capsys):
    monkeypatch.setenv("MICROGRAD_LOG", "compile")
    f = jit(lambda x: x * 2.0)
    f(1.0)
    f(2.0)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("micrograd: jit <lambda>: the first call; number; trace ")


def test_a_report_tells_apart_the_types_of_what_came_in():
    f = jit(lambda x: (x[0] if isinstance(x, (list, np.ndarray)) else x) * 2)
    arrays = [np.ones(2), np.ones(2, "float32")]
    for x in (2.0, 2, np.float32(2), *arrays, [1.0, 2.0], [1.0, 2]):
        f(x)
    said = [str(line).strip() for line in str(f.report()).splitlines()[2::4]]
    assert said == [
        *("number", "int", "float32", "2 numbers (array of float64)"),
        *("2 numbers (array of float32)", "2 numbers (list of float64)", "(list, (float, int))"),
    ]


def test_a_report_says_what_runs_a_program():
    f = jit(lambda x: x * 2)
    f(2.0)
    assert "   run by NumPy" in str(f.report()).splitlines()


def test_a_jit_warning_can_be_made_an_error():
    f = jit(lambda x, notes: (notes.append(1.0), x)[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error", micrograd.JitWarning)
        with pytest.raises(micrograd.JitWarning, match="runs plainly"):
            f(1.0, [])
