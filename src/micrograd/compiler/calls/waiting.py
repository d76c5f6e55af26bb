"""A first call that takes long says so, where somebody sits before it."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 5.0  # seconds


@contextmanager
def waiting(name: str) -> Iterator[None]:
    """Write a line on the error stream, if that is a terminal, when a compilation takes long."""
    if not sys.stderr.isatty() or sys.platform == "emscripten":  # no threads there
        yield
        return
    said = (
        f"micrograd: {name} is still being compiled, after {_PATIENCE:g} s; later calls will not "
        "wait. report() will tell where the time went, docs/guides/slow.md what to do."
    )
    timer = threading.Timer(_PATIENCE, print, [said], {"file": sys.stderr})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
