"""What C runs on here: AVX-512 and ARM have 32 registers for vectors, other processors 16.

It is the processor that is asked, not the compiler, which would take a process of its own.
"""

import platform
from functools import cache
from pathlib import Path

from ..passes.schedules import Target, width


def native_target(dtype: str, strict: bool) -> Target:
    """Return the target of C for this machine."""
    return Target(width(dtype), strict, _registers())


@cache
def _registers() -> int:
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return 32
    try:
        return 32 if "avx512dq" in Path("/proc/cpuinfo").read_text() else 16
    except OSError:  # another system, where AVX-512 is rare
        return 16
