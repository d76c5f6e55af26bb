"""A model of PyTorch becomes one of ours: the same numbers; what does not exist here is named."""

import numpy as np
import pytest
import torch
from exported import rows
from torch import nn

from micrograd.export import from_torch, to_torch

MODELS = {
    "perceptron": (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2, bias=False)), (3,)),
    "images": (
        nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(18, 3), nn.LogSoftmax(1),
        ),
        (1, 6, 6),
    ),
    "normalised": (
        nn.Sequential(
            nn.Linear(3, 4), nn.BatchNorm1d(4), nn.GELU(), nn.LayerNorm(4), nn.Dropout(0.5),
            nn.ELU(0.5), nn.LeakyReLU(0.1), nn.SiLU(), nn.Sigmoid(), nn.Softplus(), nn.Softmax(-1),
        ),
        (3,),
    ),
    "signals": (nn.Sequential(nn.Conv1d(2, 3, 2, stride=2, groups=1), nn.Flatten()), (2, 6)),
    "means": (nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), nn.RMSNorm(4)), (1, 4, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_pytorch_gives_the_same_numbers_here(name):
    module, shape = MODELS[name]
    module = module.double()
    xs = torch.tensor(rows(shape, 4))
    module.train()(xs)  # the running averages move
    module.eval()
    model = from_torch(module)
    expected = module(xs).detach().numpy()
    np.testing.assert_allclose(model.predict(xs.numpy()), expected, rtol=1e-11, atol=1e-13)
    assert not any(part.training for part in model.modules())


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_recurrence_of_pytorch_gives_the_same_numbers_here(kind):
    module = kind(2, 3, num_layers=2).double()
    x = rows((5, 2), 1)[0]
    outputs = from_torch(module)(x.tolist())[0]
    found = [[v.data for v in row] for row in outputs]
    np.testing.assert_allclose(found, module(torch.tensor(x))[0].detach().numpy(), rtol=1e-11)


def test_there_and_back_is_the_same_model():
    module = MODELS["perceptron"][0].double().eval()
    again = to_torch(from_torch(module), [0.0, 0.0, 0.0])
    xs = torch.tensor(rows((3,), 4))
    np.testing.assert_allclose(again(xs).detach(), module(xs).detach(), rtol=1e-12)
    again.load_state_dict(module.state_dict())


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Sequential(nn.Linear(2, 2), nn.Hardtanh()), r"the model\[1\] is a Hardtanh"),
        (nn.Conv2d(1, 1, 3, padding_mode="reflect"), "has padding_mode='reflect'"),
        (nn.GELU(approximate="tanh"), "has approximate='tanh'"),
        (nn.LSTM(2, 3, 2, dropout=0.5), "has dropout=0.5"),
        (nn.Softmax(0), "has dim=0, the axis of the batch"),
        (3, "takes an nn.Module of PyTorch, got 3"),
    ],
)
def test_what_does_not_exist_here_is_named(module, message):
    with pytest.raises((TypeError, ValueError), match=message):
        from_torch(module)
