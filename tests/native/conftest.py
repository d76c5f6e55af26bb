"""Without the compiled engine these tests fail; they are left out only where Python was chosen."""

import os
import subprocess
import sys
import textwrap

import pytest

if os.environ.get("MICROGRAD_PURE", "0") not in ("", "0"):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def run():
    """Run a program in a process of its own; return what it printed, or fail with its error."""

    def started(program: str, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(program)],
            capture_output=True,
            text=True,
            env={**os.environ, **env},
        )
        assert done.returncode == 0, f"exit status {done.returncode}\n{done.stderr[-3000:]}"
        return done.stdout

    return started
