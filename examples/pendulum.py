"""A pendulum swung up by a motor that is too weak to lift it: 60 torques, found by their gradient.

The cost is how far the pendulum is from standing still upright at the end, and the effort; the
gradient goes back through 60 steps of a simulation.
"""

import numpy as np

from micrograd import cos, jit, sin, value_and_grad

STEPS, DT, GRAVITY, DRAG, STRONGEST = 60, 0.06, 9.81, 0.1, 4.0


def motion(angle, speed, torque):
    """Return how fast angle and speed change; an angle of 0 hangs down."""
    return speed, torque - GRAVITY * sin(angle) - DRAG * speed


def advanced(state, torque):
    """Return the state after one step by the classical Runge–Kutta method."""
    a = motion(*state, torque)
    b = motion(*(s + DT / 2 * d for s, d in zip(state, a, strict=True)), torque)
    c = motion(*(s + DT / 2 * d for s, d in zip(state, b, strict=True)), torque)
    d = motion(*(s + DT * d for s, d in zip(state, c, strict=True)), torque)
    return tuple(
        s + DT / 6 * (p + 2 * q + 2 * r + t)
        for s, p, q, r, t in zip(state, a, b, c, d, strict=True)
    )


def torques(controls):
    """Return torques that the motor can give, for controls of any size."""
    return [STRONGEST * sin(u) for u in controls]


@jit
@value_and_grad
def cost(controls):
    """Return how bad a list of controls is."""
    state = 0.0, 0.0
    effort = 0.0
    for torque in torques(controls):
        state = advanced(state, torque)
        effort = effort + torque * torque
    angle, speed = state
    return 20 * (1 + cos(angle)) + speed * speed + 1e-3 * effort


def solve(updates=1500):
    """Find controls by gradient descent with momentum; return them and the costs on the way."""
    controls, velocity, costs = np.linspace(-0.5, 0.5, STEPS), np.zeros(STEPS), []
    for _ in range(updates):
        value, slope = cost(controls)
        velocity = 0.9 * velocity - 0.002 * slope
        controls = controls + velocity
        costs.append(value)
    return controls, costs


def draw(ax, result):
    """Draw the angle and the torque over time."""
    state, angles, pushes = (0.0, 0.0), [], torques(result[0])
    for torque in pushes:
        state = advanced(state, torque)
        angles.append(state[0])
    times = DT * np.arange(1, STEPS + 1)
    ax.plot(times, np.degrees(angles), label="angle, degrees")
    ax.step(times, np.array(pushes) * 20, label="torque × 20", alpha=0.6)
    ax.axhline(180, color="grey", linewidth=0.8)
    ax.set(xlabel="seconds")
    ax.legend(frameon=False)


if __name__ == "__main__":
    print(f"cost {solve()[1][-1]:.4f}, effort included")
