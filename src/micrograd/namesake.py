"""Notice an installed original micrograd: it owns the same folder, so that installing or removing
one of the two overwrites or deletes files of the other.
"""

import os
import sys


def warn_of_the_original() -> None:
    """Warn when the distribution ``micrograd`` is installed where this interpreter looks."""
    for folder in sys.path:
        if not folder.endswith(("site-packages", "dist-packages")) or not os.path.isdir(folder):
            continue
        for name in os.listdir(folder):  # importlib.metadata would take 20 ms
            if name.startswith("micrograd-") and name.endswith((".dist-info", ".egg-info")):
                import warnings

                warnings.warn(
                    f"the original {name.rsplit('.', 1)[0]} is installed too, in {folder}: the two "
                    "overwrite each other's files. Keep one: pip uninstall -y micrograd "
                    "micrograd-next, then pip install . in the folder that this one came from",
                    stacklevel=3,
                )
