"""Models exported to ONNX pass its checker and give the numbers of the plain run by onnxruntime."""

import numpy as np
import onnx
import onnxruntime
import pytest
from exported import CASES, plainly, rng, rows, words

from micrograd import JitError, Value, floor, maximum, minimum, nn, ops, sum, where
from micrograd.cli import main
from micrograd.engine import apply
from micrograd.export import to_onnx
from micrograd.export.operators import OPERATORS
from micrograd.saving import save

SINGLE = {  # what onnxruntime does not compute in float64
    "tan", "sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfc", "gelu",
}  # fmt: skip


def example(shape):
    return rows(shape, 1)[0].tolist()


def session(m, x, folder, dtype="float64"):
    file = to_onnx(m, x, folder / "m.onnx", dtype=dtype)
    onnx.checker.check_model(onnx.load(file), full_check=True)
    made = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return lambda xs: made.run(None, {"x": np.asarray(xs, dtype)})[0]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_graph_gives_the_numbers_of_the_plain_run(name, dtype, tmp_path):
    m, shape = CASES[name]
    if (name, dtype) == ("normalised", "float64"):  # by erf
        with pytest.raises(JitError, match="erf in float32 alone: export with dtype='float32'"):
            to_onnx(m, example(shape), tmp_path / "m.onnx", dtype=dtype)
        return
    run = session(m, example(shape), tmp_path, dtype)
    xs = rows(shape, 5)
    expected = plainly(m, xs)
    rough = 1e-12 if dtype == "float64" else 1e-4
    for batch in (5, 1):
        found = run(xs[:batch])
        assert found.dtype == dtype
        assert found.shape == expected[:batch].shape
        np.testing.assert_allclose(found, expected[:batch], rtol=rough, atol=rough)


def test_a_thousand_examples_are_one_batch(tmp_path):
    m, shape = CASES["mlp"]
    xs = rows(shape, 1000)
    np.testing.assert_allclose(session(m, example(shape), tmp_path)(xs), plainly(m, xs), 1e-11)


def test_weights_are_in_the_file_under_their_names(tmp_path):
    m, shape = CASES["transformer"]
    graph = onnx.load(to_onnx(m, example(shape), tmp_path / "m.onnx")).graph
    names = {array.name for array in graph.initializer}
    assert set(m.state_dict()) <= names
    assert [d.dim_param or d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == [
        "batch", *shape
    ]  # fmt: skip


def every(x):
    a, b = x
    return [
        a.exp(), (a * a).log(), (b * b).log1p(), a.expm1(), (a * a).sqrt(), a.sin(), a.cos(),
        a.tanh(), a.sigmoid(), a.softplus(), a.relu(), abs(b), maximum(a, b, 0.1),
        minimum(a, b), where(a < b, a, b), a ** 3, (a * a + 1) ** b, a / (b * b + 1), a - b,
        sum([a, b, a * b]),
    ]  # fmt: skip


def test_each_operation_is_the_one_that_is_meant(tmp_path):
    def f(x):
        return every([Value(1.0) * x[0], Value(1.0) * x[1]])

    run = session(f, [0.5, 0.25], tmp_path)
    xs = np.concatenate([rows((2,), 20), [[30.0, -40.0], [1e-9, 1e-12], [-700.0, 700.0]]])
    with np.errstate(all="ignore"):
        expected = plainly(f, xs)
    np.testing.assert_allclose(run(xs), expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", sorted(set(OPERATORS) & set(ops.OPS) - {"powc"}))
def test_onnxruntime_has_each_operation_in_both_precisions(name, tmp_path):
    op = ops.OPS[name]
    count = op.arity or 3

    def f(x):
        return apply(op, *[Value(1.0) * x[k] for k in range(count)])

    xs = rng.uniform(0.1, 0.9, (4, count)) + (name == "acosh")
    for dtype in ("float32", "float64"):
        if dtype == "float64" and name in SINGLE:
            with pytest.raises(JitError, match="in float32 alone"):
                to_onnx(f, xs[0].tolist(), tmp_path / "none.onnx", dtype=dtype)
            continue
        found = session(f, xs[0].tolist(), tmp_path, dtype)(xs)
        np.testing.assert_allclose(found, plainly(f, xs), 1e-12 if dtype == "float64" else 1e-4)


def test_an_index_that_is_none_makes_nan(tmp_path):
    run = session(words, [1.0], tmp_path)
    np.testing.assert_allclose(run([[4.0], [1.0]]), plainly(words, np.array([[4.0], [1.0]])), 1e-12)
    assert np.isnan(run([[5.0]])).all()
    assert np.isnan(run([[0.5]])).all()


@pytest.mark.parametrize("layer", [nn.GRU(2, 3, seed=1), nn.RNN(2, 3, seed=1)])
def test_recurrences_are_unrolled(layer, tmp_path):
    def f(x):
        return layer(x)[0]

    xs = rows((4, 2), 3)
    np.testing.assert_allclose(session(f, example((4, 2)), tmp_path)(xs), plainly(f, xs), 1e-11)


def test_what_onnx_lacks_is_refused_by_name(tmp_path):
    weight = Value(2.0)
    with pytest.raises(JitError, match="there is no floordiv in ONNX: export it by to_c"):
        to_onnx(lambda x: x[0] * weight // 3.0 + floor(x[0]), [1.0], tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_command_writes_a_graph_of_the_saved_model(dtype, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model, xs = nn.MLP(2, [3, 1], seed=1), rows((2,), 5)
    save(model, "moons.safetensors")
    command = ["export", "moons.safetensors", "--to", "onnx", "-o", "moons.onnx", "--dtype", dtype]
    assert main(command) == 0
    assert capsys.readouterr().out.strip().endswith("moons.onnx")
    run = onnxruntime.InferenceSession("moons.onnx", providers=["CPUExecutionProvider"]).run
    rough = 1e-12 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(run(None, {"x": xs.astype(dtype)})[0], plainly(model, xs), rough)
