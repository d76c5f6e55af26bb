"""A right file in another style: one method knows how each operation passes its gradient on.

No closures; subtraction and division are operations of their own; backward uses a stack.
"""

import numpy as np


def derivative(f, x, h=1e-6):
    return (f(x + h) - f(x)) / h


class Value:
    def __init__(self, data, parents=(), op="", label=""):
        self.data = data
        self.grad = 0
        self.parents = list(parents)
        self.op = op
        self.label = label
        self.exponent = None

    def __repr__(self):
        return f"Value({self.data:.4f})"

    def __add__(self, other):
        other = wrap(other)
        return Value(self.data + other.data, [self, other], "+")

    def __mul__(self, other):
        other = wrap(other)
        return Value(self.data * other.data, [self, other], "*")

    def tanh(self):
        return Value(np.tanh(self.data), [self], "tanh")

    def _backward(self):
        if self.op == "+":
            a, b = self.parents
            a.grad += self.grad
            b.grad += self.grad
        elif self.op == "*":
            a, b = self.parents
            a.grad += b.data * self.grad
            b.grad += a.data * self.grad
        elif self.op == "-":
            a, b = self.parents
            a.grad += self.grad
            b.grad -= self.grad
        elif self.op == "/":
            a, b = self.parents
            a.grad += self.grad / b.data
            b.grad -= self.grad * a.data / b.data**2
        elif self.op == "tanh":
            (a,) = self.parents
            a.grad += (1 - self.data**2) * self.grad
        elif self.op == "relu":
            (a,) = self.parents
            if a.data > 0:
                a.grad += self.grad
        elif self.op == "exp":
            (a,) = self.parents
            a.grad += self.data * self.grad
        elif self.op == "log":
            (a,) = self.parents
            a.grad += self.grad / a.data
        elif self.op == "sigmoid":
            (a,) = self.parents
            a.grad += self.data * (1 - self.data) * self.grad
        elif self.op == "**":
            (a,) = self.parents
            a.grad += self.exponent * a.data ** (self.exponent - 1) * self.grad

    def backward(self):
        self.grad = 1.0
        for node in reversed(self.topological_order()):
            node._backward()

    def topological_order(self):
        order = []
        visited = set()
        stack = [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                stack.append((node, True))
                for parent in node.parents:
                    stack.append((parent, False))
        return order

    def relu(self):
        return Value(max(0.0, self.data), [self], "relu")

    def exp(self):
        return Value(np.exp(self.data), [self], "exp")

    def log(self):
        return Value(np.log(self.data), [self], "log")

    def sigmoid(self):
        return Value(1 / (1 + np.exp(-self.data)), [self], "sigmoid")

    def __pow__(self, exponent):
        out = Value(float(self.data) ** exponent, [self], "**")
        out.exponent = exponent
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        other = wrap(other)
        return Value(self.data - other.data, [self, other], "-")

    def __truediv__(self, other):
        other = wrap(other)
        return Value(self.data / other.data, [self, other], "/")

    def __radd__(self, other):
        return wrap(other) + self

    def __rmul__(self, other):
        return wrap(other) * self

    def __rsub__(self, other):
        return wrap(other) - self

    def __rtruediv__(self, other):
        return wrap(other) / self


def wrap(x):
    if isinstance(x, Value):
        return x
    return Value(x)


class Module:
    def parameters(self):
        return []


class Neuron(Module):
    def __init__(self, nin):
        self.weights = [Value(w) for w in np.random.uniform(-1, 1, size=nin)]
        self.bias = Value(0.0)

    def __call__(self, x):
        total = sum((w * xi for w, xi in zip(self.weights, x)), self.bias)
        return total.tanh()

    def parameters(self):
        return self.weights + [self.bias]


class Layer(Module):
    def __init__(self, nin, nout):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin))

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        if len(outs) == 1:
            return outs[0]
        return outs

    def parameters(self):
        params = []
        for n in self.neurons:
            params.extend(n.parameters())
        return params


class MLP(Module):
    def __init__(self, nin, nouts):
        self.layers = []
        for nout in nouts:
            self.layers.append(Layer(nin, nout))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params


def train(model, xs, ys, steps, lr):
    history = []
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (model(x) - y) ** 2
        loss = loss / len(xs)
        history.append(loss.data)
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data = p.data - lr * p.grad
    return history
