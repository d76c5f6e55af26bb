"""What C runs on here: AVX-512 and ARM have 32 registers for vectors, other processors 16.

It is the processor that is asked, not the compiler, which would take a process of its own.
"""

import platform
from functools import cache
from pathlib import Path

from ..passes.schedules import Target, width


def native_target(dtype: str, strict: bool) -> Target:
    """Return the target of C for this machine."""
    return Target(width(dtype), strict, registers())


def is_x86() -> bool:
    """Tell whether this is a processor of Intel's or AMD's."""
    return platform.machine().lower() in ("x86_64", "amd64")


def registers() -> int:
    """Return how many registers vectors have."""
    if not is_x86():
        return 32
    return 32 if "avx512dq" in cpu() else 16  # on systems that do not tell AVX-512 is rare


@cache
def cpu() -> str:
    """Name the instructions that this processor has: a folder may be shared between machines."""
    words = f"{platform.system()} {platform.machine()} "
    try:
        first = Path("/proc/cpuinfo").read_text().partition("\n\n")[0]
    except OSError:
        return words + platform.processor()
    told = ("model name", "flags", "Features")  # and not the clock of this moment
    return words + "".join(line for line in first.splitlines() if line.startswith(told))
