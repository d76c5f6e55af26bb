"""How much faster several processes are, and whether that is what a model of two numbers says.

    python examples/distributed/scaling.py          # 1, 2 and 4 processes on this machine

A step of n ranks takes the computation of one process, divided among the cores that there are, and
one all_reduce of the gradient: t(n) = t(1) / min(n, cores) + a(n). Both are measured apart, and
t(n) then beside what they say. Each is the shortest of many, in some rounds over all sizes, as
others may use the machine too.
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

SIZES, ROUNDS = (1, 2, 4), 5
BATCH, EPOCHS, REPEATS = 448, 200, 1000
STEPS = 4  # an epoch; between two epochs ranks add up more than gradients


class Clock:
    """Adds up as the ranks do, and notes when that is done; alone, when an epoch is."""

    def __init__(self, ranks) -> None:
        self.ranks, self.ends = ranks, []
        self.rank, self.size = (ranks.rank, ranks.size) if ranks else (0, 1)

    def all_reduce(self, array) -> None:
        self.ranks.all_reduce(array)
        self.ends.append((len(array), time.perf_counter()))

    def on_epoch(self, history) -> None:
        self.ends.append((0, time.perf_counter()))

    def step(self, numbers: int) -> float:
        """Return seconds for a step, which adds up so many numbers: the shortest of all."""
        ends = self.ends
        if not self.ranks:
            return float(np.diff([end for _, end in ends]).min()) / STEPS
        two = [c[1] - a[1] for a, b, c in zip(ends, ends[1:], ends[2:])
               if a[0] == b[0] == c[0] == numbers]  # fmt: skip
        return min(two) / 2


def steps_and_reductions() -> dict[str, float]:
    """Seconds for a step, and for adding up as many numbers as it has, on each of the ranks."""
    clock = Clock(distributed.join())
    X, y = digits()
    model = MLP(64, [256, 10], seed=1)
    fit(
        lambda x, label: cross_entropy(model(x), label),
        (X[: STEPS * BATCH] / 16.0, y[: STEPS * BATCH]),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=EPOCHS,
        batch_size=BATCH,
        progress=False,
        compile=True,
        seed=1,
        callbacks=[clock],
        reduce=clock if clock.ranks else None,
    )
    numbers, shortest = np.zeros(len(model.parameters()) + 2), 1.0 if clock.ranks else 0.0
    for _ in range(REPEATS if clock.ranks else 0):
        start = time.perf_counter()
        clock.ranks.all_reduce(numbers)
        shortest = min(shortest, time.perf_counter() - start)
    return {"rank": clock.rank, "bytes": numbers.nbytes, "step": clock.step(len(numbers)),
            "reduction": shortest}  # fmt: skip


def of(size: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--rank"]
    if size > 1:
        command[1:1] = ["-m", "micrograd.distributed", "-n", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    rounds = [[of(size) for size in SIZES] for _ in range(ROUNDS)]
    rows = [min(row, key=lambda one: one["step"]) for row in zip(*rounds)]
    reductions = [min(one["reduction"] for one in row) for row in zip(*rounds)]
    print(f"{cores} cores; microseconds")
    print("processes  bytes a step  all_reduce  step, by the model  step, measured  efficiency")
    alone = rows[0]["step"]
    for size, row, reduction in zip(SIZES, rows, reductions):
        expected = alone / min(size, cores) + reduction
        efficiency = alone / (min(size, cores) * row["step"])
        print(
            f"{size:9} {row['bytes']:13} {1e6 * reduction:11.0f} {1e6 * expected:19.0f} "
            f"{1e6 * row['step']:15.0f} {efficiency:11.0%}"
        )


if __name__ == "__main__":
    if "--rank" in sys.argv:
        result = steps_and_reductions()
        if not result.pop("rank"):
            print(json.dumps(result))
    else:
        main()
