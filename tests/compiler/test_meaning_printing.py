"""A compiled function prints what it prints plainly, at each call, once."""

import sys

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value, vmap
from micrograd.compiler import JitWarning

W = Value(2.0, label="w")


def jit(f):
    return micrograd.jit(f, backend="numpy")


def _said(capsys, f, *calls):
    said = []
    for args in calls:
        f(*args)
        said.append(capsys.readouterr().out)
    return said


def test_each_call_prints_once(capsys):
    def f(x):
        print("x is", x, end="!\n")
        print([x, 1, None], {"w": W, "y": 2.0 * x}, sep=" and ")
        return x * W

    calls = [(0.5,), (1.5,), (-3.0,)]
    plain, compiled = _said(capsys, f, *calls), _said(capsys, jit(f), *calls)
    assert compiled == plain
    assert compiled[2].startswith("x is -3.0!\n[-3.0, 1, None] and {'w': Value(")


def test_a_step_prints_the_numbers_of_that_moment(capsys):
    def made():
        w = Value(1.0)

        def step(x):
            print(w, w.data)
            (w * w * x).backward()
            w.data -= 0.1 * w.grad
            print("after", w.data, w.grad)
            w.grad = 0.0

        return step

    calls = [(1.0,), (2.0,), (0.5,)]
    step = jit(made())
    assert _said(capsys, step, *calls) == _said(capsys, made(), *calls)
    assert step.cache_info().programs == 1


def test_each_branch_prints_its_own(capsys):
    def f(x):
        if x > 0.0:
            print("positive", x)
        return x * 2.0

    calls = [(1.0,), (-1.0,), (2.0,), (-2.0,)]
    assert _said(capsys, jit(f), *calls) == ["positive 1.0\n", "", "positive 2.0\n", ""]


def test_an_array_is_printed_as_it_was(capsys):
    def f(a):
        b = a * 1.0
        print(b)
        b[0] = 9.0
        return b

    calls = [(np.array([1.0, 2.5]),), (np.array([3.0, 4.5]),)]
    assert _said(capsys, jit(f), *calls) == _said(capsys, f, *calls)


def test_what_is_written_otherwise_runs_plainly(capsys):
    def f(x):
        sys.stdout.write("a line\n")
        return x * 2.0

    g = jit(f)
    with pytest.warns(JitWarning, match="it prints 'a line"):
        g(1.0)
    assert capsys.readouterr().out == "a line\n"
    assert _said(capsys, g, (1.0,), (2.0,)) == ["a line\n", "a line\n"]


def test_printing_an_example_of_a_batch_is_refused():
    def f(t):
        print(t)
        return t * t

    with pytest.raises(JitError, match="prints in a vmap"):
        jit(lambda x: vmap(f)(x))(np.array([1.0, 2.0]))
