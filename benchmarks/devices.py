"""Training steps on a device, against PyTorch and JAX by hand on the same device.

    PYTHONPATH=src python -m benchmarks.devices --device cuda --out devices.json

Each row runs in a process of its own, so that one that fails is reported and the others go on. A
step is the loss of a batch, its gradient, and plain gradient descent, all on the device.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import device_steps

HERE = Path(__file__).parent
WORK = ("moons", "sweep", "transformer", "lenet", "gpt")
ENGINES = ("jax", "torch")
ROUNDS = 7
_LEAST = 0.15  # seconds of a measurement


def main() -> int:
    """Measure all rows, print them, and write them; 1 if one has failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.devices", description=__doc__)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--dtype", default="float32", choices=("float32", "float64"))
    parser.add_argument("--out", type=Path, help="a JSON file to write")
    parser.add_argument("--limit", type=float, default=290.0, help="seconds for everything")
    parser.add_argument("--row", help=argparse.SUPPRESS)
    parser.add_argument("work", nargs="*", default=list(WORK), help=", ".join(WORK))
    chosen = parser.parse_args()
    if chosen.row:
        print(json.dumps(measured(*chosen.row.split(":"), chosen.device, chosen.dtype)))
        return 0
    end, rows = time.monotonic() + chosen.limit, []
    print(f"{'work':12} {'engine':6} {'ours':>10} {'by hand':>10}  ratio   first step, ours")
    for work in chosen.work:
        for engine in ENGINES:
            row = {"work": work, "engine": engine, **in_process(work, engine, chosen, end)}
            rows.append(row)
            print(told(row), flush=True)
            if chosen.out:
                kept = {"device": chosen.device, "dtype": chosen.dtype, **machine(), "rows": rows}
                chosen.out.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return int(any("failed" in row for row in rows))


def told(row: dict[str, Any]) -> str:
    """Write a row as a line."""
    head = f"{row['work']:12} {row['engine']:6}"
    if "failed" in row:
        return f"{head} failed: {row['failed']}"
    times = f"{1e6 * row['ours']:8.1f}µs {1e6 * row['theirs']:8.1f}µs"
    launched = "".join(f"\n    no CUDA graph, {why}" for why in row["launched"])
    return f"{head} {times} {row['theirs'] / row['ours']:6.2f}   {row['first']:.1f}s{launched}"


def machine() -> dict[str, Any]:
    """Return what it was measured on."""
    return {"python": platform.python_version(), "machine": platform.platform()}


def in_process(work: str, engine: str, chosen: argparse.Namespace, end: float) -> dict[str, Any]:
    """Measure one row in a new process; say what went wrong where it fails."""
    left = end - time.monotonic()
    if left < 5:
        return {"failed": "no time was left"}
    command = [sys.executable, "-m", "benchmarks.devices", "--row", f"{work}:{engine}"]
    command += ["--device", chosen.device, "--dtype", chosen.dtype]
    on_cpu = {"JAX_PLATFORMS": "cpu"} if chosen.device == "cpu" else {}
    env = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false", **on_cpu}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=env, timeout=left, cwd=HERE.parent
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {left:.0f} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"failed": lines[-1][:300] if lines else f"exit status {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured(work: str, engine: str, device: str, dtype: str) -> dict[str, Any]:
    """Measure a step of ours and of the peer in turns; check first that they do the same.

    Returns:
        Seconds of a step, of each; of the first one of ours, compiling included; how far losses
        and gradients lie apart; how long tracing took.
    """
    for folder in (HERE, HERE / "peers", HERE.parent / "examples"):
        sys.path.insert(0, str(folder))
    make = {"jax": device_steps.of_jax, "torch": device_steps.of_torch}[engine]
    ours, theirs, traced, name = make(work, device, dtype)
    start = time.perf_counter()
    (loss, gradient), ours_step, sync = ours()
    first = time.perf_counter() - start
    (their_loss, their_gradient), their_step, _ = theirs()
    apart = abs(loss - their_loss) / max(1e-30, abs(their_loss))
    scale = np.abs(their_gradient).max()
    slopes = np.abs(gradient - their_gradient).max() / scale
    room = 1e-3 if dtype == "float32" else 1e-9
    if not (apart < room and slopes < room):
        raise ArithmeticError(f"losses are apart by {apart:.1e}, gradients by {slopes:.1e}")
    times = in_turns([ours_step, their_step], sync)
    return {
        "ours": times[0],
        "theirs": times[1],
        "first": first,
        "traced": traced,
        "loss_apart": float(apart),
        "gradient_apart": float(slopes),
        "launched": device_steps.LAUNCHED,
        "on": name,
    }


def in_turns(steps: list[Callable[[], None]], sync: Callable[[], None]) -> list[float]:
    """Return the median time of each step; they take turns."""
    counts = []
    for step in steps:
        step(), sync()
        start = time.perf_counter()
        for _ in range(3):
            step()
        sync()
        counts.append(max(3, int(_LEAST / max(1e-7, (time.perf_counter() - start) / 3))))
    times: list[list[float]] = [[] for _ in steps]
    for _ in range(ROUNDS):
        for k, step in enumerate(steps):
            start = time.perf_counter()
            for _ in range(counts[k]):
                step()
            sync()
            times[k].append((time.perf_counter() - start) / counts[k])
    return [statistics.median(kept) for kept in times]


if __name__ == "__main__":
    sys.exit(main())
