"""LeNet on 28 by 28 pixels, Adam, batches of 32, by ``fit``. argv: dtype."""

import sys

from real_size import LeNet

from micrograd.optim import Adam
from micrograd.train import fit
from serve import serve

EPOCHS = 20  # of 8 steps
model = LeNet()
X, y = model.data()
optimizer = Adam(model.parameters(), lr=0.001)


def step():
    history = fit(
        model.loss,
        (X, y),
        model=model,
        optimizer=optimizer,
        epochs=EPOCHS,
        batch_size=32,
        seed=1,
        progress=False,
        compile=True,
        dtype=sys.argv[1],
    )
    return history.seconds / len(history.step_loss)  # without tracing and compiling


serve(step=step)
