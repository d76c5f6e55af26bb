"""Make the pictures of README.md and the pages: ``python docs/make_pictures.py [folder]``."""

import sys
from pathlib import Path

from make_backward import animated

from micrograd.draw import draw
from micrograd.engine import Value
from micrograd.files import write_whole


def unfinished() -> Value:
    """c = a·b + b, in which b is used twice."""
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    ab = a * b
    ab.label = "ab"
    c = ab + b
    c.label = "c"
    return c


def product_and_sum() -> Value:
    c = unfinished()
    c.backward()
    return c


def neuron() -> Value:
    """The tanh neuron of two inputs, with the numbers of the well-known lecture."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    o.backward()
    return o


MOVING = "backward.svg"
PICTURES = {"product_and_sum.svg": product_and_sum, "neuron.svg": neuron}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, graph in PICTURES.items():
        draw(graph()).save(folder / name)
    write_whole(folder / MOVING, animated(unfinished()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
