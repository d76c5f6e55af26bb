"""``jit(f).source(...)``: C11 that needs nothing but a C compiler."""

from .lower import Lowered


def standalone(lowered: Lowered, name: str, dtype: str) -> str:
    """Return one header with ``value`` and ``value_and_grad`` of the inputs."""
    raise NotImplementedError
