"""The standalone C of a function compiles by itself, with all warnings, and gives its numbers."""

import random
import re
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from c_programs import COMPILER, DEEP
from headers import WARNINGS, numbers, run
from pages import ROOT, blocks

from micrograd import JitError, Value, jacobian, jit, log_softmax, mean, sum, take, vmap, where
from micrograd.compiler.printing.layouts import layout
from micrograd.nn import MLP

PAGE = ROOT / "docs" / "compiler.md"


def test_the_header_alone_compiles_without_a_warning(tmp_path):
    (tmp_path / "alone.c").write_text(jit(lambda x: x.tanh() * x).source(2.0))
    command = [COMPILER, *WARNINGS, "-c", "alone.c"]
    subprocess.run(command, cwd=tmp_path, check=True)


def test_the_program_that_the_page_shows_compiles_and_runs(tmp_path):
    model = MLP(2, [16, 16, 1], seed=1)
    shown = re.search(
        r"^```text\n(#include.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )

    @jit
    def objective(X, Y):
        loss = vmap(lambda x, y: (1 - y * model(x)).relu())
        return mean(loss(X, Y)) + 1e-4 * sum(p * p for p in model.parameters())

    (tmp_path / "objective.h").write_text(objective.source(np.ones((100, 2)), np.ones(100)))
    (tmp_path / "main.c").write_text(shown[1])
    subprocess.run([COMPILER, "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True)
    failed, value = ran.stdout.split()
    assert int(failed) == 0
    assert 0 < float(value) < 2


def test_the_program_of_the_guide_gives_what_predict_gives(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = MLP(2, [8, 1], seed=1)
    guide = [code for _, code, _ in blocks(ROOT / "docs" / "guides" / "serve.md")]
    (writing,) = [code for code in guide if "parameters.h" in code and "main" not in code]
    exec(writing, {"model": model})
    (main,) = [code for code in guide if "int main" in code]
    (tmp_path / "main.c").write_text(main)
    subprocess.run([COMPILER, *WARNINGS, "main.c", "-o", "main", "-lm"], check=True)
    ran = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True)
    expected = [0, *model.predict([[1.0, 0.5], [0.0, -0.5]])]
    assert [*map(float, ran.stdout.split())] == pytest.approx(expected, rel=1e-14)


def test_a_batch_without_rows_is_named():
    score = jit(vmap(lambda x: x[0] * 2.0))
    for rows in (np.zeros((0, 2)), []):
        with pytest.raises(JitError, match="of a batch without rows computes nothing: pass one"):
            score.source(rows)


def test_the_comment_counts_the_functions():
    assert "* It returns 0, or" in jit(vmap(lambda x: x * 2.0)).source([1.0])
    assert "* Both return 0, or" in jit(lambda x: x * 2.0).source(1.0)


def test_a_function_of_numbers_gives_its_value_and_its_gradient(tmp_path):
    def area(width, height):
        return width * height + (width * height).sin()

    main = """
    double workspace[AREA_GRAD_WORKSPACE], value, dx, dy;
    int failed = area_value_and_grad(2.0, 3.0, &value, &dx, &dy, workspace);
    show((double[]){failed, value, dx, dy}, 4);"""
    x, y = Value(2.0), Value(3.0)
    out = area(x, y)
    out.backward()
    assert run(tmp_path, jit(area).source(1.0, 1.0), main) == pytest.approx(
        [0, out.data, x.grad, y.grad], rel=1e-14
    )


@pytest.mark.parametrize("examples", [3, 20])
def test_a_batched_objective_takes_other_batch_sizes(tmp_path, examples):
    model = MLP(2, [5, 1], seed=1)

    @jit
    def objective(X, Y):
        losses = vmap(lambda x, y: (1 - y * model(x)).relu())(X, Y)
        return mean(losses) + 1e-4 * sum(p * p for p in model.parameters())

    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(examples, 2)), rng.choice([-1.0, 1.0], examples)
    total = objective(X, Y)
    total.backward()
    parameters = model.parameters()
    main = f"""
    static double workspace[OBJECTIVE_GRAD_WORKSPACE], gradient[{len(parameters)}], value;
    static const double X[] = {{{numbers(X)}}}, Y[] = {{{numbers(Y)}}};
    static const double parameters[] = {{{numbers([p.data for p in parameters])}}};
    if (objective_value({examples}, X, Y, parameters, &value, workspace)) return 1;
    show(&value, 1);
    if (objective_value_and_grad({examples}, X, Y, parameters, &value, gradient, workspace))
        return 1;
    show(&value, 1);
    show(gradient, {len(parameters)});
    if (objective_value(21, X, Y, parameters, &value, workspace) != 3) return 1;"""
    expected = [total.data, total.data, *[p.grad for p in parameters]]
    text = objective.source(np.zeros((20, 2)), np.zeros(20))
    assert run(tmp_path, text, main) == pytest.approx(expected, rel=1e-12)


def test_tokens_and_constants_find_their_places(tmp_path):
    random.seed(3)
    rows = [[Value(random.gauss(0, 1)) for _ in range(3)] for _ in range(4)]
    bias = [0.25, -1.5, 3.0, 0.125]

    @jit
    def surprise(tokens):
        total = 0.0
        for now, after in pairwise(tokens):
            x = take(rows, now)
            scores = [sum(a * b for a, b in zip(x, row)) + c for row, c in zip(rows, bias)]
            total = total - take(log_softmax(scores), after)
        return total

    tokens = [0, 2, 2, 3, 1]
    out = surprise(tokens)
    out.backward()
    flat = [p for row in rows for p in row]
    main = f"""
    static double workspace[SURPRISE_GRAD_WORKSPACE], gradient[12], value;
    static const double tokens[] = {{{numbers(tokens)}}}, wrong[] = {{0, 1, 2, 7, 0}};
    static const double parameters[] = {{{numbers([p.data for p in flat])}}};
    if (surprise_value_and_grad(tokens, parameters, &value, gradient, workspace)) return 1;
    show(&value, 1);
    show(gradient, 12);
    if (surprise_value(wrong, parameters, &value, workspace) != 1) return 1;"""
    got = run(tmp_path, surprise.source(tokens), main)
    assert got == pytest.approx([out.data, *[p.grad for p in flat]], rel=1e-12)


def test_a_mapped_function_fills_an_array(tmp_path):
    text = jit(vmap(lambda x: [x * x, x + 1.0])).source([1.0, 2.0, 3.0])
    name = re.search(r"int (\w+)_value\(", text)[1]
    main = f"""
    double workspace[{name.upper()}_VALUE_WORKSPACE], value[6];
    if ({name}_value(3, (double[]){{1, 2, 3}}, value, workspace)) return 1;
    show(value, 6);"""
    assert run(tmp_path, text, main).tolist() == [1, 4, 9, 2, 3, 4]
    assert "value_and_grad" not in text


def test_several_outputs_are_weighted(tmp_path):
    text = jit(lambda x: (x * x, x.exp())).source(1.0)
    main = """
    double workspace[F_GRAD_WORKSPACE], value[2], gradient;
    if (f_value_and_grad(3.0, (double[]){1, 0}, value, &gradient, workspace)) return 1;
    show(value, 1);
    show(&gradient, 1);
    f_value_and_grad(0.0, (double[]){0, 2}, value, &gradient, workspace);
    show(&gradient, 1);"""
    assert run(tmp_path, text, main).tolist() == [9, 6, 2]


def test_a_branch_that_would_go_another_way_is_told(tmp_path):
    text = jit(lambda x: x * 2.0 if x > 0 else -x).source(1.0)
    main = """
    double workspace[F_VALUE_WORKSPACE], value;
    show((double[]){f_value(2.0, &value, workspace), f_value(-2.0, &value, workspace)}, 2);"""
    assert run(tmp_path, text, main).tolist() == [0, 2]


def test_gradients_of_values_in_arguments_are_written_beside_those_of_parameters(tmp_path):
    scale = Value(3.0)
    text = jit(lambda xs: scale * xs["a"] * xs["b"]).source({"a": Value(1.0), "b": Value(1.0)})
    main = """
    double workspace[F_GRAD_WORKSPACE], value, dxs[2], dscale;
    double xs[] = {2, 5}, scale = 3;
    if (f_value_and_grad(xs, &scale, &value, dxs, &dscale, workspace)) return 1;
    show(&value, 1);
    show(dxs, 2);
    show(&dscale, 1);"""
    assert run(tmp_path, text, main).tolist() == [30, 15, 6, 10]


def test_single_precision(tmp_path):
    text = jit(lambda x: x.exp() + 0.1, dtype="float32").source(1.0)
    main = """
    float workspace[F_GRAD_WORKSPACE], value, slope;
    if (f_value_and_grad(1.0f, &value, &slope, workspace)) return 1;
    show((double[]){value, slope}, 2);"""
    assert run(tmp_path, text, main) == pytest.approx([2.8182817, 2.7182817], rel=1e-6)
    assert "double" not in text


def test_two_headers_live_side_by_side(tmp_path):
    def first(x):
        return x.relu().sigmoid()

    def second(x):
        return x.relu().sigmoid() * 2.0

    main = """
    double workspace[FIRST_VALUE_WORKSPACE + SECOND_VALUE_WORKSPACE], value[2];
    first_value(0.0, value, workspace);
    second_value(0.0, value + 1, workspace);
    show(value, 2);"""
    text = jit(first).source(1.0) + jit(second).source(1.0)
    assert run(tmp_path, text, main).tolist() == [0.5, 1.0]


def test_another_function_of_the_same_name_is_an_error_and_the_same_header_twice_is_none(tmp_path):
    def arm(q):
        return [q[0] * q[1], q[1] * 2.0]

    position, slopes = jit(arm), jit(jacobian(arm))
    renamed = jit(jacobian(arm))
    renamed.__name__ = "arm_slopes"
    texts = {"arm": position.source([1.0, 2.0]), "other": slopes.source([1.0, 2.0])}
    texts["slopes"] = renamed.source([1.0, 2.0])
    for name, text in texts.items():
        (tmp_path / f"{name}.h").write_text(text)

    def compiled(*names):
        lines = [f'#include "{name}.h"\n' for name in names]
        (tmp_path / "main.c").write_text("".join(lines))
        command = [COMPILER, *WARNINGS, "-c", "main.c"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr

    assert "another function is called arm: set its __name__" in compiled("arm", "other")
    assert not compiled("arm", "slopes", "arm")


def test_names_that_c_has_taken_are_changed(tmp_path):
    def double(register, v):
        return register * v

    text = jit(double).source(1.0, 2.0)
    main = """
    double workspace[F_VALUE_WORKSPACE], value;
    f_value(3.0, 4.0, &value, workspace);
    show(&value, 1);"""
    assert run(tmp_path, text, main).tolist() == [12.0]


def test_letters_that_c_lacks_are_replaced(tmp_path):
    def größe(λ, μ, memcpy):
        return λ * μ + memcpy

    main = """
    double workspace[F_VALUE_WORKSPACE], value;
    f_value(3.0, 4.0, 5.0, &value, workspace);
    show(&value, 1);"""
    assert run(tmp_path, jit(größe).source(1.0, 2.0, 3.0), main).tolist() == [17.0]


def test_arguments_that_are_not_used_keep_their_places(tmp_path):
    text = jit(lambda x, unused: x.exp()).source(1.0, [1.0, 2.0])
    assert "(not used)" in text
    main = """
    double workspace[F_VALUE_WORKSPACE], value;
    f_value(0.0, (double[]){0, 0}, &value, workspace);
    show(&value, 1);"""
    assert run(tmp_path, text, main).tolist() == [1.0]


def test_nan_and_infinity_are_constants_as_well(tmp_path):
    def f(x):
        return where(x > 0, x, float("-inf")) * float("inf")

    main = """
    double workspace[F_VALUE_WORKSPACE], value;
    f_value(1.0, &value, workspace);
    show(&value, 1);"""
    assert run(tmp_path, jit(f).source(1.0), main).tolist() == [float("inf")]


def test_the_loops_are_explained_above_them():
    model = MLP(2, [3, 1], seed=1)
    text = jit(lambda x: model(x)).source([1.0, 2.0])
    assert "/* h1′[3] = Σ₂ w1[3,2]·x[2] + b1[3] */" in text  # noqa: RUF001
    assert "[3*i + j]  layers.0.neurons.i.w.j, i < 3, j < 2" in text


def test_a_function_that_computes_nothing_has_no_source():
    with pytest.raises(JitError, match="computes nothing"):
        jit(lambda x: 3.0).source(1.0)


@pytest.mark.parametrize(
    ("labels", "lines"),
    [
        (["b"], ["[0]  b"]),
        (["w.0", "w.1", "b"], ["[i]  w.i, i < 2", "[2]  b"]),
        (["a.1", "a.2"], ["[i]  a.(i + 1), i < 2"]),
        (["w.0", "w.2", "w.1"], ["[0]  w.0", "[1]  w.2", "[2]  w.1"]),
        (["", "b"], ["[0]  without a name", "[1]  b"]),
    ],
)
def test_a_layout_says_where_each_number_lies(labels, lines):
    assert layout(labels) == lines


def test_nothing_in_a_header_claims_that_parts_of_one_workspace_are_apart():
    """A compiler made wrong gradients of a long header that promised it."""
    text = jit(lambda xs: sum(x.sin() * y for x, y in pairwise(xs))).source([1.0, 2.0, 3.0])
    assert "restrict" not in text


def torque(angles, speeds, pushes):
    """What moves the first joint of an arm in space: forces from the base out and back again."""

    def cross(a, b):
        (x, y, z), (u, v, w) = a, b
        return [y * w - z * v, z * u - x * w, x * v - y * u]

    def add(*vectors):
        return [sum(parts) for parts in zip(*vectors)]

    spin, gain, pull, forces = [0.0] * 3, [0.0] * 3, [0.0, 0.0, 9.81], []
    for i, (q, speed, push) in enumerate(zip(angles, speeds, pushes)):
        c, s = q.cos(), q.sin()
        turn = [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]
        turn = turn if i % 2 else [[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]
        axis, arm = ([0.0, 0.0, 1.0] if i % 2 else [0.0, 1.0, 0.0]), [0.1 + 0.05 * i, 0.02, 0.3]

        def into(v, turn=turn):
            return [sum(row[k] * x for row, x in zip(turn, v)) for k in range(3)]

        pull = into(add(pull, cross(gain, arm), cross(spin, cross(spin, arm))))
        turning = into(spin)
        own = [k * speed for k in axis]
        gain = add(into(gain), cross(turning, own), [k * push for k in axis])
        spin = add(turning, own)
        forces.append((turn, arm, add(pull, cross(gain, arm), cross(spin, cross(spin, arm)))))
    moment, force = [0.0] * 3, [0.0] * 3
    for turn, arm, own in reversed(forces):
        moment = add([sum(r * m for r, m in zip(row, moment)) for row in turn], cross(arm, own))
        force = add([sum(r * m for r, m in zip(row, force)) for row in turn], own)
        moment = add(moment, cross(arm, force))
    return sum(m * m for m in moment)


def test_the_gradient_of_a_long_header_is_right_at_every_level(tmp_path):
    joints = 6 if DEEP else 2
    numbers_in = np.random.default_rng(0).normal(size=(3, joints))
    values = [[Value(x) for x in row] for row in numbers_in.tolist()]
    out = torque(*values)
    out.backward()
    names = ["a", "b", "c"]
    given = "".join(f"double {n}[] = {{{numbers(x)}}};\n" for n, x in zip(names, numbers_in))
    main = f"""
    static double workspace[TORQUE_GRAD_WORKSPACE], value, slope[3][{joints}];
    {given}
    if (torque_value_and_grad(a, b, c, &value, slope[0], slope[1], slope[2], workspace)) return 1;
    show(&value, 1);
    for (int k = 0; k < 3; k++) show(slope[k], {joints});"""
    got = run(tmp_path, jit(torque).source(*numbers_in.tolist()), main)
    want = [out.data, *[v.grad for row in values for v in row]]
    assert got == pytest.approx(want, rel=1e-10, abs=1e-12)
