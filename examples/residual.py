"""A residual network with batch normalisation on scanned digits, one scalar at a time.

From He et al., "Deep residual learning for image recognition", 2015, for the 8 by 8 pixels of
scikit-learn's digits. Batch normalisation compares the examples of a batch, so the loss is given
whole batches; one example is traced, and stands for all. Try:

    python examples/residual.py --epochs 20
"""

import argparse
import random

from micrograd.data import digits, split
from micrograd.losses import accuracy, cross_entropy
from micrograd.nn import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    ReLU,
    Residual,
    Sequential,
    summary,
)
from micrograd.optim import SGD
from micrograd.schedules import Cosine
from micrograd.train import fit


def block(inputs: int, outputs: int, stride: int, rng: random.Random) -> Sequential:
    """Return two convolutions and a way around them, itself one where the shape changes."""

    def convolution(inputs: int, kernel: int, stride: int) -> Conv2d:
        padding = kernel // 2
        return Conv2d(inputs, outputs, kernel, stride, padding, bias=False, seed=rng)

    body = Sequential(
        convolution(inputs, 3, stride),
        BatchNorm2d(outputs),
        ReLU(),
        convolution(outputs, 3, 1),
        BatchNorm2d(outputs),
    )
    if inputs == outputs and stride == 1:
        return Sequential(Residual(body), ReLU())
    return Sequential(
        Residual(body, Sequential(convolution(inputs, 1, stride), BatchNorm2d(outputs))), ReLU()
    )


def network(width: int = 4, seed: int = 1) -> Sequential:
    """Return the network: a batch of images of 8 by 8 pixels becomes as many rows of 10 logits."""
    rng = random.Random(seed)
    return Sequential(
        Conv2d(1, width, 3, padding=1, bias=False, seed=rng),
        BatchNorm2d(width),
        ReLU(),
        block(width, width, 1, rng),
        block(width, 2 * width, 2, rng),
        AvgPool2d(4),
        Flatten(-3),  # of one image as of a batch of them
        Linear(2 * width, 10, seed=rng),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--examples", type=int, default=1797)
    parser.add_argument("--width", type=int, default=4, help="channels of the first block")
    arguments = parser.parse_args()
    X, y = digits()
    data = X[: arguments.examples].reshape(-1, 1, 8, 8), y[: arguments.examples]
    training, held_out = split(data, held_out=0.2, seed=1, stratify=True)
    model = network(arguments.width)
    print(summary(model, training[0][0]))
    fit(
        lambda images, labels: cross_entropy(model(images), labels),
        training,
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4),
        epochs=arguments.epochs,
        batch_size=64,
        batched=True,
        schedule=Cosine(end=0.01),
        validation=held_out,
        metrics={"accuracy": lambda image, label: accuracy(model(image), label)},
        seed=1,
    )


if __name__ == "__main__":
    main()
