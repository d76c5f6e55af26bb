"""The command at a real terminal, for the tests that type and read there."""

import os
import pty
import re
import select
import signal
import sys
import time

import pytest


class Terminal:
    """The command in a terminal of 80 columns."""

    def __init__(self, *words, **environment):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update({"TERM": "xterm", "BROWSER": "true", **environment})
            os.execv(sys.executable, [sys.executable, "-m", "micrograd", "practise", *words])
        self.seen = ""

    def until(self, pattern):
        """Read until what came since the last call matches; return that."""
        end = time.monotonic() + 60
        while not re.search(pattern, self.seen):
            assert time.monotonic() < end, self.seen
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.fd, 65536).decode().replace("\r\n", "\n")
                except OSError:  # the other side has closed
                    assert re.search(pattern, self.seen), self.seen
        seen, self.seen = self.seen, ""
        return seen

    def press(self, key):
        os.write(self.fd, key.encode())

    def hang_up(self):
        os.close(self.fd)
        self.fd = None

    def status(self):
        """Wait until the command has ended; return its exit status."""
        end = time.monotonic() + 60
        while not (ended := os.waitpid(self.pid, os.WNOHANG))[0]:
            assert time.monotonic() < end
            time.sleep(0.05)
        self.pid = None
        return os.waitstatus_to_exitcode(ended[1])

    def close(self):
        """End what a failed test has left running."""
        if self.fd is not None:
            self.hang_up()
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.status()


@pytest.fixture
def in_terminal():
    """Start the command with these words; it is gone when the test is."""
    started = []

    def start(*words, **environment):
        started.append(Terminal(*words, **environment))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()
