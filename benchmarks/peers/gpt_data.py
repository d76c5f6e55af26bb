"""The character GPT's inputs as every peer gets them: what make_data.py wrote."""

import numpy as np

SHAPES = {
    "wte": (27, 16),
    "wpe": (16, 16),
    "lm": (27, 16),
    "wq": (16, 16),
    "wk": (16, 16),
    "wv": (16, 16),
    "wo": (16, 16),
    "fc1": (64, 16),
    "fc2": (16, 64),
}
init = np.fromfile("gpt_init.f64")
rows = np.fromfile("gpt_docs.i32", dtype=np.int32).reshape(-1, 18)[:1000]
documents = [(row[1 : 1 + row[0]], row[2 : 2 + row[0]], int(row[0])) for row in rows]


def split(flat):
    """The matrices by name, as views of the 4,192 parameters."""
    matrices, start = {}, 0
    for name, (height, width) in SHAPES.items():
        matrices[name] = flat[start : start + height * width].reshape(height, width)
        start += height * width
    return matrices
