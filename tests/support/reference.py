"""A second, independent account of reverse mode, to check the engine against.

Nothing here is shared with micrograd: expressions are nested tuples, a value is computed by plain
recursion, and each rule below is written down as in a calculus book, with ``math`` only.
An expression is ("x", i) for the i-th input, ("c", number), or (operation, *expressions). The same
tuple object is the same node.
"""

import math

VALUES = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "cube": lambda x: x * x * x,
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "exp": math.exp,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "relu": lambda x: max(x, 0.0),
    "max": max,
    "min": min,
}

SLOPES = {
    "add": lambda x, y: (1, 1),
    "sub": lambda x, y: (1, -1),
    "mul": lambda x, y: (y, x),
    "div": lambda x, y: (1 / y, -x / (y * y)),
    "neg": lambda x: (-1,),
    "square": lambda x: (2 * x,),
    "cube": lambda x: (3 * x * x,),
    "tanh": lambda x: (1 / math.cosh(x) ** 2,),
    "sin": lambda x: (math.cos(x),),
    "cos": lambda x: (-math.sin(x),),
    "exp": lambda x: (math.exp(x),),
    "sigmoid": lambda x: (math.exp(-x) / (1 + math.exp(-x)) ** 2,),
    "softplus": lambda x: (1 / (1 + math.exp(-x)),),
    "relu": lambda x: (1 if x > 0 else 0,),
    "max": lambda x, y: (1, 0) if x >= y else (0, 1),
    "min": lambda x, y: (1, 0) if x <= y else (0, 1),
}


def value(expression, inputs):
    """Compute an expression at the inputs."""
    head, *rest = expression
    if head == "x":
        return inputs[rest[0]]
    if head == "c":
        return rest[0]
    return VALUES[head](*[value(e, inputs) for e in rest])


def gradient(expression, inputs, absolute=False):
    """Sum, over every path from the expression down to an input, the product of the slopes.

    With ``absolute``, sum the sizes of the products: the scale on which rounding is to be judged.
    """
    totals = [0.0] * len(inputs)

    def walk(e, product):
        head, *rest = e
        if head == "x":
            totals[rest[0]] += abs(product) if absolute else product
        elif head != "c":
            slopes = SLOPES[head](*[value(p, inputs) for p in rest])
            for part, slope in zip(rest, slopes, strict=True):
                walk(part, product * slope)

    walk(expression, 1.0)
    return totals


def distance_to_kinks(expression, inputs):
    """The smallest distance of an argument from where its operation has a corner or a pole."""
    head, *rest = expression
    if head in ("x", "c"):
        return math.inf
    parts = [value(e, inputs) for e in rest]
    here = math.inf
    if head == "relu":
        here = abs(parts[0])
    elif head in ("max", "min"):
        here = abs(parts[0] - parts[1])
    elif head == "div":
        here = abs(parts[1])
    return min([here, *[distance_to_kinks(e, inputs) for e in rest]])
