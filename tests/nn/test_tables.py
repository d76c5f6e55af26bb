"""Embedding(sparse=True): a table whose rows become Values when they are looked up."""

import copy
import pickle

import numpy as np
import pytest

from micrograd import JitWarning, dot, jit, no_grad
from micrograd.nn import Embedding, Linear, Module
from micrograd.optim import SGD, Adagrad, Adam, SparseAdam
from micrograd.saving import load, save
from micrograd.train import fit

# PyTorch 2.13, Embedding(4, 2, sparse=True), float64, the steps of test_steps_are_pytorchs
START = [[0.5, -0.25], [1.0, 2.0], [-1.5, 0.75], [0.1, 0.2]]
PAIRS = [(0, 1), (1, 1), (2, 0), (0, 3), (1, 2)]
ENDS = {
    "SGD": [[0.718, 0.186], [0.535, 1.7325], [-1.2976, 1.1088], [0.226, 0.227]],
    "Adagrad": [
        [0.6093734814226268, -0.1406265185746399],
        [0.930810684710573, 1.8416811281750918],
        [-1.4038461538502458, 0.8461538461515528],
        [0.19708737863243586, 0.10291262139258668],
    ],
    "SparseAdam": [
        [0.7079319976609264, -0.04206800062855633],
        [0.9884604014060087, 1.7933935415083144],
        [-1.4398014243869361, 0.8101985759225641],
        [0.1628202591710789, 0.1371797504372645],
    ],
}
OPTIMIZERS = {
    "SGD": lambda p: SGD(p, lr=0.1),
    "Adagrad": lambda p: Adagrad(p, lr=0.1, lr_decay=0.01),
    "SparseAdam": lambda p: SparseAdam(p, lr=0.1, betas=(0.8, 0.9)),
}


def table_of(numbers):
    table = Embedding(len(numbers), len(numbers[0]), sparse=True)
    table.load_state_dict({"weight": numbers})
    return table


def made(table):
    return len(list(table.weight.made())) // table.embedding_dim


@pytest.mark.parametrize("zero_first", [True, False])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_pytorchs(name, zero_first):
    table = table_of(START)
    optimizer = OPTIMIZERS[name](table.parameters())
    for i, j in PAIRS:
        if zero_first:
            optimizer.zero_grad()
        x, y = table([i, j])
        loss = (dot(x, y) - 1) ** 2 if i != j else dot(x, y)
        loss = loss * 0.0 if (i, j) == (2, 0) else loss  # looked up, with a gradient of 0
        if not zero_first:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert np.allclose(table.state_dict()["weight"], ENDS[name], rtol=0, atol=1e-12)


def test_values_are_made_for_the_rows_that_are_looked_up_alone():
    table = Embedding(100_000, 64, sparse=True, seed=1)
    optimizer = SparseAdam(table.parameters(), lr=0.1)
    assert (len(table.parameters()), made(table)) == (6_400_000, 0)
    for start in (0, 10, 20):
        loss = sum(dot(*table([i, i + 50_000])) for i in range(start, start + 10))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert made(table) == 20
    with no_grad():
        table(7)
    assert made(table) == 21
    del loss
    optimizer.zero_grad()
    assert made(table) == 0


def test_a_row_that_somebody_holds_stays_and_none_loses_what_it_was_set_to():
    table = Embedding(5, 2, sparse=True, seed=1)
    held, table.weight[3][1].data = table(1)[0], 8.0
    table.zero_grad()
    held.data = 7.0
    assert made(table) == 1
    assert table.state_dict()["weight"][1, 0] == 7.0
    assert (table(1)[0] is held, table(3)[1].data) == (True, 8.0)


def test_parameters_are_a_sequence():
    model = Model()
    parameters = model.parameters()
    assert len(parameters) == 10 + 3
    assert [p.data for p in parameters] == [p.data for _, p in model.named_parameters()]
    assert parameters[3] is model.table.weight[1][1]
    assert parameters[-1] is model.out.bias[0]
    assert parameters[10:12] == model.out.weight[0]
    assert parameters[4] in parameters
    assert len(parameters + model.out.parameters()) == 16
    assert dict(model.named_parameters())["table.weight.4.1"].label == "table.weight.4.1"
    with pytest.raises(IndexError, match="parameter 13 of 13"):
        parameters[13]
    with pytest.raises(IndexError, match="below the 5 rows, got 5"):
        model.table(5)


class Model(Module):
    def __init__(self, sparse=True):
        self.table = Embedding(5, 2, sparse=sparse, seed=1)
        self.out = Linear(2, 1, seed=2)

    def __call__(self, i):
        return self.out(self.table(i))[0]


def test_fit_trains_a_table_as_a_matrix_and_goes_on_from_a_checkpoint(tmp_path):
    data = ([0, 3, 1, 3, 2, 4], [1.0, -1.0, 0.5, -2.0, 0.0, 1.0])

    def train(model, epochs, **settings):
        settings |= {"optimizer": SGD(model.parameters(), lr=0.1), "batch_size": 2, "seed": 3}
        settings |= {"epochs": epochs, "progress": False, "clip_grad_norm": 0.7}
        return fit(lambda i, y: (model(i) - y) ** 2, data, model=model, **settings)

    dense, sparse, resumed = Model(sparse=False), Model(), Model()
    for model in (sparse, resumed):
        model.load_state_dict(dense.state_dict())
    losses = train(dense, 4).loss
    assert np.allclose(train(sparse, 4, early_stopping=3).loss, losses, rtol=0, atol=1e-12)
    for epochs in (2, 4):
        history = train(resumed, epochs, checkpoint=tmp_path / "run")
    assert np.allclose(history.loss, losses, rtol=0, atol=1e-12)


def test_a_function_that_looks_rows_up_runs_plainly_and_says_so():
    table = Embedding(5, 2, sparse=True, seed=1)
    f = jit(lambda i: dot(table(i), table(i + 1)))
    with pytest.warns(JitWarning, match=r"reads table\.weight, a table of Embedding"):
        out = f(1)
    out.backward()
    assert table(2)[0].grad == table(1)[0].data
    assert f(3).data == dot(*table([3, 4])).data
    assert np.allclose(Model().predict([1, 4]), [[Model()(i).data for i in (1, 4)]])


def test_a_table_is_saved_copied_and_pickled(tmp_path):
    table = Embedding(5, 2, sparse=True, seed=1)
    table(1)[0].data = 7.0
    weight = table.state_dict()["weight"]
    again = load(save(table, tmp_path / "table.safetensors"))
    assert repr(again) == "Embedding(5, 2, sparse=True)"
    for other in (again, copy.deepcopy(table), pickle.loads(pickle.dumps(table))):
        assert (other.state_dict()["weight"] == weight).all()
        other(1)[0].data = 8.0
    assert table(1)[0].data == 7.0


def test_an_optimiser_that_moves_rows_at_rest_is_refused_when_made_and_when_set():
    table = Embedding(5, 2, sparse=True)
    for make in (Adam, lambda p: SGD(p, momentum=0.9), lambda p: Adagrad(p, weight_decay=0.1)):
        with pytest.raises(ValueError, match=r"without a gradient too.*or SparseAdam"):
            make(table.parameters())
    optimizer = SGD(table.parameters(), lr=0.1)
    optimizer.weight_decay = 0.1
    with pytest.raises(ValueError, match=r"or SparseAdam"):
        optimizer.step()
