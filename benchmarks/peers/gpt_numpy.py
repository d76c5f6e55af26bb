"""The character GPT in NumPy, float64, the gradient derived by hand; Adam in place."""

import statistics
import time

import numpy as np
from gpt_data import documents, init

from serve import serve

SHAPES = ((27, 16), (16, 16), (27, 16), (48, 16), (16, 16), (64, 16), (16, 64))
MASKS = [None] + [np.triu(np.full((n, n), -np.inf), 1) for n in range(1, 17)]
POSITIONS = np.arange(17)


def views(flat):
    """wte, wpe, lm, the three of wq, wk, wv as one, wo, fc1, fc2."""
    matrices, start = [], 0
    for height, width in SHAPES:
        matrices.append(flat[start : start + height * width].reshape(height, width))
        start += height * width
    return matrices


def rmsnorm(x):
    r = 1 / np.sqrt((x * x).mean(1, keepdims=True) + 1e-5)
    return x * r, r


def rmsnorm_back(x, r, dy):
    return dy * r - x * (r**3 * ((dy * x).sum(1, keepdims=True) / 16))


def softmax_in_place(x):
    x -= x.max(-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(-1, keepdims=True)
    return x


def loss_and_gradient(p, g, document):
    wte, wpe, lm, wqkv, wo, f1, f2 = p
    gte, gpe, glm, gqkv, gwo, gf1, gf2 = g
    tokens, targets, n = document

    x0 = wte[tokens] + wpe[:n]
    x1, r0 = rmsnorm(x0)
    x2, r1 = rmsnorm(x1)
    q, k, v = (x2 @ wqkv.T).reshape(n, 3, 4, 4).transpose(1, 2, 0, 3)
    A = softmax_in_place(q @ k.transpose(0, 2, 1) * 0.5 + MASKS[n])
    attended = (A @ v).transpose(1, 0, 2).reshape(n, 16)
    x3 = attended @ wo.T + x1
    x4, r3 = rmsnorm(x3)
    h = np.maximum(x4 @ f1.T, 0)
    x5 = h @ f2.T + x3
    z = softmax_in_place(x5 @ lm.T)
    loss = -np.log(z[POSITIONS[:n], targets]).mean()

    z[POSITIONS[:n], targets] -= 1
    z *= 1 / n
    np.matmul(z.T, x5, out=glm)
    d5 = z @ lm
    np.matmul(d5.T, h, out=gf2)
    dh = (d5 @ f2) * (h > 0)
    np.matmul(dh.T, x4, out=gf1)
    d3 = d5 + rmsnorm_back(x3, r3, dh @ f1)
    np.matmul(d3.T, attended, out=gwo)
    da = (d3 @ wo).reshape(n, 4, 4).transpose(1, 0, 2)
    dA = da @ v.transpose(0, 2, 1)
    ds = A * (dA - (dA * A).sum(2, keepdims=True)) * 0.5
    dqkv = np.stack((ds @ k, ds.transpose(0, 2, 1) @ q, A.transpose(0, 2, 1) @ da))
    dqkv = dqkv.transpose(2, 0, 1, 3).reshape(n, 48)
    np.matmul(dqkv.T, x2, out=gqkv)
    d1 = d3 + rmsnorm_back(x1, r1, dqkv @ wqkv)
    d0 = rmsnorm_back(x0, r0, d1)
    gte[:] = 0
    gpe[:] = 0
    gpe[:n] = d0
    np.add.at(gte, tokens, d0)
    return loss


def train():
    p = init.copy()
    g, m, v, scratch = (np.zeros_like(p) for _ in range(4))
    matrices, gradients = views(p), views(g)
    losses, times = [], []
    for s, document in enumerate(documents):
        start = time.perf_counter()
        losses.append(float(loss_and_gradient(matrices, gradients, document)))
        m *= 0.85
        np.multiply(g, 1 - 0.85, out=scratch)
        m += scratch
        v *= 0.99
        np.multiply(g, g, out=scratch)
        scratch *= 1 - 0.99
        v += scratch
        np.multiply(v, 1 / (1 - 0.99 ** (s + 1)), out=scratch)
        np.sqrt(scratch, out=scratch)
        scratch += 1e-8
        np.divide(m, scratch, out=scratch)
        scratch *= 0.01 * (1 - s / 1000) / (1 - 0.85 ** (s + 1))
        p -= scratch
        times.append(time.perf_counter() - start)
    return losses, statistics.median(times)


def ends():
    losses, _ = train()
    return [losses[0], losses[19], losses[-1]]


serve(step=lambda: train()[1], losses=ends)
