"""What surrounds a model in PyTorch is here too: its data, its loops, its files."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.utils.data import DataLoader, TensorDataset

from micrograd import dot, losses, mean, nn, optim, schedules
from micrograd import random as draws
from micrograd.data import batch_indices, moons
from micrograd.metrics import confusion, f1, precision, r2, recall
from micrograd.saving import load, save
from micrograd.train import fit

X, Y = moons(60)
LABELS = (Y > 0).astype(np.int64)
PAIR = torch.tensor(X), torch.tensor(LABELS)


def both():
    """A network of PyTorch, and ours with its numbers."""
    torch.manual_seed(1)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 2)
    ).double()
    ours = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    ours.load_state_dict({name: x.numpy() for name, x in theirs.state_dict().items()})
    return theirs, ours


@pytest.mark.parametrize("data", [TensorDataset(*PAIR), DataLoader(TensorDataset(*PAIR), 16)])
def test_a_run_of_fit_is_the_loop_that_one_writes_in_pytorch(data):
    theirs, ours = both()
    history = fit(
        lambda x, y: losses.cross_entropy(ours(x), y, label_smoothing=0.1),
        data,
        model=ours,
        optimizer=optim.AdamW(ours.parameters(), lr=0.02, weight_decay=0.1),
        epochs=4,
        batch_size=16,  # of 60: the last batch has 12
        batched=True,
        clip_grad_norm=0.5,
        schedule=schedules.OneCycle(steps=16),
        seed=1,
        progress=False,
    )
    moved = torch.optim.AdamW(theirs.parameters(), lr=0.02, weight_decay=0.1)
    rates = torch.optim.lr_scheduler.OneCycleLR(moved, 0.02, total_steps=16, cycle_momentum=False)
    expected = []
    for epoch in range(4):
        for batch in batch_indices(60, 16, 1, epoch):
            moved.zero_grad()
            scores = theirs(PAIR[0][batch])
            loss = torch.nn.functional.cross_entropy(scores, PAIR[1][batch], label_smoothing=0.1)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            moved.step()
            rates.step()
            expected.append(loss.item())
    np.testing.assert_allclose(history.step_loss, expected, rtol=1e-9)
    scores = theirs.eval()(PAIR[0]).detach().numpy()
    np.testing.assert_allclose(ours.eval().predict(X), scores, rtol=1e-8, atol=1e-9)


class Vectors(nn.Module):
    def __init__(self):
        self.centres = nn.Embedding(200, 8, sparse=True, seed=1)
        self.others = nn.Embedding(200, 8, sparse=True, seed=2)

    def loss(self, words):
        scores = [dot(self.centres(words[0]), other) for other in self.others(words[1:])]
        return mean(
            [losses.binary_cross_entropy_with_logits(z, k == 0) for k, z in enumerate(scores)]
        )


@pytest.mark.parametrize(
    ("name", "settings"),
    [("SGD", {}), ("Adagrad", {"lr_decay": 0.01}), ("SparseAdam", {"betas": (0.8, 0.9)})],
)
def test_tables_are_trained_as_pytorchs_sparse_embeddings(name, settings):
    words = np.random.default_rng(1).zipf(1.3, (500, 4)) % 200  # some of them in each batch twice
    ours = Vectors()
    centres, others = [
        torch.nn.Embedding.from_pretrained(torch.tensor(x), freeze=False, sparse=True)
        for x in ours.state_dict().values()
    ]
    optimizer = getattr(optim, name)(ours.parameters(), lr=0.05, **settings)
    run = {"model": ours, "optimizer": optimizer, "epochs": 2, "batch_size": 32, "seed": 1}
    history = fit(ours.loss, (words,), compile=True, progress=False, **run)
    moved = getattr(torch.optim, name)([centres.weight, others.weight], lr=0.05, **settings)
    expected = []
    for epoch in range(2):
        for batch in batch_indices(500, 32, 1, epoch):
            moved.zero_grad()
            chosen = torch.tensor(words[batch])
            scores = (centres(chosen[:, :1]) * others(chosen[:, 1:])).sum(2)
            targets = torch.zeros_like(scores)
            targets[:, 0] = 1
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, targets)
            loss.backward()
            moved.step()
            expected.append(loss.item())
    np.testing.assert_allclose(history.step_loss, expected, rtol=1e-9)
    for array, theirs in zip(ours.state_dict().values(), (centres, others), strict=True):
        np.testing.assert_allclose(array, theirs.weight.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_files_go_both_ways(tmp_path):
    theirs, ours = both()
    save(ours, tmp_path / "ours.safetensors")
    state = load_file(tmp_path / "ours.safetensors")
    theirs.load_state_dict(state)
    with torch.no_grad():
        theirs[0].weight += 1
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    again = load(both()[1], tmp_path / "theirs.safetensors")
    expected = theirs.eval()(PAIR[0]).detach().numpy()
    np.testing.assert_allclose(again.eval().predict(X), expected, rtol=1e-11)


def test_dropout_keeps_the_mean_and_as_many_numbers_as_pytorchs():
    x = [1.0] * 4000
    found = np.array(nn.Dropout(0.3, draws.Generator(1))(x), float)
    expected = torch.nn.Dropout(0.3)(torch.tensor(x)).numpy()
    np.testing.assert_allclose(np.unique(found), np.unique(expected), rtol=1e-6)
    assert abs((found == 0).mean() - 0.3) < 0.03


def test_metrics_are_scikit_learns():
    from sklearn import metrics

    scores = np.random.default_rng(1).normal(size=(60, 2))
    guesses = scores.argmax(1)
    assert confusion(scores, LABELS) == metrics.confusion_matrix(LABELS, guesses).tolist()
    found = [f(scores, LABELS) for f in (precision, recall, f1)]
    expected = [
        f(LABELS, guesses)
        for f in (metrics.precision_score, metrics.recall_score, metrics.f1_score)
    ]
    np.testing.assert_allclose(found, expected)
    assert r2(X[:, 0], X[:, 1]) == pytest.approx(metrics.r2_score(X[:, 1], X[:, 0]))
