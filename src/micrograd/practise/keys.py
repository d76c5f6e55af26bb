"""Single keys from a terminal, and whether there is one."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def has_terminal() -> bool:
    """Tell whether keys can be read and what is printed is seen at once."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except ValueError:  # closed
        return False


@contextmanager
def single_keys() -> Iterator[None]:
    """Let keys come without Return, unseen; the terminal is put back however this ends."""
    try:
        import termios
        import tty
    except ImportError:  # Windows: msvcrt needs no preparation
        yield
        return
    former = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, former)


def pressed(seconds: float) -> str:
    """Wait so long for keys; return those that came, "q" where the terminal was closed."""
    if sys.platform == "win32":
        return _pressed_windows(seconds)
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return ""
    data = os.read(sys.stdin.fileno(), 64)
    return data.decode(errors="ignore") if data and data != b"\x04" else "q"


def _pressed_windows(seconds: float) -> str:
    import msvcrt

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if vars(msvcrt)["kbhit"]():
            return str(vars(msvcrt)["getwch"]())
        time.sleep(0.02)
    return ""
