"""A dataclass; match on the operation; each unary result has None as its second parent."""

import math
from dataclasses import dataclass, field


@dataclass(eq=False, repr=False)
class Value:
    data: float
    left: "Value | None" = None
    right: "Value | None" = None
    op: str = ""
    grad: float = field(default=0.0, init=False)

    def __str__(self):
        return f"{self.data:.3f}"

    __repr__ = __str__

    def __add__(self, other):
        other = to(other)
        return Value(self.data + other.data, self, other, "+")

    def __mul__(self, other):
        other = to(other)
        return Value(self.data * other.data, self, other, "*")

    def tanh(self):
        return Value(math.tanh(self.data), self, op="tanh")

    def relu(self):
        return Value(max(0.0, self.data), self, op="relu")

    def log(self):
        return Value(math.log(max(self.data, 1e-10)), self, op="log")

    def exp(self):
        return Value(math.exp(min(self.data, 700.0)), self, op="exp")

    def _backward(self):
        match self.op:
            case "+":
                self.left.grad += self.grad
                self.right.grad += self.grad
            case "*":
                self.left.grad += self.right.data * self.grad
                self.right.grad += self.left.data * self.grad
            case "tanh":
                self.left.grad += self.grad - self.grad * self.data * self.data
            case "relu" if self.left.data >= 0:
                self.left.grad += self.grad
            case "log":
                self.left.grad += self.grad / self.left.data
            case "exp":
                self.left.grad += self.grad * self.data

    def backward(self):
        order = []
        self._visit(order, set())
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            value._backward()

    def _visit(self, order, visited):
        if self not in visited:
            visited.add(self)
            for parent in (self.left, self.right):
                if parent:
                    parent._visit(order, visited)
            order.append(self)

    def __bool__(self):
        return True


def to(x):
    return x if isinstance(x, Value) else Value(x)
