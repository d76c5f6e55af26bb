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
    "as GPT-2": (nn.Sequential(nn.Linear(3, 4), nn.GELU("tanh")), (3,)),
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
    module = kind(2, 3, num_layers=2, dropout=0.5).double().eval()
    x = rows((5, 2), 1)[0]
    model = from_torch(module)
    assert model.dropout.p == 0.5
    outputs = model(x.tolist())[0]
    found = [[v.data for v in row] for row in outputs]
    np.testing.assert_allclose(found, module(torch.tensor(x))[0].detach().numpy(), rtol=1e-11)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"norm_first": True, "activation": "gelu", "batch_first": True},
        {"bias": False, "activation": nn.ReLU(), "layer_norm_eps": 0.1},
    ],
)
def test_a_transformer_of_pytorch_gives_the_same_numbers_here(settings):
    torch.manual_seed(1)
    layers = [nn.TransformerEncoderLayer(4, 2, 6, **settings) for _ in range(2)]
    module = nn.Sequential(*layers).double().eval()
    for p in module.parameters():
        nn.init.uniform_(p, -1.0, 1.0)  # the biases of attention begin as 0, which hides them
    x = rows((5, 4), 1)[0]
    model = from_torch(module)
    expected = module(torch.tensor(x)[None] if "batch_first" in settings else torch.tensor(x))
    found = [[v.data for v in row] for row in model(x.tolist())]
    np.testing.assert_allclose(found, expected.detach().reshape(5, 4), rtol=1e-11, atol=1e-13)
    batch = rows((5, 3, 4), 1)[0]
    found = [[[v.data for v in row] for row in part] for part in model(batch.tolist())]
    expected = module(torch.tensor(batch)).detach()
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("bias", [True, False])
def test_attention_of_pytorch_gives_the_same_numbers_here(bias):
    module = nn.MultiheadAttention(4, 2, dropout=0.5, bias=bias).double().eval()
    for p in module.parameters():
        nn.init.uniform_(p, -1.0, 1.0)
    query, key, value = rows((3, 4), 1)[0], rows((5, 4), 1)[0], rows((5, 4), 2)[1]
    theirs = module(*map(torch.tensor, (query, key, value)))
    model = from_torch(module)
    ours = model(query.tolist(), key.tolist(), value.tolist())
    assert model.dropout.p == 0.5
    for rows_here, expected in zip(ours, theirs):
        found = [[v.data for v in row] for row in rows_here]
        np.testing.assert_allclose(found, expected.detach(), rtol=1e-11, atol=1e-13)


def two_dropouts():
    layer = nn.TransformerEncoderLayer(4, 2, 6)
    layer.dropout1.p = 0.5
    return layer


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
        (nn.LSTM(2, 3, 2, proj_size=1), "has proj_size=1"),
        (nn.MultiheadAttention(4, 2, kdim=3), "has kdim=3, which does not exist here: only embed"),
        (nn.MultiheadAttention(4, 2, add_zero_attn=True), "has add_zero_attn=True"),
        (nn.MultiheadAttention(4, 2, add_bias_kv=True), "has bias_k="),
        (nn.TransformerEncoderLayer(4, 2, 6, activation=nn.GELU("tanh")), "only relu and gelu"),
        (nn.TransformerEncoderLayer(4, 2, 6, activation=nn.SiLU()), "has activation=SiLU"),
        (two_dropouts(), r"more than one dropout, \[0.1, 0.5\]: here it has one"),
        (nn.Softmax(0), "has dim=0, the axis of the batch"),
        (3, "takes an nn.Module of PyTorch, got 3"),
    ],
)
def test_what_does_not_exist_here_is_named(module, message):
    with pytest.raises((TypeError, ValueError), match=message):
        from_torch(module)
