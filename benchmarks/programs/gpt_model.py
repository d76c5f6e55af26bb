"""The character GPT of examples/gpt.py with the parameters and documents of all programs."""

from array import array
from itertools import chain
from string import ascii_lowercase

from gpt import GPT
from micrograd.nn import Module

STEPS = 1000


class Model(GPT, Module):
    """The example, as a module that ``fit`` takes."""

    def __init__(self):
        super().__init__(ascii_lowercase)
        self.restart()

    def restart(self):
        """Set the parameters to those that all programs start from."""
        attention = self.query, self.key, self.value, self.out
        embeddings = self.token_embedding, self.position_embedding, self.head
        rows = chain(*embeddings, *attention, self.up, self.down)
        for p, data in zip(chain.from_iterable(rows), _numbers("d", "gpt_init.f64"), strict=True):
            p.data = data


def documents():
    """Return the first 1,000 names as lists of tokens, begin and end included, cut to 17."""
    flat = _numbers("i", "gpt_docs.i32")
    rows = [flat[i : i + 18].tolist() for i in range(0, 18 * STEPS, 18)]
    return [row[1 : row[0] + 2] for row in rows]


def _numbers(typecode, path):
    numbers = array(typecode)
    with open(path, "rb") as file:
        numbers.frombytes(file.read())
    return numbers
