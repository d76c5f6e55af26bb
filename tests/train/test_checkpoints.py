"""A run that was interrupted, failed or ended goes on, or says why it cannot."""

import random
import shutil

import numpy as np
import pytest
from small_runs import Point, X, Y, datas, interrupting, make, train

from micrograd import losses, optim, saving
from micrograd.nn import MLP
from micrograd.random import default
from micrograd.schedules import Linear

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


def test_a_run_that_moves_some_of_the_parameters_goes_on_from_its_checkpoint(tmp_path):
    def some():
        model, _ = make()
        return model, optim.SGD(model.parameters()[:0:-1], lr=0.1)

    whole, o = some()
    expected = train(whole, o, epochs=5)
    for epochs in (2, 5):
        model, o = some()
        history = train(model, o, epochs=epochs, checkpoint=tmp_path / "run")
    assert history.step_loss == expected.step_loss
    assert datas(model) == datas(whole)


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
