"""What ``micrograd demo`` does: train a small network on known data, and show what it learnt."""

import random
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from . import data, plots
from .draw import draw
from .engine import Value
from .extras import require
from .inventions import invent
from .losses import accuracy, cross_entropy, hinge, l2
from .nn import MLP
from .optim import SGD, Adam
from .train import fit
from .value.backend import backend
from .value.modes import no_grad


def run(which: str, folder: Path) -> None:
    """Run one demonstration: "moons", "digits", "invent" or "tiny".

    Args:
        which: its name.
        folder: where pictures go; made if it is missing.

    Raises:
        OSError: the folder cannot be written to.
        ImportError: an extra is missing.
    """
    {"moons": _moons, "digits": _digits, "invent": invent, "tiny": _tiny}[which](folder)


def _moons(folder: Path) -> None:
    """The demo of the original: the same data, the same first parameters, the same schedule."""
    require("matplotlib", "plot", "the demo's pictures")  # rather now than after training
    folder.mkdir(parents=True, exist_ok=True)
    started = perf_counter()
    random.seed(1337)
    X, y = data.moons(100, noise=0.1, seed=1337)
    model = MLP(2, [16, 16, 1])
    print(f"moons: {model_size(model)}; hinge loss, 100 steps over all 100 points")
    history = fit(
        lambda x, label: hinge(model(x), label),
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=1.0),
        epochs=100,
        penalty=lambda: 1e-4 * l2(model.parameters()),
        schedule=lambda step: 1 - 0.9 * step / 100,
        metrics={"accuracy": lambda x, label: accuracy(model(x), label)},
        seed=0,
    )
    if not history.loss:
        return
    right = history.latest()["accuracy"]
    print(
        f"loss {history.loss[-1]:.4f}, {right:.0%} of the points that it learnt from are right, "
        f"{history.seconds:.1f} s of training"
    )
    pictures = [
        plots.save(_closed(plots.plot_boundary(model, X, y)), folder / "boundary.png"),
        plots.save(_closed(history.plot()), folder / "loss.png"),
        draw(_neuron(model, X)).save(folder / "neuron.svg"),
    ]
    print("the decision boundary, the loss curve, the graph of one neuron:")
    for path in pictures:
        print(f"  {path}")
    print(f"{perf_counter() - started:.1f} s in all")


def _neuron(model: MLP, X: Any) -> Value:
    """The first neuron at the first example that it answers to, with its gradients."""
    model.zero_grad()
    neuron = model.layers[0].neurons[0]
    x = next((x for x in X if neuron(x).data > 0), X[0])
    inputs = [Value(float(number), label=f"x{i + 1}") for i, number in enumerate(x)]
    out = neuron(inputs)
    out.label = "out"
    out.backward()
    return out


def _closed(axes: Any) -> Any:
    """Take a figure off pyplot's list, which would keep it, and in a notebook show it twice."""
    require("matplotlib.pyplot", "plot", "plotting").close(axes.figure)
    return axes


def _digits(folder: Path) -> None:
    require("matplotlib", "plot", "the demo's pictures")
    folder.mkdir(parents=True, exist_ok=True)
    X, y = data.digits()
    train, held_out = data.split((X, y), held_out=300, seed=0, stratify=True)
    if backend == "python":  # a part will do where all would take minutes
        train = (train[0][:600], train[1][:600])
    model = MLP(64, [16, 10], init="kaiming_uniform", seed=0)
    print(
        f"digits: {model_size(model)}; {len(train[1])} to learn from, {len(held_out[1])} held out"
    )
    history = fit(
        lambda x, label: cross_entropy(model(x), label),
        train,
        model=model,
        optimizer=Adam(model.parameters(), lr=0.01),
        epochs=8,
        batch_size=20,
        metrics={"accuracy": lambda x, label: accuracy(model(x), label)},
        seed=0,
    )
    with no_grad():
        outputs = [[v.data for v in model(x)] for x in held_out[0]]
    guesses = [scores.index(max(scores)) for scores in outputs]
    right = sum(int(a == b) for a, b in zip(held_out[1], guesses, strict=True))
    print(f"{history.seconds:.1f} s of training")
    if history.loss:
        learnt = history.latest()["accuracy"]
        print(f"digits that it learnt from: {learnt:.1%} right")
    print(f"digits held out, never seen in training: {right / len(guesses):.1%} right, ", end="")
    print(f"{len(guesses) - right} of {len(guesses)} misread")
    wrong = [row for row in zip(*held_out, guesses, strict=True) if row[1] != row[2]]
    if wrong:
        taken = Counter((int(digit), guess) for _, digit, guess in wrong)
        pairs = (f"{a} as {b}" + f" ({n}×)" * (n > 1) for (a, b), n in taken.most_common())
        print(f"  {', '.join(pairs)}")
        path = plots.save(_misread(wrong[:12]), folder / "misread.png")
        print(f"pictures of them:\n  {path}")


def _misread(rows: list[Any]) -> Any:
    """Draw digits beside each other; rows: (64 pixels, the digit, what it was taken for)."""
    pyplot = require("matplotlib.pyplot", "plot", "plotting")
    figure, grid = pyplot.subplots(2, 6, figsize=(9, 3.6), layout="constrained", squeeze=False)
    pyplot.close(figure)
    for ax in grid.flat:
        ax.axis("off")
    for ax, (pixels, digit, guess) in zip(grid.flat, rows, strict=False):
        ax.imshow([pixels[k : k + 8] for k in range(0, 64, 8)], cmap="gray_r")
        ax.set_title(f"{int(digit)}, read as {guess}", fontsize=10)
    return figure


def _tiny(folder: Path) -> None:
    """The training loop of the lecture, written out."""
    xs, targets = data.tiny()
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh", seed=1)
    print(f"tiny: {model_size(model)}; the targets are {targets}")
    for step in range(51):
        predictions = [model(x) for x in xs]
        loss = sum((p - t) ** 2 for p, t in zip(predictions, targets, strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        row = "  ".join(f"{p.data:7.4f}" for p in predictions)
        print(f"step {step:3}   loss {loss.data:.4f}   predictions {row}")


def model_size(model: MLP) -> str:
    """Describe a network in a few words."""
    widths = [len(model.layers[0].neurons[0].w), *(len(layer.neurons) for layer in model.layers)]
    return f"MLP {'-'.join(map(str, widths))}, {len(model.parameters())} parameters"
