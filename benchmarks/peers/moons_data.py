"""The moons problem as every peer here gets it: read from moons.bin, which make_data.py writes."""

import numpy as np

flat = np.fromfile("moons.bin")
X, y, P0 = flat[:200].reshape(100, 2), flat[200:300], flat[300:]


def split(p):
    """[(W[out, in], b[out])] from the flat parameters (per neuron: its weights, then its bias)."""
    layers, start = [], 0
    for n_in, n_out in ((2, 16), (16, 16), (16, 1)):
        rows = p[start : start + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
        layers.append((rows[:, :n_in].copy(), rows[:, n_in].copy()))
        start += rows.size
    return layers
