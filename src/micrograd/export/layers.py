"""Models of PyTorch as models of this package: the layers that exist here, with their weights."""

import inspect
from typing import Any

from .. import nn
from ..extras import require
from ..nn import Module

# Settings of PyTorch's that our layers lack: what they have to be, for the layer to be the same.
_SAME = {
    "padding_mode": "zeros",
    "ceil_mode": False,
    "return_indices": False,
    "count_include_pad": True,
    "divisor_override": None,
    "proj_size": 0,
    "max_norm": None,
    "scale_grad_by_freq": False,
    "track_running_stats": True,
    "add_zero_attn": False,
    "bias_k": None,
    "threshold": 20,
    "beta": 1.0,
}
_KINDS = (
    "Linear", "Embedding", "Conv1d", "Conv2d", "MaxPool2d", "AvgPool2d", "LayerNorm", "RMSNorm",
    "BatchNorm1d", "BatchNorm2d", "Dropout", "RNN", "LSTM", "GRU", "ReLU", "Tanh", "Sigmoid",
    "SiLU", "GELU", "Softplus", "ELU", "LeakyReLU", "Softmax", "LogSoftmax", "Flatten",
    "MultiheadAttention", "TransformerEncoderLayer",
)  # fmt: skip


def from_torch(module: Any) -> Module:
    """Return a model of this package that computes what a module of PyTorch does, of one example.

    ``Sequential`` and ``ModuleList`` of layers that exist here under the same name are taken, with
    their weights and running averages. An axis is one of an example: ``Flatten(1)``, which leaves
    the batch, becomes ``Flatten(0)``.

    Args:
        module: an ``nn.Module`` of PyTorch.

    Raises:
        ImportError: PyTorch is not installed.
        TypeError: it is none, or has a layer that does not exist here: a class of one's own is
            written again as a class from ``micrograd.nn.Module``.
        ValueError: a layer has a setting that does not exist here.
    """
    torch = require("torch", "torch", "from_torch")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"from_torch takes an nn.Module of PyTorch, got {module!r:.60}")
    model = _made(torch, module, "the model")
    model.load_state_dict({k: t.detach().cpu().numpy() for k, t in module.state_dict().items()})
    return model.train(module.training)


def _made(torch: Any, module: Any, place: str) -> Module:
    kind = type(module).__name__
    if kind in ("Sequential", "ModuleList") and type(module) is getattr(torch.nn, kind):
        inside = [_made(torch, m, f"{place}[{k}]") for k, m in enumerate(module)]
        return nn.Sequential(*inside) if kind == "Sequential" else nn.ModuleList(inside)
    if kind not in _KINDS or type(module) is not getattr(torch.nn, kind, None):
        raise TypeError(
            f"{place} is a {kind}, which does not exist here: write its class again, from "
            "micrograd.nn.Module, and load its state_dict"
        )
    return _layer(module, getattr(nn, kind), place)


def _layer(module: Any, kind: type[Module], place: str) -> Module:
    wanted = [name for name in inspect.signature(kind).parameters if name != "seed"]
    if kind is nn.TransformerEncoderLayer:
        settings = _of_transformer(module, place)
    else:
        settings = {name: _setting(module, name) for name in wanted if hasattr(module, name)}
    if kind is nn.MultiheadAttention:
        _check_lengths(module, place)
        settings["bias"] = module.in_proj_bias is not None
    for name in ("start_dim", "end_dim", "dim"):
        if settings.get(name, -1) is None or settings.get(name, -1) == 0:
            raise ValueError(f"{place} has {name}={settings[name]}, the axis of the batch")
        if settings.get(name, -1) > 0:
            settings[name] -= 1  # the batch's axis is not there
    same = dict(_SAME)
    if hasattr(module, "nonlinearity"):
        settings["nonlinearity"] = module.nonlinearity
    if "dilation" not in wanted:
        same["dilation"] = 1
    for name, value in same.items():
        found = getattr(module, name, value)
        if name not in wanted and found != value:
            raise ValueError(
                f"{place}, a {kind.__name__}, has {name}={found!r}, which does not exist here: "
                f"only {value!r}"
            )
    try:
        return kind(**settings)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}, a {kind.__name__}, cannot be had here: {error}") from None


def _setting(module: Any, name: str) -> Any:
    value = getattr(module, name)
    if name == "bias" and not isinstance(value, bool):
        return value is not None
    if name != "normalized_shape" and isinstance(value, tuple) and len(value) == 1:
        return value[0]  # of one axis
    return value


def _check_lengths(attention: Any, place: str) -> None:
    """Refuse keys and values of lengths of their own."""
    for name in ("kdim", "vdim"):
        if getattr(attention, name) != attention.embed_dim:
            raise ValueError(
                f"{place}, a MultiheadAttention, has {name}={getattr(attention, name)}, which does "
                f"not exist here: only embed_dim, {attention.embed_dim}"
            )


def _of_transformer(module: Any, place: str) -> dict[str, Any]:
    """The arguments of a TransformerEncoderLayer, which it keeps in its parts."""
    attention = module.self_attn
    _check_lengths(attention, f"{place}.self_attn")
    dropouts = {m.p for m in (module.dropout, module.dropout1, module.dropout2)}
    widths = {norm.eps for norm in (module.norm1, module.norm2)}
    for name, found in (("dropout", dropouts | {attention.dropout}), ("layer_norm_eps", widths)):
        if len(found) > 1:
            raise ValueError(
                f"{place}, a TransformerEncoderLayer, has more than one {name}, {sorted(found)}: "
                "here it has one"
            )
    return {
        "d_model": attention.embed_dim,
        "nhead": attention.num_heads,
        "dim_feedforward": module.linear1.out_features,
        "dropout": attention.dropout,
        "activation": _activation(module.activation, place),
        "layer_norm_eps": module.norm1.eps,
        "batch_first": attention.batch_first,
        "norm_first": module.norm_first,
        "bias": module.linear1.bias is not None,
    }


def _activation(activation: Any, place: str) -> str:
    name = getattr(activation, "__name__", type(activation).__name__).lower()
    if name not in ("relu", "gelu") or getattr(activation, "approximate", "none") != "none":
        raise ValueError(
            f"{place}, a TransformerEncoderLayer, has activation={activation!r}, which does not "
            "exist here: only relu and gelu"
        )
    return name
