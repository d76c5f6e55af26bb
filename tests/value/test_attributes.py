"""Values whose attributes have names of their own are drawn, explained and explored as others."""

import inspect
import re

import pytest
from other_engines import PAIRS, Closures, Kept

from micrograd import explore
from micrograd.draw import draw
from micrograd.explain import explain

SPANISH = {
    "data": "valor", "grad": "gradiente", "_prev": "hijos", "_op": "_op", "_backward": "paso",
    "Closures": "Numero",
}  # fmt: skip
LEFT_AND_RIGHT = """
class Node:
    __slots__ = ("getal", "helling", "links", "rechts", "terug")

    def __init__(self, getal, links=None, rechts=None):
        self.getal, self.helling, self.links, self.rechts = getal, 0.0, links, rechts
        self.terug = None

    def __add__(self, other):
        out = Node(self.getal + other.getal, self, other)
        def terug():
            self.helling += out.helling
            other.helling += out.helling
        out.terug = terug
        return out

    def __mul__(self, other):
        out = Node(self.getal * other.getal, self, other)
        def terug():
            self.helling += other.getal * out.helling
            other.helling += self.getal * out.helling
        out.terug = terug
        return out
"""
TAPE = """
TAPE = []

class Node:
    def __init__(self, valor, hijos=()):
        self.valor, self.gradiente, self.hijos = valor, 0.0, list(hijos)
        self.paso = lambda: None
        TAPE.append(self)

    def __add__(self, other):
        return self._made(self.valor + other.valor, other, 1.0, 1.0)

    def __mul__(self, other):
        return self._made(self.valor * other.valor, other, other.valor, self.valor)

    def _made(self, valor, other, x, y):
        out = Node(valor, (self, other))
        def paso():
            self.gradiente += x * out.gradiente
            other.gradiente += y * out.gradiente
        out.paso = paso
        return out

    def backward(self):
        self.gradiente = 1.0
        for node in reversed(TAPE):
            node.paso()
"""


def defined(text, name):
    namespace = {"__name__": "learners"}
    exec(compile(text, "learners.py", "exec"), namespace)
    return namespace[name], namespace


def with_names(text, names):
    for ours, theirs in names.items():
        text = re.sub(rf"\b{ours}\b", theirs, text)
    return text


def renamed(names):
    text = with_names(inspect.getsource(Closures), names)
    return defined(f"import math\n{text}", names.get("Closures", "Closures"))[0]


def in_pairs(value, grad, sources):
    names = {"value": value, "grad": grad, "sources": sources}
    return defined(with_names(PAIRS, names), "Variable")[0]


def example(cls):
    a, b = cls(2.0), cls(3.0)
    return a * b + b


@pytest.mark.parametrize(
    "cls",
    [
        renamed(SPANISH),
        renamed({"data": "value", "grad": "derivative", "_prev": "children"}),
        renamed({"data": "wert", "grad": "slope", "_prev": "vorher", "_backward": "zurueck"}),
        defined(LEFT_AND_RIGHT, "Node")[0],
        in_pairs("zahl", "steigung", "quellen"),
        in_pairs("data", "steigung", "children"),
    ],
)
def test_a_graph_of_any_names_reads_as_one_of_the_usual(cls):
    usual = example(Closures)
    assert str(explain(example(cls))) == str(explain(usual))
    assert str(draw(example(cls))) == str(draw(usual))
    graph, same = (explore(example(c), show=False).page["graph"] for c in (cls, Closures))
    assert graph["parents"] == same["parents"]
    assert graph["grads"] == same["grads"]


def test_gradients_of_any_name_are_the_ones_recorded():
    cls = renamed(SPANISH)
    a, b = cls(2.0), cls(3.0)
    c = a * b + b
    c.backward()
    assert "but it holds" not in str(explain(c))
    b.gradiente = 77.0
    assert "but it holds 77.0" in str(explain(c))


def test_finding_the_names_leaves_what_the_readers_code_holds_as_it_was():
    cls, namespace = defined(TAPE, "Node")
    c = example(cls)
    c.backward()
    before = [(x, x.gradiente) for x in namespace["TAPE"]]
    draw(c), explain(c), explore(c, show=False)
    assert [(x, x.gradiente) for x in namespace["TAPE"]] == before


class Bare:
    def __init__(self, numero):
        self.numero, self.otro = numero, "x"


@pytest.mark.parametrize("f", [draw, explain, explore])
def test_where_the_names_cannot_be_told_the_error_says_what_is_looked_for(f):
    with pytest.raises(TypeError, match="expects a Value") as caught:
        f(Bare(2.0))
    said = str(caught.value)
    assert "A Bare has numero, otro" in said
    assert "the gradient: grad, gradient" in said
    assert "the parents: _prev" in said


def test_usual_names_are_not_tried_out():
    class Counted(Kept):
        made = 0

        def __init__(self, *args):
            super().__init__(*args)
            Counted.made += 1

    a = Counted(2.0)
    draw(a * a)
    assert Counted.made == 1
