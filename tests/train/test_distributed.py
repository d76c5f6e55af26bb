"""Several processes train one model together: to the numbers of one, and what is lost is said."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from ranks import free_port, in_ranks

from micrograd import data, distributed, losses, optim
from micrograd.distributed import RankLost, SocketRanks
from micrograd.nn import MLP, Dropout, Module
from micrograd.random import default
from micrograd.train import fit

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
ROOT = Path(__file__).parents[2]
X, Y = data.moons(25, noise=0.1)
HELD_OUT = data.moons(7, noise=0.2, seed=2)


class Forgetful(Module):
    """A network that forgets at random while it trains."""

    def __init__(self, seed):
        self.first, self.drop = MLP(2, [4, 4], seed=seed), Dropout(0.5)
        self.last = MLP(4, [1], seed=seed)

    def __call__(self, x):
        return self.last(self.drop(self.first(x)))


def run(reduce=None, seed=1, model=None, **settings):
    """Train a little; what came of it, of all that ranks have to agree on."""
    model = model or MLP(2, [4, 1], activation="tanh", seed=seed)
    default.seed(5)
    history = fit(
        settings.pop("loss", lambda x, y: losses.hinge(model(x), y)),
        settings.pop("data", (X, Y)),
        model=model,
        optimizer=optim.Adam(model.parameters(), lr=0.05),
        progress=False,
        reduce=reduce,
        seed=settings.pop("order", 3),
        **{"epochs": 3, "batch_size": 7, "compile": False} | settings,
    )
    curves = [history.step_loss, history.loss, history.validation_loss, *history.metrics.values()]
    return {
        "parameters": [p.data for p in model.parameters()],
        "curves": [x for curve in curves for x in curve],
        "epochs": history.epochs,
        "best": history.best_epoch,
        "stopped": history.stopped,
        "position": default.state()["position"],
    }


def assert_one_run(results, expected):
    """All ranks have the same to the last bit, and what one process has but for rounding."""
    for result in results:
        assert isinstance(result, dict), getattr(result, "__notes__", result)
        assert result == results[0]
        for name in ("parameters", "curves"):
            np.testing.assert_allclose(result[name], expected[name], rtol=0, atol=1e-12)
        assert [result[k] for k in ("epochs", "best", "stopped")] == [
            expected[k] for k in ("epochs", "best", "stopped")
        ]


# ---- the numbers


DEEP = pytest.mark.deep


@pytest.mark.parametrize(  # the last batch of an epoch has 4 examples
    ("size", "compile"),
    [(1, False), (2, False), (5, False), (2, True), pytest.param(5, True, marks=DEEP)],
)
def test_ranks_come_to_the_numbers_of_one_process(size, compile):
    def work(reduce=None):
        accuracy = {"accuracy": lambda x, y: y > 0}
        return run(reduce, compile=compile, validation=HELD_OUT, metrics=accuracy)

    assert_one_run(in_ranks(size, work), work())


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"batch_size": None, "clip_grad_norm": 0.1, "compile": True}, marks=DEEP),
        {"accumulate": 2},
        {"epochs": 9, "compile": True, "early_stopping": 1, "validation": ([[1.0, 0.0]], [-1.0])},
        {"data": ([[1], [1, 2], [3, 2, 1]], [1.0, 2.0, 3.0]), "batch_size": 2},  # eagerly
    ],
    ids=["all at once, clipped", "accumulated", "stopped early", "ragged"],
)
def test_settings_mean_with_ranks_what_they_mean_without(settings):
    def work(reduce=None):
        model = MLP(1, [4, 1], activation="tanh", seed=1)
        ragged = {"model": model, "loss": lambda xs, y: (sum_of(model, xs) - y) ** 2}
        return run(reduce, **settings | (ragged if "data" in settings else {}))

    assert_one_run(in_ranks(2, work), work())


def sum_of(model, xs):
    total = 0.0
    for x in xs:
        total = total + model([x])
    return total


def test_a_penalty_counts_once():
    def work(reduce=None):
        model = MLP(2, [4, 1], activation="tanh", seed=1)
        return run(reduce, model=model, penalty=lambda: 0.1 * losses.l2(model.parameters()))

    assert_one_run(in_ranks(3, work), work())


def test_compiled_ranks_draw_the_random_numbers_of_one_process():
    results = in_ranks(2, lambda ranks: run(ranks, model=Forgetful(1), compile=True))
    expected = run(model=Forgetful(1), compile=True)
    assert_one_run(results, expected)
    assert results[0]["position"] == expected["position"]


def test_eager_ranks_draw_numbers_of_their_own_and_agree_on_how_many():
    first, second = in_ranks(2, lambda ranks: run(ranks, model=Forgetful(1)))
    assert first == second
    assert first["position"] == run(model=Forgetful(1))["position"]


@DEEP
def test_float32_is_computed_by_each_and_added_up_in_float64():
    results = in_ranks(2, lambda ranks: run(ranks, dtype="float32", compile=True))
    assert results[0] == results[1]
    np.testing.assert_allclose(results[0]["parameters"], run()["parameters"], atol=1e-5)


def test_all_ranks_begin_with_the_parameters_of_rank_0():
    def work(ranks):
        return run(ranks, seed=ranks.rank)  # seed 0 on rank 0

    assert_one_run(in_ranks(2, work), run(seed=0))


def test_an_order_that_nobody_seeded_is_that_of_rank_0():
    def work(ranks):
        random.seed(ranks.rank)
        return run(ranks, order=None)

    results = in_ranks(2, work)
    assert results[0] == results[1]


def test_a_callback_of_one_rank_ends_the_run_on_all():
    class Enough:
        def on_step(self, history):
            return len(history.step_loss) == 6

    def work(ranks):
        return run(ranks, callbacks=[Enough()] if ranks.rank else [])

    for result in in_ranks(2, work):
        assert result["stopped"] == "callback"
        assert len(result["curves"]) == 6 + 1  # the steps, and one epoch


# ---- what goes wrong


@pytest.mark.parametrize(
    ("different", "name"),
    [
        (lambda rank: {"batch_size": 5 + rank}, "batch_size"),
        (lambda rank: {"epochs": 1 + rank}, "epochs"),
        (lambda rank: {"data": (X[: 20 + rank], Y[: 20 + rank])}, "examples"),
        (lambda rank: {"data": (X + rank, Y)}, "data"),
        (lambda rank: {"validation": HELD_OUT} if rank else {}, "validation data"),
    ],
)
def test_ranks_that_ask_for_different_runs_are_told_in_what(different, name):
    for result in in_ranks(2, lambda ranks: run(ranks, **different(ranks.rank))):
        assert isinstance(result, ValueError)
        assert f"rank 1 has another {name} than rank 0" in str(result)


def test_a_loss_of_whole_batches_is_refused():
    (error, _) = in_ranks(2, lambda ranks: run(ranks, batched=True))
    assert "leave out reduce" in str(error)


def test_what_cannot_add_up_is_refused():
    with pytest.raises(TypeError, match=r"reduce is one of micrograd\.distributed's ranks"):
        run(max)


class KilledAt:
    """A callback by which a rank ends without a word."""

    def __init__(self, step):
        self.step = step

    def on_step(self, history):
        if len(history.step_loss) == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("killed", [0, 1])
def test_a_rank_that_is_killed_is_named_and_the_run_goes_on_to_the_same_numbers(killed, tmp_path):
    chance, expected = random.Random(killed), run(epochs=5)

    def work(ranks):
        fatal = [KilledAt(chance.randint(1, 20))] if ranks.rank == killed else []
        return run(ranks, epochs=5, checkpoint=tmp_path / "run", callbacks=fatal)

    results = in_ranks(3, work)
    assert results[killed] is None
    for rank in {0, 1, 2} - {killed}:
        assert isinstance(results[rank], RankLost)
        assert f"rank {killed} of 3 has ended: start all ranks again" in str(results[rank])
    again = in_ranks(2, lambda ranks: run(ranks, epochs=5, checkpoint=tmp_path / "run"))
    assert_one_run(again, expected)


def test_a_checkpoint_need_be_where_rank_0_is_alone(tmp_path):
    def work(ranks, epochs):
        folder = tmp_path / str(ranks.rank)
        folder.mkdir(exist_ok=True)
        return run(ranks, epochs=epochs, checkpoint=folder / "run")

    in_ranks(2, lambda ranks: work(ranks, 2))
    again = in_ranks(2, lambda ranks: work(ranks, 4))
    assert_one_run(again, run(epochs=4))
    assert not (tmp_path / "1" / "run").exists()


def test_a_silent_rank_is_named():
    def work(ranks):
        if ranks.rank == 1:
            time.sleep(1.0)
        else:
            ranks.all_reduce(np.zeros(3))

    results = in_ranks(3, work, timeout=0.4)
    for result in (results[0], results[2]):
        assert isinstance(result, RankLost)
        assert result.rank == 1
        assert "rank 1 is silent for 0.4 s" in str(result)


def test_ranks_that_add_up_different_things_are_told_so():
    results = in_ranks(2, lambda ranks: ranks.all_reduce(np.zeros(3 + ranks.rank)))
    assert "rank 1 adds up 4 numbers where this one adds up 3" in str(results[0])


def test_who_does_not_know_the_key_does_not_join():
    def work(ranks):
        return ranks.size

    port = free_port()
    child = os.fork()
    if not child:
        try:
            SocketRanks(0, 2, "127.0.0.1", port, "right", 1.0)
        finally:
            os._exit(0)
    with pytest.raises(Exception, match="digest"):
        SocketRanks(1, 2, "127.0.0.1", port, "wrong", 1.0)
    os.waitpid(child, 0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "RANK and WORLD_SIZE and MASTER_ADDR and MASTER_PORT is not"),
        (
            {"RANK": "x", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"},
            "whole numbers, got 'x'",
        ),
        (
            {"RANK": "2", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"},
            "rank is from 0 to 1 of 2, got 2",
        ),
    ],
)
def test_an_environment_that_says_too_little_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        distributed.join(environment={"MICROGRAD_RANKS_KEY": "key", **given})


# ---- the example, by each way


def example(*command, **environment):
    done = subprocess.run(
        [*command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("parameters")]
    return [float.fromhex(number) for number in line.split()[1:]]


EXAMPLE = "examples/distributed/moons.py"


@DEEP
def test_the_example_by_sockets_equals_one_process():
    alone = example(sys.executable, EXAMPLE)
    together = example(sys.executable, "-m", "micrograd.distributed", "-n", "2", EXAMPLE)
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)


@DEEP
def test_the_launcher_names_the_rank_that_was_killed_and_the_next_one_goes_on(tmp_path):
    chance, file = random.Random(1), tmp_path / "run"
    command = [sys.executable, "-m", "micrograd.distributed", "-n", "2"]
    deadly = tmp_path / "deadly.py"
    deadly.write_text(
        "import os, signal, threading\n"
        "def die():\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "if os.environ['RANK'] == os.environ['VICTIM']:\n"
        "    threading.Timer(float(os.environ['MOMENT']), die).start()\n"
        f"exec(open({str(ROOT / EXAMPLE)!r}).read())\n"
    )
    alone = example(sys.executable, EXAMPLE, "sockets", str(tmp_path / "alone"), "3000")
    for _ in range(4):
        victim, moment = chance.randint(0, 1), chance.uniform(0.5, 4.0)
        done = subprocess.run(
            [*command, str(deadly), "sockets", str(file), "3000"],
            env={**os.environ, "VICTIM": str(victim), "MOMENT": str(moment)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            assert f"rank {victim} of 2 was ended by SIGKILL" in done.stderr
    together = example(*command, EXAMPLE, "sockets", str(file), "3000")
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)
