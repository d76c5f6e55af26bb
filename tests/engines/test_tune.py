"""tune finds settings, ends what is hopeless, and shares its trials; wrong spaces are refused."""

import json
import math
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
from matplotlib import use
from pages import ROOT, blocks

from micrograd.data import moons
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
from micrograd.tune import Log, tune

use("agg")
DATA, HELD_OUT = moons(40, seed=1), moons(20, seed=2)


def bowl(trial):
    return (math.log10(trial["lr"]) + 1) ** 2 + 0.01 * (trial["width"] - 7) ** 2


SPACE = {"lr": Log(1e-4, 1.0), "width": (2, 12)}


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_seeded_search_finds_the_bowl_twice_over(sampler):
    first, second = (tune(bowl, SPACE, 40, sampler=sampler, seed=3) for _ in range(2))
    assert first.value < 0.5
    assert (first.best, first.values) == (second.best, second.values)
    assert first.value == bowl(first.best) == min(first.values)
    assert isinstance(first.best["width"], int)


def test_a_grid_tries_each_point_once():
    found = tune(bowl, {"lr": [0.01, 0.1, 1.0], "width": (6, 8)}, 100, sampler="grid")
    assert len(found.values) == 9
    assert found.best == {"lr": 0.1, "width": 7}


def test_the_highest_is_found_as_well():
    assert tune(lambda t: -bowl(t), SPACE, 40, seed=3, direction="maximize").value > -0.5


def test_a_hopeless_run_of_fit_ends_before_its_time():
    epochs = []

    def objective(trial):
        model = MLP(2, [4, 1], seed=1)
        history = fit(
            lambda x, y: hinge(model(x), y), DATA, model=model, compile=False,
            optimizer=SGD(model.parameters(), lr=trial["lr"]), epochs=8, validation=HELD_OUT,
            callbacks=[trial], progress=False, seed=1,
        )  # fmt: skip
        epochs.append(history.epochs)
        return min(history.validation_loss)

    found = tune(objective, {"lr": [0.3, 0.2, 0.1, 1e-9]}, 24, sampler="random", seed=1)
    assert found.best["lr"] > 0.01
    assert found.pruned == found.values.count(None) > 0
    assert min(epochs) < 8 == max(epochs)


def test_what_counts_has_the_higher_importance_and_is_drawn():
    space = {"a": (-1.0, 1.0), "b": (-1.0, 1.0)}
    found = tune(lambda t: t["a"] ** 2 + 1e-3 * t["b"], space, 60, seed=1)
    shares = found.importances()
    assert shares["a"] > 0.9 > shares["b"]
    assert len(found.plot_importances().patches) == 2
    trials, best = found.plot_history().get_lines()
    assert list(trials.get_ydata()) == found.values
    assert list(best.get_ydata()) == [min(found.values[: k + 1]) for k in range(60)]


WORKER = """
import sys
from micrograd.tune import tune
found = tune(lambda t: (t["x"] - 3) ** 2, {"x": (0.0, 5.0)}, 8, storage=sys.argv[1])
"""


@pytest.mark.parametrize("place", ["{}/trials.log", "sqlite:///{}/trials.db"])
def test_processes_share_the_trials_of_a_storage(place, tmp_path):
    storage = place.format(tmp_path)
    tune(lambda t: (t["x"] - 3) ** 2, {"x": (0.0, 5.0)}, 2, storage=storage)
    workers = [subprocess.Popen([sys.executable, "-c", WORKER, storage]) for _ in range(2)]
    assert [worker.wait(timeout=200) for worker in workers] == [0, 0]
    found = tune(lambda t: 1 / 0, {"x": (0.0, 5.0)}, 8, storage=storage)  # none is left to do
    assert 8 <= len(found.values) <= 9  # the last two may have begun together
    assert len({x["x"] for x in found.settings}) == len(found.values)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"space": {}}, "space has an entry for each setting"),
        ({"space": {"lr": 0.1}}, "lr is .low, high., Log.low, high. or a list of choices; got 0.1"),
        ({"space": {"lr": (1.0, 0.1)}}, "low below high"),
        ({"space": {"lr": (0.1, 1.0)}, "sampler": "grid"}, "a grid needs a list"),
        ({"sampler": "best"}, "sampler is 'tpe' or 'random' or 'grid', got 'best'"),
        ({"trials": 0}, "trials is a whole number of 1 or more, got 0"),
        ({"seed": 1, "storage": "file"}, "leave out seed"),
        ({"objective": lambda trial: math.nan}, "none of 3 trials came to a finite number"),
        ({"objective": lambda trial: "good"}, "objective has to return a number, got str 'good'"),
        ({"objective": lambda trial: trial["x"]}, "'x' is not in the space, which has lr, width"),
    ],
)
def test_what_cannot_be_searched_is_refused(given, message):
    asked = {"objective": bowl, "space": SPACE, "trials": 3} | given
    with pytest.raises((ValueError, TypeError, KeyError), match=message):
        tune(**asked)


def test_a_wrong_range_by_logarithm_is_refused():
    with pytest.raises(ValueError, match=r"0 < low < high, got 1\.0 and 0\.1"):
        Log(1.0, 0.1)


def test_importances_of_one_trial_are_refused():
    with pytest.raises(ValueError, match="importances need 10 trials that came to a number, got 1"):
        tune(bowl, SPACE, 1, seed=1).importances()


@pytest.mark.skipif(not find_spec("ray"), reason="to try it: pip install 'ray[tune]==2.60.0'")
def test_the_recipe_for_ray_finds_settings(tmp_path):
    page = [code for language, code, _ in blocks(ROOT / "docs/guides/tune.md")]
    (recipe,) = (code for code in page if code.startswith("from ray"))
    start = "import ray\nray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)\n"
    end = "import json\nprint(json.dumps([len(results), results.num_errors, best]))\n"
    (tmp_path / "search.py").write_text("\n".join([page[0], start, recipe, end]))
    done = subprocess.run(
        [sys.executable, "search.py"],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path), "RAY_USAGE_STATS_ENABLED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    trials, errors, best = json.loads(done.stdout.splitlines()[-1])
    assert (trials, errors) == (4, 0)
    assert 1e-4 < best["lr"] < 3.0
    assert 2 <= best["width"] <= 12
