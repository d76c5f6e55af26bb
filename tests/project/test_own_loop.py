"""The example of one's own loop does the same steps with @jit and without."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_trains_alike_with_and_without_jit(capsys):
    spec = importlib.util.spec_from_file_location("own_loop", ROOT / "examples" / "own_loop.py")
    own_loop = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own_loop)
    plain, compiled = own_loop.main(["--steps", "4", "--points", "2"])
    assert len(plain) == len(compiled) == 4
    assert max(abs(a - b) for a, b in zip(plain, compiled)) < 1e-12
    said = capsys.readouterr().out
    assert re.search(r"step: [12] programs?\n", said)
    assert "runs plainly" not in said
    assert re.search(r"losses differ by \S+ at most", said)
