"""Python's cycle collector, kept still while many objects are made and none become garbage."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

_pausing: set[int] = set()  # threads that will turn it on again


@contextmanager
def paused() -> Iterator[None]:
    """Pause the collector for the length of a ``with`` block; where it is off, it stays off."""
    was_on = gc.isenabled()
    gc.disable()
    if was_on:
        _pausing.add(get_ident())
    try:
        yield
    finally:
        if was_on:
            _pausing.discard(get_ident())
            gc.enable()


def _go_on() -> None:
    """Turn it on in a forked child, if it was off for a thread that the child has not."""
    if _pausing - {get_ident()}:
        gc.enable()
    _pausing.intersection_update({get_ident()})


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_go_on)
