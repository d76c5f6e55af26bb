"""fit trains, tells what happened, can be interrupted and goes on, and finds bad input at once."""

import copy
import math
import pickle
import random
import re
import shutil
import signal

import numpy as np
import pytest

from micrograd import data, losses, optim, saving
from micrograd.engine import Value
from micrograd.nn import MLP, Module
from micrograd.random import default
from micrograd.schedules import Linear
from micrograd.train import fit
from micrograd.value.modes import no_grad

X, Y = data.moons(24, noise=0.1)
# What the original library computes in the first steps of its demo.
ORIGINAL = [0.8958441028683222, 1.723590533697202, 0.7429006313851131]


def make(seed=1, optimizer=optim.SGD, **settings):
    model = MLP(2, [4, 1], activation="tanh", seed=seed)
    return model, optimizer(model.parameters(), **{"lr": 0.1} | settings)


def hinge_of(model):
    return lambda x, y: losses.hinge(model(x), y)


def datas(model):
    return [p.data for p in model.parameters()]


def train(model, optimizer, **settings):
    """Train eagerly: the losses of these tests do more than to compute."""
    settings = {"epochs": 4, "batch_size": 10, "seed": 3, "progress": False} | settings
    settings = {"compile": False} | settings
    chosen = settings.pop("data", (X, Y))
    loss = settings.pop("loss", hinge_of(model))
    return fit(loss, chosen, model=model, optimizer=optimizer, **settings)


class Point(Module):
    def __init__(self, at=4.0):
        self.at = Value(at)


# What a run computes


def test_fit_is_the_loop_people_write():
    model, optimizer = make()
    history = train(model, optimizer, epochs=5, batch_size=None, schedule=Linear(end=0.5))
    other, _ = make()
    for step in range(5):
        total = sum([losses.hinge(other(x), y) for x, y in zip(X, Y, strict=True)]) * (1 / 24)
        other.zero_grad()
        total.backward()
        for p in other.parameters():
            p.data -= 0.1 * (1 - 0.5 * step / 5) * p.grad
        assert history.step_loss[step] == pytest.approx(total.data, rel=1e-13)
    assert datas(model) == pytest.approx(datas(other), rel=1e-12)
    assert history.loss == history.step_loss
    assert history.learning_rate == pytest.approx([0.1, 0.09, 0.08, 0.07, 0.06])
    assert optimizer.lr == 0.1


def test_the_moons_objective_starts_and_falls_as_known():
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    history = train(
        model,
        optim.SGD(model.parameters(), lr=1.0),
        data=data.moons(100, noise=0.1, seed=1337),
        epochs=3,
        batch_size=None,
        penalty=lambda: 1e-4 * losses.l2(model.parameters()),
        schedule=Linear(end=0.1, steps=100),
    )
    assert history.loss == pytest.approx(ORIGINAL, rel=1e-12)


def test_the_lectures_four_examples_are_learnt():
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh", seed=0)
    history = train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        data=data.tiny(),
        loss=lambda x, y: losses.mse(model(x), y),
        epochs=150,
        batch_size=None,
    )
    assert history.loss[-1] < 0.02
    assert [model(x).data for x in data.tiny()[0]] == pytest.approx(data.tiny()[1], abs=0.3)


def test_an_epochs_loss_is_the_mean_over_its_examples():
    model, optimizer = make()
    history = train(model, optimizer, epochs=1)
    first, second, third = history.step_loss
    assert history.loss[0] == pytest.approx((10 * first + 10 * second + 4 * third) / 24)


def test_a_seed_decides_the_order_and_the_numbers():
    runs = [train(*make(), seed=seed).step_loss for seed in (3, 3, 4)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_without_a_seed_pythons_own_decides():
    random.seed(7)
    first = train(*make(), seed=None)
    random.seed(7)
    second = train(*make(), seed=None)
    assert first.step_loss == second.step_loss
    assert first.seed == second.seed


def test_examples_may_have_any_number_of_arguments():
    model = Point()
    train(model, optim.SGD(model.parameters(), lr=0.1), data=[1.0, 2.0, 3.0], epochs=200,
          batch_size=None, loss=lambda x: (model.at - x) ** 2)  # fmt: skip
    assert model.at.data == pytest.approx(2.0)


def test_metrics_are_measured_after_each_epoch_in_evaluation_mode():
    model, optimizer = make()
    modes = []

    def accuracy(x, y):
        modes.append(model.training)
        return losses.accuracy(model(x), y)

    history = train(model, optimizer, metrics={"accuracy": accuracy})
    right = sum((model(x).data > 0) == (y > 0) for x, y in zip(X, Y, strict=True))
    assert len(history.metrics["accuracy"]) == 4
    assert history.metrics["accuracy"][-1] == pytest.approx(right / 24)
    assert set(modes) == {False}
    assert model.training


def test_validation_is_measured_without_penalty_or_gradients():
    model, optimizer = make()
    history = train(model, optimizer, validation=(X[:5], Y[:5]), penalty=lambda: 100)
    expected = sum(losses.hinge(model(x), y).data for x, y in zip(X[:5], Y[:5], strict=True)) / 5
    assert history.validation_loss[-1] == pytest.approx(expected)
    assert history.loss[-1] > 100


def test_parameters_are_recorded_every_so_many_steps():
    model, optimizer = make()
    before = datas(model)
    recorded = train(model, optimizer, record=2).recorded
    assert recorded.steps == [0, 2, 4, 6, 8, 10, 12]
    assert recorded.parameters[0].tolist() == before
    assert recorded.parameters[-1].tolist() == datas(model)
    assert recorded.names == [name for name, _ in model.named_parameters()]


def test_recording_changes_no_number():
    assert train(*make(), record=1).step_loss == train(*make()).step_loss


# Early ends


def test_early_stopping_goes_back_to_the_best_parameters():
    model = Point()
    history = train(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        data=[0.0],
        validation=[2.0],
        loss=lambda x: (model.at - x) ** 2,
        epochs=100,
        early_stopping=3,
    )
    assert history.stopped == "early stopping"
    assert history.epochs == history.best_epoch + 1 + 3
    assert history.validation_loss[history.best_epoch] == min(history.validation_loss)
    assert (model.at.data - 2.0) ** 2 == min(history.validation_loss)


def interrupting(model, after):
    left = [after]

    def loss(x, y):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return losses.hinge(model(x), y)

    return loss


def test_ctrl_c_keeps_the_best_parameters_and_returns_the_history():
    model, optimizer = make(lr=5.0)
    history = train(model, optimizer, loss=interrupting(model, 100), validation=(X, Y), epochs=50)
    assert history.stopped == "interrupted"
    assert history.epochs >= 1
    found = sum(losses.hinge(model(x), y).data for x, y in zip(X, Y, strict=True)) / 24
    assert found == pytest.approx(min(history.validation_loss))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("compile", [False, True])
def test_what_ends_a_run_does_so_before_the_first_step_as_well(number, compile):
    model, optimizer = make()
    before = datas(model)

    def loss(x, y):
        assert signal.getsignal(number) is not signal.SIG_DFL
        signal.raise_signal(number)
        return losses.hinge(model(x), y)

    history = train(model, optimizer, loss=loss, compile=compile)
    assert (history.stopped, history.epochs, datas(model)) == ("interrupted", 0, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_loss_that_becomes_nan_is_recorded_and_never_the_best():
    model = Point()
    with pytest.warns(RuntimeWarning):
        history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                        loss=lambda x: (model.at - x) ** 2, epochs=6)  # fmt: skip
    assert math.isnan(history.loss[-1])
    assert history.best_epoch == 0


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("compile", [True, False])
def test_the_first_loss_that_is_no_number_is_warned_of_once(compile, batch_size):
    model = Point()
    with pytest.warns(RuntimeWarning, match="the loss became inf in epoch 2: try a small") as found:
        train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0], epochs=50,
              loss=lambda x: (model.at - x) ** 2, batch_size=batch_size,
              compile=compile)  # fmt: skip
    assert len(found) == 1
    assert found[0].filename == __file__


def test_a_run_that_diverges_keeps_the_best_parameters_where_it_stops_early():
    model = Point()
    with pytest.warns(RuntimeWarning, match="became inf in epoch 2"):
        history = train(model, optim.SGD(model.parameters(), lr=1e200), data=[1.0],
                        loss=lambda x: (model.at - x) ** 2, epochs=6, early_stopping=2)  # fmt: skip
    assert history.stopped == "early stopping"
    assert math.isfinite(model.at.data)


# Going on


OPTIMIZERS = [
    (optim.SGD, {"momentum": 0.9}),
    (optim.RMSprop, {"momentum": 0.5}),
    (optim.Adam, {}),
    (optim.AdamW, {}),
]


@pytest.mark.parametrize(("optimizer", "settings"), OPTIMIZERS)
@pytest.mark.parametrize("after", [30, 80])
def test_an_interrupted_run_goes_on_to_the_very_same_numbers(tmp_path, optimizer, settings, after):
    options = {
        "epochs": 5,
        "validation": (X[:4], Y[:4]),
        "schedule": Linear(end=0.1),
        "record": 2,
        "seed": None,
    }
    random.seed(5)
    whole, o = make(optimizer=optimizer, **settings)
    expected = train(whole, o, **options)

    random.seed(5)
    path = tmp_path / "run"
    model, o = make(optimizer=optimizer, **settings)
    cut = train(model, o, loss=interrupting(model, after), checkpoint=path, **options)
    assert cut.stopped == "interrupted"
    random.seed(6)
    model, o = make(seed=99, optimizer=optimizer, **settings)
    history = train(model, o, loss=interrupting(model, 10**9), checkpoint=path, **options)
    assert history.step_loss == expected.step_loss
    assert history.loss == expected.loss
    assert history.validation_loss == expected.validation_loss
    assert history.learning_rate == expected.learning_rate
    assert history.best_epoch == expected.best_epoch
    assert np.array_equal(history.recorded.parameters, expected.recorded.parameters)
    assert history.recorded.steps == expected.recorded.steps
    assert datas(model) == datas(whole)
    assert random.random() == after_the_whole_run()


def after_the_whole_run():
    random.seed(5)
    random.getrandbits(32)
    return random.random()


def test_random_numbers_in_the_loss_go_on_too(tmp_path):
    def noisy(model, stop):
        calls = iter(range(stop))

        def loss(x):
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return (model.at - x - random.random() - np.random.random()) ** 2

        return loss

    def run(stop, **options):
        model = Point()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        options |= {"data": [1.0, 2.0], "batch_size": 1, "epochs": 6}
        return train(model, optimizer, loss=noisy(model, stop), **options)

    random.seed(1), np.random.seed(1)
    expected = run(1000).step_loss
    random.seed(1), np.random.seed(1)
    run(8, checkpoint=tmp_path / "run")
    assert run(1000, checkpoint=tmp_path / "run").step_loss == expected


def test_a_failed_run_goes_on_after_its_last_whole_epoch(tmp_path):
    def failing(model, stop):
        calls = iter(range(stop))

        def loss(x, y):
            if next(calls, None) is None:
                raise RuntimeError("power cut")
            return losses.hinge(model(x), y)

        return loss

    model, optimizer = make()
    with pytest.raises(RuntimeError, match="power cut"):
        train(model, optimizer, loss=failing(model, 60), checkpoint=tmp_path / "run")
    model, optimizer = make()
    loss = failing(model, 10**9)
    history = train(model, optimizer, loss=loss, checkpoint=tmp_path / "run")
    assert history.step_loss == train(*make()).step_loss


def test_a_finished_run_can_be_continued(tmp_path):
    model, optimizer = make()
    train(model, optimizer, epochs=2, checkpoint=tmp_path / "run")
    again = train(*make(), epochs=2, checkpoint=tmp_path / "run")
    assert again.epochs == 2
    more = train(*make(), epochs=4, checkpoint=tmp_path / "run")
    assert more.step_loss == train(*make(), epochs=4).step_loss


def test_a_run_that_had_ended_by_itself_says_so_when_it_is_started_again(tmp_path, capsys):
    stopping = {"checkpoint": tmp_path / "run", "early_stopping": 1, "progress": True}
    model = Point(1.0)
    for patience, said in [
        (1, "epoch 2/4"),
        (1, "stopped early after epoch 2 of 4: a larger early"),
    ]:
        train(model, optim.SGD(model.parameters(), lr=1e3), data=[1.0], epochs=4, batch_size=None,
              loss=lambda x: (model.at - x - 1) ** 2,
              **stopping | {"early_stopping": patience})  # fmt: skip
        assert said in capsys.readouterr().out
    train(*make(), epochs=2, checkpoint=tmp_path / "other")
    train(*make(), epochs=2, checkpoint=tmp_path / "other", progress=True)
    assert "it had finished epoch 2 of 2: more epochs go on" in capsys.readouterr().out


def penalised(model, factor):
    return lambda: factor * losses.l2(model.parameters())


def squared_of(model):
    return lambda x, y: (model(x) - y) ** 2


MARGIN = 1.0


def margin_of(model):
    return lambda x, y: (MARGIN - y * model(x)).relu()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 5}, "batch_size=10, this one has 5"),
        ({"seed": 4}, "seed=3, this one has 4"),
        ({"data": (X[:20], Y[:20])}, "examples=24, this one has 20"),
        ({"data": (X + 1e-9, Y)}, "the data is not the same"),
        ({"validation": (X[:4], Y[:4])}, "the validation data is not the same"),
        ({"loss": squared_of}, "the code of loss is not the same"),
        ({"penalty": lambda: 0.0}, "the code of penalty is not the same"),
        ({"optimizer": {"momentum": 0.5}}, "momentum=0.0, this one has 0.5"),
        ({"optimizer": {"weight_decay": 0.1}}, "weight_decay=0.0, this one has 0.1"),
        ({"optimizer": {"lr": 0.05}}, "lr=0.1, this one has 0.05: new_rate=True goes on with"),
        ({"schedule": Linear(end=0.1)}, "learning rate in step 1=0.1, this one has 0.09"),
        ({"model": {"activation": "relu"}}, "TanhNeuron.*, this one has .*ReLUNeuron"),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_a_checkpoint_of_another_run_is_refused_by_name_and_changes_nothing(
    tmp_path, change, message
):
    train(*make(), epochs=1, checkpoint=tmp_path / "run")
    content = (tmp_path / "run").read_bytes()
    change = dict(change)
    model = MLP(2, [4, 1], **{"activation": "tanh", "seed": 8} | change.pop("model", {}))
    optimizer = optim.SGD(model.parameters(), **{"lr": 0.1} | change.pop("optimizer", {}))
    if "loss" in change:
        change["loss"] = change["loss"](model)
    before = datas(model), str(optimizer.state_dict()), random.getstate()
    with pytest.raises(ValueError, match=rf"run is of .*{message}.*choose another name"):
        train(model, optimizer, checkpoint=tmp_path / "run", **change)
    assert (datas(model), str(optimizer.state_dict()), random.getstate()) == before
    assert (tmp_path / "run").read_bytes() == content


def test_a_checkpoint_knows_the_numbers_that_its_functions_use(tmp_path, monkeypatch):
    def run(epochs, factor):
        model, optimizer = make()
        options = {"loss": margin_of(model), "penalty": penalised(model, factor)}
        return train(model, optimizer, epochs=epochs, checkpoint=tmp_path / "run", **options)

    run(1, 0.1)
    assert run(2, 0.1).epochs == 2
    with pytest.raises(ValueError, match=r"factor of penalty='0\.1', this one has '0\.2'"):
        run(3, 0.2)
    monkeypatch.setitem(globals(), "MARGIN", 2.0)
    with pytest.raises(ValueError, match=r"MARGIN of loss='1\.0', this one has '2\.0'"):
        run(3, 0.1)


def test_what_a_loss_rebinds_itself_is_no_other_run(tmp_path):
    def counting(model):
        calls = 0

        def loss(x, y):
            nonlocal calls
            calls += 1
            return losses.hinge(model(x), y)

        return loss

    for epochs in (1, 2):
        model, optimizer = make()
        train(model, optimizer, loss=counting(model), epochs=epochs, checkpoint=tmp_path / "run")


def test_a_run_goes_on_with_another_rate_where_that_is_asked_for(tmp_path):
    path = tmp_path / "run"
    train(*make(), epochs=2, checkpoint=path)
    model, optimizer = make(lr=0.02)
    history = train(model, optimizer, epochs=4, checkpoint=path, new_rate=True)
    assert history.learning_rate == [0.1] * 6 + [0.02] * 6
    assert optimizer.lr == 0.02

    model, optimizer = make()
    first = train(model, optimizer, epochs=2)
    optimizer.lr = 0.02
    assert history.step_loss[:6] == first.step_loss
    model, optimizer = make(lr=0.02)
    again = train(model, optimizer, epochs=4, checkpoint=path, new_rate=True)
    assert again.step_loss == history.step_loss


def test_a_damaged_checkpoint_is_refused_before_anything_is_changed(tmp_path):
    path = tmp_path / "run"
    train(*make(), epochs=1, checkpoint=path)
    whole = path.read_bytes()
    for place in range(8, len(whole), len(whole) // 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        model, optimizer = make(seed=5)
        before = datas(model), optimizer.state_dict(), random.getstate()
        with pytest.raises(ValueError, match=r"run is (damaged|no safetensors file|no checkpoint)"):
            train(model, optimizer, checkpoint=path)
        assert (datas(model), optimizer.state_dict(), random.getstate()) == before


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("history.learning_rate", None),
        ("history.loss", np.zeros((2, 2))),
        ("history.loss", np.zeros(0)),
        ("random.python", None),
        ("random.python", np.zeros(3, np.uint32)),
        ("random.numpy", np.zeros(3, np.uint32)),
        ("best.parameters", np.zeros(2)),
        ("optimizer", None),
        ("optimizer", "SGD"),
        ("draws", None),
        ("draws", {"seed": "x", "position": -1}),
        ("best_epoch", "x"),
        ("random", [3]),
        ("settings", ["seed"]),
    ],
)
def test_a_whole_file_that_fit_has_not_written_is_refused_and_changes_nothing(
    tmp_path, part, content
):
    """With the right checksum: of another version, say, or made by hand."""
    path = tmp_path / "run"
    train(*make(optimizer=optim.Adam), epochs=1, checkpoint=path)
    arrays, about = saving.read(path)
    kept = arrays if "." in part else about
    del kept[part]
    kept |= {} if content is None else {part: content}
    saving.write(path, arrays, about)
    model, optimizer = make(optimizer=optim.Adam)

    def now():
        return datas(model), repr(optimizer.state_dict()), random.getstate(), default.state()

    before = now()
    with pytest.raises(ValueError, match="run was not written by fit, or by another version"):
        train(model, optimizer, checkpoint=path)
    assert (
        datas(model),
        repr(optimizer.state_dict()),
        random.getstate(),
        default.state(),
    ) == before


def test_a_checkpoint_of_another_architecture_changes_nothing(tmp_path):
    train(*make(), epochs=1, checkpoint=tmp_path / "run")
    model = MLP(2, [5, 1])
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    before = datas(model)
    with pytest.raises(ValueError, match=r"a run with model='MLP of .*, this one has 'MLP of"):
        train(model, optimizer, checkpoint=tmp_path / "run")
    assert datas(model) == before
    assert optimizer.lr == 0.3


def test_a_checkpoint_of_another_optimizer_changes_nothing(tmp_path):
    train(*make(), epochs=1, checkpoint=tmp_path / "run")
    model, optimizer = make(seed=2, optimizer=optim.Adam)
    before = datas(model)
    with pytest.raises(ValueError, match="a run with optimizer='SGD', this one has 'Adam'"):
        train(model, optimizer, checkpoint=tmp_path / "run")
    assert datas(model) == before


def test_a_checkpoint_that_cannot_be_written_any_more_does_not_end_the_run(tmp_path):
    model, optimizer = make()
    path = tmp_path / "folder" / "run"
    path.parent.mkdir()
    calls = iter(range(60))

    def loss(x, y):
        if next(calls, None) is None:
            shutil.rmtree(path.parent, ignore_errors=True)
        return losses.hinge(model(x), y)

    with pytest.warns(RuntimeWarning, match="the checkpoint is out of date: .*run"):
        history = train(model, optimizer, loss=loss, checkpoint=path)
    assert history.stopped == "finished"


def test_a_file_that_is_no_checkpoint_is_not_overwritten(tmp_path):
    path = tmp_path / "run"
    path.write_bytes(b"my thesis")
    with pytest.raises(ValueError, match="no safetensors file"):
        train(*make(), checkpoint=path)
    assert path.read_bytes() == b"my thesis"


# What is shown


def test_about_ten_lines_are_printed(capsys):
    train(*make(), epochs=40, batch_size=None, data=(X[:3], Y[:3]), progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("epoch 40/40  loss ")


def test_very_large_and_very_small_numbers_stay_short(capsys):
    model = Point()
    train(model, optim.SGD(model.parameters(), lr=1e30), data=[1.0], progress=True,
          loss=lambda x: (model.at - x) ** 2, epochs=3, validation=[1.0],
          metrics={"small": lambda x: 1.5e-7})  # fmt: skip
    for line in capsys.readouterr().out.splitlines():
        assert re.fullmatch(r"epoch ./3  loss \S{,9}  validation loss \S{,9}  small 1\.5e-07", line)


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    metrics = {"accuracy": lambda x, y: True}
    train(*make(), progress=True, metrics=metrics)
    captured = capsys.readouterr()
    assert "12/12" in captured.err
    assert "accuracy 1.0000" in captured.err
    assert captured.out == ""


def test_no_progress_prints_nothing(capsys):
    train(*make(), progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_history_shows_where_it_ended_and_pickles():
    history = train(*make(), metrics={"accuracy": lambda x, y: 0.5}, record=3)
    assert repr(history).startswith("History(4 epochs, loss ")
    assert "accuracy 0.5, finished" in repr(history)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(history)))
    assert twin.step_loss == history.step_loss
    assert np.array_equal(twin.recorded.parameters, history.recorded.parameters)


# Bad input


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
        (bad((X[:1], [2])), ValueError, "a label of -1 or 1, got 2"),
        (bad("moons"), TypeError, "got 'moons'"),
        ({"validation": (X[:, :1], Y)}, ValueError, "expects 2 inputs, got 1"),
        ({"validation": ([], [])}, ValueError, "empty"),
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
        ({"record": 0}, ValueError, "record is a whole number of 1 or more, got 0"),
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
    assert "loss was called with example 7 of the data: (array([" in "".join(info.value.__notes__)


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
