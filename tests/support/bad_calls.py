"""Every public callable with a right call of each, and what each of its parameters takes.

``test_bad_input.py`` puts each bad value in the place of each argument. A new public callable, or a
new parameter, has to be entered here before the tests pass.
"""

import importlib
import inspect
import tempfile
from pathlib import Path

from matplotlib.figure import Figure

from micrograd import (
    Value,
    check_grads,
    compile_graph,
    dot,
    explore,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jit,
    jvp,
    nn,
    numeric_grad,
    take,
    value_and_grad,
    vjp,
    vmap,
    where,
)
from micrograd import random as draws
from micrograd.data import minibatches, shards
from micrograd.draw import draw
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Neuron, init
from micrograd.optim import SGD, Adagrad, Adam, AdamW, RMSprop, SparseAdam
from micrograd.plots import save
from micrograd.train import fit, sweep
from micrograd.train.history import History

MODULES = [
    "", ".nn", ".nn.init", ".losses", ".estimators", ".metrics", ".optim", ".schedules", ".data",
    ".saving", ".train", ".draw", ".explain", ".plots", ".writing.source", ".writing.expression",
    ".random", ".explorer", ".distributed",
]  # fmt: skip

# What is public by its place alone, with the reason why it is not called with anything wrong.
LEFT_OUT = {
    ".nn.init.drawing": "nn's own", ".schedules.over": "fit's own", ".schedules.rates": "fit's own",
    ".saving.write": "checkpoints' own",
    ".saving.read": "checkpoints' own",
    ".data.batch_indices": "fit's own", ".explain.derivatives": "the explorer's own",
    ".explain.Line": "a result", ".explain.Explanation": "a result", ".draw.Drawing": "a result",
    ".train.History": "a result",
    ".explorer.Explorer": "a result", ".explorer.ExplorerWidget": "explore by another name",
    ".distributed.Ranks": "a protocol", ".distributed.SocketRanks": "it waits for others",
    ".distributed.TorchRanks": "PyTorch is not needed here",
    ".distributed.MPIRanks": "nor is MPI",
    ".random.refused": "the compiler's own", ".optim.Optimizer": "a base class",
    ".nn.Module": "a base class",
    ".estimators.MLPClassifier": "scikit-learn's check_estimator does",
    ".estimators.MLPRegressor": "scikit-learn's check_estimator does",
}  # fmt: skip


def public():
    """Every public callable by name: classes and functions, exceptions left out."""
    found = {}
    for module in MODULES:
        place = importlib.import_module("micrograd" + module)
        own = [n for n, x in vars(place).items() if getattr(x, "__module__", "") == place.__name__]
        for name in getattr(place, "__all__", own):
            x = getattr(place, name)
            is_error = inspect.isclass(x) and issubclass(x, BaseException)
            if callable(x) and not name.startswith("_") and not is_error:
                found[f"{module}.{name}"] = x
    return found


# What a kind of parameter takes of the bad values, by their names below.
ACCEPTED = {
    "number": {"minus", "half", "nan"},
    "finite": {"minus", "half"},
    "rate": {"half"},  # 0 or more
    "whole": {"minus", "huge"},  # a seed
    "epoch": {"huge"},
    "axis": {"minus"},
    "count": set(),
    "function": set(),
    "flag": set(),
    "choice": set(),
    "text": {"text", "empty text"},
    "path": {"text", "bytes"},
    "exact values": {"minus", "half", "nan", "empty", "huge"},  # *values: ints stay what they are
    "some exact values": {"minus", "half", "nan", "huge"},
    "exact number": {"minus", "half", "nan", "huge"},
    "some values": {"minus", "half", "nan"},
    "sequence": set(),
    "numbers": {"empty"},
    "value": set(),
    "condition": {"minus", "half", "nan"},
    "state": set(),
    "data": set(),
    "parts": {"cyclic", "holes", "texts"},  # what is in them is not looked at
    "metrics": {"empty dict"},
    "to forget": {"minus", "half", "nan", "empty"},
    "positions": {"minus", "empty"},
    "axes": set(),
    "statics": {"empty"},
    "children": {"empty", "empty dict"},
    "label": {"minus"},
    "file": set(),
    "expression": {"text"},
    "names": {"dict"},
    "variables": {"empty dict", "dict", "keys"},
    "input": {"minus", "half", "nan"},
    "traced input": {"minus", "half", "nan"},
    "inputs": {"empty", "empty dict"},
    "rows": {"cyclic"},  # one of them is looked at
    "log probabilities": {"holes"},  # the same
    "symbol": {"text", "empty", "empty text"},
    "model": set(),
}


# What is passed on to the caller's own function, which then says what it says.
LEFT_TO_F = {
    "input": {"empty", "empty dict", "dict", "keys"},
    "traced input": {
        "none",
        "empty",
        "empty dict",
        "dict",
        "keys",
        "text",
        "empty text",
        "surrogate",
        "control",
        "bytes",
        "object",
        "huge",
        "holes",
        "texts",
        "cyclic",
        "complex",
    },
    "inputs": {"keys", "dict", "cyclic", "holes", "texts", "bytes"},
}


def square(x):
    return x * x


def product(x, y):
    return x * y


def model():
    return MLP(2, [1], seed=1)


def file():
    return str(Path(tempfile.mkdtemp()) / "file.svg")


def of(transform):
    """Apply what a transform returns: some of them look at their arguments only then."""
    return lambda f, *rest, **options: transform(f, *rest, **options)(2.0)


def trained(**changes):
    net = changes.get("model", TRAINED)
    loss = changes.pop("loss", lambda x, y: (net(x) - y) ** 2)
    chosen = changes.pop("data", ([[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]))
    made = {"model": net, "optimizer": SGD(TRAINED.parameters(), lr=0.0), "epochs": 1}
    return fit(loss, chosen, **made | {"progress": False, "compile": False} | changes)


TRAINED = MLP(2, [1], seed=1)
SWEEP = {
    "data": ([[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]), "epochs": 1,
    "models": [TRAINED], "optimizers": [SGD(TRAINED.parameters(), lr=0.0)],
}  # fmt: skip
SHARED = [Value(0.5), Value(-0.25)]
STATE = Adam(SHARED).state_dict()
BATCH = [[0.0, 1.0], [1.0, 0.0]]
SQUARE = jit(square, backend="numpy")
GRAPH = Value(2.0, label="x") * 3.0


# What several layers of nn take, and what some of them are called with.
BIASED = {"bias": (True, "flag"), "seed": (1, "whole?")}
RECURRENT = {
    "input_size": (2, "count"), "hidden_size": (2, "count"), "num_layers": (1, "count"),
    "batch_first": (False, "flag"), "dropout": (0.1, "rate"), "bidirectional": (False, "flag"),
    **BIASED,
}  # fmt: skip
GIVEN = [
    (nn.Linear(2, 1, seed=1), [1.0, 2.0]), (nn.Conv1d(1, 1, 2, seed=1), [[1.0, 2.0]]),
    (nn.Conv2d(1, 1, 2, seed=1), [BATCH]), (nn.MaxPool2d(2), BATCH), (nn.AvgPool2d(2), BATCH),
    (nn.LayerNorm(2), [1.0, 2.0]), (nn.RMSNorm(2), [1.0, 2.0]), (nn.BatchNorm1d(2), BATCH),
    (nn.GRU(2, 1, seed=1), BATCH), (nn.LSTM(2, 1, seed=1), BATCH), (nn.RNN(2, 1, seed=1), BATCH),
    (nn.TransformerEncoderLayer(2, 1, 2, seed=1), BATCH),
]  # fmt: skip


def method(make, name):
    return lambda **given: getattr(make(), name)(**given)


# name: the call, and for each of its parameters a right argument and its kind.
CALLS = {
    ".Value": (Value, {
        "data": (1.0, "number"), "_children": ((), "children"), "_op": ("", "symbol"),
        "label": ("", "text"), "name": ("", "text")}),
    ".check_grads": (of(check_grads), {
        "f": (square, "function"), "argnums": (0, "positions?"), "order": (1, "choice"),
        "rtol": (1e-6, "rate"), "atol": (1e-8, "rate")}),
    ".compile_graph": (compile_graph, {
        "root": (GRAPH, "value"), "backend": ("numpy", "choice"), "dtype": ("float64", "choice"),
        "strict": (False, "flag")}),
    ".detect_anomaly": (None, {}),
    ".no_grad": (None, {}),
    ".dot": (dot, {"xs": ([1.0], "sequence"), "ys": ([2.0], "sequence")}),
    ".explore": (lambda what, groups=None, title=None, show=False:
                 explore(what, groups=groups, title=title, show=show), {
        "what": (GRAPH, "value"), "args": None, "code": None, "loss": None,
        "groups": (None, "choice?"), "title": (None, "text?"), "show": (False, "flag?"),
        "names": None}),
    ".grad": (of(grad), {
        "f": (square, "function"), "argnums": (0, "positions"), "has_aux": (False, "flag")}),
    ".hessian": (of(hessian), {"f": (square, "function"), "argnums": (0, "positions")}),
    ".value_and_grad": (of(value_and_grad), {
        "f": (square, "function"), "argnums": (0, "positions"), "has_aux": (False, "flag")}),
    ".jit": (lambda f, **options: jit(f, **options)(2.0), {
        "f": (square, "function"), "static_argnums": ((), "statics"),
        "backend": ("numpy", "choice"), "device": (None, "choice?"), "dtype": ("float64", "choice"),
        "strict": (False, "flag"), "when": ("now", "choice")}),
    ".jvp": (jvp, {
        "f": (square, "function"), "primals": ((2.0,), "sequence"),
        "tangents": ((1.0,), "sequence")}),
    ".hvp": (hvp, {
        "f": (square, "function"), "primals": ((2.0,), "sequence"),
        "tangents": ((1.0,), "sequence")}),
    ".vjp": (lambda f: vjp(f, 2.0), {"f": (square, "function"), "primals": None}),
    **{f".{transform.__name__}": (of(transform), {
        "f": (square, "function"), "argnums": (0, "positions")})
       for transform in (jacfwd, jacobian, jacrev)},
    ".numeric_grad": (of(numeric_grad), {
        "f": (square, "function"), "argnums": (0, "positions"), "h": (1e-3, "rate?"),
        "method": ("central", "choice")}),
    ".vmap": (lambda f, in_axes: vmap(f, in_axes)([1.0, 2.0]), {
        "f": (square, "function"), "in_axes": (0, "axes")}),
    ".take": (take, {"rows": ([1.0, 2.0], "rows"), "index": (0, "count")}),
    ".where": (where, {
        "condition": (True, "exact number"), "x": (1.0, "number"),
        "y": (2.0, "number")}),
    **{f".{name}": (name, {"values": ((1.0,), "exact values")}) for name in ("sum", "prod")},
    **{f".{name}": (name, {"values": ((1.0,), "some exact values")})
       for name in ("maximum", "minimum", "softmax", "log_softmax")},
    **{f".{name}": (name, {"values": ((1.0,), "some values")}) for name in (
        "mean", "logsumexp")},
    **{f".{name}": (name, {"x": (0.5, "number")}) for name in (
        "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "erf",
        "erfc", "exp", "expm1", "floor", "gelu", "log", "log1p", "log2", "log10", "relu",
        "sigmoid", "sign", "silu", "sin", "sinh", "softplus", "sqrt", "tan", "tanh")},
    ".atan2": ("atan2", {"y": (1.0, "number"), "x": (2.0, "number")}),
    ".hypot": ("hypot", {"x": (1.0, "number"), "y": (2.0, "number")}),
    ".leaky_relu": ("leaky_relu", {"x": (1.0, "number"), "negative_slope": (0.1, "number")}),
    ".elu": ("elu", {"x": (1.0, "number"), "alpha": (0.1, "number")}),
    ".clip": ("clip", {"x": (1.0, "number"), "low": (0.0, "number?"), "high": (2.0, "number?")}),
    ".cumsum": ("cumsum", {"xs": ([1.0], "numbers")}),
    ".norm": ("norm", {"xs": ([1.0], "numbers")}),
    ".nn.MLP": (MLP, {
        "nin": (2, "count"), "nouts": ([1], "sequence"), "activation": ("relu", "choice?"),
        "output_activation": (None, "choice?"), "init": ("uniform", "choice"),
        "seed": (1, "whole?")}),
    ".nn.Layer": (Layer, {
        "nin": (2, "count"), "nout": (1, "count"), "seed": (1, "whole?"), "kwargs": None}),
    ".nn.Neuron": (Neuron, {
        "nin": (2, "count"), "nonlin": (True, "flag"), "activation": ("relu", "choice?"),
        "init": ("uniform", "choice"), "seed": (1, "whole?"), "nout": (1, "count")}),
    ".nn.Dropout": (Dropout, {"p": (0.5, "rate"), "generator": (None, "choice?")}),
    ".nn.BatchNorm": (BatchNorm, {
        "features": (2, "count"), "momentum": (0.1, "rate"), "eps": (1e-5, "rate")}),
    ".nn.Linear": (nn.Linear, {
        "in_features": (2, "count"), "out_features": (1, "count"), **BIASED}),
    ".nn.Embedding": (nn.Embedding, {
        "num_embeddings": (3, "count"), "embedding_dim": (2, "count"), "sparse": (False, "flag"),
        "seed": (1, "whole?")}),
    ".nn.ModuleList": (nn.ModuleList, {"modules": ([nn.Tanh()], "numbers")}),
    ".nn.Sequential": (lambda x: nn.Sequential(nn.Tanh(), x), {
        "x": (nn.Tanh(), "model"), "modules": None}),
    ".nn.Residual": (nn.Residual, {
        "body": (nn.Tanh(), "model"), "shortcut": None}),
    ".nn.Flatten": (nn.Flatten, {"start_dim": (0, "axis"), "end_dim": (-1, "axis")}),
    ".nn.Conv1d": (nn.Conv1d, {
        "in_channels": (1, "count"), "out_channels": (1, "count"), "kernel_size": (2, "count"),
        "stride": (1, "count"), "padding": (1, "count"), "dilation": (1, "count"),
        "groups": (1, "count"), **BIASED}),
    ".nn.Conv2d": (nn.Conv2d, {
        "in_channels": (1, "count"), "out_channels": (1, "count"), "kernel_size": (2, "count"),
        "stride": (1, "count"), "padding": (1, "count"), "dilation": (1, "count"),
        "groups": (1, "count"), **BIASED}),
    **{f".nn.{kind.__name__}": (kind, {
        "kernel_size": (2, "count"), "stride": (1, "count?"), "padding": (1, "count")})
       for kind in (nn.MaxPool2d, nn.AvgPool2d)},
    ".nn.RNN": (nn.RNN, {**RECURRENT, "nonlinearity": ("tanh", "choice")}),
    **{f".nn.{kind.__name__}": (kind, RECURRENT) for kind in (nn.LSTM, nn.GRU)},
    ".nn.LayerNorm": (nn.LayerNorm, {
        "normalized_shape": (2, "count"), "eps": (1e-5, "rate"),
        "elementwise_affine": (True, "flag"), "bias": (True, "flag")}),
    ".nn.RMSNorm": (nn.RMSNorm, {
        "normalized_shape": (2, "count"), "eps": (1e-5, "rate?"),
        "elementwise_affine": (True, "flag")}),
    **{f".nn.{kind.__name__}": (kind, {
        "num_features": (2, "count"), "eps": (1e-5, "rate"), "momentum": (0.1, "rate"),
        "affine": (True, "flag")}) for kind in (nn.BatchNorm1d, nn.BatchNorm2d)},
    ".nn.MultiheadAttention": (nn.MultiheadAttention, {
        "embed_dim": (4, "count"), "num_heads": (2, "count"), "dropout": (0.1, "rate"),
        "batch_first": (False, "flag"), **BIASED}),
    ".nn.TransformerEncoderLayer": (nn.TransformerEncoderLayer, {
        "d_model": (4, "count"), "nhead": (2, "count"), "dim_feedforward": (4, "count"),
        "dropout": (0.1, "rate"), "activation": ("gelu", "choice"),
        "layer_norm_eps": (1e-5, "rate"), "batch_first": (False, "flag"),
        "norm_first": (True, "flag"), **BIASED}),
    ".nn.causal_mask": (nn.causal_mask, {"length": (2, "count")}),
    ".nn.positional_encoding": (nn.positional_encoding, {
        "length": (2, "count"), "dim": (2, "count")}),
    ".nn.summary": (nn.summary, {"model": (model(), "model"), "x": None}),
    **{f".nn.{kind.__name__}": (kind, {}) for kind in (
        nn.ReLU, nn.Tanh, nn.Sigmoid, nn.Softplus, nn.SiLU)},
    ".nn.GELU": (nn.GELU, {"approximate": ("tanh", "choice")}),
    ".nn.LeakyReLU": (nn.LeakyReLU, {"negative_slope": (0.1, "finite")}),
    ".nn.ELU": (nn.ELU, {"alpha": (1.0, "finite")}),
    **{f".nn.{kind.__name__}": (kind, {"dim": (-1, "axis")})
       for kind in (nn.Softmax, nn.LogSoftmax)},
    **{f"{layer!r}()": (lambda x, layer=layer: layer(x), {"x": (x, "sequence")})
       for layer, x in GIVEN},
    **{f".nn.init.{name}": (getattr(init, name), {"rng": None, "nin": None, "nout": None})
       for name in ("uniform", "zeros", "xavier_uniform", "xavier_normal", "kaiming_uniform",
                    "kaiming_normal")},
    **{f".losses.{name}": (name, {"prediction": (1.0, "number"), "target": (2.0, "number")})
       for name in ("mse", "mse_loss", "l1_loss")},
    ".losses.hinge": ("hinge", {"score": (1.0, "number"), "label": (1, "label")}),
    **{f".losses.{name}": (name, {
        "prediction": (1.0, "number"), "target": (2.0, "number"), "delta": (1.0, "rate")})
       for name in ("huber", "huber_loss")},
    ".losses.binary_cross_entropy_with_logits": ("binary_cross_entropy_with_logits", {
        "logit": (1.0, "number"), "target": (1.0, "rate"), "pos_weight": (2.0, "number?")}),
    ".losses.cross_entropy": ("cross_entropy", {
        "logits": ([1.0, 2.0], "sequence"), "label": (1, "count"),
        "weight": ([1.0, 2.0], "sequence?"), "ignore_index": (-100, "axis?"),
        "label_smoothing": (0.1, "rate")}),
    **{f".losses.{name}": (name, {
        "log_probabilities": ([-1.0, -2.0], "log probabilities"), "label": (1, "count"),
        "weight": (None, "sequence?"), "ignore_index": (-100, "axis?")})
       for name in ("nll", "nll_loss")},
    ".losses.kl_div": ("kl_div", {
        "log_probabilities": ([-1.0, -2.0], "sequence"), "target": ([0.5, 0.5], "sequence")}),
    ".metrics.accuracy": ("accuracy", {
        "output": ([1.0, 2.0], "condition"), "label": (1, "count")}),
    ".metrics.classes": ("classes", {
        "outputs": ([1.0, 2.0], "sequence"), "labels": ([1, 0], "numbers")}),
    ".metrics.confusion": ("confusion", {
        "outputs": ([1.0, 2.0], "sequence"), "labels": ([1, 0], "sequence")}),
    **{f".metrics.{name}": (name, {
        "outputs": ([1.0, 2.0], "sequence"), "labels": ([1, 0], "sequence"),
        "positive": (1, "axis?")}) for name in ("precision", "recall", "f1")},
    **{f".metrics.{name}": (name, {
        "predictions": ([1.0, 2.0], "sequence"), "targets": ([1.0, 3.0], "sequence")})
        for name in ("r2", "mean_absolute_error", "root_mean_squared_error")},
    ".metrics.perplexity": ("perplexity", {
        "logits": ([[1.0, 2.0]], "sequence"), "labels": ([1], "sequence")}),
    ".losses.l1": ("l1", {"parameters": ([1.0], "numbers")}),
    ".losses.l2": ("l2", {"parameters": ([1.0], "numbers")}),
    ".losses.accuracy": ("accuracy", {"output": ([1.0, 2.0], "condition"), "label": (1, "count")}),
    ".optim.SGD": (SGD, {
        "params": (SHARED, "sequence"), "lr": (0.1, "rate"), "momentum": (0.1, "rate"),
        "dampening": (0.0, "finite"), "weight_decay": (0.0, "rate"), "nesterov": (False, "flag")}),
    ".optim.RMSprop": (RMSprop, {
        "params": (SHARED, "sequence"), "lr": (0.1, "rate"), "alpha": (0.9, "rate"),
        "eps": (1e-8, "rate"), "weight_decay": (0.0, "rate"), "momentum": (0.0, "rate"),
        "centered": (False, "flag")}),
    **{f".optim.{cls.__name__}": (cls, {
        "params": (SHARED, "sequence"), "lr": (0.1, "rate"), "betas": ((0.9, 0.99), "sequence"),
        "eps": (1e-8, "rate"), "weight_decay": (None, "rate?")}) for cls in (Adam, AdamW)},
    ".optim.SparseAdam": (SparseAdam, {
        "params": (SHARED, "sequence"), "lr": (0.1, "rate"), "betas": ((0.9, 0.99), "sequence"),
        "eps": (1e-8, "rate")}),
    ".optim.clip_grad_norm": ("clip_grad_norm", {
        "params": (SHARED, "numbers"), "max_norm": (1.0, "rate")}),
    ".schedules.Linear": ("Linear", {"end": (0.1, "rate"), "steps": (5, "count?")}),
    ".schedules.Cosine": ("Cosine", {"end": (0.1, "rate"), "steps": (5, "count?")}),
    ".optim.Adagrad": (Adagrad, {
        "params": (SHARED, "sequence"), "lr": (0.1, "rate"), "lr_decay": (0.1, "rate"),
        "weight_decay": (0.1, "rate"), "initial_accumulator_value": (0.1, "rate"),
        "eps": (1e-8, "rate")}),
    ".schedules.Exponential": ("Exponential", {"gamma": (0.9, "rate")}),
    ".schedules.Warmup": ("Warmup", {
        "steps": (5, "count"), "then": (None, "function?"), "start": (0.1, "rate")}),
    ".schedules.OneCycle": ("OneCycle", {
        "steps": (5, "count?"), "pct_start": (0.3, "rate"), "div_factor": (25.0, "rate"),
        "final_div_factor": (10.0, "rate")}),
    ".schedules.Plateau": ("Plateau", {
        "factor": (0.1, "rate"), "patience": (5, "count"), "threshold": (0.1, "rate"),
        "cooldown": (0, "count"), "least": (0.0, "rate")}),
    "Plateau()": (lambda losses: __import__("micrograd.schedules").schedules.Plateau()(losses), {
        "losses": ([1.0], "numbers")}),
    ".schedules.Step": ("Step", {"every": (5, "count"), "gamma": (0.1, "rate")}),
    ".data.moons": ("moons", {"n": (4, "count"), "noise": (0.1, "rate"), "seed": (1, "count")}),
    ".data.circles": ("circles", {
        "n": (4, "count"), "noise": (0.1, "rate"), "factor": (0.5, "finite"),
        "seed": (1, "count")}),
    ".data.spirals": ("spirals", {
        "n": (4, "count"), "classes": (2, "count"), "noise": (0.1, "rate"),
        "turns": (0.5, "finite"), "seed": (1, "count")}),
    ".data.tiny": (None, {}),
    ".data.digits": (None, {}),
    ".data.split": ("split", {
        "data": ((BATCH, [1.0, -1.0]), "parts"), "held_out": (1, "rate"), "seed": (1, "whole"),
        "stratify": (False, "flag")}),
    ".data.minibatches": (lambda **given: list(minibatches(**given)), {
        "data": ((BATCH, [1.0, -1.0]), "data"), "size": (1, "epoch?"), "seed": (1, "whole"),
        "epoch": (0, "epoch")}),
    ".data.shards": (lambda **given: list(shards(**given)), {
        "files": ((1.0, 2.0), "parts"), "load": (repr, "function"), "seed": (1, "whole"),
        "epoch": (0, "epoch")}),
    ".saving.save": ("save", {"what": (TRAINED, "model"), "path": (file(), "path")}),
    ".saving.load": ("load", {"model": (TRAINED, "model"), "path": (file(), "file")}),
    ".train.fit": (trained, {
        "loss": (None, "function"), "data": ((BATCH, [1.0, -1.0]), "data"),
        "model": (TRAINED, "model"), "optimizer": (SGD(TRAINED.parameters(), lr=0.0), "model"),
        "epochs": (1, "count"), "batch_size": (1, "count?"), "penalty": (None, "function?"),
        "schedule": (None, "function?"), "validation": (None, "data?"),
        "metrics": (None, "metrics?"), "early_stopping": (None, "count?"), "seed": (1, "whole?"),
        "checkpoint": (None, "path?"), "new_rate": (False, "flag"), "record": (None, "count?"),
        "clip_grad_norm": (None, "rate?"), "accumulate": (1, "count"), "batched": (False, "flag"),
        "callbacks": ((), "numbers?"),
        "progress": (False, "flag"), "compile": (False, "choice"), "dtype": ("float64", "choice"),
        "reduce": (None, "model?"), "buffer": (None, "count?"), "backend": (None, "choice?"),
        "device": (None, "choice?")}),
    ".train.sweep": (lambda **changes: sweep(**SWEEP | changes), {
        "loss": (lambda net, x, y: (net(x) - y) ** 2, "function"), "data": (SWEEP["data"], "data"),
        "models": ([TRAINED], "sequence"), "optimizers": (SWEEP["optimizers"], "sequence"),
        "epochs": (1, "count"), "batch_size": (1, "count?"), "penalty": (None, "function?"),
        "schedule": (None, "function?"), "validation": (None, "data?"),
        "metrics": (None, "metrics?"), "early_stopping": (None, "count?"), "seed": (1, "whole?"),
        "clip_grad_norm": (None, "rate?"), "compile": (False, "choice"),
        "dtype": ("float64", "choice")}),
    ".distributed.join": ("join", {"timeout": (1.0, "rate"), "environment": ({}, "variables")}),
    ".train.CSVLog": ("CSVLog", {"path": ("log.csv", "path")}),
    ".draw.draw": ("draw", {
        "root": (GRAPH, "value"), "limit": (500, "count?"), "direction": ("LR", "choice"),
        "digits": (5, "count"), "theme": (None, "choice?")}),
    ".draw.trace": ("trace", {"root": (GRAPH, "value")}),
    ".draw.draw_dot": ("draw_dot", {
        "root": (GRAPH, "value"), "format": ("svg", "choice"), "rankdir": ("LR", "choice")}),
    ".explain.explain": ("explain", {"root": (GRAPH, "value"), "limit": (500, "count?")}),
    ".plots.plot_boundary": ("plot_boundary", {
        "model": (model(), "function"), "X": (BATCH, "data"), "y": ([1, -1], "data"),
        "ax": None}),
    ".plots.plot_history": ("plot_history", {
        "history": (History(loss=[1.0]), "model"), "ax": None}),
    ".plots.plot_tangent": ("plot_tangent", {"f": (square, "function"), "x": (1.0, "finite")}),
    ".plots.plot_descent": ("plot_descent", {
        "f": (product, "function"), "start": ((1.0, 1.0), "sequence"), "lr": (0.1, "rate"),
        "steps": (3, "count"), "ax": None}),
    ".plots.confusion_table": ("confusion_table", {
        "actual": ([0, 1], "sequence"), "predicted": ([1, 1], "sequence")}),
    ".plots.save": (lambda what: save(what, "picture.png"), {
        "what": (None, "model"), "path": None}),
    ".writing.source.formula": ("formula", {"root": (GRAPH, "value")}),
    ".writing.source.python": ("python", {"root": (GRAPH, "value")}),
    ".writing.expression.evaluate": ("evaluate", {
        "text": ("a", "expression"), "values": ({"a": 1.0}, "names")}),
    ".random.Generator": ("Generator", {"seed": (1, "whole?")}),
    ".random.seed": ("seed", {"seed": (1, "whole?")}),
    ".random.uniform": ("uniform", {"low": (0.0, "finite"), "high": (1.0, "rate")}),
    ".random.normal": ("normal", {"mean": (0.0, "finite"), "std": (1.0, "rate")}),
    ".random.bernoulli": ("bernoulli", {"p": (0.5, "rate")}),
    ".explorer.explore": (None, {"what": None, "args": None, "code": None, "loss": None,
                                 "groups": None, "title": None, "show": None, "names": None}),
    "explore's loss": (
        lambda loss: explore(TRAINED, ([[1.0, 2.0]], [1.0]), loss=loss, show=False),
        {"loss": (square, "function")}),
    "explore's code": (lambda code: explore("c = a*2", a=2, code=code, show=False),
                       {"code": (None, "choice?")}),
    # Methods, which no list of names has.
    "Value.grad": (lambda x: setattr(Value(1.0), "grad", x), {"x": (1.0, "number?")}),
    "Value.data": (lambda x: setattr(Value(1.0), "data", x), {"x": (1.0, "number")}),
    "Value.label": (lambda x: setattr(Value(1.0), "label", x), {"x": ("w", "text")}),
    "Value._prev": (lambda x: setattr(Value(1.0), "_prev", x), {"x": ((), "children")}),
    "Value._local_grads": (lambda x: setattr(Value(1.0), "_local_grads", x),
                           {"x": ((), "numbers")}),
    "Value.pow": (lambda x: Value(2.0).pow(x), {"x": (2.0, "number")}),
    **{f"Value {symbol}": (lambda x, f=f: f(Value(2.0), x), {"x": (2.0, "number")})
       for symbol, f in {"+": lambda v, x: v + x, "-": lambda v, x: x - v, "*": lambda v, x: v * x,
                         "/": lambda v, x: x / v, "<": lambda v, x: v < x}.items()},
    "grad()": (lambda x: grad(square)(x), {"x": (2.0, "input")}),
    "hessian()": (lambda x: hessian(square)(x), {"x": (2.0, "input")}),
    "vmap()": (lambda x: vmap(square)(x), {"x": ([2.0], "inputs")}),
    "jit()": (lambda x: SQUARE(x), {"x": (2.0, "traced input")}),
    "numeric_grad()": (lambda x: numeric_grad(square)(x), {"x": (2.0, "input")}),
    "model()": (lambda x: model()(x), {"x": ([1.0, 2.0], "sequence")}),
    "Dropout()": (lambda x: Dropout(0.5)(x), {"x": ([1.0, 2.0], "to forget")}),
    "Optimizer.lr": (lambda x: setattr(SGD([Value(1.0)]), "lr", x), {"x": (0.1, "rate")}),
    "draw().save": (lambda x: draw(GRAPH).save(x), {"x": ("a.svg", "file")}),
    "explore().save": (lambda x: explore(GRAPH).save(x), {"x": ("a.html", "file")}),
    "plots.save()": (lambda x: save(Figure(), x), {"x": ("a.png", "path")}),
    "BatchNorm()": (lambda x: BatchNorm(2)(x), {"x": (BATCH, "sequence")}),
    "Module.load_state_dict": (method(model, "load_state_dict"), {
        "state": (model().state_dict(), "state")}),
    "Module.train": (method(model, "train"), {"mode": (True, "flag")}),
    "Optimizer.load_state_dict": (method(lambda: Adam(SHARED), "load_state_dict"), {
        "state": (STATE, "state")}),
    **{f"Optimizer state {key}": (
        lambda x, key=key: Adam(SHARED).load_state_dict(STATE | {key: x}), {
            "x": (STATE[key], kind)})
       for key, kind in {"steps": "count", "lr": "rate", "exp_avg": "state"}.items()},
    "Generator.set_state": (method(draws.Generator, "set_state"), {
        "state": ({"seed": 1, "position": 0}, "state")}),
    **{f"Generator state {key}": (
        lambda x, key=key: draws.Generator().set_state({"seed": 1, "position": 0} | {key: x}), {
            "x": (1, kind)}) for key, kind in {"seed": "whole", "position": "epoch"}.items()},
    "Linear()": (lambda step: __import__("micrograd.schedules").schedules.Linear(steps=5)(step), {
        "step": (1, "count")}),
}  # fmt: skip


def resolved(name):
    """The call of an entry, and what each of its parameters takes."""
    call, parameters = CALLS[name]
    if isinstance(call, str):
        call = getattr(importlib.import_module("micrograd" + name.rpartition(".")[0]), call)
    return call, {key: entry for key, entry in parameters.items() if entry is not None}
