"""An exported model gives the numbers of the plain run; what cannot be exported is refused."""

import subprocess
import sys
from math import prod
from pathlib import Path

import numpy as np
import pytest
from dataframes import Row, Table
from exported import CASES, plainly, rows, words
from headers import run as run_header
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from micrograd import Value, nn
from micrograd import random as draws
from micrograd.cli import main
from micrograd.data import moons
from micrograd.estimators import MLPClassifier, MLPRegressor
from micrograd.export import jax_source, to_c, to_numpy, torch_source
from micrograd.export.python import run
from micrograd.export.subject import subject
from micrograd.losses import mse
from micrograd.optim import SGD
from micrograd.saving import save
from micrograd.train import fit


def example(shape):
    return rows(shape, 1)[0].tolist()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("batch", [1, 5])
def test_a_file_for_numpy_gives_the_numbers_of_the_plain_run(name, batch, tmp_path):
    m, shape = CASES[name]
    predict = run(to_numpy(m, example(shape), tmp_path / "m.py").read_text())["predict"]
    xs = rows(shape, batch)
    expected = plainly(m, xs)
    found = predict(xs)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_the_file_needs_nothing_but_numpy(tmp_path):
    to_numpy(CASES["mlp"][0], [0.0, 0.0], tmp_path / "moons.py")
    program = (
        "import sys, moons; moons.predict([[0.0, 1.0]]); "
        "print({'micrograd', 'torch', 'jax'} & set(sys.modules))"
    )
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {program}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_file_in_float32_computes_in_it(tmp_path):
    m, shape = CASES["transformer"]
    predict = run(to_numpy(m, example(shape), tmp_path / "m.py", dtype="float32").read_text())[
        "predict"
    ]
    xs = rows(shape, 5)
    assert predict(xs).dtype == np.float32
    np.testing.assert_allclose(predict(xs), plainly(m, xs), rtol=1e-4, atol=1e-5)


def test_an_index_that_is_none_is_refused_by_the_file(tmp_path):
    predict = run(to_numpy(words, [1.0], tmp_path / "m.py").read_text())["predict"]
    np.testing.assert_allclose(predict([[4], [1]]), plainly(words, np.array([[4.0], [1.0]])))
    for wrong in (5, -1, 0.5):
        with pytest.raises(IndexError, match=f"a whole number below 5, got {wrong}"):
            predict([[1], [wrong]])


def test_a_wrong_shape_is_refused_by_the_file(tmp_path):
    predict = run(to_numpy(CASES["mlp"][0], [0.0, 0.0], tmp_path / "m.py").read_text())["predict"]
    with pytest.raises(ValueError, match=r"expects the shape \(batch, 2\), got \(1, 3\)"):
        predict([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["mlp", "convolution", "own", "one number"])
def test_a_header_gives_the_numbers_of_the_plain_run(name, dtype, tmp_path):
    m, shape = CASES[name]
    text = to_c(m, example(shape) if shape else 0.5, tmp_path / "m.h", dtype=dtype).read_text()
    (x,) = rows(shape, 1)
    expected = plainly(m, [x]).reshape(-1)
    kind, count = {"float64": "double", "float32": "float"}[dtype], prod(expected.shape)
    given = ", ".join(float(v).hex() for v in x.reshape(-1))
    main = f"""
    {kind} x[] = {{{given}}}, value[{count}], workspace[M_VALUE_WORKSPACE];
    int failed = m_predict({"x" if shape else "x[0]"}, value, workspace);
    double all[{count + 1}] = {{failed}};
    for (int i = 0; i < {count}; i++) all[i + 1] = value[i];
    show(all, {count + 1});"""
    found = run_header(tmp_path, text, main)
    rough = 1e-12 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(found, [0, *expected], rtol=rough, atol=rough)


def test_weights_that_are_no_numbers_are_written_as_c_has_them(tmp_path):
    odd = [Value(float("inf")), Value(float("nan")), Value(1.0)]
    text = to_c(lambda x: [x * odd[0], x * odd[1], x * odd[2]], 1.0, tmp_path / "m.h").read_text()
    main = """
    float value[3], workspace[M_VALUE_WORKSPACE];
    int failed = m_predict(2.0f, value, workspace);
    show((double[]){failed, value[0], value[1], value[2]}, 4);"""
    found = run_header(tmp_path, text, main)
    np.testing.assert_array_equal(found, [0, np.inf, np.nan, 2.0])


def test_weights_have_the_names_and_shapes_of_the_model(tmp_path):
    m, shape = CASES["transformer"]
    weights = subject(m, example(shape)).weights
    state = m.state_dict()
    assert {name: w.shape for name, w in weights.items()} == {n: a.shape for n, a in state.items()}
    for name, array in state.items():
        np.testing.assert_array_equal(weights[name], array)


def test_a_layer_is_a_product_of_named_weights():
    model = nn.Sequential(nn.Linear(2, 3, seed=1))
    in_torch, in_jax = torch_source(model, [0.0, 0.0]), jax_source(model, [0.0, 0.0])
    assert "weight @ x + bias[:, None]" in in_torch
    assert "einsum('ij,jb->ib', weight, x) + bias[:, None]" in in_jax
    for text in (in_torch, in_jax):
        assert "# h1[3,B] = Σ₂ weight[3,2]·x[2,B] + bias[3]" in text


def test_a_model_is_exported_in_evaluation_mode_and_left_as_it_was(tmp_path):
    model = nn.Sequential(nn.Linear(2, 2, seed=1), nn.Dropout(0.5)).train()
    to_numpy(model, [0.0, 0.0], tmp_path / "m.py")
    assert all(part.training for part in model.modules())


@pytest.mark.parametrize(
    ("m", "x", "message"),
    [
        (3, [1.0], "what is exported is a function, got 3"),
        (CASES["mlp"][0], "ab", "x, one example, expects numbers"),
        (CASES["mlp"][0], [1.0], "expects 2 inputs"),
        (lambda x: (x[0], x[1]), [1.0, 2.0], "got tuple: export a function that picks"),
        (lambda x: [x[0], [x[1]]], [1.0, 2.0], "numbers in lists of one shape"),
        (lambda x: x[0] * draws.normal(), [1.0], "draws random numbers"),
        (lambda x: x[0] * SLOPE if x[0] > 0 else SLOPE, [1.0], "branches on its numbers"),
    ],
)
def test_what_cannot_be_exported_is_refused(m, x, message, tmp_path):
    with pytest.raises((TypeError, ValueError), match=message):
        to_numpy(m, x, tmp_path / "m.py")
    assert not (tmp_path / "m.py").exists()


SLOPE = Value(2.0)


@pytest.mark.parametrize("kind", [MLPRegressor, MLPClassifier])
def test_an_estimator_names_the_function_that_has_its_scaling(kind, tmp_path):
    X, y = moons(40)
    e = kind(hidden=3, epochs=2, random_state=1).fit(5 + 100 * X, 10 * y)
    for export in (to_numpy, to_c):
        with pytest.raises(TypeError, match=r"got the estimator MLP.*of scaled numbers") as error:
            export(e, [0.0, 0.0], tmp_path / "m")
    scaled = eval(str(error.value).partition("the function ")[2], {"e": e, "np": np})
    predict = run(to_numpy(scaled, [0.0, 0.0], tmp_path / "m.py").read_text())["predict"]
    if kind is MLPRegressor:
        assert predict(5 + 100 * X) == pytest.approx(e.predict(5 + 100 * X))
    else:
        assert (e.classes_[predict(5 + 100 * X).argmax(axis=1)] == e.predict(5 + 100 * X)).all()


def test_a_pipeline_names_its_last_step_and_what_stays_before_it(tmp_path):
    X, y = moons(40)
    pipeline = make_pipeline(StandardScaler(), MLPRegressor(hidden=3, epochs=2, random_state=1))
    pipeline.fit(5 + 100 * X, 10 * y)
    with pytest.raises(TypeError, match=r"got the pipeline Pipe.*stays with scikit-learn") as error:
        to_numpy(pipeline, [0.0, 0.0], tmp_path / "m.py")
    scaled = eval(str(error.value).partition("the function ")[2], {"e": pipeline[-1], "np": np})
    predict = run(to_numpy(scaled, [0.0, 0.0], tmp_path / "m.py").read_text())["predict"]
    before = pipeline[:-1].transform(5 + 100 * X)
    assert predict(before) == pytest.approx(pipeline.predict(5 + 100 * X))


FLATS = Table(size=[60.0, 30.5], rooms=[3, 1], lift=[True, False])
OTHER_ORDER = Table(**{name: FLATS.parts[name] for name in ("rooms", "size", "lift")})


def trained_on_flats():
    model = nn.MLP(3, [2, 1], seed=1)
    fit(
        lambda x, y: mse(model(x), y), (FLATS, [0.1, 0.2]), model=model, epochs=1, progress=False,
        optimizer=SGD(model.parameters(), lr=1e-6), compile=False,
    )  # fmt: skip
    return model


def test_a_file_of_a_model_of_a_table_refuses_other_columns_in_the_words_of_predict(tmp_path):
    model = trained_on_flats()
    written = to_numpy(model, [0.0] * 3, tmp_path / "m.py").read_text()
    assert "micrograd." not in written.partition("\n")[2]
    predict = run(written)["predict"]
    for table in (OTHER_ORDER, Table(size=[1.0], rooms=[2]), Table(a=[1], b=[2], c=[3])):
        with pytest.raises(ValueError, match="what predict got has") as expected:
            model.predict(table)
        with pytest.raises(ValueError, match="what predict got has") as error:
            predict(table)
        assert str(error.value) == str(expected.value)
    for form in (FLATS, FLATS.to_numpy(), FLATS.to_numpy().tolist()):
        np.testing.assert_allclose(predict(form), model.predict(FLATS), rtol=1e-12)


def test_a_row_of_a_table_tells_a_functions_columns(tmp_path):
    model, row = trained_on_flats(), Row(FLATS.columns, [60.0, 3, True])

    def rent(x):
        return 100 * model(x) + 500

    predict = run(to_numpy(rent, row, tmp_path / "m.py").read_text())["predict"]
    with pytest.raises(ValueError, match="in another order, 'rooms' where 'size' was"):
        predict(OTHER_ORDER)
    assert "\n *     x[2] 'lift'" in to_c(rent, row, tmp_path / "m.h").read_text()
    for export in (to_numpy, to_c):
        with pytest.raises(ValueError, match=r"x, one example, has the columns .* another order"):
            export(model, Row(OTHER_ORDER.columns, [3, 60.0, True]), tmp_path / "m")


def test_a_header_of_a_model_of_a_table_names_the_columns(tmp_path):
    header = to_c(trained_on_flats(), [0.0] * 3, tmp_path / "m.h").read_text()
    comment = "x[3], value[1]\n *     x[0] 'size'\n *     x[1] 'rooms'\n *     x[2] 'lift' */"
    assert comment in header


def test_a_dtype_that_is_none_is_refused(tmp_path):
    for export in (to_numpy, to_c):
        with pytest.raises(ValueError, match="dtype is 'float64' or 'float32', got 'int8'"):
            export(CASES["mlp"][0], [0.0, 0.0], tmp_path / "m", dtype="int8")


# ---- the command line


@pytest.fixture
def saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(nn.MLP(2, [3, 1], seed=1), "moons.safetensors")
    save(nn.Sequential(nn.Conv1d(1, 2, 2, seed=1), nn.Flatten(0)), "signal.safetensors")


@pytest.mark.parametrize(
    ("kind", "ending", "shown"),
    [
        ("c", "h", "moons_predict(const float *x, float *value, float *workspace)"),
        ("numpy", "py", "def predict(x):"),
        ("torch", "py", "class Model(nn.Module):"),
        ("jax", "py", "def apply(params, x):"),
    ],
)
def test_the_command_writes_a_saved_model_for_other_programs(kind, ending, shown, saved, capsys):
    assert main(["export", "moons.safetensors", "--to", kind, "-o", f"moons.{ending}"]) == 0
    told = capsys.readouterr()
    assert told.out.strip().endswith(f"moons.{ending}")
    assert "where it was trained on scaled numbers, scale x" in told.err
    assert shown in Path(f"moons.{ending}").read_text()


def test_the_command_takes_the_shape_where_the_first_layer_does_not_say_it(saved, capsys):
    command = ["export", "signal.safetensors", "--to", "numpy", "-o", "signal.py"]
    assert main(command) == 2
    assert "Conv1d, the first layer, takes any shape: say that of one" in capsys.readouterr().err
    assert main([*command, "--shape", "1,4"]) == 0
    assert run(Path("signal.py").read_text())["predict"](np.zeros((2, 1, 4))).shape == (2, 6)
