"""The character GPT, compiled: 1,000 documents, one a step, by ``fit`` with Adam."""

from micrograd.data import batch_indices
from micrograd.optim import Adam
from micrograd.schedules import Linear
from micrograd.train import fit
from programs.gpt_model import STEPS, Model, documents
from serve import one_more, seconds, serve

model = Model()
# fit shuffles; these are put where its shuffle takes them from in the order that all programs use
data = [None] * STEPS
for (place,), document in zip(batch_indices(STEPS, 1, seed=0, epoch=0), documents(), strict=True):
    data[place] = (document,)


def run(epochs=1):
    model.restart()
    return fit(
        model.loss,
        data,
        model=model,
        optimizer=Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99), eps=1e-8),
        epochs=epochs,
        batch_size=1,
        schedule=Linear(end=0.0),
        seed=0,
        progress=False,
    )


def losses():
    by_step = run().step_loss
    return [by_step[0], by_step[19], by_step[-1]]


serve(step=lambda: one_more(run, 1, 31) / STEPS, run=lambda: seconds(run), losses=losses)
