"""Parameters in dataclasses, and their gradients in the same form."""

from dataclasses import dataclass, field

from micrograd import grad, jit, value_and_grad


@dataclass
class Spring:
    stiffness: float
    rest: float = 1.0


@dataclass
class System:
    mass: float
    springs: list[Spring] = field(default_factory=list)


def energy(system: System, stretch: float) -> float:
    potential = sum(s.stiffness * (stretch - s.rest) ** 2 / 2 for s in system.springs)
    return potential + system.mass * 9.81 * stretch


system = System(1.0, [Spring(10.0), Spring(20.0, 1.5)])
slopes = grad(energy)(system, 1.2)
print(slopes.springs[0].stiffness, slopes.mass)
value, again = value_and_grad(energy)(system, 1.2)
assert again.springs[1].rest == slopes.springs[1].rest
fast = jit(energy)
print(fast(system, 1.2) + 1.0, fast.cache_info().programs, value.real)
