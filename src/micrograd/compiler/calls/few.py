"""A few examples of a batch, which stand for all of them in a trial."""

from typing import Any

import numpy as np

from .maker import Made

_FEW = 3


def some_examples(made: Made, args: tuple) -> tuple | None:
    """Return the arguments of a call with a few examples of its batch, if it has more.

    None as well where the size of the batch is part of the program.

    Args:
        made: what was compiled of the call.
        args: the call's.
    """
    if made.batch <= _FEW:
        return None
    batched = {
        i.argument
        for i in made.variant.recording.inputs
        if i.batched and i.argument is not None and i.argument < len(args)
    }
    if not batched <= made.free:
        return None
    rows = np.linspace(0, made.batch - 1, _FEW).astype(int).tolist()
    return tuple([_rows(x, rows) if k in batched else x for k, x in enumerate(args)])


def _rows(x: Any, rows: list[int]) -> Any:
    return x[rows] if isinstance(x, np.ndarray) else [x[i] for i in rows]
