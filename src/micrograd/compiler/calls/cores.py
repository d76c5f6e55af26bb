"""Work on all cores: C lets go of the interpreter while it computes, so threads do."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any


def count() -> int:
    """Return how many cores this process may use."""
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def on_all_cores(work: Callable[[int], None], numbers: Sequence[int]) -> None:
    """Do the work of each number, several at a time, in no order that could be relied on."""

    def go(left: Iterator[int]) -> None:
        for k in left:
            work(k)

    shared_by_cores(go, numbers)


def shared_by_cores(go: Callable[[Iterator[int]], None], numbers: Sequence[int]) -> None:
    """Let each core take one number after the other, until none is left.

    This thread is one of them: where the others are busy, or slow to wake up, it does all.
    """
    left = iter(numbers)
    helpers = min(count(), len(numbers)) - 1 if len(numbers) > 1 else 0
    others = [_pool().submit(go, left) for _ in range(helpers)]
    try:
        go(left)
    finally:
        waiting = [other for other in others if not other.cancel()]
        if waiting:
            wait(waiting)
    for other in waiting:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count(), "micrograd")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has none of its threads
