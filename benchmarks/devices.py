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

HERE = Path(__file__).parent
WORK = ("moons", "sweep", "transformer", "lenet", "gpt")
ENGINES = ("jax", "torch")
MODELS = 1000  # in the sweep
RATE = 0.01
ROUNDS = 7
_LEAST = 0.15  # seconds of a measurement
LAUNCHED: list[str] = []
"""Which steps are no CUDA graph, and why not: their launches are what was timed."""


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
    make = {"jax": of_jax, "torch": of_torch}[engine]
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
        "launched": LAUNCHED,
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


def of_problem(work: str, engine: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return a model's program, what runs it, its numbers, and where the peer's are in them."""
    from micrograd import jit
    from micrograd.compiler.arrays.engines import engine as library
    from micrograd.compiler.arrays.source import printed, program_and_captured
    from programs.on_devices import PROBLEMS

    problem = PROBLEMS["moons" if work == "sweep" else work]()
    start = time.perf_counter()
    arguments = jit(problem.loss)._classified(problem.batch)
    program, captured = program_and_captured(problem.loss, arguments)
    runs = library(engine, dtype, device)
    text = printed(program, runs.dialect, dtype, runs.device, ["value_and_grad"])
    traced = time.perf_counter() - start
    place = {id(v): k for k, v in enumerate(captured)}
    places = {name: _places(nest, place) for name, nest in problem.matrices.items()}
    numbers = np.array([v.data for v in captured])
    return text, runs, problem, numbers, places, traced


def _places(nest: Any, place: dict[int, int]) -> np.ndarray:
    if isinstance(nest, list):
        return np.array([_places(part, place) for part in nest])
    return np.array(place[id(nest)])


def _flat(gradients: dict[str, np.ndarray], places: dict[str, np.ndarray], size: int) -> np.ndarray:
    found = np.zeros(size)
    for name, x in gradients.items():
        found[places[name].reshape(-1)] = np.asarray(x, float).reshape(-1)
    return found


def of_jax(work: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return what makes our step and the peer's, in JAX."""
    import devices_jax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    jax.config.update("jax_default_matmul_precision", "highest")  # float32 is float32, of both
    text, runs, problem, numbers, places, traced = of_problem(work, "jax", device, dtype)
    with runs.context():
        both = text.namespace(runs.dialect, runs.device)["value_and_grad"]
    batch = [runs.put(x) for x in problem.batch]
    many = work == "sweep"
    start = np.tile(numbers, (MODELS, 1)) if many else numbers
    loss = devices_jax.LOSSES["moons" if many else work]

    def ours_of(p, *batch):
        value, (slope,) = both(p, *batch)
        return value, slope

    def prepared(of: Callable, parameters: Any, flat: Callable) -> Callable:
        inner = jax.vmap(of, in_axes=(0, *[None] * len(batch))) if many else of

        def step(P, *batch):
            value, slope = inner(P, *batch)
            return jax.tree.map(lambda p, g: p - RATE * g, P, slope), value, slope

        compiled = jax.jit(step)

        def made():
            state = [parameters]
            _, value, slope = jax.block_until_ready(compiled(parameters, *batch))

            def once():
                state[0] = compiled(state[0], *batch)[0]

            found = flat(slope)
            return (float(jnp.sum(value)), found), once, lambda: jax.block_until_ready(state[0])

        return made

    def flat(slopes):
        one = {name: x[0] if many else x for name, x in slopes.items()}
        return _flat(one, places, len(numbers))

    P = {name: runs.put(start[..., at]) for name, at in places.items()}
    ours = prepared(ours_of, runs.put(start), lambda g: np.asarray(g[0] if many else g, float))
    theirs = prepared(jax.value_and_grad(loss), P, flat)

    def both_synchronised(make: Callable) -> Callable:
        def made():
            found, once, sync = make()
            waits.append(sync)
            return found, once, lambda: [wait() for wait in waits]

        return made

    waits: list[Callable] = []
    return both_synchronised(ours), both_synchronised(theirs), traced, runs.device


def of_torch(work: str, device: str, dtype: str) -> tuple[Any, ...]:
    """Return what makes our step and the peer's, in PyTorch."""
    import devices_torch
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False  # float32 is float32, of both
    torch.backends.cudnn.allow_tf32 = False
    text, runs, problem, numbers, places, traced = of_problem(work, "torch", device, dtype)
    both = text.namespace(runs.dialect, runs.device)["value_and_grad"]
    batch = [runs.put(x) for x in problem.batch]
    many = work == "sweep"
    start = np.tile(numbers, (MODELS, 1)) if many else numbers
    loss = devices_torch.sweep if many else devices_torch.LOSSES[work]
    inner = torch.func.vmap(both, in_dims=(0, *[None] * len(batch))) if many else both

    def sync():
        if device != "cpu":
            torch.cuda.synchronize()

    def ours():
        p = runs.put(start)

        def once():
            with torch.no_grad():
                value, (slope,) = inner(p, *batch)
                p.sub_(slope, alpha=RATE)
            return value, slope

        value, slope = once()
        flat = (slope[0] if many else slope).cpu().numpy()
        return (float(value.sum()), np.asarray(flat, float)), captured(once), sync

    def theirs():
        P = {name: runs.put(start[..., at]).requires_grad_() for name, at in places.items()}
        optimizer = torch.optim.SGD(P.values(), lr=RATE)

        def once():
            value = loss(P, *batch)
            value.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            return value

        value = loss(P, *batch)
        value.backward()
        one = {name: (p.grad[0] if many else p.grad).cpu().numpy() for name, p in P.items()}
        optimizer.zero_grad(set_to_none=True)
        found = float(value), _flat(one, places, len(numbers))
        del value  # with its graph, which belongs to another stream than the one captured
        return found, captured(once), sync

    def captured(once: Callable) -> Callable:
        """Return a step as one CUDA graph on a GPU: else its launches are what is timed."""
        if device == "cpu":
            return once
        try:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    once()
            torch.cuda.current_stream().wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                once()
        except RuntimeError as error:
            LAUNCHED.append(f"{once.__qualname__}: {error}")
            return once
        return graph.replay

    name = torch.cuda.get_device_name() if device != "cpu" else "cpu"
    return ours, theirs, traced, name


if __name__ == "__main__":
    sys.exit(main())
