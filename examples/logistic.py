"""Logistic regression of real tumours by SciPy's L-BFGS: the gradient comes from scalar code.

569 tumours, each of 30 measured features, benign or malignant (the Wisconsin data, which
scikit-learn brings along). Any optimiser takes what value_and_grad returns.
"""

import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer

from micrograd import dot, jit, mean, sum, value_and_grad, vmap
from micrograd.losses import binary_cross_entropy_with_logits

PENALTY = 1e-3


@jit
@value_and_grad
def objective(weights, X, y):
    """Return the mean loss, with a penalty on all weights but the last, the bias."""

    def loss(x, label):
        return binary_cross_entropy_with_logits(dot(weights[:-1], x) + weights[-1], label)

    return mean(vmap(loss)(X, y)) + PENALTY * sum(w * w for w in weights[:-1])


def data():
    """Return the features, each with mean 0 and deviation 1, and whether a tumour is benign."""
    X, y = load_breast_cancer(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0), y.astype(float)


def solve(iterations=200):
    """Return the features, the labels, the weights, and the losses on the way."""
    X, y = data()
    losses = []

    def noted(weights):
        value, slope = objective(weights, X, y)
        losses.append(value)
        return value, slope

    start = np.zeros(X.shape[1] + 1)
    options = {"maxiter": iterations, "ftol": 1e-14, "gtol": 1e-9}
    done = minimize(noted, start, jac=True, method="L-BFGS-B", options=options)
    return X, y, done.x, losses


def draw(ax, result):
    """Draw how sure the model is of each kind of tumour."""
    X, y, weights, _ = result
    scores = X @ weights[:-1] + weights[-1]
    bins = np.linspace(-15, 15, 61)
    for label, name in ((0.0, "malignant"), (1.0, "benign")):
        ax.hist(scores[y == label], bins, alpha=0.6, label=name)
    ax.axvline(0.0, color="grey", linewidth=0.8)
    ax.set(xlabel="score", ylabel="tumours")
    ax.legend(frameon=False)


if __name__ == "__main__":
    X, y, weights, losses = solve()
    right = np.mean((X @ weights[:-1] + weights[-1] > 0) == (y > 0))
    print(f"loss {losses[-1]:.6f} after {len(losses)} gradients, {right:.1%} of the tumours right")
