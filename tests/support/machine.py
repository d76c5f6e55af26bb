"""What this machine has to test with; a line at the end says what was not tried for want of it."""

import ctypes.util
import os
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
RUNNERS: dict[str, tuple[str, ...]] = dict.fromkeys(FOUND, ())
if os.environ.get("MICROGRAD_TEST_DEEP"):  # programs for another processor, on a simulated one
    if shutil.which("aarch64-linux-gnu-gcc") and shutil.which("qemu-aarch64"):
        RUNNERS["aarch64"] = ("qemu-aarch64",)
    else:
        MISSING.append("aarch64 (gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, qemu-user)")
    if not shutil.which("arm-none-eabi-gcc"):
        MISSING.append("Cortex-M (gcc-arm-none-eabi, libnewlib-arm-none-eabi)")
COMMANDS = FOUND | {"aarch64": ("aarch64-linux-gnu-gcc", "-static")}
"""How to compile a whole program for each of ``RUNNERS``, which run it."""

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


CAIRO = ctypes.util.find_library("cairo")
"""The library that makes PNG and PDF of a picture."""


def tried() -> str:
    """Say in a line with what the tests run, and what they cannot try here."""
    missing = MISSING + ([] if BROWSER else ["the explorer's page: no Chromium"])
    missing += [] if CAIRO else ["PNG and PDF: no cairo library"]
    said = f"Tried with {', '.join([*RUNNERS, *([Path(BROWSER).name] if BROWSER else [])])}"
    return said + (f"; not tried, since not installed: {', '.join(missing)}" if missing else "")
