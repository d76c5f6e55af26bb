"""The models of ``programs/on_devices.py`` in PyTorch, by hand; P has matrices by name."""

import torch
import torch.nn.functional as F

PENALTY = 1e-4


def moons(P, X, Y):
    h = F.relu(F.linear(X, P["w0"], P["b0"]))
    h = F.relu(F.linear(h, P["w1"], P["b1"]))
    scores = F.linear(h, P["w2"], P["b2"])[:, 0]
    penalty = sum((p * p).sum() for p in P.values())
    return F.relu(1 - Y * scores).mean() + PENALTY * penalty


def _rmsnorm(x):
    return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt()


def gpt(P, X):
    X = X.long()
    now, after = X[:, :-1], X[:, 1:]
    B, T = now.shape

    def heads(x, w):
        return F.linear(x, w).view(B, T, 4, 4).transpose(1, 2)

    x = _rmsnorm(P["token_embedding"][now] + P["position_embedding"])
    n = _rmsnorm(x)
    q, k, v = heads(n, P["query"]), heads(n, P["key"]), heads(n, P["value"])
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + F.linear(mixed.transpose(1, 2).reshape(B, T, 16), P["out"])
    x = x + F.linear(F.relu(F.linear(_rmsnorm(x), P["up"])), P["down"])
    return F.cross_entropy(F.linear(x, P["head"]).reshape(B * T, 27), after.reshape(-1))


def lenet(P, X, Y):
    x = F.max_pool2d(F.relu(F.conv2d(X[:, None], P["first.weight"], P["first.bias"])), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, P["second.weight"], P["second.bias"])), 2)
    x = F.relu(F.linear(x.reshape(len(X), 64), P["hidden.weight"], P["hidden.bias"]))
    return F.cross_entropy(F.linear(x, P["out.weight"], P["out.bias"]), Y.long())


def transformer(P, X, Y):
    B, T, D = X.shape
    x = F.linear(X, P["layer.self_attn.in_proj_weight"], P["layer.self_attn.in_proj_bias"])
    q, k, v = x.view(B, T, 3, 2, D // 2).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    weight, bias = P["layer.self_attn.out_proj.weight"], P["layer.self_attn.out_proj.bias"]
    x = X + F.linear(mixed, weight, bias)
    x = F.layer_norm(x, (D,), P["layer.norm1.weight"], P["layer.norm1.bias"])
    h = F.relu(F.linear(x, P["layer.linear1.weight"], P["layer.linear1.bias"]))
    x = x + F.linear(h, P["layer.linear2.weight"], P["layer.linear2.bias"])
    x = F.layer_norm(x, (D,), P["layer.norm2.weight"], P["layer.norm2.bias"])
    return F.cross_entropy(F.linear(x.mean(1), P["out.weight"], P["out.bias"]), Y.long())


def sweep(P, X, Y):
    """The moons loss of many models, each matrix with the models in front; their sum."""
    h = F.relu(torch.baddbmm(P["b0"][:, None], X.expand(len(P["w0"]), *X.shape), P["w0"].mT))
    h = F.relu(torch.baddbmm(P["b1"][:, None], h, P["w1"].mT))
    scores = torch.baddbmm(P["b2"][:, None], h, P["w2"].mT)[..., 0]
    penalty = sum((p * p).flatten(1).sum(1) for p in P.values())
    return (F.relu(1 - Y * scores).mean(1) + PENALTY * penalty).sum()


LOSSES = {"moons": moons, "gpt": gpt, "lenet": lenet, "transformer": transformer}
