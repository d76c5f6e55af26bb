"""What fit cannot compile it does eagerly, saying why; where it is told to compile, it refuses."""

import io
import itertools
import math
import random
import warnings

import pytest
from training_runs import Attentive, Point, X, Y, assert_same_run, make, train

from micrograd import optim
from micrograd.compiler.errors import JitError
from micrograd.functions import where
from micrograd.nn import Dropout
from micrograd.train import fit
from micrograd.value.modes import detect_anomaly


def test_what_cannot_be_compiled_runs_eagerly_with_a_warning_that_says_why():
    def bent(model):
        return lambda x, y: (model(x) - y) ** 2 * (2.0 if x[0] > 0.5 else 1.0)

    eager_model, o = make()
    eager = train(eager_model, o, False, loss=bent(eager_model))
    model, o = make()
    with pytest.warns(RuntimeWarning, match="training eagerly.*where"):
        history = train(model, o, "auto", loss=bent(model))
    assert history.step_loss == eager.step_loss
    model, o = make()
    with pytest.raises(JitError, match="where"):
        train(model, o, True, loss=bent(model))


def test_the_warning_names_the_line_that_calls_fit():
    model, optimizer = make()
    with pytest.warns(RuntimeWarning) as caught:
        fit(lambda x, y: (model(x) - y) ** 2 * random.random(), (X, Y), model=model,
            optimizer=optimizer, epochs=1, progress=False)  # fmt: skip
    assert caught[0].filename == __file__
    assert "draws random numbers" in str(caught[0].message)


def test_a_loss_that_prints_is_told_that_compiled_steps_do_not(capsys):
    model, optimizer = make()

    def loss(x, y):
        print("a loss of", y)
        return (model(x) - y) ** 2

    with pytest.warns(RuntimeWarning, match="the loss prints 'a loss of .*callback") as caught:
        fit(loss, (X, Y), model=model, optimizer=optimizer, epochs=1, progress=False)
    assert caught[0].filename == __file__
    assert "a loss of" in capsys.readouterr().out


def test_a_loss_that_changes_from_call_to_call_is_noticed():
    calls = itertools.count(1)

    def changing(model):
        return lambda x, y: (model(x) - y) ** 2 * next(calls)

    model, o = make()
    with pytest.raises(JitError, match="does not give what an eager one gives"):
        train(model, o, True, loss=changing(model))


@pytest.mark.parametrize(("most", "examples"), [(1, 1), (100, 2)])
def test_of_a_large_loss_examples_are_compared_that_were_not_traced(monkeypatch, most, examples):
    monkeypatch.setattr("micrograd.train.trial.TRIED_VALUES", most)
    (model, o), seen = make(), io.StringIO()  # what is written to a file stays outside

    def loss(x):
        print(x[0], file=seen)
        return (model(x) - 1.0) ** 2

    train(model, o, True, loss=loss, data=(X,), batch_size=None, epochs=1)
    checked, _, *compared = seen.getvalue().splitlines()
    assert [float(checked), len(compared)] == [X[0, 0], examples]
    assert checked not in compared


def test_a_branch_on_parameters_takes_the_path_that_holds():
    def of_model(model):
        return lambda x: (model.at - x) ** 2 if model.at < 2.5 else 3 * model.at

    def point():
        model = Point()
        return model, optim.SGD(model.parameters(), lr=0.1)

    assert_same_run(point, loss=of_model, data=[1.0, 2.0, 4.0], batch_size=None, epochs=30)


def test_random_numbers_are_as_if_nothing_had_been_tried():
    def noisy(model):
        return lambda x, y: (model(x) - y) ** 2 * random.random()

    found = []
    for compile in (False, "auto"):
        random.seed(4)
        model, o = make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append(train(model, o, compile, loss=noisy(model)).step_loss)
    assert found[0] == found[1]


def test_a_step_of_ones_own_is_not_passed_over():
    class Still(optim.SGD):
        def step(self):
            pass

    with pytest.raises(JitError, match="Still has a step of its own"):
        train(*make(Still))


def test_a_rule_that_is_no_arithmetic_is_refused():
    class Rough(optim.SGD):
        def rule(self, p, g, state, step, lr):
            return p - lr * math.copysign(1.0, g), ()

    with pytest.raises(JitError, match="rule cannot be compiled"):
        train(*make(Rough))


def test_an_index_out_of_range_is_the_eager_error():
    model = Attentive()
    words = [[0, 1, 2, 3, 4, 0, 1], [0, 1, 2, 3, 4, 9, 1]]
    with pytest.warns(RuntimeWarning), pytest.raises(IndexError, match="9"):
        fit(model.loss, words, model=model, optimizer=optim.SGD(model.parameters(), lr=0.1),
            epochs=2, batch_size=1, progress=False)  # fmt: skip


def test_anomalies_are_looked_for_one_value_at_a_time():
    model = Point()
    with detect_anomaly(), pytest.raises(FloatingPointError):
        train(model, optim.SGD(model.parameters(), lr=1.0), data=[-4.0, 1.0],
              loss=lambda x: where(x < 0, 1.0 / (model.at + x), model.at))  # fmt: skip


def test_compile_is_a_yes_a_no_or_auto():
    with pytest.raises(ValueError, match="compile is True, False or \"auto\", got 'c'"):
        train(*make(), compile="c")


# Training again


def test_a_function_that_has_changed_is_compiled_anew():
    scale = [1.0]
    model, optimizer = make()

    def loss(x, y):
        return scale[0] * (model(x) - y) ** 2

    train(model, optimizer, loss=loss)
    for scale[0] in (3.0, 0.5):
        start = [p.data for p in model.parameters()]
        found = []
        for compile in (False, True):
            for p, x in zip(model.parameters(), start, strict=True):
                p.data = x
            found.append(train(model, optimizer, compile, loss=loss).step_loss)
        assert found[1] == pytest.approx(found[0], rel=1e-9)


def test_training_again_goes_on_where_it_was():
    found = []
    for compile in (False, True):
        model, optimizer = make(optim.Adam)

        def loss(x, y, model=model):
            return (model(x) - y) ** 2

        for data in ((X, Y), (X[:9], Y[:9]), (X, Y)):
            history = train(model, optimizer, compile, loss=loss, data=data)
            optimizer.lr /= 2
        found.append(history.step_loss)
    assert found[1] == pytest.approx(found[0], rel=1e-9)


def test_a_loss_with_effects_is_trained_eagerly_and_its_effects_are_those_of_the_steps():
    counts = []
    for compile in (False, "auto"):
        notes = []
        model, o = make()

        def loss(x, y, model=model, notes=notes):
            notes.append(1.0)
            return (model(x) - y) ** 2

        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            train(model, o, compile, loss=loss, epochs=2)
        counts.append(len(notes))
    assert counts[0] == counts[1]
    assert "the list" in str(said[0].message)
    with pytest.raises(JitError, match="changes the list"):
        train(model, o, True, loss=loss)


def test_what_the_loss_reads_from_outside_may_change_between_runs():
    def train_with(compile):
        scale = 1.0
        model, o = make()

        def loss(x, y):
            return (model(x) - y * scale) ** 2

        train(model, o, compile, loss=loss)
        scale = 2.0
        return train(model, o, compile, loss=loss).step_loss

    assert train_with(True) == pytest.approx(train_with(False), rel=1e-9)


def test_the_trial_of_a_step_computes_each_example_once():
    runs = io.StringIO()
    model, o = make(widths=(8, 1))
    drop = Dropout(0.5)
    many = [X[i % len(X)] for i in range(600)], [Y[i % len(Y)] for i in range(600)]

    def loss(x, y):
        print(end=".", file=runs)
        return (model(drop(x)) - y) ** 2

    train(model, o, True, loss=loss, data=many, batch_size=300, epochs=1)
    assert len(runs.getvalue()) < 40
