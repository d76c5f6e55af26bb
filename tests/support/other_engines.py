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

    def __init__(self, data, grad, _prev=(), _op=""):
        self.data, self.grad, self._prev, self._op = data, grad, _prev, _op


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
