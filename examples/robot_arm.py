"""A robot arm: the angles of its joints that bring its tip to where it should be.

Inverse kinematics by damped least squares: each step solves J·Jᵀ·u = error, for the Jacobian J of
the tip by the angles, and turns the joints by Jᵀ·u. J is the derivative of the code below.
"""

from math import cos as cosine
from math import pi
from math import sin as sine

from micrograd import cos, dot, jacobian, jit, sin

LENGTHS = 1.0, 0.8, 0.5
DAMPING = 1e-6


def joints(angles):
    """Return where the joints and the tip are; each angle counts from the link before."""
    x = y = heading = 0.0
    points = []
    for length, angle in zip(LENGTHS, angles, strict=True):
        heading = heading + angle
        x, y = x + length * cos(heading), y + length * sin(heading)
        points.append([x, y])
    return points


def tip(angles):
    """Return where the tip is."""
    return joints(angles)[-1]


@jit
def step(angles, target):
    """Return angles nearer to those that reach the target."""
    x, y = tip(angles)
    along_x, along_y = jacobian(tip)(angles)
    miss_x, miss_y = target[0] - x, target[1] - y
    a, b = dot(along_x, along_x) + DAMPING, dot(along_x, along_y)
    c = dot(along_y, along_y) + DAMPING
    u = (c * miss_x - b * miss_y) / (a * c - b * b)
    v = (a * miss_y - b * miss_x) / (a * c - b * b)
    return [q + p * u + r * v for q, p, r in zip(angles, along_x, along_y, strict=True)]


def solve(points=2000):
    """Follow a circle, and return the targets and the angles that reach each."""
    targets, found = [], []
    angles = [0.3, 0.8, 0.5]
    for i in range(points):
        turn = 2 * pi * i / points
        target = [1.1 + 0.5 * cosine(turn), 0.6 + 0.5 * sine(turn)]
        for _ in range(6):
            angles = step(angles, target)
        targets.append(target)
        found.append(angles)
    return targets, found


def draw(ax, result):
    """Draw the circle, and the arm at some of its points."""
    targets, found = result
    ax.plot(*zip(*targets, strict=True), color="grey", linewidth=0.8)
    for angles in found[:: len(found) // 12]:
        ax.plot(
            *zip([0.0, 0.0], *joints(angles), strict=True),
            "o-",
            color="C0",
            alpha=0.5,
            markersize=3,
        )
    ax.set_aspect("equal")


if __name__ == "__main__":
    targets, found = solve()
    misses = [abs(a - b) for t, q in zip(targets, found) for a, b in zip(t, tip(q))]
    print(f"{len(targets)} points, each missed by {max(misses):.0e} at most")
