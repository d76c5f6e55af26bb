"""No order: every path from the result to a leaf is walked, with the product of its slopes."""

import math


class Var:
    def __init__(self, value, edges=()):
        self.value = value
        self.edges = tuple(edges)  # (parent, slope)
        self.gradient = 0.0

    @property
    def children(self):
        return [parent for parent, slope in self.edges]

    def __add__(self, other):
        if not isinstance(other, Var):
            other = Var(other)
        return Var(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        if not isinstance(other, Var):
            other = Var(other)
        return Var(self.value * other.value, [(self, other.value), (other, self.value)])

    def __neg__(self):
        return Var(-self.value, [(self, -1.0)])

    def __sub__(self, other):
        return self + (-other)

    def __pow__(self, k):
        return Var(self.value**k, [(self, k * self.value ** (k - 1))])

    def __truediv__(self, other):
        if not isinstance(other, Var):
            other = Var(other)
        return self * other**-1

    __radd__ = __add__
    __rmul__ = __mul__

    def relu(self):
        return Var(self.value, [(self, 1.0)]) if self.value > 0 else Var(0.0, [(self, 0.0)])

    def exp(self):
        return Var(math.exp(self.value), [(self, math.exp(self.value))])

    def backward(self, slope=1.0):
        self.gradient += slope
        for parent, local in self.edges:
            parent.backward(slope * local)
