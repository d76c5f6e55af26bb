"""1,797 digits, scikit-learn's, by ``fit``: MLP 64-32-10, SGD, batches of 64, float64."""

from micrograd.data import digits
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
from serve import one_more, serve

X, y = digits()
model = MLP(64, [32, 10], activation="relu")


def loss(x, target):
    return cross_entropy(model(x), target)


def train(epochs):
    fit(
        loss,
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=epochs,
        batch_size=64,
        seed=1,
        progress=False,
    )


serve(epoch=lambda: one_more(train, 1, 21))
