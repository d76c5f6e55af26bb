"""LeNet on scanned digits: convolutions, one scalar at a time, and a table of what it gets wrong.

From LeCun et al., "Gradient-based learning applied to document recognition", 1998, for the 8 by 8
pixels of scikit-learn's digits. Try:

    python examples/lenet.py --epochs 20
"""

import argparse
import random

from micrograd.data import digits, split
from micrograd.losses import accuracy, cross_entropy
from micrograd.metrics import confusion
from micrograd.nn import AvgPool2d, Conv2d, Flatten, Linear, Sequential, Tanh, summary
from micrograd.optim import AdamW
from micrograd.schedules import OneCycle
from micrograd.train import fit


def lenet(seed: int = 1) -> Sequential:
    """Return the network: 8 by 8 pixels in one channel become 10 logits."""
    rng = random.Random(seed)
    return Sequential(
        Conv2d(1, 6, 3, padding=1, seed=rng),
        Tanh(),
        AvgPool2d(2),
        Conv2d(6, 16, 3, seed=rng),
        Tanh(),
        Flatten(0),
        Linear(64, 32, seed=rng),
        Tanh(),
        Linear(32, 10, seed=rng),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--examples", type=int, default=1797)
    arguments = parser.parse_args()
    X, y = digits()
    data = X[: arguments.examples].reshape(-1, 1, 8, 8), y[: arguments.examples]
    training, held_out = split(data, held_out=0.2, seed=1, stratify=True)
    model = lenet()
    print(summary(model, training[0][0]))
    fit(
        lambda image, label: cross_entropy(model(image), label, label_smoothing=0.05),
        training,
        model=model,
        optimizer=AdamW(model.parameters(), lr=0.01),
        epochs=arguments.epochs,
        batch_size=64,
        schedule=OneCycle(),
        validation=held_out,
        metrics={"accuracy": lambda image, label: accuracy(model(image), label)},
        seed=1,
    )
    print("digits (rows), and what they were taken for (columns):")
    for row in confusion(model.predict(held_out[0]), held_out[1]):
        print("".join(f"{count or '·':>4}" for count in row))


if __name__ == "__main__":
    main()
