"""Networks of real size beside PyTorch: the same numbers step by step, and the time of a step.

Both start from the same parameters and take the same batches, on one thread, in float64 where the
name says nothing else:

    python -m benchmarks.real_sizes --peers .venv-bench/bin/python [network ...]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import workers

HERE = Path(__file__).parent
PROGRAM, PEER = HERE / "programs" / "real_size.py", HERE / "peers" / "real_size_torch.py"
NAMES = ("lenet", "lenet-float32", "gru", "lstm", "vae", "transformer", "residual", "words")
HEAD = "network        parameters  first s ms a step  PyTorch     MB  apart"


def measured(name: str, peers_python: str, folder: Path) -> dict[str, Any]:
    """Train a network by both, in turns that follow each other."""
    file = str(folder / f"{name}.npz")
    network, _, dtype = name.partition("-")
    arguments = [network, file, dtype or "float64"]
    ours = _answer([sys.executable, str(PROGRAM), *arguments], folder)
    theirs = _answer([peers_python, str(PEER), *arguments], folder)
    apart = max(abs(a - b) for a, b in zip(ours["losses"], theirs["losses"], strict=True))
    alike = apart <= (1e-4 if dtype == "float32" else 1e-9)
    return {"network": name, "peer_ms": theirs["ms"], "apart": apart, "alike": alike, **ours}


def _answer(command: list[str], folder: Path) -> dict[str, Any]:
    env = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    done = subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True, env=env
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def line(row: dict[str, Any]) -> str:
    """Return a row of the table as text."""
    return (
        f"{row['network']:14} {row['parameters']:>10,} {row['first']:>8.1f} {row['ms']:>9.2f} "
        f"{row['peer_ms']:>8.2f} {row['mb']:>6.0f}  {row['apart']:.0e}"
    )


def rows(names: list[str], peers_python: str) -> Iterator[dict[str, Any]]:
    """Measure one network after the other."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            yield measured(name, peers_python, Path(folder))


def main() -> int:
    """Print the table; fail where the losses of a network are not PyTorch's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_sizes", description=__doc__)
    parser.add_argument("networks", nargs="*", default=list(NAMES), metavar="network")
    parser.add_argument("--peers", required=True, help="the Python interpreter that has PyTorch")
    chosen = parser.parse_args()
    for name in chosen.networks:
        if name not in NAMES:
            parser.error(f"no network {name!r}: there are {', '.join(NAMES)}")
    workers.pin()
    print(HEAD)
    wrong = []
    for row in rows(chosen.networks, str(Path(chosen.peers).absolute())):
        print(line(row), flush=True)
        if not row["alike"]:
            wrong.append(row["network"])
    if wrong:
        print("not PyTorch's losses:", ", ".join(wrong))
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
