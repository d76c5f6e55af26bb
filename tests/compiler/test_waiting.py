"""A first call that takes long says so in a terminal, and nowhere else."""

import io
import sys
import time

from micrograd import jit
from micrograd.compiler.calls import waiting


class Screen(io.StringIO):
    """An error stream that is a terminal, or is none."""

    terminal = True

    def isatty(self):
        return self.terminal


def test_a_long_first_call_says_what_one_waits_for(monkeypatch):
    monkeypatch.setattr(waiting, "_PATIENCE", 0.01)
    monkeypatch.setattr(sys, "stderr", screen := Screen())

    def patient(x):
        while not screen.getvalue():
            time.sleep(0.001)
        return x * x

    assert jit(patient)(3.0) == 9.0
    assert "micrograd: patient is still being compiled" in screen.getvalue()


def test_nothing_is_said_where_nobody_sits(monkeypatch):
    monkeypatch.setattr(waiting, "_PATIENCE", 0.0)
    monkeypatch.setattr(Screen, "terminal", False)
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    assert jit(lambda x: x * x)(3.0) == 9.0
    assert not screen.getvalue()
