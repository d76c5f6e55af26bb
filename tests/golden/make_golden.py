"""Write optim.json, losses.json and network.json: PyTorch's own numbers, as hex floats.

Run it where PyTorch is installed: ``python tests/golden/make_golden.py``. The tests read the files
and need no PyTorch.
"""

import json
import math
import random
from pathlib import Path

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
HERE = Path(__file__).parent
OPTIMISERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-6, "weight_decay": 0.01}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.8}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.05, "betas": [0.85, 0.99], "eps": 1e-6, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.01}),
    ("AdamW", {"lr": 0.05, "betas": [0.8, 0.95], "weight_decay": 0.2}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.05,
                 "initial_accumulator_value": 0.5, "eps": 1e-6}),
]  # fmt: skip
GROUPED = [  # the first two parameters, and the other three
    ("SGD", {"lr": 0.1, "momentum": 0.9}, [{"lr": 0.02}, {"weight_decay": 0.3}]),
    ("AdamW", {"lr": 0.1}, [{"lr": 0.05, "weight_decay": 0.0}, {"weight_decay": 0.2}]),
]
SCHEDULES = {
    "linear": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.1, total_iters=8),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=10, eta_min=0.05),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=3, gamma=0.5),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "warmup": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, 0.1, 1.0, total_iters=4),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=8, eta_min=0.05),
        ],
        milestones=[4],
    ),
    "one cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(
        o, max_lr=1.0, total_steps=12, cycle_momentum=False
    ),
}


def hexed(numbers):
    """Nest lists of hex floats as the tensor or list is nested."""
    numbers = numbers.tolist() if isinstance(numbers, torch.Tensor) else numbers
    return [hexed(x) for x in numbers] if isinstance(numbers, list) else float(numbers).hex()


def optimisers():
    """Ten steps of each optimiser from the same parameters, along the same gradients."""
    start, gradients = torch.randn(5), torch.randn(10, 5) * torch.tensor([1, 10, 0.1, 1e-4, 0])
    runs = []
    for name, settings in OPTIMISERS:
        p = start.clone().requires_grad_()
        optimiser = getattr(torch.optim, name)([p], **settings)
        after = []
        for g in gradients:
            p.grad = g.clone()
            optimiser.step()
            after.append(hexed(p.detach()))
        runs.append({"name": name, "settings": settings, "after": after})
    grouped = []
    for name, settings, changes in GROUPED:
        first = start[:2].clone().requires_grad_()
        rest = start[2:].clone().requires_grad_()
        groups = [{"params": [p], **more} for p, more in zip((first, rest), changes, strict=True)]
        optimiser, after = getattr(torch.optim, name)(groups, **settings), []
        for g in gradients:
            first.grad, rest.grad = g[:2].clone(), g[2:].clone()
            optimiser.step()
            after.append(hexed(torch.cat([first, rest]).detach()))
        grouped.append({"name": name, "settings": settings, "groups": changes, "after": after})
    found = {"start": hexed(start), "gradients": hexed(gradients), "runs": runs}
    return found | {"grouped": grouped}


def schedules():
    """The learning rates of twelve steps that start at 1."""
    found = {}
    for name, make in SCHEDULES.items():
        optimiser = torch.optim.SGD([torch.zeros(1)], lr=1.0)
        schedule, rates = make(optimiser), []
        for _ in range(12 if name != "cosine" else 11):
            rates.append(schedule.get_last_lr()[0])
            optimiser.step()
            schedule.step()
        found[name] = hexed(rates)
    return found


def plateau():
    """The learning rates after each of a list of losses."""
    losses = [1.0, 0.5, 0.5, 0.49999, 0.6, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.39, 0.4, 0.4, 0.4]
    optimiser, rates = torch.optim.SGD([torch.zeros(1)], lr=1.0), []
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, factor=0.3, patience=1, cooldown=1, min_lr=0.05
    )
    for loss in losses:
        schedule.step(loss)
        rates.append(optimiser.param_groups[0]["lr"])
    return {"losses": losses, "rates": rates}


def clipping():
    """Gradients and their norm, before and after clipping to 1."""
    p = torch.zeros(5, requires_grad=True)
    p.grad = torch.randn(5)
    before = hexed(p.grad)
    norm = torch.nn.utils.clip_grad_norm_([p], 1.0)
    return {"before": before, "norm": hexed(norm.item()), "after": hexed(p.grad)}


def losses():
    """Values and gradients of each loss."""
    loss = {
        "mse": lambda x, y: functional.mse_loss(x[0], torch.tensor(y)),
        "hinge": lambda x, y: torch.relu(1 - x[0] * y),
        "binary_cross_entropy_with_logits": lambda x, y: (
            functional.binary_cross_entropy_with_logits(x[0], torch.tensor(float(y)))
        ),
        "cross_entropy": lambda x, y: functional.cross_entropy(x, torch.tensor(y)),
        "nll": lambda x, y: functional.nll_loss(x, torch.tensor(y)),
    }
    cases = [("mse", [x], y) for x, y in [(0.5, 2.0), (-3.25, -3.0)]]
    cases += [("hinge", [x], y) for x in (-2.0, 0.3, 1.7) for y in (-1, 1)]
    cases += [
        ("binary_cross_entropy_with_logits", [x], y)
        for x in (-1000.0, -3.5, 0.0, 0.2, 1000.0)
        for y in (0, 1, 0.25)
    ]
    many = [[0.1, -2.0, 3.0], [1000.0, 0.0, -1000.0], [1e-9, 0.0, 0.0], [-5.0, -5.0, -5.0]]
    cases += [(name, x, y) for name in ("cross_entropy", "nll") for x in many for y in range(3)]
    found = []
    for name, inputs, target in cases:
        x = torch.tensor(inputs, requires_grad=True)
        value = loss[name](x, target)
        value.backward()
        found.append([name, hexed(inputs), target, hexed(value.item()), hexed(x.grad)])
    return found


ROWS = [[0.1, -2.0, 3.0], [1000.0, 0.0, -1000.0], [0.5, 0.25, 0.0]]
SHARES = [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.25, 0.25, 0.5]]
WEIGHTS = [0.5, 2.0, 1.25]
WITH_SETTINGS = [  # name of PyTorch's function, inputs, targets, settings
    ("l1_loss", [0.5, -1.0, 2.0], [2.0, -1.0, -0.5], {}),
    ("huber_loss", [0.5, -1.0, 3.0, 0.25], [0.0, 2.5, 2.0, 0.25], {}),
    ("huber_loss", [0.5, -1.0, 3.0], [0.0, 2.5, 2.0], {"delta": 0.3}),
    ("kl_div", [[-0.5, -1.5, -2.0], [-0.1, -3.0, -4.0]], SHARES[:2], {}),
    ("binary_cross_entropy_with_logits", [-3.5, 0.2, 700.0], [0.0, 1.0, 0.25],
     {"pos_weight": [3.0, 0.5, 2.0]}),
    *[("cross_entropy", ROWS, [2, 0, 1], settings) for settings in (
        {}, {"weight": WEIGHTS}, {"label_smoothing": 0.1}, {"ignore_index": 0},
        {"weight": WEIGHTS, "label_smoothing": 0.25, "ignore_index": 2})],
    ("cross_entropy", ROWS, [2, -100, 1], {"ignore_index": -100, "label_smoothing": 0.2}),
    ("nll_loss", ROWS, [2, 0, 1], {"weight": WEIGHTS, "ignore_index": 1}),
]  # fmt: skip


def losses_with_settings():
    """Means over a batch, and their gradients, of the losses that have settings."""
    found = []
    for name, inputs, target, settings in WITH_SETTINGS:
        x = torch.tensor(inputs, requires_grad=True)
        given = {k: torch.tensor(v) if isinstance(v, list) else v for k, v in settings.items()}
        more = {"reduction": "batchmean"} if name == "kl_div" else {}
        value = getattr(functional, name)(x, torch.tensor(target), **given, **more)
        value.backward()
        found.append([name, inputs, target, settings, value.item(), x.grad.tolist()])
    return found


def network():
    """Two torch.nn.Linear with a tanh between: state, outputs, gradients of their squares' sum."""
    random.seed(3)
    first, second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)
    model = torch.nn.ModuleDict({"layers": torch.nn.ModuleList([first, second])})
    x = torch.tensor([[random.uniform(-1, 1) for _ in range(3)] for _ in range(5)])
    y = second(torch.tanh(first(x)))
    (y * y).sum().backward()
    return {
        "state": {name: hexed(p.detach()) for name, p in model.named_parameters()},
        "gradients": {name: hexed(p.grad) for name, p in model.named_parameters()},
        "inputs": hexed(x),
        "outputs": hexed(y.detach()),
    }


def write(name, content):
    """Write one file, one line to each entry."""
    text = json.dumps(content | {"made_with": f"PyTorch {torch.__version__}"}, indent=1)
    (HERE / name).write_text(text + "\n")


if __name__ == "__main__":
    assert math.isclose(torch.tensor(0.1).item(), 0.1, rel_tol=0), "float64 is the default here"
    write(
        "optim.json",
        optimisers() | {"schedules": schedules(), "clipping": clipping(), "plateau": plateau()},
    )
    write("losses.json", {"cases": losses(), "with_settings": losses_with_settings()})
    write("network.json", network())
