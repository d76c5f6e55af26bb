"""Write layers.json: what PyTorch's layers give, and their gradients.

Run it where PyTorch is installed: ``python tests/golden/make_layers.py``. The tests read the file
and need no PyTorch.
"""

import json
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
CASES = [
    # name, arguments, settings, shapes of inputs; further settings of PyTorch's call
    ("Linear", [3, 4], {}, [[3]]),
    ("Linear", [3, 2], {"bias": False}, [[4, 3]]),
    ("Conv1d", [2, 3, 3], {}, [[2, 6]]),
    ("Conv1d", [2, 2, 2, 2, 1], {"bias": False}, [[2, 5]]),
    ("Conv1d", [1, 2, 2], {}, [[3, 1, 4]]),
    ("Conv2d", [2, 3, 2], {}, [[2, 4, 3]]),
    ("Conv2d", [1, 2, [3, 2], [2, 1], [1, 1]], {}, [[1, 5, 4]]),
    ("Conv2d", [1, 2, 3], {"stride": 2, "padding": 1, "bias": False}, [[2, 1, 4, 4]]),
    ("Conv1d", [4, 2, 3, 1, 0, 2, 2], {}, [[4, 7]]),
    ("Conv1d", [1, 2, 4, 1, "same", 3], {}, [[1, 12]]),
    ("Conv2d", [2, 4, 2], {"dilation": [2, 1], "groups": 2}, [[2, 4, 3]]),
    ("Conv2d", [1, 2, [3, 2]], {"padding": "same", "bias": False}, [[1, 3, 3]]),
    ("MaxPool2d", [2], {}, [[2, 4, 5]]),
    ("MaxPool2d", [3, 2, 1], {}, [[1, 5, 4]]),
    ("AvgPool2d", [2], {}, [[2, 4, 5]]),
    ("AvgPool2d", [[3, 2], 2, 1], {}, [[1, 5, 4]]),
    ("Flatten", [0], {}, [[2, 3, 2]]),
    ("Flatten", [], {}, [[2, 3, 2]]),
    ("LayerNorm", [4], {}, [[4]]),
    ("LayerNorm", [[2, 3]], {"eps": 0.01, "bias": False}, [[4, 2, 3]]),
    ("LayerNorm", [3], {"elementwise_affine": False}, [[2, 3]]),
    ("RMSNorm", [4], {}, [[2, 4]]),
    ("RMSNorm", [[2, 2]], {"eps": 0.01, "elementwise_affine": False}, [[2, 2]]),
    ("BatchNorm1d", [3], {}, [[4, 3]]),
    ("BatchNorm1d", [2], {"eps": 0.01, "momentum": 0.3, "affine": False}, [[3, 2, 4]]),
    ("BatchNorm2d", [2], {}, [[3, 2, 2, 3]]),
    ("RNN", [2, 3], {}, [[4, 2]]),
    ("RNN", [2, 3, 2, "relu"], {"bidirectional": True}, [[3, 2], [4, 3]]),
    ("GRU", [2, 3], {}, [[4, 2]]),
    ("GRU", [2, 2, 2], {"bidirectional": True, "bias": False}, [[3, 2], [4, 2]]),
    ("LSTM", [2, 3], {}, [[4, 2]]),
    ("LSTM", [2, 2, 2], {"bidirectional": True}, [[3, 2], [[4, 2], [4, 2]]]),
    ("RNN", [2, 2], {}, [[3, 2, 2]]),
    ("GRU", [2, 2], {"batch_first": True, "bidirectional": True}, [[2, 3, 2], [2, 2, 2]]),
    ("LSTM", [2, 2, 2], {"batch_first": True}, [[2, 3, 2], [[2, 2, 2], [2, 2, 2]]]),
    ("MultiheadAttention", [4, 2], {}, [[3, 4], [5, 4], [5, 4]]),
    ("MultiheadAttention", [4, 1, 0.0, False], {}, [[3, 4], [3, 4], [3, 4]], {"attn_mask": 3}),
    ("TransformerEncoderLayer", [4, 2, 6, 0.0], {}, [[3, 4]]),
    ("TransformerEncoderLayer", [4, 2, 6, 0.0, "gelu", 0.01], {"norm_first": True}, [[3, 4]],
     {"src_mask": 3}),
    ("ReLU", [], {}, [[2, 3]]), ("Tanh", [], {}, [[3]]), ("Sigmoid", [], {}, [[3]]),
    ("Softplus", [], {}, [[3]]), ("SiLU", [], {}, [[3]]), ("GELU", [], {}, [[3]]),
    ("LeakyReLU", [0.1], {}, [[5]]), ("ELU", [1.5], {}, [[5]]),
    ("Softmax", [-1], {}, [[2, 3]]), ("LogSoftmax", [-1], {}, [[2, 3]]),
    ("Conv1d", [2, 2, 2, 1, 0, 1, 1, False], {}, [[2, 4]]),
    ("LSTM", [2, 2, 2, True, True, 0.0, True], {}, [[2, 3, 2]]),
    ("MultiheadAttention", [4, 2], {}, [[3, 2, 4], [4, 2, 4], [4, 2, 4]]),
    ("MultiheadAttention", [4, 2], {"batch_first": True}, [[2, 3, 4]] * 3, {"attn_mask": 3}),
    ("TransformerEncoderLayer", [4, 2, 6, 0.0], {}, [[3, 2, 4]]),
    ("TransformerEncoderLayer", [4, 2, 6, 0.0, "relu", 1e-5, True, True, False], {}, [[2, 3, 4]],
     {"src_mask": 3}),
    ("GELU", [], {"approximate": "tanh"}, [[2, 3]]),
]  # fmt: skip


def drawn(shape):
    """Random numbers with few digits, so that the file is short."""
    if isinstance(shape[0], list):
        return tuple(drawn(part) for part in shape)
    return torch.round(torch.randn(shape), decimals=2).requires_grad_()


def flat(tree):
    """The tensors of a nest, in order."""
    return [tree] if isinstance(tree, torch.Tensor) else [x for part in tree for x in flat(part)]


def tupled(x):
    return tuple(x) if isinstance(x, list) else x


def case(name, arguments, settings, shapes, more=None):
    """One layer: its numbers, what it gives for inputs, and gradients of a weighted sum of it."""
    layer = getattr(nn, name)(*map(tupled, arguments), **settings)
    for p in layer.parameters():
        p.data = torch.round(torch.randn_like(p) / 2, decimals=2)
    state = {key: x.clone().tolist() for key, x in layer.state_dict().items()}
    inputs = [drawn(shape) for shape in shapes]
    masks = {key: torch.triu(torch.ones(n, n), 1).bool() for key, n in (more or {}).items()}
    outputs = flat(layer(*inputs, **masks))
    weights = [torch.round(torch.randn_like(x), decimals=2) for x in outputs]
    sum((x * w).sum() for x, w in zip(outputs, weights, strict=True)).backward()
    return {
        "layer": name,
        "arguments": arguments,
        "settings": settings,
        "state": state,
        "inputs": [[x.tolist() for x in i] if isinstance(i, tuple) else i.tolist() for i in inputs],
        "causal": more or {},
        "outputs": [x.tolist() for x in outputs],
        "weights": [x.tolist() for x in weights],
        "input_gradients": [x.grad.tolist() for x in flat(inputs)],
        "gradients": {key: p.grad.tolist() for key, p in layer.named_parameters()},
        "state_after": {
            key: x.tolist() for key, x in layer.state_dict().items() if x.tolist() != state[key]
        },
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    cases = ",\n".join(json.dumps(case(*each)) for each in CASES)
    text = f'{{"made_with": "PyTorch {torch.__version__}",\n"cases": [\n{cases}\n]}}\n'
    (HERE / "layers.json").write_text(text)
