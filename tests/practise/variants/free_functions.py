"""A bare record, and functions outside of it: operations, order and backward."""

import math


def slope(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / h / 2


class Value:
    def __init__(self, data, _prev=(), _op=""):
        self.data = data
        self.grad = 0
        self._backward = lambda: None
        self._prev = set(_prev)
        self._op = _op


def add(a, b):
    if not isinstance(b, Value):
        b = Value(b)
    out = Value(a.data + b.data, (a, b), "+")

    def back():
        a.grad = a.grad + out.grad
        b.grad = b.grad + out.grad

    out._backward = back
    return out


def mul(a, b):
    if not isinstance(b, Value):
        b = Value(b)
    out = Value(a.data * b.data, (a, b), "*")

    def back():
        a.grad = a.grad + b.data * out.grad
        b.grad = b.grad + a.data * out.grad

    out._backward = back
    return out


def tanh(a):
    e = math.exp(2 * a.data)
    out = Value((e - 1) / (e + 1), (a,), "tanh")

    def back():
        a.grad = a.grad + (1 - out.data * out.data) * out.grad

    out._backward = back
    return out


Value.__add__ = add
Value.__mul__ = mul
Value.__radd__ = lambda a, b: add(a, b)
Value.__rmul__ = lambda a, b: mul(a, b)
Value.tanh = tanh


def topo(node, order, seen):
    if node in seen:
        return order
    seen.add(node)
    for child in node._prev:
        topo(child, order, seen)
    order.append(node)
    return order


def backward(loss):
    order = topo(loss, [], set())
    loss.grad = 1
    for node in order[::-1]:
        node._backward()
