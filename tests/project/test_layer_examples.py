"""The examples made of networks (a speller, LeNet, a residual one, a GAN) train and show it."""

import importlib.util
import random
import re

import numpy as np
import pytest
from pages import ROOT

from micrograd.nn import summary


def example(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines_of(module, monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["example.py", *arguments])
    module.main()
    return capsys.readouterr().out.splitlines()


def test_an_untrained_speller_makes_up_words_of_its_letters():
    model = example("names").Speller("abc", width=4)
    assert model.tokens("cab") == [0, 3, 1, 2, 0]
    words = [model.make_up(random.Random(seed)) for seed in (1, 1, 2)]
    assert words[0] == words[1]
    assert all(set(word) <= set("abc") and len(word) <= 20 for word in words)


def test_lenet_has_the_layers_and_parameters_that_it_should_have():
    model = example("lenet").lenet()
    rows = summary(model, [[[0.5] * 8 for _ in range(8)]]).rows
    assert (rows[0].shape, rows[0].parameters) == ((10,), 60 + 880 + 2080 + 330)
    assert [row.shape for row in rows if row.kind == "Conv2d"] == [(6, 8, 8), (16, 2, 2)]


def test_the_residual_network_takes_one_image_and_a_batch_of_them():
    model = example("residual").network(width=2).eval()
    image = [[[0.1 * i for i in range(8)]] * 8]
    assert np.allclose(model.predict([image, image]), [[v.data for v in model(image)]] * 2)
    both = [[v.data for v in row] for row in model([image] * 2)]
    assert np.allclose(both, model.predict([image]))


@pytest.mark.deep
def test_the_residual_network_learns_the_digits(monkeypatch, capsys):
    arguments = ["--examples", "600", "--epochs", "6"]
    lines = lines_of(example("residual"), monkeypatch, capsys, *arguments)
    assert float(re.findall(r"accuracy (\S+)", "\n".join(lines))[-1]) > 0.6


@pytest.mark.deep
def test_the_speller_learns_and_makes_up_names(monkeypatch, capsys):
    names = example("names")
    *_, last, made_up = lines_of(names, monkeypatch, capsys, "--epochs", "20")
    assert float(re.search(r"loss (\S+)", last)[1]) < 2.2  # from log(25) = 3.2
    words = made_up.removeprefix("made up: ").split(", ")
    assert len(words) == 10
    assert all(set(word) <= set("".join(names.STARS)) for word in words)


@pytest.mark.deep
def test_lenet_learns_the_digits(monkeypatch, capsys):
    lines = lines_of(example("lenet"), monkeypatch, capsys, "--examples", "600", "--epochs", "8")
    accuracies = [float(a) for a in re.findall(r"accuracy (\S+)", "\n".join(lines))]
    assert accuracies[-1] > 0.8
    table = [line.split() for line in lines[-10:]]
    assert all(len(row) == 10 for row in table)


@pytest.mark.deep
def test_the_compiled_step_of_both_networks_is_the_plain_one_and_fills_the_circle(capsys):
    gan = example("gan")
    random = np.random.default_rng(3)
    batches = [(gan.real_points(random, 4), random.normal(size=(4, 2)).tolist()) for _ in range(4)]
    (plain, slow), (compiled, fast) = gan.trainer(lambda step: step), gan.trainer()
    for batch in batches:
        assert np.allclose(fast(*batch), slow(*batch), rtol=0, atol=1e-12)
    ends = [[p.data for p in network.parameters()] for network in (plain, compiled)]
    assert np.allclose(*ends, rtol=0, atol=1e-12)
    off, eighths = gan.main(["--steps", "1500"])
    assert off < 0.2
    assert eighths == 8
    assert "step 1500" in capsys.readouterr().out
