"""The character GPT on a pure-Python scalar: local gradients stored, a recursive backward.

This is what people write when they want a GPT without any library. Trained on the first 20
documents only: at 0.2 s a step, and their mean length is that of all to 5 %.
"""

import math
import statistics
import sys
import time
from array import array
from itertools import pairwise

from serve import serve

sys.setrecursionlimit(10**6)
STEPS = 20


class Scalar:
    __slots__ = ("children", "data", "grad", "local_grads")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Scalar(self.data**n, (self,), (n * self.data ** (n - 1),))

    def log(self):
        return Scalar(math.log(self.data), (self,), (1 / self.data,))

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e, (self,), (e,))

    def relu(self):
        return Scalar(max(0.0, self.data), (self,), (float(self.data > 0),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1

    def backward(self):
        order, visited = [], set()

        def visit(scalar):
            if scalar not in visited:
                visited.add(scalar)
                for child in scalar.children:
                    visit(child)
                order.append(scalar)

        visit(self)
        self.grad = 1.0
        for scalar in reversed(order):
            for child, local in zip(scalar.children, scalar.local_grads, strict=True):
                child.grad += local * scalar.grad


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def softmax(logits):
    top = max(x.data for x in logits)
    powers = [(x - top).exp() for x in logits]
    total = sum(powers)
    return [p / total for p in powers]


def rmsnorm(x):
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def logits(P, token, position, keys, values):
    x = rmsnorm([t + p for t, p in zip(P["wte"][token], P["wpe"][position], strict=True)])
    residual, x = x, rmsnorm(x)
    q = linear(x, P["wq"])
    keys.append(linear(x, P["wk"]))
    values.append(linear(x, P["wv"]))
    attended = []
    for head in range(0, 16, 4):
        part = slice(head, head + 4)
        scores = [
            sum(a * b for a, b in zip(q[part], key[part], strict=True)) / 4**0.5 for key in keys
        ]
        weights = softmax(scores)
        for j in range(head, head + 4):
            attended.append(sum(w * v[j] for w, v in zip(weights, values, strict=True)))
    x = [a + b for a, b in zip(linear(attended, P["wo"]), residual, strict=True)]
    hidden = [h.relu() for h in linear(rmsnorm(x), P["fc1"])]
    x = [a + b for a, b in zip(linear(hidden, P["fc2"]), x, strict=True)]
    return linear(x, P["lm"])


def objective(P, tokens):
    keys, values, losses = [], [], []
    for position, (token, target) in enumerate(pairwise(tokens)):
        probabilities = softmax(logits(P, token, position, keys, values))
        losses.append(-probabilities[target].log())
    return (1 / len(losses)) * sum(losses)


def matrices(parameters):
    """The matrices by name, as lists of rows of the 4,192 parameters."""
    P, start = {}, 0
    for name, height, width in (
        ("wte", 27, 16),
        ("wpe", 16, 16),
        ("lm", 27, 16),
        ("wq", 16, 16),
        ("wk", 16, 16),
        ("wv", 16, 16),
        ("wo", 16, 16),
        ("fc1", 64, 16),
        ("fc2", 16, 64),
    ):
        P[name] = [parameters[start + i * width : start + (i + 1) * width] for i in range(height)]
        start += height * width
    return P


def load():
    """Return the parameters as numbers, and the documents as lists of tokens."""
    flat, documents = array("d"), array("i")
    with open("gpt_init.f64", "rb") as file:
        flat.frombytes(file.read())
    with open("gpt_docs.i32", "rb") as file:
        documents.frombytes(file.read())
    rows = [documents[i : i + 18].tolist() for i in range(0, 18 * STEPS, 18)]
    return list(flat), [row[1 : row[0] + 2] for row in rows]


def train(Scalar=Scalar):
    """Return the losses and times of the first steps, with this or another class of scalars."""
    flat, documents = load()
    parameters = [Scalar(x) for x in flat]
    P = matrices(parameters)
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)
    losses, times = [], []
    for s, tokens in enumerate(documents):
        start = time.perf_counter()
        loss = objective(P, tokens)
        loss.backward()
        rate = 0.01 * (1 - s / 1000)
        for i, p in enumerate(parameters):
            m[i] = 0.85 * m[i] + (1 - 0.85) * p.grad
            v[i] = 0.99 * v[i] + (1 - 0.99) * p.grad**2
            m_hat, v_hat = m[i] / (1 - 0.85 ** (s + 1)), v[i] / (1 - 0.99 ** (s + 1))
            p.data -= rate * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0.0
        times.append(time.perf_counter() - start)
        losses.append(loss.data)
    return losses, times


def serve_training(Scalar=Scalar):
    def losses():
        first, *_, last = train(Scalar)[0]
        return [first, last]

    serve(
        step=lambda: statistics.median(train(Scalar)[1]),
        mean_step=lambda: statistics.mean(train(Scalar)[1]),
        losses=losses,
    )


if __name__ == "__main__":
    serve_training()
