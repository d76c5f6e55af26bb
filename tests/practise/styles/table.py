"""A right file in another style: a table of rules, and local slopes kept beside the parents."""

import math
import random


def derivative(f, x, h=1e-6):
    above = f(x + h)
    below = f(x - h)
    return (above - below) / (2 * h)


RULES = {
    "+": (lambda x, y: x + y, lambda x, y, out: (1.0, 1.0)),
    "*": (lambda x, y: x * y, lambda x, y, out: (y, x)),
    "tanh": (lambda x: math.tanh(x), lambda x, out: (1.0 - out * out,)),
    "relu": (lambda x: max(x, 0.0), lambda x, out: (1.0 if x > 0 else 0.0,)),
    "exp": (lambda x: math.exp(x), lambda x, out: (out,)),
    "log": (lambda x: math.log(x), lambda x, out: (1.0 / x,)),
    "sigmoid": (lambda x: 1.0 / (1.0 + math.exp(-x)), lambda x, out: (out * (1.0 - out),)),
}


def power_rule(n):
    return (lambda x: x**n, lambda x, out: (n * x ** (n - 1),))


class Value:
    __slots__ = ("_children", "_slopes", "data", "grad")

    def __init__(self, data, children=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self._children = children
        self._slopes = slopes

    def __add__(self, other):
        return apply(RULES["+"], self, other)

    def __mul__(self, other):
        return apply(RULES["*"], self, other)

    def tanh(self):
        return apply(RULES["tanh"], self)

    def relu(self):
        return apply(RULES["relu"], self)

    def exp(self):
        return apply(RULES["exp"], self)

    def log(self):
        return apply(RULES["log"], self)

    def sigmoid(self):
        return apply(RULES["sigmoid"], self)

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "a power is a number"
        return apply(power_rule(n), self)

    def backward(self):
        order = []
        seen = set()

        def visit(node):
            if node in seen:
                return
            seen.add(node)
            for child in node._children:
                visit(child)
            order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for child, slope in zip(node._children, node._slopes):
                child.grad += slope * node.grad

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value(other) - self

    def __rtruediv__(self, other):
        return Value(other) / self


def apply(rule, *args):
    args = tuple(x if isinstance(x, Value) else Value(x) for x in args)
    numbers = [x.data for x in args]
    forward, slopes = rule
    data = forward(*numbers)
    return Value(data, args, slopes(*numbers, data))


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        total = self.b
        for wi, xi in zip(self.w, x):
            total = total + wi * xi
        return total.tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(n, m) for n, m in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def train(model, xs, ys, steps, lr):
    losses = []
    for _ in range(steps):
        guesses = [model(x) for x in xs]
        loss = sum([(guess - y) ** 2 for guess, y in zip(guesses, ys)], Value(0.0))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses
