"""Train models: ``fit`` is the loop, with all that one writes around it again and again."""

from .callbacks import CSVLog
from .fitting import fit
from .history import History
from .sweeping import sweep

__all__ = ["CSVLog", "History", "fit", "sweep"]
