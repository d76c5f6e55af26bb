"""What each statement of a loop writes becomes an array: text in, text out."""

import pytest

from micrograd import Value, jit, mean, vmap
from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.verify import verify
from micrograd.compiler.passes.rerolling.separate import separate
from micrograd.nn import LSTM

HEAD = """size {size}
parameters 0, 1
inputs 1, 9
constants 0:
outputs {output}
sizes {sizes}
scalars
array parameter gradient 0, 1
array input 1, 9
{arrays}
forward
"""


def rolled(lines, arrays, output, size, sizes=""):
    """A program written by address: arrays that a use goes through are one."""
    head = HEAD.format(size=size, output=output, arrays="\n".join(arrays), sizes=sizes)
    return parse(head + "\n".join(lines) + "\nbackward\n")


def separated(lines, arrays, output, size, sizes=""):
    """The lines of a program and its output after the pass; the result has to hold."""
    program = rolled(lines, arrays, output, size, sizes)
    verify(program, "before")
    after = separate(program)
    verify(after, "separate")
    return lines_of(after), after.outputs


def lines_of(program):
    return text(program).split("forward\n")[1].split("backward")[0].splitlines()


def scalars(count, start=10):
    return [f"array computed gradient {start + k}, 1" for k in range(count)]


def test_two_statements_of_a_step_get_two_arrays():
    lines = [
        "v[10] = sum |  | (v[0] * v[1])",
        "for t0 < 3:",
        "    v[2*t0 + 11] = sum |  | tanh(v[2*t0 + 10])",
        "    v[2*t0 + 12] = sum |  | (v[2*t0 + 11] * v[t0 + 2])",
        "v[17] = sum |  | tanh(v[16])",
    ]
    after, outputs = separated(lines, scalars(8), 17, 18)
    assert after == [
        "h1[0] = sum |  | (w1[0] * x1[0])",
        "for t0 < 3:",
        "    h2[t0] = sum |  | tanh(h1[t0])",
        "    h1[t0 + 1] = sum |  | (h2[t0] * x1[t0 + 1])",
        "h3[0] = sum |  | tanh(h1[3])",
    ]
    assert outputs == (17,)


def test_a_sum_over_the_steps_follows():
    lines = [
        "for t0 < 3:",
        "    v[2*t0 + 10] = sum |  | (v[0] * v[t0 + 1])",
        "    v[2*t0 + 11] = sum |  | tanh(v[2*t0 + 10])",
        "v[16] = sum |  | i0 < 3: v[2*i0 + 11]",
    ]
    after, _ = separated(lines, scalars(7), 16, 17)
    assert after[-1] == "h3[0] = sum |  | i0 < 3: h2[i0]"


def test_a_row_that_is_taken_within_a_step_follows():
    lines = [
        "for t0 < 3:",
        "    v[5*t0 + i0 + 10] = sum | i0 < 4 | (v[0] * v[t0 + 1])",
        "    v[5*t0 + 14] = sum |  | v[5*t0 + 10, whole(v[t0 + 1], 1, 4)]",
    ]
    arrays = [f"array computed gradient {10 + 5 * t + a}, {n}" for t in range(3) for a, n in
              ((0, 4), (4, 1))]  # fmt: skip
    after, _ = separated(lines, arrays, 24, 25)
    assert after[1:] == [
        "    h1[i0 + 4*t0] = sum | i0 < 4 | (w1[0] * x1[t0])",
        "    h2[t0] = sum |  | h1[4*t0, whole(x1[t0], 1, 4)]",
    ]


def test_a_last_step_of_another_size_does_not_join():
    lines = [
        "for t0 < 3:",
        "    v[4*t0 + i0 + 10] = sum | i0 < 2 | (v[0] * v[t0 + i0 + 1])",
        "    v[4*t0 + i0 + 12] = sum | i0 < 2 | tanh(v[4*t0 + i0 + 10])",
        "v[i0 + 22] = sum | i0 < 3 | (v[0] * v[i0 + 4])",
        "v[25] = sum |  | i0 < 3: v[i0 + 22]",
    ]
    arrays = [f"array computed gradient {start}, 2" for start in range(10, 22, 2)]
    arrays += ["array computed gradient 22, 3", "array computed gradient 25, 1"]
    after, _ = separated(lines, arrays, 25, 26)
    assert after[1:] == [
        "    h1[i0 + 2*t0] = sum | i0 < 2 | (w1[0] * x1[i0 + t0])",
        "    h2[i0 + 2*t0] = sum | i0 < 2 | tanh(h1[i0 + 2*t0])",
        "h3[i0] = sum | i0 < 3 | (w1[0] * x1[i0 + 3])",
        "h4[0] = sum |  | i0 < 3: h3[i0]",
    ]


def test_what_lies_before_a_loop_by_accident_is_no_first_step():
    lines = [
        "v[i0 + 10] = sum | i0 < 2 | (v[0] * v[i0 + 1])",  # as many numbers as a statement writes
        "for t0 < 2:",
        "    v[4*t0 + i0 + 12] = sum | i0 < 2 | (v[t0 + 10] * v[i0 + 3])",
        "    v[4*t0 + i0 + 14] = sum | i0 < 2 | tanh(v[4*t0 + i0 + 12])",
        "v[20] = sum |  | v[19]",
    ]
    arrays = [f"array computed gradient {start}, 2" for start in range(10, 20, 2)]
    after, _ = separated(lines, [*arrays, "array computed gradient 20, 1"], 20, 21)
    assert after == [
        "h1[i0] = sum | i0 < 2 | (w1[0] * x1[i0])",
        "for t0 < 2:",
        "    h2[i0 + 2*t0] = sum | i0 < 2 | (h1[t0] * x1[i0 + 2])",
        "    h3[i0 + 2*t0] = sum | i0 < 2 | tanh(h2[i0 + 2*t0])",
        "h4[0] = sum |  | h3[3]",
    ]


def test_where_a_use_goes_on_behind_the_steps_all_stays():
    lines = [
        "for t0 < 3:",
        "    v[2*t0 + 10] = sum |  | (v[0] * v[t0 + 1])",
        "    v[2*t0 + 11] = sum |  | tanh(v[2*t0 + 10])",
        "v[16] = sum |  | sin(v[14])",
        "v[17] = sum |  | cos(v[16])",
        "v[18] = sum |  | i0 < 4: v[2*i0 + 11]",
    ]
    assert separated(lines, scalars(9), 18, 19)[0] == lines_of(rolled(lines, scalars(9), 18, 19))


def test_where_a_use_crosses_the_statements_all_stays():
    lines = [
        "for t0 < 3:",
        "    v[2*t0 + 10] = sum |  | (v[0] * v[t0 + 1])",
        "    v[2*t0 + 11] = sum |  | tanh(v[2*t0 + 10])",
        "v[16] = sum |  | i0 < 6: v[i0 + 10]",
    ]
    after, _ = separated(lines, scalars(7), 16, 17)
    assert after == lines_of(rolled(lines, scalars(7), 16, 17))


def test_rows_of_a_batch_are_separated_as_numbers_are():
    lines = [
        "for t0 < 3:",
        "    vp[2*P*t0 + i0 + 10] = sum | i0 < B | (v[0] * v[t0 + 1])",
        "    vp[2*P*t0 + P + i0 + 10] = sum | i0 < B | tanh(vp[2*P*t0 + i0 + 10])",
    ]
    rows = [f"array computed batched gradient {k}*P + 10, 1" for k in range(1, 6)]
    arrays = ["array computed batched gradient 10, 1", *rows]
    after, outputs = separated(lines, arrays, "5*P + 10", "6*P + 10", "B P")
    assert after[1:] == [
        "    h1p[P*t0 + i0] = sum | i0 < B | (w1[0] * x1[t0])",
        "    h2p[P*t0 + i0] = sum | i0 < B | tanh(h1p[P*t0 + i0])",
    ]
    assert str(outputs[0]) == "(5*P + 10)"


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_a_batch_of_recurrences_keeps_its_numbers_and_gradients(backend):
    w, u = Value(0.5), Value(-0.3)

    def last(x):
        h = x
        for _ in range(7):
            h = (w * h + u * x).tanh() + 0.1 * x
        return h

    def f(X):
        return mean(vmap(last)(X))

    found = []
    for g in (f, jit(f, backend=backend)):
        w.grad = u.grad = 0.0
        for _ in range(2):
            out = g([0.1, -0.2, 0.3])
        out.backward()
        found.append([out.data, w.grad, u.grad])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def test_what_several_statements_of_a_step_fill_together_is_one_array():
    layer = LSTM(2, 3, seed=1)  # of its gates one is a tanh, between two and one that are sigmoids
    program = jit(lambda xs: layer(xs)[0]).lower([[0.1, 0.2]] * 5, until="separate")
    verify(program, "separate")
    steps = [line.split(" = ")[0].strip() for line in lines_of(program) if "t0" in line]
    gates = [step for step in steps if "9*t0" in step]
    assert [gate.split("[")[1] for gate in gates] == ["i0 + 9*t0 + 9]", "3*i0 + i1 + 9*t0 + 12]"]
    assert not any("33*t0" in step for step in steps)
