"""A learner's notebook: their own engine, checked and drawn."""

from micrograd.draw import draw
from micrograd.explain import explain
from micrograd.practise import check


class Value:
    def __init__(self, data: float, _children: tuple["Value", ...] = (), _op: str = "") -> None:
        self.data, self.grad = data, 0.0
        self._prev, self._op = set(_children), _op

    def __add__(self, other: "Value") -> "Value":
        return Value(self.data + other.data, (self, other), "+")


total = Value(1.0) + Value(2.0)
picture = draw(total)
words = explain(total)
print(picture.svg[:4], str(words)[:7])
result = check(Value)
print(type(result).__name__)
