"""Train models: ``fit`` is the loop, with all that one writes around it again and again."""

from .callbacks import CSVLog
from .fitting import fit

__all__ = ["CSVLog", "fit"]
