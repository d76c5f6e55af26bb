"""Bad input of fit is named before anything changes."""

import math

import numpy as np
import pytest
from small_runs import X, Y, datas, hinge_of, make, train

from micrograd import losses
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.value.modes import no_grad


def bad(column):
    return {"data": column}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (bad(([], [])), ValueError, "empty"),
        (bad((X, Y[:-1])), ValueError, "different lengths"),
        (bad((np.where(X > 1, math.nan, X), Y)), ValueError, r"argument 0\[\d\] is nan"),
        (bad(([[1.0, 2.0], [1.0]], [1, 1])), ValueError, "ragged"),
        (bad(([[1.0, 2.0, 3.0]], [1])), ValueError, r"expects 2 inputs, got 3"),
        (bad(([["a", "b"]], [1])), TypeError, "should be a number, got str 'a'"),
        (bad((X[:1], [2])), ValueError, "a label of -1 or 1, .*, got 2"),
        (bad("moons"), TypeError, "got 'moons'"),
        ({"validation": (X[:, :1], Y)}, ValueError, "expects 2 inputs, got 1"),
        ({"validation": ([], [])}, ValueError, "empty"),
        ({"validation": X}, ValueError, r"2 arguments in .* and 1 in .* as \(X, y\) is"),
        ({"batch_size": 0}, ValueError, "batch_size is a whole number of 1 or more, got 0"),
        ({"epochs": -1}, ValueError, "epochs is a whole number of 0 or more, got -1"),
        ({"epochs": 2.5}, ValueError, "got 2.5"),
        (bad([X, Y]), ValueError, r"columns go into a tuple: \(X, y\)"),
        ({"penalty": 3}, TypeError, "penalty is a function, got 3"),
        ({"schedule": 3}, TypeError, "schedule is a function, got 3"),
        ({"metrics": {"accuracy": 3}}, TypeError, "accuracy is a function, got 3"),
        ({"metrics": [len]}, TypeError, "metrics are functions by name"),
        ({"epochs": None}, ValueError, "got None"),
        ({"seed": "one"}, TypeError, "seed is a whole number, got 'one'"),
        ({"early_stopping": 0}, ValueError, "early_stopping is a whole number of 1 or more"),
        *[
            ({name: True}, ValueError, f"{name} is a whole number of . or more, got True")
            for name in ("epochs", "batch_size", "buffer", "early_stopping", "record", "accumulate")
        ],
        ({"record": 0}, ValueError, "record is a whole number of 1 or more, got 0"),
        ({"loss": (X, Y), "data": max}, TypeError, r"fit\(loss, \(X, y\), model=model"),
        ({"loss": MLP(2, [1])}, TypeError, r"takes the loss first, .* got MLP"),
        ({"loss": lambda x, y: 0.5}, TypeError, "return a Value for one example, got '0.5'"),
        (
            {"loss": lambda x, y: [Value(1)]},
            TypeError,
            "one Value for one example, got a list of 1",
        ),
        ({"loss": lambda x: Value(1)}, TypeError, "takes 1 positional argument"),
        ({"metrics": {"name": lambda x, y: "good"}}, TypeError, "name has to return a number"),
    ],
)
def test_bad_input_is_named_before_anything_changes(change, error, message):
    model, optimizer = make()
    before = datas(model)
    with pytest.raises(error, match=message):
        train(model, optimizer, **change)
    assert datas(model) == before


def test_an_optimizer_of_other_parameters_is_refused():
    with pytest.raises(ValueError, match="moves 17 values that are no parameters of the model"):
        train(make()[0], make()[1])


def test_a_model_or_optimizer_of_another_kind_is_refused():
    model, optimizer = make()
    with pytest.raises(TypeError, match=r"a micrograd.nn.Module as model, got \[\]"):
        train([], optimizer, loss=hinge_of(model))
    with pytest.raises(TypeError, match=r"one of micrograd.optim as optimizer, got 'SGD'"):
        train(model, "SGD")


def test_an_error_in_the_middle_names_the_example():
    model, optimizer = make()
    calls = iter(range(10))

    def loss(x, y):
        return losses.hinge(model(x), y if next(calls, None) is not None else None)

    with pytest.raises(ValueError, match="got None") as info:
        train(model, optimizer, loss=loss, batch_size=None)
    assert "loss was called with example 8 of the data: (array([" in "".join(info.value.__notes__)


def test_a_single_wrong_label_is_found_before_the_first_step():
    model, optimizer = make()
    before = datas(model)
    with pytest.raises(ValueError, match="got 7") as info:
        train(model, optimizer, data=(X, [1] * 20 + [7, 1, 1, 1]))
    assert "example 20 of the data" in "".join(info.value.__notes__)
    with pytest.raises(ValueError, match="got 0"):
        train(model, optimizer, validation=(X, [1] * 23 + [0]))
    assert datas(model) == before


def test_an_unwritable_checkpoint_is_named(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        train(*make(), checkpoint=tmp_path)
    with pytest.raises(OSError, match="no-folder"):
        train(*make(), checkpoint=tmp_path / "no-folder" / "run")


def test_a_loss_that_does_not_use_the_model_is_refused():
    model, optimizer = make()
    with pytest.raises(ValueError, match="does not depend on any parameter"):
        train(model, optimizer, loss=lambda x, y: Value(model(x).data) * y)


def test_fit_inside_no_grad_is_refused():
    with pytest.raises(RuntimeError, match="outside of no_grad"), no_grad():
        train(*make())


def test_a_schedule_that_returns_nothing_is_refused():
    with pytest.raises(TypeError, match="a schedule has to return a number, got NoneType"):
        train(*make(), schedule=lambda step: None)


@pytest.mark.parametrize("compile", [True, "auto"])
def test_a_single_wrong_label_is_found_where_steps_are_compiled(compile):
    model, optimizer = make()
    before = datas(model)
    images, labels = np.arange(48.0).reshape(24, 2) / 48, [0] * 20 + [1, 0, 0, 1]

    def loss(x, label):
        return losses.cross_entropy([model(x), Value(0.0)], label)

    train(model, optimizer, loss=loss, data=(images, labels), compile=compile, epochs=0)
    labels[20] = 2
    with pytest.raises((ValueError, IndexError), match="got 2") as info:
        train(model, optimizer, loss=loss, data=(images, labels), compile=compile)
    assert "example 20 of the data" in "".join(info.value.__notes__)
    with pytest.raises(ValueError, match="got 7"):
        train(model, optimizer, data=(X, [1] * 20 + [7, 1, 1, 1]), compile=compile)
    assert datas(model) == before
