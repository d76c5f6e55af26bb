"""What people do around the steps of a training: rates by the losses, clipping, callbacks, logs."""

import pytest

from micrograd import data, losses, optim
from micrograd.nn import MLP
from micrograd.schedules import Plateau
from micrograd.train import fit

X, Y = data.moons(24, noise=0.1)


def made(seed=1, lr=0.1):
    model = MLP(2, [4, 1], activation="tanh", seed=seed)
    return model, optim.SGD(model.parameters(), lr=lr)


def train(model, optimizer, **settings):
    settings = {"epochs": 4, "batch_size": 10, "seed": 3, "progress": False} | settings
    loss = settings.pop("loss", lambda x, y: losses.hinge(model(x), y))
    return fit(loss, settings.pop("data", (X, Y)), model=model, optimizer=optimizer, **settings)


def datas(model):
    return [p.data for p in model.parameters()]


# Rates by the losses


@pytest.mark.parametrize("compiled", [True, False])
def test_a_plateau_lowers_the_rate_by_what_the_losses_were(compiled):
    model, optimizer = made(lr=30.0)
    plateau = Plateau(factor=0.1, patience=0)
    history = train(model, optimizer, epochs=6, schedule=plateau, compile=compiled)
    expected = [30.0 * plateau(history.loss[:epoch]) for epoch in range(6)]
    assert history.learning_rate[::3] == expected
    assert expected[-1] < 30.0
    assert optimizer.lr == 30.0


def test_a_run_with_a_plateau_goes_on_to_the_very_same_numbers(tmp_path):
    plateau = Plateau(factor=0.1, patience=0)
    model, optimizer = made(lr=30.0)
    whole = train(model, optimizer, epochs=6, schedule=plateau)
    again, optimizer = made(lr=30.0)
    for epochs in (3, 6):
        settings = {"schedule": plateau, "checkpoint": tmp_path / "run"}
        history = train(again, optimizer, epochs=epochs, **settings)
    assert (history.loss, datas(again)) == (whole.loss, datas(model))
    with pytest.raises(ValueError, match="is of a run with plateau='Plateau"):
        train(*made(lr=30.0), **settings | {"schedule": Plateau(factor=0.5)})
