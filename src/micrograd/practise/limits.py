"""How long and how large a learner's program may get, as far as one process can see to it.

Time is watched by an alarm, which comes again and again until it gets through an ``except:``; where
there is none (Windows, Pyodide), or nothing gets through, what started this one has to end it.
"""

import builtins
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEGABYTES = 512
_LARGEST_FILE = 64  # megabytes that it may write into one file of its copy


class TimeLimit(BaseException):
    """No Exception, so that ``except Exception`` in a loop does not hold it up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in what takes longer, and again every fifth of a second."""
    in_main = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not in_main:
        yield
        return

    def alarm(*_: Any) -> None:
        raise TimeLimit(f"took over {seconds:g} s")

    former = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def limit_memory() -> None:
    """Let this process have so many megabytes of data, where the system can see to it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, megabytes in (
        (resource.RLIMIT_DATA, MEGABYTES),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        size = megabytes << 20
        if hard != resource.RLIM_INFINITY:
            size = min(size, hard)
        resource.setrlimit(limit, (size, hard))


def close_doors() -> None:
    """Let nothing ask the user, go to the network, or end the process unseen."""

    def ask(*_: Any) -> str:
        raise EOFError("input() cannot be answered while a file is checked")

    def connect(*_: Any, **__: Any) -> Any:
        raise OSError("the network is off while a file is checked")

    def leave(code: int = 0) -> None:
        raise SystemExit(code)

    doors: list[tuple[Any, str, Any]] = [
        (builtins, "input", ask),
        (socket, "create_connection", connect),
        (socket, "getaddrinfo", connect),
        (os, "_exit", leave),
    ]
    for module, name, closed in doors:
        setattr(module, name, closed)


def end_with_parent(parent: int, folder: Path, leave: Any) -> None:
    """End this process, and remove its folder, when the one that started it is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        shutil.rmtree(folder, ignore_errors=True)
        leave(1)

    if hasattr(os, "getppid") and sys.platform != "win32":
        threading.Thread(target=watch, daemon=True).start()
