"""While a trace runs, variables hold what it puts there: who looks from another thread waits.

Nobody waits for user code that waits for him: within a trace compiled functions are inlined, and
take no lock. Where a traced function itself waits for another thread, that one goes on in the end.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 10.0  # seconds
_lock = threading.RLock()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no trace of another thread run meanwhile."""
    lock, held = _lock, False
    try:
        held = lock.acquire(timeout=_PATIENCE)
        yield
    finally:
        if held:
            lock.release()


def _renew() -> None:
    global _lock
    _lock = threading.RLock()  # in a child process nobody is left to release the other


if hasattr(os, "register_at_fork"):  # where processes fork
    os.register_at_fork(after_in_child=_renew)
