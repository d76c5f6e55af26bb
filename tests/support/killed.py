"""Start children that compile, save, train and keep checkpoints, and kill each at some moment.

``python killed.py FOLDER COUNT``: whatever a child was at, its files are whole, and the next child
sweeps what it left. The last one ends by itself.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from micrograd import Value, jit
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.saving import load, read, save
from micrograd.train import fit
from micrograd.train.checkpoints import Checkpoint  # noqa: F401  (imported once, before the forks)

DATA = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, -1.0, 0.5]


def compile_something(chance: random.Random) -> None:
    names = chance.choices(["tanh", "exp", "sin", "relu"], k=9)

    def f(x: Value) -> Value:
        for name in names:
            x = getattr(x, name)() * 0.5
        return x

    assert abs(jit(f, when="now")(Value(0.3)).data - f(Value(0.3)).data) < 1e-12


def work(folder: Path, chance: random.Random, epochs: int) -> None:
    """Do one of each; ``epochs`` of training, from where the checkpoint is."""
    compile_something(chance)
    model = MLP(2, [3, 1], seed=1)
    for p in model.parameters():
        p.data = float(epochs)
    save(model, folder / "model.safetensors")
    trained = MLP(2, [3, 1], seed=1)
    fit(
        lambda x, y: (trained(x) - y) ** 2,
        DATA,
        model=trained,
        optimizer=SGD(trained.parameters(), 0.01),
        epochs=epochs,
        seed=1,
        checkpoint=folder / "run",
        progress=False,
    )


def check(folder: Path, epochs: int) -> int:
    """See that each file is a whole one; return how many epochs the checkpoint has, not fewer."""
    if (folder / "model.safetensors").exists():
        model = load(MLP(2, [3, 1]), folder / "model.safetensors")
        assert len({p.data for p in model.parameters()}) == 1
    if not (folder / "run").exists():
        assert epochs == 0
        return 0
    arrays, _ = read(folder / "run")
    losses = [array for name, array in arrays.items() if name == "history.loss"]
    assert losses, sorted(arrays)
    assert len(losses[0]) >= epochs, "epochs were lost"
    return len(losses[0])


def main(folder: Path, count: int) -> None:
    chance, epochs = random.Random(count), 0
    for round in range(count + 1):
        child = os.fork()
        if child == 0:
            done = epochs
            while True:
                done += 1
                work(folder, random.Random(1000 * round + done), done)
                if round == count:
                    os._exit(0)
        if round < count:
            time.sleep(chance.uniform(0, 0.4))
            assert os.waitpid(child, os.WNOHANG) == (0, 0), "it ended by itself"
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        else:
            assert os.waitpid(child, 0)[1] == 0
        epochs = check(folder, epochs)
    print(f"{count} killed, {epochs} epochs")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
