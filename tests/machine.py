"""What this machine has to test with; a line at the end says what was not tried for want of it."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

FOUND = {name: (name,) for name in ("gcc", "clang", "cc") if shutil.which(name)}
if "gcc" in FOUND or "clang" in FOUND:
    FOUND.pop("cc", None)  # it is one of them
if find_spec("ziglang"):
    FOUND["zig cc"] = (sys.executable, "-m", "ziglang", "cc")
MISSING = [name for name in ("gcc", "clang", "zig cc") if name not in FOUND]
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


def tried() -> str:
    """Say in a line with what the tests run, and what they cannot try here."""
    missing = MISSING + ([] if BROWSER else ["the explorer's page: no Chromium"])
    said = f"Tried with {', '.join([*FOUND, *([Path(BROWSER).name] if BROWSER else [])])}"
    return said + (f"; not tried, since not installed: {', '.join(missing)}" if missing else "")
