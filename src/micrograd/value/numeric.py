"""What counts as a number, and what is said of everything else."""

from numbers import Real
from typing import Any


def number(x: Any, expects: str) -> float:
    """Return x as a float, or raise a TypeError that starts with ``expects`` and shows x."""
    if hasattr(x, "_is_micrograd_value"):
        raise TypeError(
            f"{expects} a number, got {x!r}: use its .data; and if it should have been a Value "
            "here, note that compiled and pure Python Values do not mix in one expression"
        )
    if is_array(x) and not x.ndim:
        x = x.item()
    if not isinstance(x, Real):
        shown = f"{type(x).__name__} {str(x)[:60]!r}"
        raise TypeError(f"{expects} a number, got {shown}: {_remedy(x)}")
    try:
        return float(x)
    except OverflowError:
        raise ValueError(f"{expects} a number that fits a float, got one beyond 1.8e308") from None


def _remedy(x: Any) -> str:
    if x is None:
        return "was a return forgotten?"
    if isinstance(x, complex):
        return "take its .real or .imag, or abs() of it"
    if isinstance(x, str) or not hasattr(x, "__iter__"):
        return "convert it first, with float()"
    return "go through its elements one by one"


def is_array(x: Any) -> bool:
    """Tell whether x is a NumPy array or scalar, without importing NumPy."""
    return hasattr(x, "__array__") and hasattr(x, "ndim")
