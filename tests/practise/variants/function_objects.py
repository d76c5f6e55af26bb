"""Each result keeps a function object with its inputs; backward takes the gradient as argument."""

import math


class Add:
    def __init__(self, left, right):
        self.left, self.right = left, right
        self.result = left.data + right.data

    def backward(self, grad):
        return [(self.left, grad), (self.right, grad)]


class Mul:
    def __init__(self, left, right):
        self.left, self.right = left, right
        self.result = left.data * right.data

    def backward(self, grad):
        return [(self.left, grad * self.right.data), (self.right, grad * self.left.data)]


class Tanh:
    def __init__(self, only):
        self.only = only
        self.result = math.tanh(only.data)

    def backward(self, grad):
        return [(self.only, grad * (1 - self.result**2))]


class Value:
    def __init__(self, data, function=None):
        self.data = data
        self.grad = 0.0
        self.function = function

    @staticmethod
    def of(function):
        return Value(function.result, function)

    def __add__(self, other):
        return Value.of(Add(self, other if isinstance(other, Value) else Value(other)))

    __radd__ = __add__

    def __mul__(self, other):
        return Value.of(Mul(self, other if isinstance(other, Value) else Value(other)))

    __rmul__ = __mul__

    def tanh(self):
        return Value.of(Tanh(self))

    def inputs(self):
        return list(vars(self.function).values())[:-1] if self.function else []

    def backward(self):
        uses = {}
        todo = [self]
        while todo:
            for parent in todo.pop().inputs():
                if id(parent) not in uses:
                    todo.append(parent)
                uses[id(parent)] = uses.get(id(parent), 0) + 1
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, share in node.function.backward(node.grad) if node.function else ():
                parent.grad += share
                uses[id(parent)] -= 1
                if not uses[id(parent)]:
                    ready.append(parent)
