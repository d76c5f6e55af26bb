"""How much faster several processes are, and whether that is what a model of two numbers says.

    python examples/distributed/scaling.py          # 1, 2 and 4 processes on this machine

A step of n ranks takes the computation of one process, divided among the cores that there are, and
one all_reduce of the gradient: t(n) = t(1) / min(n, cores) + a(n). Both are measured apart, and
t(n) then beside what they say. Each is the shortest of many, as others may use the machine too.
"""

import json
import os
import subprocess
import sys
import time

import numpy as np

from micrograd import distributed
from micrograd.data import digits
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit

BATCH, EPOCHS, REPEATS = 256, 20, 200


def steps_and_reductions() -> dict[str, float]:
    """Seconds for a step, and for adding up as many numbers as it has, on each of the ranks."""
    ranks = distributed.join()
    X, y = digits()
    model = MLP(64, [64, 10], seed=1)
    ends = [time.perf_counter()]

    class Clock:
        def on_epoch(self, history):
            ends.append(time.perf_counter())

    fit(
        lambda x, label: cross_entropy(model(x), label),
        (X[: 4 * BATCH] / 16.0, y[: 4 * BATCH]),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=EPOCHS,
        batch_size=BATCH,
        callbacks=[Clock()],
        progress=False,
        compile=True,
        seed=1,
        reduce=ranks,
    )
    step = float(np.diff(ends)[1:].min()) / 4
    numbers, shortest = np.zeros(len(model.parameters()) + 2), 0.0 if ranks is None else 1.0
    for _ in range(REPEATS if ranks else 0):
        start = time.perf_counter()
        ranks.all_reduce(numbers)
        shortest = min(shortest, time.perf_counter() - start)
    return {"rank": ranks.rank if ranks else 0, "bytes": numbers.nbytes, "step": step,
            "reduction": shortest}  # fmt: skip


def of(size: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--rank"]
    if size > 1:
        command[1:1] = ["-m", "micrograd.distributed", "-n", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{cores} cores; microseconds")
    print("processes  bytes a step  all_reduce  step, by the model  step, measured  efficiency")
    alone = of(1)["step"]
    for size in (1, 2, 4):
        row = of(size)
        expected = alone / min(size, cores) + row["reduction"]
        efficiency = alone / (min(size, cores) * row["step"])
        print(
            f"{size:9} {row['bytes']:13} {1e6 * row['reduction']:11.0f} {1e6 * expected:19.0f} "
            f"{1e6 * row['step']:15.0f} {efficiency:11.0%}"
        )


if __name__ == "__main__":
    if "--rank" in sys.argv:
        result = steps_and_reductions()
        if not result.pop("rank"):
            print(json.dumps(result))
    else:
        main()
