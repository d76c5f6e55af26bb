"""Write the inputs that all programs share: moons.bin, gpt_init.f64, gpt_docs.i32.

moons: scikit-learn's make_moons(100, noise=0.1) under numpy seed 1337, y in {-1, 1}, and the 337
parameters that the original library draws under random.seed(1337): per neuron, uniform(-1, 1)
weights, then a zero bias. gpt: 4,192 parameters from random.gauss(0, 0.08), after shuffling the
names under random.seed(42), and per document 18 int32: n (positions trained on, at most 16), then
BOS, letters, BOS, padded with -1.
"""

import random
import struct
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import make_moons


def write_moons() -> None:
    np.random.seed(1337)
    random.seed(1337)
    X, y = make_moons(n_samples=100, noise=0.1)
    parameters = []
    for n_in, n_out in ((2, 16), (16, 16), (16, 1)):
        for _ in range(n_out):
            parameters += [random.uniform(-1, 1) for _ in range(n_in)] + [0.0]
    flat = np.concatenate([X.ravel(), y * 2 - 1, parameters])
    Path("moons.bin").write_bytes(flat.astype("<f8").tobytes())


def write_gpt(names: Path) -> None:
    random.seed(42)
    docs = [line.strip() for line in names.read_text().split("\n") if line.strip()]
    random.shuffle(docs)
    letters = sorted(set("".join(docs)))
    bos = len(letters)
    shapes = ((27, 16), (16, 16), (27, 16), *[(16, 16)] * 4, (64, 16), (16, 64))
    init = [random.gauss(0, 0.08) for rows, cols in shapes for _ in range(rows * cols)]
    Path("gpt_init.f64").write_bytes(struct.pack(f"<{len(init)}d", *init))
    with open("gpt_docs.i32", "wb") as file:
        for doc in docs:
            tokens = [bos] + [letters.index(c) for c in doc] + [bos]
            row = [min(16, len(tokens) - 1), *tokens[:17]]
            file.write(struct.pack("<18i", *row, *([-1] * (18 - len(row)))))


write_moons()
write_gpt(Path(sys.argv[1]))
