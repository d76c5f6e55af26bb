"""Practise: write the engine yourself; your file is run, and its wrong numbers name the bug.

``judge.py`` judges a namespace, ``results.py`` is what it says, ``programs/`` is what it runs.
``terminal.py``, ``grading.py`` and ``notebook.py`` are where people meet it; ``processes.py`` keeps
what a file does from doing harm.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .notebook import check as check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    if name in ("check", "load_ipython_extension"):  # drawing comes with it, when it is used
        from . import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
