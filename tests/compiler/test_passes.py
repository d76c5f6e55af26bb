"""What each pass makes: text in, text out."""

from micrograd import ops
from micrograd.compiler.graph import Graph, without_repeats
from micrograd.compiler.ir.array import Array
from micrograd.compiler.ir.exact import text
from micrograd.compiler.ir.parsing import parse
from micrograd.compiler.ir.program import Clear, Program
from micrograd.compiler.ir.sizes import Poly
from micrograd.compiler.ir.verify import verify
from micrograd.compiler.passes.allocate import allocate, allocate_for_all
from micrograd.compiler.passes.clears import join_clears
from micrograd.compiler.passes.differentiate import differentiate
from micrograd.compiler.passes.place import place
from micrograd.compiler.passes.rerolling.flatten import flatten
from micrograd.compiler.passes.rerolling.reroll import reroll
from micrograd.compiler.passes.rerolling.roll import roll
from micrograd.compiler.passes.rerolling.terms import join_terms

BY_SYMBOL = {op.symbol: op for op in reversed(ops.OPS.values())}  # * is of two


def program(arrays, forward, backward="", output=0, sizes="", segments=""):
    """A program from the lines that tell its arrays and statements."""
    ends = {"plain": 0, "rows": 0}
    for line in arrays.split("\n"):
        if line.startswith("array"):
            kind = "rows" if "batched" in line else "plain"
            ends[kind] += int(line.rsplit(", ", 1)[1])
    size = f"{ends['rows']}*P + {ends['plain']}" if ends["rows"] else ends["plain"]
    heads = [f"size {size}", "parameters 0, 1", "inputs 1, 0", "constants 0:", f"outputs {output}"]
    lines = [*heads, f"sizes {sizes}", "scalars seed0", arrays, segments]
    return parse("\n".join([*lines, "forward", forward, "backward", backward]))


def after(change, *args, **more):
    """The arrays and the lines of both ways after a pass; the result has to hold."""
    changed = change(program(*args, **more))
    verify(changed, change.__name__)
    head, rest = text(changed).split("forward\n")
    arrays = [line for line in head.splitlines() if line.startswith(("array", "part"))]
    return arrays, *[way.splitlines() for way in rest.split("backward\n")]


def graph(lines, outputs):
    """A graph from the lines that ``str`` writes of one."""
    made, parents, data, leaves = [], [], [], {"parameter": [], "input": [], "constant": []}
    for i, line in enumerate(lines):
        what, *rest = line.split(" = ")[1].split(" ")
        if what in leaves:
            leaves[what].append(i)
        made.append(None if what in leaves else BY_SYMBOL[what])
        parents.append(tuple([int(x[1:]) for x in rest]) if made[-1] else ())
        data.append(float(rest[0]) if what == "constant" else 0.5)
    made = Graph(made, parents, data, leaves["parameter"], leaves["input"], outputs)
    made.segments = [len(made.inputs)] if made.inputs else []
    return made


def test_flatten_sees_sums_in_chains_and_says_how_many_terms_the_rows_of_a_class_have():
    lines = ["%0 = parameter", "%1 = parameter", "%2 = input", "%3 = constant 0.5"]
    lines += ["%4 = * %0 %2", "%5 = + %4 %1", "%6 = tanh %5"]
    lines += ["%7 = * %0 %6", "%8 = + %7 %1", "%9 = * %1 %6", "%10 = + %8 %9", "%11 = * %10 %3"]
    assert str(flatten(graph(lines, [8, 10, 11]))).splitlines() == [
        "c1[1] = parameter + parameter·input",
        "c2[1] = tanh(c1)",
        "c3[1] = parameter + parameter·c2",
        "c4[1] = parameter·c2 + c3",
        "c5[1] = 0.5·c4",
        "return c3, c4, c5",
    ]


def test_what_is_computed_twice_is_computed_once_but_for_outputs_and_products_with_constants():
    lines = ["%0 = input", "%1 = input", "%2 = constant -1.0", "%3 = constant -1.0"]
    lines += ["%4 = * %0 %1", "%5 = * %0 %1", "%6 = tanh %4", "%7 = tanh %5"]
    lines += ["%8 = * %6 %2", "%9 = * %7 %3", "%10 = + %8 %9"]
    merged = without_repeats(graph(lines, [6, 7, 10]))
    assert str(merged).splitlines()[6:] == [
        *("%6 = tanh %4", "%7 = tanh %4", "%8 = * %6 %2", "%9 = * %6 %2", "%10 = + %8 %9"),
        "return %6, %7, %10",
    ]


def test_what_is_made_of_equal_products_with_constants_is_equal_in_either_order():
    lines = ["%0 = input", "%1 = input", "%2 = constant 0.5", "%3 = * %0 %2", "%4 = * %2 %0"]
    lines += ["%5 = tanh %3", "%6 = tanh %4", "%7 = + %5 %1", "%8 = + %1 %6", "%9 = * %7 %8"]
    merged = without_repeats(graph(lines, [9]))
    assert str(merged).splitlines()[5:] == [
        *("%5 = tanh %3", "%6 = tanh %4", "%7 = + %5 %1", "%8 = + %1 %5", "%9 = * %7 %7"),
        "return %9",
    ]


def test_reroll_finds_a_matrix_in_the_addresses_of_products():
    lines = ["%0 = parameter", "%1 = parameter", "%2 = parameter", "%3 = parameter"]
    lines += ["%4 = input", "%5 = input", "%6 = * %0 %4", "%7 = * %1 %5", "%8 = + %6 %7"]
    lines += ["%9 = * %2 %4", "%10 = * %3 %5", "%11 = + %9 %10"]
    made = reroll(flatten(graph(lines, [8, 11])))
    assert str(graph(lines, [8, 11])).splitlines()[:-1] == lines
    assert text(made).split("forward\n")[1].splitlines()[0] == (
        "h1[i0] = sum | i0 < 2 | i1 < 2: (w1[2*i0 + i1] * x1[i1])"
    )


def test_reroll_splits_rows_where_their_addresses_break():
    lines = [f"%{i} = input" for i in range(7)]
    lines += [f"%{7 + k} = tanh %{i}" for k, i in enumerate([0, 3, 1, 6])]
    made = reroll(flatten(graph(lines, [7, 8, 9, 10])))
    assert text(made).split("forward\n")[1].splitlines()[:-1] == [
        "h1[i0] = sum | i0 < 2 | tanh(x1[3*i0])",
        "h1[i0 + 2] = sum | i0 < 2 | tanh(x1[5*i0 + 1])",
    ]


def test_arrays_that_a_sum_goes_through_become_one():
    arrays = """array input 0, 4
array computed gradient 4, 1
array computed gradient 5, 1
array computed gradient 6, 1
array computed gradient 7, 1"""
    made = [f"h{k + 1}[0] = sum |  | tanh(x1[{k}])" for k in range(3)]
    lines = [*made, "h4[0] = sum |  | h1[0] | h2[0] | h3[0]"]
    found, forward, _ = after(join_terms, arrays, "\n".join(lines), output=7)
    assert found[1:] == [
        "array computed gradient 4, 3",
        *[f"part computed gradient {k}, 1" for k in (4, 5, 6)],
        "array computed gradient 7, 1",
    ]
    assert forward[-1] == "h2[0] = sum |  | i0 < 3: h1[i0]"


STEPS = """array parameter gradient 0, 1
array input 1, 5
array computed gradient 6, 1
array computed gradient 7, 1
array computed gradient 8, 1
array computed gradient 9, 1"""


def steps(reads):
    first = f"h1[0] = sum |  | (w1[0] * x1[{reads[0]}])"
    return [first, *[f"h{k}[0] = sum |  | (h{k - 1}[0] * x1[{reads[k - 1]}])" for k in (2, 3, 4)]]


def test_steps_become_a_loop_and_what_they_write_one_array():
    arrays, forward, _ = after(roll, STEPS, "\n".join(steps([0, 1, 2, 3])), output=9)
    assert arrays[2:] == [
        "array computed gradient 6, 4",
        *[f"part computed gradient {k}, 1" for k in (6, 7, 8, 9)],
    ]
    assert forward == [
        "h1[0] = sum |  | (w1[0] * x1[0])",
        "for t0 < 3:",
        "    h1[t0 + 1] = sum |  | (h1[t0] * x1[t0 + 1])",
    ]


def test_three_steps_that_only_a_parabola_goes_through_are_no_loop():
    lines = steps([0, 1, 3, 0])
    assert after(roll, STEPS, "\n".join(lines), output=9)[1] == lines


def test_steps_that_go_from_an_argument_into_what_is_computed_are_no_loop():
    arrays = STEPS.replace("input 1, 5", "input 1, 1").replace("gradient 6", "gradient 2")
    for old, new in ((7, 3), (8, 4), (9, 5)):
        arrays = arrays.replace(f"gradient {old}", f"gradient {new}")
    lines = ["h1[0] = sum |  | tanh(x1[0])"]
    lines += [f"h{k}[0] = sum |  | tanh(h{k - 1}[0])" for k in (2, 3, 4)]
    _, forward, _ = after(
        roll, arrays.replace("input", "input gradient"), "\n".join(lines), output=5
    )
    assert forward == [lines[0], "for t0 < 3:", "    h1[t0 + 1] = sum |  | tanh(h1[t0])"]


LAYER = """array parameter gradient 0, 6
array input 6, 3
array computed gradient 9, 2
array computed gradient 11, 1"""


def gradients(*forward):
    return after(differentiate, LAYER, "\n".join(forward), output=11)[2]


def test_dims_along_which_an_operand_stands_still_are_summed():
    assert gradients(
        "h1[i0] = sum | i0 < 2 | i1 < 3: (w1[3*i0 + i1] * x1[i1])",
        "h2[0] = sum |  | i0 < 2: sin(h1[i0])",
    ) == [
        "dh2[0] = sum |  | scalar['seed0']",
        "dh1[i0] = sum | i0 < 2 | (dh2[0] * cos(h1[i0]))",
        "dw1[3*i0 + i1] = sum | i0 < 2, i1 < 3 | (dh1[i0] * x1[i1])",
    ]


TWO_ARRAYS = """array parameter gradient 0, 1
array computed gradient 1, 5
array computed gradient 6, 4"""


def test_a_loop_assigns_the_gradients_that_it_always_meets_first():
    steps = [
        "h1[0] = sum |  | w1[0]",
        "for t0 < 4:",
        "    h2[t0] = sum |  | sin(h1[t0])",
        "    h1[t0 + 1] = sum |  | (w1[0] * h2[t0])",
    ]
    assert after(differentiate, TWO_ARRAYS, "\n".join(steps), output=5)[2] == [
        "clear dw1, 0, 1",
        "dh1[4] = sum |  | scalar['seed0']",
        "for t0 < 4 backwards:",
        "    dw1[0] += sum |  | (dh1[t0 + 1] * h2[t0])",
        "    dh2[t0] = sum |  | (dh1[t0 + 1] * w1[0])",
        "    dh1[t0] = sum |  | (dh2[t0] * cos(h1[t0]))",
        "dw1[0] += sum |  | dh1[0]",
    ]


def test_a_loop_that_may_meet_a_gradient_before_it_is_made_adds_to_it():
    steps = [
        "h1[i0] = sum | i0 < 5 | w1[0]",
        "for t0 < 4:",
        "    h2[t0] = sum |  | (h1[t0] * h1[t0 + 1])",
        "h1[0] = sum |  | i0 < 4: h2[i0]",
    ]
    assert after(differentiate, TWO_ARRAYS, "\n".join(steps), output=1)[2][-3:] == [
        "    dh1[t0] += sum |  | (dh2[t0] * h1[t0 + 1])",
        "    dh1[t0 + 1] += sum |  | (dh2[t0] * h1[t0])",
        "dw1[0] = sum |  | i0 < 5: dh1[i0]",
    ]


def test_what_a_penalty_adds_comes_behind_the_sums_which_assign():
    assert gradients(
        "h1[i0] = sum | i0 < 2 | i1 < 3: (w1[3*i0 + i1] * x1[i1])",
        "h2[0] = sum |  | i0 < 2: sin(h1[i0]) | i0 < 6: sin(w1[i0])",
    ) == [
        "dh2[0] = sum |  | scalar['seed0']",
        "dh1[i0] = sum | i0 < 2 | (dh2[0] * cos(h1[i0]))",
        "dw1[3*i0 + i1] = sum | i0 < 2, i1 < 3 | (dh1[i0] * x1[i1])",
        "dw1[i0] += sum | i0 < 6 | (dh2[0] * cos(w1[i0]))",
    ]


def test_an_operand_that_stands_twice_is_added_to_and_a_maximum_is_cleared():
    assert gradients(
        "h1[i0] = sum | i0 < 2 | i1 < 3: (w1[3*i0 + i1] * w1[i1])",
        "h2[0] = maximum |  | i0 < 2: h1[i0]",
    ) == [
        "clear dh1, 0, 2",
        "dh2[0] = sum |  | scalar['seed0']",
        "route maximum |  | i0 < 2 | h1[i0] | h2[0]",
        "dw1[3*i0 + i1] = sum | i0 < 2, i1 < 3 | (dh1[i0] * w1[i1])",
        "dw1[i0] += sum | i0 < 3 | i1 < 2: (dh1[i1] * w1[i0 + 3*i1])",
    ]


BATCH = """array parameter gradient 0, 4
array input 4, 32
array computed gradient 36, 32
array computed gradient 68, 4"""
SAMPLES = [
    "h1[2*i0 + i1] = sum | i0 < 16, i1 < 2 | i2 < 2: (w1[2*i1 + i2] * x1[2*i0 + i2])",
    "h2[0] = sum |  | i0 < 16, i1 < 2: h1[2*i0 + i1]",
]


def test_samples_lie_along_rows():
    arrays, forward, _ = after(place, BATCH, "\n".join(SAMPLES), output=68)
    assert arrays[1:3] == ["array input 4, 32, 16, 16", "array computed gradient 36, 32, 16, 16"]
    assert forward == [
        "h1p[16*i0 + i1] = sum | i0 < 2, i1 < 16 | i2 < 2: (w1[2*i0 + i2] * x1p[i1 + 16*i2])",
        "h2[0] = sum |  | i0 < 16, i1 < 2: h1p[i0 + 16*i1]",
    ]


def test_arrays_of_a_program_with_loops_stay_as_they_lie():
    lines = [*SAMPLES, "for t0 < 3:", "    h2[t0 + 1] = sum |  | (w1[0] * h2[t0])"]
    arrays, forward, _ = after(place, BATCH, "\n".join(lines), output=71)
    assert (arrays, forward) == (BATCH.split("\n"), lines)


def test_addresses_come_last_and_transposed_arrays_begin_at_whole_vectors():
    transposed = BATCH.replace("input 4, 32", "input 4, 30, 15, 16")
    lines = ["h1[0] = sum |  | x1[16]", "h2[3] = sum |  | h1[0]"]
    made = program(transposed, "\n".join(lines), output=69, segments="segment 4, 30, 15, 16")
    found = allocate(made)
    assert [(a.start, a.size) for a in found.arrays] == [(0, 4), (8, 32), (40, 32), (72, 4)]
    assert (found.size, found.outputs, found.segments[0].start) == (76, (73,), 8)
    assert text(found).split("forward\n")[1].splitlines()[:2] == lines


def test_of_all_lengths_what_is_whole_vectors_comes_first_and_begins_at_one():
    n, pairs = Poly.var("n"), Poly.var("n_2")
    arrays: dict[str, Array] = {}
    end = 0
    for name, kind, count in (
        ("w1", "parameter", 12),
        ("x1", "input", n),
        ("k1", "constant", 2),
        ("h1", "computed", 4 * pairs),
        ("h2", "computed", 8 * n - 8),
    ):
        arrays[name] = Array(end, count, False, True, kind, name=name)
        end = end + count
    made = Program([], end, (0, 12), (12, n), (n + 12, (1.0, 2.0)), (end - 1,))
    made.arrays = tuple(arrays.values())
    made.backward = [Clear(0, 4), Clear(n + 14, 8 * n - 8 + 4 * pairs)]
    found = allocate_for_all(made)
    assert {a.name: a.start for a in found.arrays} == {
        "w1": 0,
        "h2": 16,
        "x1": 8 * n + 8,
        "k1": 9 * n + 8,
        "h1": 9 * n + 10,
    }
    assert (found.inputs, found.constants[0], found.outputs) == (
        (8 * n + 8, n),
        9 * n + 8,
        (8 * n + 7,),
    )
    assert [(c.address, c.count) for c in found.backward] == [
        (0, 4),
        (9 * n + 10, 4 * pairs),
        (16, 8 * n - 8),
    ]


def test_neighbours_are_cleared_at_once_whatever_array_they_are_of():
    clears = ["clear dh1, 0, 32", "clear dh2, 0, 2", "clear dw1, 0, 4", "clear dx1, 0, 4"]
    body = "h2[3] = sum |  | 1.0"
    assert after(join_clears, BATCH, body, "\n".join(clears), output=71)[2] == [
        "clear 36, 34",
        "clear 0, 8",
    ]
