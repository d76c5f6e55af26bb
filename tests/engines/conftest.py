"""These tests need the libraries of requirements.txt, and run in an environment of their own.

``make test-deep`` makes it; everywhere else the folder is left out as a whole.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")  # it compiles sooner
if os.environ.get("MICROGRAD_ENGINES"):
    sys.path.append(str(Path(__file__).parents[1] / "fuzz"))
else:
    collect_ignore_glob = ["*"]
