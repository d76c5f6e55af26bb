"""A network that solves a differential equation: its derivatives are what the loss is made of.

The equation is that of a damped oscillation, d²u/dt² + 2·d·du/dt + w²·u = 0, from rest at u = 1.
The answer is sought as u(t) = 1 + t²·net(t), which begins right whatever the network says; it is
trained until the equation holds (Raissi and others 2019).
"""

import numpy as np
from scipy.optimize import minimize

from micrograd import grad, jit, mean, vmap
from micrograd.nn import MLP

DAMPING, FREQUENCY, END = 0.3, 2.0, 5.0
model = MLP(1, [16, 16, 1], activation="tanh", init="xavier_uniform", seed=1)


def u(t):
    """Return what the network says is the position at the time t."""
    return 1 + t * t * model([2 * t / END - 1])


def residual(t):
    """Return by how much the equation does not hold at the time t."""
    speed = grad(u)
    return grad(speed)(t) + 2 * DAMPING * speed(t) + FREQUENCY**2 * u(t)


@jit
def loss(times):
    """Return the mean square of what is left over."""
    return mean(vmap(lambda t: residual(t) ** 2)(times))


def solve(points=100, iterations=2000):
    """Train by L-BFGS; return times, and what the network says there."""
    times, parameters = np.linspace(0.0, END, points), model.parameters()

    def objective(numbers):
        for p, number in zip(parameters, numbers, strict=True):
            p.data = float(number)
        model.zero_grad()
        value = loss(times)
        value.backward()
        return value.data, np.array([p.grad for p in parameters])

    start = [p.data for p in parameters]
    minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return times, np.array([u(t).data for t in times])


def exact(t):
    """Return the closed form."""
    w = np.sqrt(FREQUENCY**2 - DAMPING**2)
    return np.exp(-DAMPING * t) * (np.cos(w * t) + DAMPING / w * np.sin(w * t))


def draw(ax, result):
    """Draw the network beside the closed form."""
    times, positions = result
    ax.plot(times, exact(times), color="grey", linewidth=3, alpha=0.5, label="exact")
    ax.plot(times, positions, "--", label="network")
    ax.set(xlabel="time", ylabel="u")
    ax.legend(frameon=False)


if __name__ == "__main__":
    times, positions = solve()
    print(f"off by {abs(positions - exact(times)).max():.1e} at most")
