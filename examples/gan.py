"""A GAN: one network makes up points, another tells them from real ones, and both get better.

From Goodfellow et al., "Generative adversarial nets", 2014. `fit` moves one objective; where two
networks pull in different directions, write the step yourself and put ``@jit`` on it. Try:

    python examples/gan.py --steps 2000
"""

import argparse
from math import atan2, cos, hypot, pi, sin

import numpy as np

from micrograd import jit, mean, softplus
from micrograd.nn import MLP
from micrograd.optim import Adam

BATCH = 16


def real_points(random, count):
    """Draw points near a circle of radius 1."""
    turns, radii = random.uniform(0, 2 * pi, count), random.normal(1, 0.05, count)
    return [[r * cos(turn), r * sin(turn)] for turn, r in zip(turns, radii)]


def trainer(wrap=jit):
    """Return the generator, and a step of both networks."""
    generator = MLP(2, [16, 16, 2], activation="tanh", seed=1)
    critic = MLP(2, [16, 16, 1], activation="tanh", seed=2)
    makes = Adam(generator.parameters(), lr=0.002, betas=(0.5, 0.9))
    tells = Adam(critic.parameters(), lr=0.004, betas=(0.5, 0.9))

    @wrap
    def step(real, noise):
        made = [generator(z) for z in noise]
        seen = [[x.detach() for x in point] for point in made]  # the generator is not to learn here
        telling = mean([softplus(-critic(x)) for x in real])
        telling = telling + mean([softplus(critic(x)) for x in seen])
        tells.zero_grad()
        telling.backward()
        tells.step()

        making = mean([softplus(-critic(x)) for x in made])
        makes.zero_grad()
        making.backward()
        makes.step()
        return telling.data, making.data

    return generator, step


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2000, help="of training")
    steps = parser.parse_args(argv).steps
    generator, step = trainer()
    random = np.random.default_rng(1)
    for k in range(1, steps + 1):
        losses = step(real_points(random, BATCH), random.normal(size=(BATCH, 2)).tolist())
        if k % -(-steps // 5) == 0:
            print(f"step {k}: critic {losses[0]:.3f}, generator {losses[1]:.3f}")
    points = generator.predict(random.normal(size=(400, 2)))
    radii = [hypot(x, y) for x, y in points]
    eighths = {int(4 * atan2(y, x) / pi + 4) for x, y in points}
    off = float(np.mean(np.abs(np.array(radii) - 1)))
    print(f"made-up points lie {off:.2f} off the circle, in {len(eighths)} of its 8 parts")
    return off, len(eighths)


if __name__ == "__main__":
    main()
