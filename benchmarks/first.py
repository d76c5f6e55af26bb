"""What a user asks first: the rows of README, and what was measured beside them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import eager, gpt, moons, networks, recurrences


def rows(peers_python: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure what takes two minutes in all; ``--quick`` measures nothing else."""
    yield from eager.moons("collector-off", peers_python, folder)
    yield from moons.steps(peers_python, folder)
    yield from gpt.steps(peers_python, folder)
    yield from networks.digits(peers_python, folder)
    yield from recurrences.recurrence("ode", peers_python, folder)
