"""scikit-learn's 1,797 digits by ``fit``: MLP 64-32-10, SGD, batches of 64, float64."""

from sklearn.datasets import load_digits

from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
from serve import seconds, serve

X, y = load_digits(return_X_y=True)
X = X / 16
model = MLP(64, [32, 10], activation="relu")
EPOCHS = 20


def loss(x, target):
    return cross_entropy(model(x), target)


def epochs():
    fit(
        loss,
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=EPOCHS,
        batch_size=64,
        seed=1,
        progress=False,
    )


serve(epoch=lambda: seconds(epochs, EPOCHS))
