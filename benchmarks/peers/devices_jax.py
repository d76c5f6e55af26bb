"""The models of ``programs/on_devices.py`` in JAX, vectorised by hand; P has matrices by name."""

import jax
import jax.numpy as jnp

PENALTY = 1e-4


def moons(P, X, Y):
    h = jax.nn.relu(X @ P["w0"].T + P["b0"])
    h = jax.nn.relu(h @ P["w1"].T + P["b1"])
    scores = (h @ P["w2"].T + P["b2"])[:, 0]
    penalty = sum(jnp.sum(p * p) for p in P.values())
    return jax.nn.relu(1 - Y * scores).mean() + PENALTY * penalty


def _rmsnorm(x):
    return x * ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5


def gpt(P, X):
    X = X.astype(int)
    now, after = X[:, :-1], X[:, 1:]
    B, T = now.shape

    def heads(x, w):
        return (x @ w.T).reshape(B, T, 4, 4).transpose(0, 2, 1, 3)

    x = _rmsnorm(P["token_embedding"][now] + P["position_embedding"])
    n = _rmsnorm(x)
    q, k, v = heads(n, P["query"]), heads(n, P["key"]), heads(n, P["value"])
    fits = jnp.where(jnp.tril(jnp.ones((T, T), bool)), q @ k.swapaxes(2, 3) / 2, -jnp.inf)
    mixed = (jax.nn.softmax(fits) @ v).transpose(0, 2, 1, 3).reshape(B, T, 16)
    x = x + mixed @ P["out"].T
    x = x + jax.nn.relu(_rmsnorm(x) @ P["up"].T) @ P["down"].T
    return _cross_entropy(x @ P["head"].T, after)


def lenet(P, X, Y):
    def layer(x, w, b):
        x = jax.lax.conv(x, w, (1, 1), "VALID") + b[:, None, None]
        x = jax.nn.relu(x)
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    x = layer(X[:, None], P["first.weight"], P["first.bias"])
    x = layer(x, P["second.weight"], P["second.bias"]).reshape(len(X), 64)
    x = jax.nn.relu(x @ P["hidden.weight"].T + P["hidden.bias"])
    return _cross_entropy(x @ P["out.weight"].T + P["out.bias"], Y.astype(int))


def _layer_norm(x, w, b):
    x = x - x.mean(-1, keepdims=True)
    return x * ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5 * w + b


def transformer(P, X, Y):
    B, T, D = X.shape
    x = X @ P["layer.self_attn.in_proj_weight"].T + P["layer.self_attn.in_proj_bias"]
    q, k, v = x.reshape(B, T, 3, 2, D // 2).transpose(2, 0, 3, 1, 4)
    mixed = jax.nn.softmax(q @ k.swapaxes(2, 3) / (D // 2) ** 0.5) @ v
    mixed = mixed.transpose(0, 2, 1, 3).reshape(B, T, D)
    mixed = mixed @ P["layer.self_attn.out_proj.weight"].T + P["layer.self_attn.out_proj.bias"]
    x = _layer_norm(X + mixed, P["layer.norm1.weight"], P["layer.norm1.bias"])
    h = jax.nn.relu(x @ P["layer.linear1.weight"].T + P["layer.linear1.bias"])
    h = h @ P["layer.linear2.weight"].T + P["layer.linear2.bias"]
    x = _layer_norm(x + h, P["layer.norm2.weight"], P["layer.norm2.bias"])
    return _cross_entropy(x.mean(1) @ P["out.weight"].T + P["out.bias"], Y.astype(int))


def _cross_entropy(logits, labels):
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], -1)
    return -chosen.mean()


LOSSES = {"moons": moons, "gpt": gpt, "lenet": lenet, "transformer": transformer}
