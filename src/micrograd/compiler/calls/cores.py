"""Work on all cores: C lets go of the interpreter while it computes, so threads do."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any


def count() -> int:
    """Return how many cores this process may use."""
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def on_all_cores(work: Callable[[int], None], numbers: Sequence[int]) -> None:
    """Do the work of each number, several at a time, in no order that could be relied on."""
    if count() == 1 or len(numbers) == 1:
        for k in numbers:
            work(k)
    else:
        list(_pool().map(work, numbers))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count(), "micrograd")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has none of its threads
