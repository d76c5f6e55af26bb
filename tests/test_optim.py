"""Optimisers and schedules do what PyTorch's do, to the last bits."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optimizer_makers import MAKERS

from micrograd import optim
from micrograd.engine import Value
from micrograd.nn import MLP
from micrograd.schedules import (
    Cosine,
    Exponential,
    Linear,
    OneCycle,
    Plateau,
    Step,
    Warmup,
    rates,
)
from micrograd.train import fit

GOLDEN = json.loads((Path(__file__).parent / "golden" / "optim.json").read_text())


def floats(numbers):
    return [float.fromhex(x) for x in numbers]


def values(numbers):
    return [Value(x) for x in numbers]


def datas(params):
    return [p.data for p in params]


def set_grads(params, numbers):
    for p, g in zip(params, numbers, strict=True):
        p.grad = g


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"{run['name']} {run['settings']}")
def test_ten_steps_are_those_of_pytorch(run):
    params = values(floats(GOLDEN["start"]))
    optimizer = getattr(optim, run["name"])(params, **run["settings"])
    for gradients, after in zip(GOLDEN["gradients"], run["after"], strict=True):
        set_grads(params, floats(gradients))
        optimizer.step()
        assert datas(params) == pytest.approx(floats(after), rel=1e-12, abs=0)


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"{run['name']} {run['settings']}")
def test_a_rule_gives_values_what_it_gives_numbers(run):
    optimizer = getattr(optim, run["name"])([Value(0.0)], **run["settings"])
    state = tuple(2.0 - 0.75 * i for i in range(len(optimizer.state_names)))
    for step in (1, 2):
        numbers = optimizer.rule(0.5, -1.5, state, step, 0.1)
        traced = optimizer.rule(
            Value(0.5), Value(-1.5), tuple(map(Value, state)), Value(step), Value(0.1)
        )
        assert traced[0].data == pytest.approx(numbers[0], rel=1e-14)
        assert datas(traced[1]) == pytest.approx(list(numbers[1]), rel=1e-14)


def test_clipping_is_that_of_pytorch():
    golden = GOLDEN["clipping"]
    params = values([0.0] * 5)
    set_grads(params, floats(golden["before"]))
    assert optim.clip_grad_norm(params, 1.0) == pytest.approx(float.fromhex(golden["norm"]))
    assert [p.grad for p in params] == pytest.approx(floats(golden["after"]), rel=1e-12)


def test_clipping_leaves_small_gradients_alone():
    params = values([1.0, 2.0])
    set_grads(params, [0.3, 0.4])
    assert optim.clip_grad_norm(params, 1.0) == pytest.approx(0.5)
    assert [p.grad for p in params] == [0.3, 0.4]


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("linear", Linear(end=0.1, steps=8)),
        ("cosine", Cosine(end=0.05, steps=10)),
        ("step", Step(every=3, gamma=0.5)),
        ("exponential", Exponential(0.9)),
        ("warmup", Warmup(4, Cosine(end=0.05, steps=8), start=0.1)),
        ("one cycle", OneCycle(steps=12)),
    ],
)
def test_schedules_are_those_of_pytorch(name, schedule):
    golden = floats(GOLDEN["schedules"][name])
    assert [schedule(k) for k in range(len(golden))] == pytest.approx(golden, rel=1e-12)


def test_a_plateau_is_that_of_pytorch():
    losses, plateau = GOLDEN["plateau"]["losses"], Plateau(0.3, 1, cooldown=1, least=0.05)
    found = [plateau(losses[: k + 1]) for k in range(len(losses))]
    assert found == pytest.approx(GOLDEN["plateau"]["rates"], rel=1e-12)


def test_schedules_in_a_warmup_learn_how_long_the_run_is():
    known = rates(Warmup(4, Cosine(end=0.05)), 1.0, 12).tolist()
    assert known == rates(Warmup(4, Cosine(end=0.05, steps=8)), 1.0, 12).tolist()
    assert (known[0], known[4]) == (0.0, 1.0)


GROUPED = GOLDEN["grouped"]


def grouped(run):
    params = values(floats(GOLDEN["start"]))
    halves = zip((params[:2], params[2:]), run["groups"], strict=True)
    groups = [{"params": part, **more} for part, more in halves]
    return params, getattr(optim, run["name"])(groups, **run["settings"])


@pytest.mark.parametrize("run", GROUPED, ids=lambda run: run["name"])
def test_groups_have_rates_and_decays_of_their_own_as_in_pytorch(run):
    params, optimizer = grouped(run)
    for gradients, after in zip(GOLDEN["gradients"], run["after"], strict=True):
        set_grads(params, floats(gradients))
        optimizer.step()
        assert datas(params) == pytest.approx(floats(after), rel=1e-12, abs=0)


def test_rates_of_groups_follow_the_rate_of_the_optimiser_and_can_be_set():
    _, optimizer = grouped(GROUPED[0])
    first, second = optimizer.param_groups
    assert (first["lr"], second["lr"]) == pytest.approx((0.02, 0.1))
    optimizer.lr = 0.2
    assert (first["lr"], second["lr"]) == pytest.approx((0.04, 0.2))
    first["lr"], second["weight_decay"] = 1.0, 0.5
    assert (first["lr"], first["weight_decay"]) == (1.0, 0.0)
    assert (second["lr"], second["weight_decay"]) == (0.2, 0.5)
    assert repr(first) == "Group(2 parameters, lr=1, weight_decay=0)"
    assert repr(optimizer).startswith("SGD(5 parameters in 2 groups, momentum=0.9, ")


def test_plain_parameters_are_one_group_as_in_pytorchs_loops():
    optimizer = optim.SGD(values([1.0, 2.0]), lr=0.1)
    for group in optimizer.param_groups:
        group["lr"] = 0.5
    assert (optimizer.lr, len(optimizer.param_groups[0]["params"])) == (0.5, 2)


def test_compiled_steps_move_each_group_at_its_own_rate():
    found = []
    for compiled in (True, False):
        model = MLP(2, [3, 1], activation="tanh", seed=1)
        params = model.parameters()
        groups = [{"params": params[:4], "lr": 0.0}, {"params": params[4:], "weight_decay": 0.1}]
        fit(
            lambda x, y, model=model: (model(x) - y) ** 2,
            ([[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]], [1.0, -1.0, 0.5]),
            model=model,
            optimizer=optim.Adam(groups, lr=0.1),
            epochs=3,
            schedule=Linear(0.5),
            progress=False,
            compile=compiled,
        )
        assert datas(params[:4]) == datas(MLP(2, [3, 1], seed=1).parameters()[:4])
        found.append(datas(params))
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([{"lr": 0.1}], "a group is a dict with \"params\", got {'lr': 0.1}"),
        ([{"params": [Value(1.0)], "betas": (0.9, 0.9)}], r"got \['betas'\]: make an optimiser"),
        ([{"params": [Value(1.0)]}, Value(2.0)], 'a group is a dict with "params", got Value'),
    ],
)
def test_what_is_no_group_is_named(params, message):
    with pytest.raises(TypeError, match=message):
        optim.SGD(params)


def test_a_value_may_be_in_one_group_only_and_a_rate_needs_one_to_refer_to():
    x = Value(1.0)
    with pytest.raises(ValueError, match="twice"):
        optim.SGD([{"params": [x]}, {"params": [x]}])
    with pytest.raises(ValueError, match=r"a group of the rate 0\.5 needs an optimiser whose lr"):
        optim.SGD([{"params": [x], "lr": 0.5}], lr=0.0)


def test_rates_of_a_run_are_known_in_advance():
    assert rates(None, 0.5, 3).tolist() == [0.5, 0.5, 0.5]
    assert rates(Linear(end=0.1), 1.0, 100).tolist() == [
        1 + (0.1 - 1) * k / 100 for k in range(100)
    ]
    assert rates(lambda k: 1 / (k + 1), 2.0, 2).tolist() == [2.0, 1.0]


def test_a_schedule_of_unknown_length_asks_for_it():
    with pytest.raises(ValueError, match=r"Linear\(end=0.1, steps=1000\)"):
        Linear(end=0.1)(3)


def test_the_learning_rate_may_be_set_between_steps():
    p = Value(1.0)
    optimizer = optim.SGD([p], lr=0.1)
    p.grad = 1.0
    optimizer.lr = 0.5
    optimizer.step()
    assert p.data == 0.5


def test_zero_grad_sets_the_gradients_of_its_parameters():
    p, other = Value(1.0), Value(1.0)
    p.grad = other.grad = 2.0
    optim.SGD([p], lr=0.1).zero_grad()
    assert (p.grad, other.grad) == (0.0, 2.0)


@pytest.mark.parametrize("name", MAKERS)
@given(grads=st.lists(st.floats(-5, 5), min_size=6, max_size=6))
def test_a_loaded_state_goes_on_to_the_same_numbers(name, grads):
    params = values([0.5, -2.0])
    first = MAKERS[name](params)
    for k in range(2):
        set_grads(params, grads[2 * k : 2 * k + 2])
        first.step()
    copies = values(datas(params))
    second = MAKERS[name](copies)
    second.load_state_dict(first.state_dict())
    for each, optimizer in ((params, first), (copies, second)):
        set_grads(each, grads[4:])
        optimizer.step()
    assert datas(params) == datas(copies)


def test_a_state_of_another_optimiser_is_refused_and_changes_nothing():
    adam, sgd = MAKERS["Adam"](values([1.0])), MAKERS["SGD"](values([1.0]))
    before = sgd.state_dict()
    with pytest.raises(ValueError, match=r"state of 'Adam'.*SGD as it was made here needs"):
        sgd.load_state_dict(adam.state_dict())
    with pytest.raises(ValueError, match="momentum_buffer is for 2 parameters, this has 1"):
        sgd.load_state_dict(MAKERS["SGD"](values([1.0, 2.0])).state_dict())
    assert sgd.state_dict() == before


def test_an_overflow_is_an_infinity_and_no_warning(recwarn):
    p = Value(1e308)
    p.grad = -1e308
    optim.SGD([p], lr=10.0).step()
    assert p.data == np.inf
    assert not recwarn.list


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "nothing to optimise"),
        ([1.0], TypeError, "a list of Values, got 1.0 in it"),
        (MLP(2, [1]), TypeError, r"got the MLP itself: pass model.parameters\(\)"),
        (Value(1.0), TypeError, "a list of Values, got Value"),
        ([Value(1.0) + 2], ValueError, "only leaves"),
        ([Value(1.0)] * 2, ValueError, "twice"),
    ],
)
def test_what_cannot_be_optimised_is_named(params, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(params, lr=0.1)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: optim.SGD(p, lr=-1),
        lambda p: optim.SGD(p, lr=float("nan")),
        lambda p: optim.SGD(p, lr=0.1, nesterov=True),
        lambda p: optim.Adam(p, betas=(1.0, 0.9)),
        lambda p: optim.RMSprop(p, eps=-1e-8),
        lambda p: optim.clip_grad_norm(p, -1.0),
    ],
)
def test_impossible_settings_are_refused(make):
    with pytest.raises(ValueError, match=r"expects a number (from|of) 0|needs a momentum"):
        make(values([1.0]))


def test_an_optimiser_shows_its_settings():
    shown = repr(optim.SGD(values([1.0, 2.0]), lr=0.1, momentum=0.9))
    assert shown == (
        "SGD(2 parameters, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=False, lr=0.1)"
    )
