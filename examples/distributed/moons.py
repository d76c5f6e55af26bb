"""Two moons, learnt by several processes together: each takes its share of every batch.

    python -m micrograd.distributed -n 2 examples/distributed/moons.py
    torchrun --nproc-per-node 2 examples/distributed/moons.py torch
    mpirun -n 2 python -m mpi4py examples/distributed/moons.py mpi
    python examples/distributed/moons.py                # one process, the same numbers

A second argument names a checkpoint: whatever is killed, the same command goes on from there.
"""

import sys

from micrograd import distributed
from micrograd.data import moons, split
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.optim import Adam
from micrograd.train import fit

WAYS = {"sockets": distributed.join, "torch": distributed.TorchRanks, "mpi": distributed.MPIRanks}


def main(way: str = "sockets", checkpoint: str | None = None, epochs: str = "200") -> None:
    ranks = WAYS[way]()
    train, held_out = split(moons(400, noise=0.2, seed=1), held_out=0.25, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)

    def right(x, y):
        return (model(x) > 0) == (y > 0)

    history = fit(
        lambda x, y: hinge(model(x), y),
        train,
        model=model,
        optimizer=Adam(model.parameters(), lr=0.01),
        epochs=int(epochs),
        batch_size=64,
        validation=held_out,
        metrics={"accuracy": right},
        early_stopping=40,
        seed=1,
        checkpoint=checkpoint,
        progress=False,
        reduce=ranks,
    )
    size = ranks.size if ranks else 1
    if not ranks or ranks.rank == 0:
        print(f"{size} processes: {history.epochs} epochs, the best was {history.best_epoch}")
        print(f"accuracy {history.metrics['accuracy'][-1]:.3f}")
        print("parameters", *[p.data.hex() for p in model.parameters()])


if __name__ == "__main__":
    main(*sys.argv[1:])
