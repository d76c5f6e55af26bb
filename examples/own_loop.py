"""Your own loop, compiled: the training step that you have, with ``@jit`` on it, and without.

The step does everything: loss, accuracy, gradients, their clipping, momentum, a falling rate, a
history. ``jit`` runs it as loops in C, and leaves the same numbers in the same places. Try:

    python examples/own_loop.py
    python examples/own_loop.py --steps 1000 --points 100
"""

import argparse
import time
from math import sqrt
from statistics import median

from micrograd import Value, jit
from micrograd.data import moons
from micrograd.nn import MLP


def trainer(wrap):
    """Return a model's training step, wrapped, and the history that it keeps."""
    model = MLP(2, [16, 16, 1], seed=1)
    parameters = model.parameters()
    speeds = [0.0 for _ in parameters]
    losses = []
    steps_done = 0

    @wrap
    def step(X, Y):
        nonlocal steps_done
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        margins = [(1 - y * score).relu() for y, score in zip(Y, scores)]
        loss = sum(margins) * (1 / len(margins)) + 1e-4 * sum(p * p for p in parameters)
        accuracy = sum((score.data > 0) == (y > 0) for score, y in zip(scores, Y)) / len(Y)

        model.zero_grad()
        loss.backward()
        norm = sqrt(sum(p.grad**2 for p in parameters))
        shrink = 1 / norm if norm > 1 else 1.0

        steps_done += 1
        rate = 0.2 / (1 + 0.01 * steps_done)
        for i, p in enumerate(parameters):
            speeds[i] = 0.8 * speeds[i] + shrink * p.grad
            p.data -= rate * speeds[i]
        losses.append(loss.data)
        return accuracy

    return step, losses


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100, help="of training")
    parser.add_argument("--points", type=int, default=40, help="of the two moons")
    args = parser.parse_args(argv)
    X, Y = moons(args.points, seed=1)
    seconds, histories = [], []
    for name, wrap in (("without @jit", lambda f: f), ("with @jit", jit)):
        step, losses = trainer(wrap)
        times = []
        for _ in range(args.steps):
            started = time.perf_counter()
            accuracy = step(X, Y)
            times.append(time.perf_counter() - started)
        seconds.append(median(times))
        histories.append(losses)
        print(
            f"{name:12}  loss {losses[-1]:.6f}, accuracy {accuracy:.0%}; "
            f"first step {times[0]:.2f} s, half of them below {seconds[-1] * 1e3:.3f} ms"
        )
    print(step.report())
    apart = max(abs(a - b) for a, b in zip(*histories))
    print(f"{seconds[0] / seconds[1]:.0f} times as fast; losses differ by {apart:.0e} at most")
    return histories


if __name__ == "__main__":
    main()
