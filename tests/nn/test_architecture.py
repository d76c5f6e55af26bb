"""The architecture of what consists of the package's own modules is an expression that makes it."""

import pytest

from micrograd import random
from micrograd.nn import (
    ELU,
    GELU,
    GRU,
    LSTM,
    MLP,
    RNN,
    AvgPool2d,
    BatchNorm,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ModuleList,
    MultiheadAttention,
    Neuron,
    ReLU,
    Residual,
    RMSNorm,
    Sequential,
    Softmax,
    TransformerEncoderLayer,
)
from micrograd.nn.architecture import made, written

MODELS = [
    MLP(2, [3, 1]), MLP(2, [1], output_activation="tanh"), MLP(2, [3, 3, 2], "sigmoid", "relu"),
    Layer(2, 3, activation="tanh"), Neuron(2, nonlin=False),
    Sequential(Linear(2, 3, bias=False), ReLU(), Dropout(0.25), Linear(3, 1)),
    ModuleList([Sequential(MLP(1, [1]), LeakyReLU(0.2)), ELU(0.5)]),
    Sequential(Conv2d(1, 2, (3, 2), padding=(1, 0), bias=False), MaxPool2d(2, 1), Flatten(0)),
    Conv1d(1, 2, 3, 2, 1), Conv1d(2, 4, 3, 1, "same", 2, 2), Conv2d(2, 2, 3, dilation=2),
    Residual(Sequential(Linear(2, 3), ReLU()), Linear(2, 3)), Residual(ELU()),
    AvgPool2d(3, padding=1), Embedding(5, 2), Softmax(), LogSoftmax(0), GELU("tanh"),
    RNN(2, 3, 2, "relu", bidirectional=True), LSTM(2, 3, bias=False, batch_first=True), GRU(2, 3),
    GRU(2, 3, 2, dropout=0.25), MultiheadAttention(4, 2, batch_first=True),
    LayerNorm((2, 3), 0.1, bias=False), LayerNorm(3, elementwise_affine=False), RMSNorm(3),
    RMSNorm(3, 0.1, False), BatchNorm(2, 0.3, 0.01), BatchNorm2d(2, 0.01, 0.3, False),
    MultiheadAttention(4, 2, 0.1, False),
    TransformerEncoderLayer(4, 2, 8, 0.0, "gelu", 0.1, norm_first=True, bias=False),
    TransformerEncoderLayer(4, 2, 8, batch_first=True),
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_is_made_again_from_its_architecture(model):
    again = made(written(model))
    assert written(again) == written(model)
    assert repr(again) == repr(model)
    assert [type(m) for m in again.modules()] == [type(m) for m in model.modules()]
    again.load_state_dict(model.state_dict())


def test_what_no_expression_makes_has_no_architecture():
    class Own(Module):
        pass

    for model in (
        Own(),
        Sequential(Own()),
        MLP(2, [1, 1], activation=lambda x: x),
        Sequential(Dropout(0.5, random.Generator(1))),
        type("Linear", (Linear,), {})(2, 1),
    ):
        assert written(model) is None


@pytest.mark.parametrize(
    "expression", ["print(1)", "Linear(2", "Linear(2, 1).eval()", "3", "Linear(0, 1)", "Module()()"]
)
def test_nothing_but_the_packages_own_modules_is_called(expression):
    with pytest.raises(ValueError, match="is no architecture"):
        made(expression)
