"""A neural ODE: a network that is the law of motion, learnt from where a particle was seen.

The gradient goes back through every Runge–Kutta step of the path (Chen and others 2018).
"""

import numpy as np

from micrograd import Value, jit, mean, no_grad, vmap
from micrograd.losses import mse
from micrograd.nn import MLP
from micrograd.optim import Adam

DT, START = 0.1, [2.0, 0.0]
SPIRAL = np.array([[-0.1, 2.0], [-2.0, -0.1]])
law = MLP(2, [16, 2], activation="tanh", init="xavier_uniform", seed=1)


def advanced(state, law=law):
    """Return the state after DT by the classical Runge–Kutta method."""
    a = law(state)
    b = law([s + DT / 2 * d for s, d in zip(state, a, strict=True)])
    c = law([s + DT / 2 * d for s, d in zip(state, b, strict=True)])
    d = law([s + DT * d for s, d in zip(state, c, strict=True)])
    rows = zip(state, a, b, c, d, strict=True)
    return [s + DT / 6 * (p + 2 * q + 2 * r + t) for s, p, q, r, t in rows]


def path(state, steps, law=law):
    """Return where the particle is after each of so many steps."""
    states = [state]
    for _ in range(steps):
        states.append(advanced(states[-1], law))
    return states


def seen(steps):
    """Return where the particle truly is: the exact solution of a linear spiral."""
    t = DT * np.arange(steps + 1)
    shrink, turn = START[0] * np.exp(SPIRAL[0, 0] * t), SPIRAL[0, 1] * t
    return np.stack([shrink * np.cos(turn), -shrink * np.sin(turn)], axis=1)


def solve(steps=60, updates=600, piece=10):
    """Learn from pieces of the path; return the true path, and the one that was learnt."""
    true = seen(steps)
    optimizer = Adam(law.parameters(), lr=0.02)
    windows = np.stack([true[i : i + piece + 1] for i in range(steps - piece)])

    def loss(window):
        states = path(window[0], piece)[1:]
        return mean([mse(*both) for both in zip(states, window[1:], strict=True)])

    @jit
    def update(windows):
        total = mean(vmap(loss)(windows))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()

    for _ in range(updates):
        update(windows)
    with no_grad():
        learnt = path([Value(x) for x in START], steps)
    return true, np.array([[x.data for x in state] for state in learnt])


def draw(ax, result):
    """Draw both paths."""
    true, learnt = result
    ax.plot(*true.T, "o", color="grey", markersize=3, label="seen")
    ax.plot(*learnt.T, label="learnt")
    ax.set_aspect("equal")
    ax.legend(frameon=False)


if __name__ == "__main__":
    true, learnt = solve()
    print(f"off by {abs(true - learnt).max():.3f} at most")
