"""The C compilers of this machine: the generated C is tested with each, and a line says which."""

import shutil
import sys
from importlib.util import find_spec

FOUND = {name: (name,) for name in ("gcc", "clang", "cc") if shutil.which(name)}
if "gcc" in FOUND or "clang" in FOUND:
    FOUND.pop("cc", None)  # it is one of them
if find_spec("ziglang"):
    FOUND["zig cc"] = (sys.executable, "-m", "ziglang", "cc")
MISSING = [name for name in ("gcc", "clang", "zig cc") if name not in FOUND]


def tried() -> str:
    """Say in a line which compilers the tests try, and which they cannot."""
    missing = f"; not tried, since they are not installed: {', '.join(MISSING)}" if MISSING else ""
    return f"C compilers tried: {', '.join(FOUND) or 'none'}{missing}"
