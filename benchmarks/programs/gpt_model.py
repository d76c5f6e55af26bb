"""The character GPT as plain scalar code: one layer, 16 wide, 4 heads. Eager or compiled."""

from array import array

from micrograd import dot, log_softmax, mean, softmax, sum, take
from micrograd.engine import Value
from micrograd.nn import Module

STEPS = 1000


def matrix(height, width):
    return [[Value(0.0) for _ in range(width)] for _ in range(height)]


def linear(x, w):
    return [dot(row, x) for row in w]


def rmsnorm(x):
    scale = (mean([xi * xi for xi in x]) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def added(xs, ys):
    return [x + y for x, y in zip(xs, ys, strict=True)]


class GPT(Module):
    def __init__(self):
        self.wte, self.wpe, self.lm = matrix(27, 16), matrix(16, 16), matrix(27, 16)
        self.wq, self.wk, self.wv, self.wo = (matrix(16, 16) for _ in range(4))
        self.fc1, self.fc2 = matrix(64, 16), matrix(16, 64)
        self.restart()

    def restart(self):
        """Set the parameters to those that all programs start from."""
        flat = array("d")
        with open("gpt_init.f64", "rb") as file:
            flat.frombytes(file.read())
        for p, data in zip(self.parameters(), flat, strict=True):
            p.data = data

    def logits(self, token, position, keys, values):
        """Return 27 logits for what follows ``token``; keys and values hold the earlier ones."""
        x = rmsnorm(added(take(self.wte, token), self.wpe[position]))
        residual, x = x, rmsnorm(x)
        query = linear(x, self.wq)
        keys.append(linear(x, self.wk))
        values.append(linear(x, self.wv))
        attended = []
        for head in range(0, 16, 4):
            part = slice(head, head + 4)
            weights = softmax([dot(query[part], key[part]) * 0.5 for key in keys])
            for j in range(head, head + 4):
                attended.append(dot(weights, [value[j] for value in values]))
        x = added(linear(attended, self.wo), residual)
        hidden = [h.relu() for h in linear(rmsnorm(x), self.fc1)]
        x = added(linear(hidden, self.fc2), x)
        return linear(x, self.lm)

    def loss(self, tokens):
        """Return the mean cross-entropy of each token of a document, given those before it."""
        keys, values, losses = [], [], []
        for position in range(len(tokens) - 1):
            logits = self.logits(tokens[position], position, keys, values)
            losses.append(-take(log_softmax(logits), tokens[position + 1]))
        return sum(losses) / len(losses)


def documents():
    """The first 1,000 names as lists of tokens, BOS at both ends, cut to 17."""
    flat = array("i")
    with open("gpt_docs.i32", "rb") as file:
        flat.frombytes(file.read())
    rows = [flat[i : i + 18].tolist() for i in range(0, 18 * STEPS, 18)]
    return [row[1 : row[0] + 2] for row in rows]
