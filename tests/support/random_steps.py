"""Random training steps: a dozen things that people do in one, in any order."""

import random

import numpy as np

from micrograd import Value, mean, vmap
from micrograd.optim import SGD, Adam, clip_grad_norm

CALLS = ((1.0, 0.5), (0.7, -0.2), (1.3, 0.1), (-0.4, 0.9))
_EXAMPLES = np.arange(6.0).reshape(3, 2) / 5


class RandomStep:
    """A step made of random parts; two of one seed are the same."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.w = [Value(0.3 * i - 0.35) for i in range(rng.randint(1, 4))]
        self.kept = Value(0.7)
        self.optimizer = rng.choice([lambda w: SGD(w, 0.05, momentum=0.9), Adam])(self.w)
        self.average, self.count, self.history = 0.5, 0, []
        names = [name for name in vars(RandomStep) if name.startswith("_do_")]
        self.parts = [
            (
                rng.choice([*names, "_do_loss", "_do_loss"]),
                rng.random(),
                rng.randint(0, 9),
                rng.randint(0, 9),
            )
            for _ in range(rng.randint(3, 9))
        ]

    def __call__(self, x, y):
        out = []
        for name, u, i, j in self.parts:
            p, q = self.w[i % len(self.w)], self.w[j % len(self.w)]
            out.append(getattr(self, name)(p, q, x, y, u))
        return out

    def state(self):
        """Return all that a step may change."""
        optimizer = self.optimizer
        kept = [self.kept, self.average, self.count, self.history]
        return [self.w, kept, optimizer.steps, optimizer.state]

    def _do_loss(self, p, q, x, y, u):
        loss = (p * x + q.tanh() * y - u) ** 2 + (p * q if u > 0.5 else 0.1 * p)
        loss.backward()
        return loss.data

    def _do_inner(self, p, q, x, y, u):
        inner = p * x + q
        ((inner * inner).tanh() + inner * 0.1).backward()
        return inner.grad if u > 0.5 else inner.data

    def _do_batch(self, p, q, x, y, u):
        loss = mean(vmap(lambda a: (a[0] * p + a[1] * q - self.kept) ** 2)(_EXAMPLES))
        loss.backward()
        return loss.data

    def _do_clear_one(self, p, q, x, y, u):
        p.grad = 0.0

    def _do_clear(self, p, q, x, y, u):
        self.optimizer.zero_grad()

    def _do_descend(self, p, q, x, y, u):
        for v in self.w:
            v.data -= 0.05 * v.grad

    def _do_optimise(self, p, q, x, y, u):
        self.optimizer.step()

    def _do_read(self, p, q, x, y, u):
        return p.grad, q.data, max(p.grad, q.grad, 0.0)

    def _do_set(self, p, q, x, y, u):
        p.data = u if u > 0.7 else p.data * 0.5 + x * u

    def _do_clip(self, p, q, x, y, u):
        return clip_grad_norm(self.w, 0.3)

    def _do_note(self, p, q, x, y, u):
        self.history.append(p.data)

    def _do_count(self, p, q, x, y, u):
        self.count += 1
        return self.count * x

    def _do_average(self, p, q, x, y, u):
        self.average = 0.9 * self.average + 0.1 * q.grad

    def _do_branch(self, p, q, x, y, u):
        if p.data > u - 0.5:
            return 1
        q.grad = q.grad * 0.5
        return 0

    def _do_rebind(self, p, q, x, y, u):
        self.kept = Value(self.kept.data * 0.9 + 0.1 * p.data)
