"""An arithmetic core, and a class under it for what came later; numbers behind properties."""

import math


class Core:
    __slots__ = ("_data", "_grad", "_parents", "_step")

    def __init__(self, data, parents=[]):
        self._data = data
        self._grad = 0
        self._parents = parents
        self._step = ()

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, x):
        self._data = x

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, x):
        self._grad = x

    def __add__(self, other):
        other = other if isinstance(other, Core) else type(self)(other)
        out = type(self)(self.data + other.data, [self, other])
        out._step = (lambda g: g, lambda g: g)
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Core) else type(self)(other)
        out = type(self)(self.data * other.data, [self, other])
        out._step = (lambda g: g * other.data, lambda g: g * self.data)
        return out

    def backward(self, grad=1.0):
        order, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for p in v._parents:
                    build(p)
                order.append(v)

        build(self)
        self.grad = grad
        while order:
            v = order.pop()
            for parent, share in zip(v._parents, v._step):
                parent.grad += share(v.grad)


class Value(Core):
    __slots__ = ()

    def __repr__(self):
        return f"Value(data={self.data:.2f}, grad={self.grad:.2f})"

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __pow__(self, other):
        if isinstance(other, Core):
            return (self.log() * other).exp()
        out = Value(self.data**other, [self])
        out._step = (lambda g: other * self.data ** (other - 1) * g,)
        return out

    def __truediv__(self, other):
        return self * (other**-1)

    def __rtruediv__(self, other):
        return other * self**-1

    def exp(self):
        out = Value(math.exp(self.data), [self])
        out._step = (lambda g: out.data * g,)
        return out

    def log(self):
        out = Value(math.log(self.data), [self])
        out._step = (lambda g: g / self.data,)
        return out

    def tanh(self):
        return (self * 2).sigmoid() * 2 - 1

    def sigmoid(self):
        return 1 / (1 + (-self).exp())

    def relu(self):
        out = Value(max(self.data, 0), [self])
        out._step = (lambda g: g * (out.data > 0),)
        return out
