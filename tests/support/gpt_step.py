"""The training step of a GPT that is written one scalar at a time, as people write it in 200 lines.

Adam is written out over lists of moments, and the two lookups by token are ``take``.
"""

import random

from micrograd import Value, take

WIDTH, HEADS, BLOCK, LETTERS = 4, 2, 4, 6


def trainer(seed=42):
    """Return ``step(tokens, t)``, the parameters and the two lists of moments."""
    rng = random.Random(seed)

    def matrix(rows, columns):
        return [[Value(rng.gauss(0, 0.1)) for _ in range(columns)] for _ in range(rows)]

    state = {
        "tokens": matrix(LETTERS, WIDTH),
        "places": matrix(BLOCK, WIDTH),
        **{name: matrix(WIDTH, WIDTH) for name in ("query", "key", "value", "out")},
        "wide": matrix(4 * WIDTH, WIDTH),
        "narrow": matrix(WIDTH, 4 * WIDTH),
        "head": matrix(LETTERS, WIDTH),
    }
    params = [p for rows in state.values() for row in rows for p in row]

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x)) for row in w]

    def softmax(logits):
        largest = max(v.data for v in logits)
        exps = [(v - largest).exp() for v in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def normed(x):
        scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def gpt(token, place, keys, values):
        x = normed([a + b for a, b in zip(take(state["tokens"], token), state["places"][place])])
        query = linear(x, state["query"])
        keys.append(linear(x, state["key"]))
        values.append(linear(x, state["value"]))
        mixed, size = [], WIDTH // HEADS
        for start in range(0, WIDTH, size):
            part = range(start, start + size)
            scores = [sum(query[j] * key[j] for j in part) / size**0.5 for key in keys]
            weights = softmax(scores)
            mixed += [sum(w * value[j] for w, value in zip(weights, values)) for j in part]
        x = [a + b for a, b in zip(linear(mixed, state["out"]), x)]
        hidden = [h.relu() for h in linear(normed(x), state["wide"])]
        x = [a + b for a, b in zip(linear(hidden, state["narrow"]), x)]
        return linear(x, state["head"])

    m, v = [0.0] * len(params), [0.0] * len(params)

    def step(tokens, t):
        n = min(BLOCK, len(tokens) - 1)
        keys, values, losses = [], [], []
        for place in range(n):
            chances = softmax(gpt(tokens[place], place, keys, values))
            losses.append(-take(chances, tokens[place + 1]).log())
        loss = (1 / n) * sum(losses)
        loss.backward()
        rate = 0.01 * (1 - t / 1000)
        for i, p in enumerate(params):
            m[i] = 0.85 * m[i] + 0.15 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            first, second = m[i] / (1 - 0.85 ** (t + 1)), v[i] / (1 - 0.99 ** (t + 1))
            p.data -= rate * first / (second**0.5 + 1e-8)
            p.grad = 0
        return loss.data

    return step, params, m, v
