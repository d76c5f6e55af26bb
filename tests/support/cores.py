"""Which cores a test may use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread to one core; skip the test where that cannot be."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("only Linux keeps a thread to a core")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)
