"""The constructor chooses the closure by the operation, which comes before the parents."""

import math


class Value:
    def __init__(self, data, op=None, parents=None, label=None):
        self.data = float(data)
        self.op = op
        self.parents = parents or []
        self.grad = None
        self.label = label if label is not None else str(data)
        if op == "+":
            self._backward = self._add
        elif op == "*":
            self._backward = self._mul
        elif op == "tanh":
            self._backward = self._tanh
        elif op == "relu":
            self._backward = self._relu
        elif op == "pow":
            self._backward = self._pow
        else:
            self._backward = None

    def receive(self, share):
        self.grad = share if self.grad is None else self.grad + share

    def _add(self):
        for parent in self.parents:
            parent.receive(self.grad)

    def _mul(self):
        a, b = self.parents
        a.receive(b.data * self.grad)
        b.receive(a.data * self.grad)

    def _tanh(self):
        self.parents[0].receive((1 - self.data * self.data) * self.grad)

    def _relu(self):
        if self.data > 0:
            self.parents[0].receive(self.grad)
        else:
            self.parents[0].receive(0.0)

    def _pow(self):
        base, n = self.parents[0], self.label
        base.receive(n * base.data ** (n - 1) * self.grad)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, "+", [self, other])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, "*", [self, other])

    def tanh(self):
        return Value(math.tanh(self.data), "tanh", [self])

    def relu(self):
        return Value(self.data if self.data > 0 else 0.0, "relu", [self])

    def __pow__(self, n):
        return Value(self.data**n, "pow", [self], n)

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + as_value(other) * -1.0

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    def __radd__(self, other):
        return self.__add__(other)

    def __rmul__(self, other):
        return self.__mul__(other)

    def backward(self):
        self.grad = 1.0
        for node in self.sorted():
            if node._backward is not None:
                node._backward()

    def sorted(self):
        done, marks = [], []

        def go(node):
            if id(node) not in marks:
                marks.append(id(node))
                for parent in node.parents:
                    go(parent)
                done.insert(0, node)

        go(self)
        return done


def as_value(x):
    return x if isinstance(x, Value) else Value(x)
