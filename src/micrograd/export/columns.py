"""What the columns of an exported model are called, and how its file compares a table's with them.

A file stands alone, so it has the functions that ``Module.predict`` compares by, in their words.
"""

from inspect import getsource
from typing import Any

from .. import dataframes
from ..nn import Module

_FUNCTIONS = ("check_feature_names", "feature_names_of", "names_of", "_remedy", "_few")


def columns_of(m: Any, x: Any, shape: tuple[int, ...]) -> list[str]:
    """Return what an example's numbers are called, in order; nothing where that is not told.

    Args:
        m: what is exported; a model knows the columns of the table that it was trained on.
        x: one example; a row of a table, as ``X.iloc[0]``, has their names.
        shape: of the example.

    Raises:
        ValueError: the example's names are others than the model's.
    """
    trained_on = m._feature_names if isinstance(m, Module) else []
    names = dataframes.entry_names_of(x)
    dataframes.check_feature_names("x, one example,", names, trained_on)
    names = trained_on or names
    return names if shape == (len(names),) else []


def comparison(columns: list[str]) -> str:
    """Return the text of ``COLUMNS`` and of what compares a table's with them."""
    names = "".join([f"    {name!r},\n" for name in columns])
    functions = "\n\n\n".join(getsource(getattr(dataframes, f)).strip() for f in _FUNCTIONS)
    return (
        "from collections.abc import Sequence\nfrom typing import Any\n\n"
        f"COLUMNS = [  # of x, as repr writes them\n{names}]\n\n\n{functions}\n"
    )
