"""SIGTERM as Ctrl-C: schedulers send it some time before they kill, to let a run end well."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .history import History


@contextmanager
def interruptible(history: History, shown: bool) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end a run, before its first step as well; the history says so."""
    with termination_interrupts():
        try:
            yield
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            if shown:
                print("interrupted before the first step", flush=True)


@contextmanager
def termination_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGTERM, for a while; not where it is handled by somebody else."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is _interrupt:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
