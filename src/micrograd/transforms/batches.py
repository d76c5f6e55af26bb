"""Batches while a function is compiled: one example is traced, and stands for all of them.

Layers and losses that take a batch go through it by ``each``. Whatever else a function does with a
batch is traced for every example.
"""

from collections.abc import Callable
from typing import Any

from ..value.modes import mode
from ..value.numeric import is_array
from .mapping import vmap


def as_batch(column: Any) -> Any:
    """Return an argument as a batch, where a function is compiled; else as it is."""
    return vmap(_itself)(column) if mode.tracer is not None else column


def is_batch(x: Any) -> bool:
    """Tell whether one example of x was traced, and stands for all."""
    return hasattr(x, "whole")


def each(f: Callable[..., Any], *columns: Any) -> Any:
    """Return f of each example as a list; of batches, a batch.

    Args:
        f: is given lists in place of arrays.
        columns: its arguments.
    """
    if not any(map(is_batch, columns)):
        return [f(*row) for row in zip(*columns, strict=True)]
    made = vmap(lambda *row: f(*map(_listed, row)))(*columns)
    return made.as_list() if is_batch(made) else _listed(made)


def _listed(x: Any) -> Any:
    return x.tolist() if is_array(x) else x


def _itself(x: Any) -> Any:
    return x
