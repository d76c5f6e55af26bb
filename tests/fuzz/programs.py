"""Random programs: a function, what it reads from outside, and the calls it is to be tried with.

A program is text that defines ``f``, ``calls``, each of which makes the arguments of one call,
``between``, which may change the world after a call, and ``world``, what must be the same after
each.
"""

import random

from grammar import Writer, forms

HEAD = """import builtins, collections, dataclasses, math
from itertools import accumulate
from math import inf, nan
import numpy as np
from micrograd import *
Pair = collections.namedtuple("Pair", "first second")
@dataclasses.dataclass
class State:
    x: object
    v: object
class Box: pass
"""
KINDS = {"V": ["w", "w2"], "F": ["rate"], "L": ["table"], "A": ["grid"]}
SPECIAL = forms("""
    0.0 | -0.0 | inf | -inf | nan | 1e308 | -1e308 | 5e-324 | 1e-200 | 10**400 | -1.0 | 2**53 |
    0 | 1
""")


OTHER_LISTS = forms("""
    np.array({0}) | [Value(x) for x in {0}] | tuple({0}) | [1, 2, 3, 4, 5][:{1}]
""")
OTHER_ARRAYS = forms("""
    np.array({0}) | {0} | np.array([1, 2, 3, 4, 5][:{1}]) | np.array({0}, dtype=np.float32)
""")
EFFECTS = forms("""
    box.count += 1 | table.append(1.0) | w.data = w.data * 0.5 | w.grad = 0.0 | box.last = {0} |
    grid[0] = 0.5 | (w * {0}).backward()
""")
BETWEEN = forms("""
    rate += 0.5 | w2 = Value(w2.data + 1) | w.data += 0.25 | table.append(0.5) | table[0] = 1.5 |
    grid[1] = 0.75 | rate = k
""")


class Program(Writer):
    """One random program; ``text`` is it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        super().__init__(rng, hard=rng.random() < 0.25)
        self.special = self.hard or self.chance(0.1)
        arguments = {name: self.pick("VFFLLAAADIS") for name in "abc"[: self.rng.randint(1, 3)]}
        self.sized = [name for name, kind in arguments.items() if kind in "LA"]
        self.names = {name: kind for kind, names in KINDS.items() for name in names}
        self.names |= arguments
        lines = [f"n = len({self.sized[0]})" if self.sized else "n = 3"]
        self.names["n"] = "I"
        for _ in range(self.rng.randint(0, 4)):
            lines += self.statement()
        if self.chance(0.06):
            lines += [self.effect()]
        lines += [f"return {self.result()}"]
        body = "\n".join("    " + line for line in lines)
        self.text = f"""{self._world()}
def f({", ".join(arguments)}):
{body}
calls = [
{self._calls(arguments)}
]
def between(k):
    global rate, w2
    {self._between()}
"""

    def effect(self):
        """A change of what is outside."""
        return self.pick(EFFECTS).format(self.scalar(1)[0])

    def _world(self):
        length = 3
        return f"""w, w2 = Value({self.fraction()}), Value({self.fraction()})
rate = {self.fraction()}
table = {[self.number_for_call() for _ in range(length)]}
grid = np.array({[self.number_for_call() for _ in range(length)]})
box = Box()
box.count, box.last = 0, 0.0
def world():
    return [w, w2, rate, table, grid, box.count, box.last]""".replace("'", "")

    def fraction(self):
        return repr(self.rng.randint(-16, 16) / 8)

    def number_for_call(self):
        if self.special and self.chance(0.25):
            return self.pick([x for x in SPECIAL if "**" not in x])
        return repr(round(self.rng.uniform(-2, 2), 3)) if self.chance(0.7) else self.fraction()

    def _calls(self, arguments):
        lines, n = [], 3
        count = self.rng.randint(2, 4)
        for k in range(count):
            if k and self.chance(0.3):
                n = self.rng.randint(2, 5)
            lines.append(
                f"    lambda: ({''.join(x + ', ' for x in self._arguments(arguments, n, k))}),"
            )
        return "\n".join(lines)

    def _arguments(self, arguments, n, k):
        made = []
        for kind in arguments.values():
            if made and self.chance(0.05) and len({*arguments.values()}) == 1:
                made[-1:] = [f"*[{made[-1]}] * 2"]  # the same thing twice
                continue
            made.append(self._argument(kind, n, k))
        return made

    def _argument(self, kind, n, k):
        numbers = [self.number_for_call() for _ in range(max(n, 2))]
        listed = f"[{', '.join(numbers[:n])}]"
        if kind == "V":
            return f"Value({numbers[0]})"
        other = self.chance(0.15)
        if kind == "F":
            if k and other:
                return self.pick([f"Value({numbers[0]})", "2", "True", "np.float64(0.5)"])
            return self.pick(SPECIAL) if self.special and self.chance(0.2) else numbers[0]
        if kind == "L":
            return self.pick(OTHER_LISTS).format(listed, n) if other else listed
        if kind == "A":
            return self.pick(OTHER_ARRAYS if k and other else OTHER_ARRAYS[:1]).format(listed, n)
        if kind == "D":
            return f"{{'a': {numbers[0]}, 'b': {numbers[1]}}}"
        if kind == "I":
            return repr(self.rng.randint(0, 4))
        return repr(self.pick(["one", "two"]))

    def _between(self):
        return self.pick(["pass"] * 5 + BETWEEN)


def program(seed: int) -> str:
    """Return the program of a seed."""
    return Program(seed).text
