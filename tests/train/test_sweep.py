"""sweep trains many models to the numbers that fit brings each of them to alone."""

import io
from functools import partial

import pytest
from training_runs import X, Y

from micrograd import random as draws
from micrograd.losses import l2
from micrograd.nn import MLP, Dropout, Linear, Sequential, Tanh
from micrograd.optim import SGD, AdamW
from micrograd.train import fit, sweep


def loss(model, x, y):
    return (model(x) - y) ** 2


def first_output(model, x, y):
    return (model(x)[0] - y) ** 2


def penalty(model):
    return 0.01 * l2(model.parameters())


def nets(count, activation="tanh"):
    return [MLP(2, [4, 1], activation=activation, seed=seed) for seed in range(count)]


def one_by_one(function, data, *, models, optimizers, penalty=None, metrics=(), **settings):
    return [
        fit(
            partial(function, model),
            data,
            model=model,
            optimizer=optimizer,
            progress=False,
            penalty=penalty and partial(penalty, model),
            metrics={name: partial(f, model) for name, f in dict(metrics).items()},
            **settings,
        )
        for model, optimizer in zip(models, optimizers, strict=True)
    ]


def assert_same(make, function=loss, **settings):
    settings |= {"epochs": 4, "batch_size": 10, "seed": 3}
    ends = []
    for train in (one_by_one, sweep):
        draws.seed(5)
        models = make()
        optimizers = [AdamW(m.parameters(), lr=0.01 * (k + 1)) for k, m in enumerate(models)]
        histories = train(function, (X, Y), models=models, optimizers=optimizers, **settings)
        ends.append(
            (
                [[p.data for p in m.parameters()] for m in models],
                [(h.step_loss, h.learning_rate, h.validation_loss, h.metrics) for h in histories],
                [(h.stopped, h.best_epoch) for h in histories],
                [[s.tolist() for s in o.state] for o in optimizers],
            )
        )
    assert ends[0] == ends[1]


def test_each_model_comes_to_the_very_numbers_it_comes_to_alone():
    assert_same(partial(nets, 3), compile=True, penalty=penalty)


def test_validation_metrics_and_early_stopping_are_each_models_own():
    measures = {"score": lambda model, x, y: model(x) * y}
    held_out = (X[:5], Y[:5])
    assert_same(partial(nets, 2), validation=held_out, metrics=measures, early_stopping=1)


def test_what_is_measured_of_many_models_is_traced_for_two():
    seen = io.StringIO()  # what is written to a file stays outside of what fit watches
    measured = [(X[:5], Y[:5]), ([list(x) for x in X[:17]], Y[:17].tolist())]

    def score(model, x, y):
        print(end=".", file=seen)
        return model(x) * y

    for validation in measured:
        counts = []
        for count in (2, 5):
            before = len(seen.getvalue())
            assert_same(partial(nets, count), validation=validation, metrics={"score": score})
            counts.append(len(seen.getvalue()) - before)
        assert counts[1] < 2.5 * counts[0]


def test_a_metric_that_looks_at_more_of_a_model_than_its_numbers_is_each_ones_own():
    def named():
        models = nets(3)
        for k, model in enumerate(models):
            model.margin = 0.5 * k
        return models

    assert_same(named, metrics={"margin": lambda model, x, y: model(x) * y - model.margin})


def test_models_that_differ_in_more_than_numbers_get_programs_of_their_own():
    assert_same(lambda: [*nets(1), *nets(1, "relu")], compile=True)


def test_models_that_draw_random_numbers_are_trained_one_after_another():
    def forgetful(k):
        return Sequential(Linear(2, 4, seed=k), Tanh(), Dropout(0.5), Linear(4, 1, seed=k))

    assert_same(lambda: [forgetful(1), forgetful(2)], first_output, compile=True)


def test_what_cannot_be_compiled_is_trained_all_the_same():
    assert_same(partial(nets, 2), compile=False)


def test_models_and_optimisers_that_do_not_fit_together_are_named():
    one, two = nets(2)
    optimizer = SGD(one.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="got 2 models and 1 optimizers"):
        sweep(loss, (X, Y), models=[one, two], optimizers=[optimizer], epochs=1)
    with pytest.raises(ValueError, match="model 1 shares parameters"):
        sweep(loss, (X, Y), models=[one, one], optimizers=[optimizer] * 2, epochs=1)
    other = SGD(two.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="no parameters of the model"):
        sweep(loss, (X, Y), models=[one, two], optimizers=[other, optimizer], epochs=1)
