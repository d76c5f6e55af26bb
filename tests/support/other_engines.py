"""Engines as people write them, to be drawn and explained: closures and sets, or numbers kept."""

import math


class Closures:
    """Parents in a set, one closure for each result, as in the lecture."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0
        self._prev = set(_children)
        self._op = _op
        self.label = label
        self._backward = lambda: None

    def __add__(self, other):
        out = Closures(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Closures(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __sub__(self, other):
        out = Closures(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += out.grad
            other.grad -= out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Closures(self.data**n, (self,), "pow")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def bell(self):
        """An operation that no other engine has."""
        out = Closures(math.exp(-self.data * self.data), (self,), "bell")

        def _backward():
            self.grad += -2 * self.data * out.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                order.append(v)

        build(self)
        self.grad = 1
        for v in reversed(order):
            v._backward()


class Assigning(Closures):
    """The classic mistake: = where += belongs, in the sum."""

    def __add__(self, other):
        out = Assigning(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad = out.grad
            other.grad = out.grad

        out._backward = _backward
        return out


class Unwrapped(Closures):
    """Numbers stay numbers, so that a set of parents has one value for ``a * a`` and ``a * 2``."""

    def __add__(self, other):
        return self._made(other, lambda x, y: x + y, "+", lambda x, y: (1, 1))

    def __mul__(self, other):
        return self._made(other, lambda x, y: x * y, "*", lambda x, y: (y, x))

    def __truediv__(self, other):
        return self._made(other, lambda x, y: x / y, "/", lambda x, y: (1 / y, -x / y**2))

    def __rsub__(self, other):
        return self._made(other, lambda x, y: y - x, "-", lambda x, y: (-1, 1))

    def __rtruediv__(self, other):
        return self._made(other, lambda x, y: y / x, "/", lambda x, y: (-y / x**2, 1 / x))

    def __rpow__(self, other):
        out = Unwrapped(other**self.data, (self,), "**")

        def _backward():
            self.grad += out.data * math.log(other) * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        return self._made(n, lambda x, y: x**y, "**", lambda x, y: (y * x ** (y - 1), 0))

    def plus(self, n):
        """Add a number that the closure need not know."""
        out = Unwrapped(self.data + n, (self,), "+")

        def _backward():
            self.grad += out.grad

        out._backward = _backward
        return out

    def _made(self, other, f, symbol, slopes):
        values = [x for x in (self, other) if isinstance(x, Unwrapped)]
        x, y = self.data, other.data if isinstance(other, Unwrapped) else other
        out = Unwrapped(f(x, y), values, symbol)

        def _backward():
            for value, slope in zip((self, other), slopes(x, y), strict=True):
                if isinstance(value, Unwrapped):
                    value.grad += slope * out.grad

        out._backward = _backward
        return out


class Kept:
    """Local gradients beside the parents, no closures, no symbols, no gradient before backward."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data, children=(), local_grads=()):
        self.data, self.grad = data, None
        self._children, self._local_grads = children, local_grads

    def __add__(self, other):
        return Kept(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        return Kept(self.data * other.data, (self, other), (other.data, self.data))

    def cube(self):
        return Kept(self.data**3, (self,), (3 * self.data**2,))


class Silent:
    """Parents and recorded gradients, and nothing that says how one came to the other."""

    def __init__(self, data, grad, _prev=(), _op="", label=""):
        self.data, self.grad, self._prev, self._op, self.label = data, grad, _prev, _op, label


class Pulling:
    """Closures of another name, ``pull``, and no symbols."""

    def __init__(self, value, parents=(), label=""):
        self.value, self.gradient, self.parents, self.label = value, 0.0, list(parents), label
        self.pull = None

    def __add__(self, other):
        out = Pulling(self.value + other.value, (self, other))

        def pull():
            self.gradient += out.gradient
            other.gradient += out.gradient

        out.pull = pull
        return out

    def __mul__(self, other):
        out = Pulling(self.value * other.value, (self, other))

        def pull():
            self.gradient += other.value * out.gradient
            other.gradient += self.value * out.gradient

        out.pull = pull
        return out

    def doubled(self):
        out = Pulling(2 * self.value, (self,))

        def pull():
            self.gradient += 2 * out.gradient

        out.pull = pull
        return out


# Pairs of a parent and its slope, no closures: the text of a learner's file.
PAIRS = """
class Variable:
    def __init__(self, value, sources=()):
        self.value, self.grad, self.sources = value, 0.0, sources

    def __add__(self, other):
        return Variable(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Variable(self.value * other.value, ((self, other.value), (other, self.value)))

    def backward(self, share=1.0):
        self.grad += share
        for source, slope in self.sources:
            source.backward(share * slope)
"""
