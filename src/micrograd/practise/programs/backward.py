"""From the result to every leaf: shapes in which a wrong order or a lost share shows.

Which order a wrong one takes may depend on a set; so unequal branches come in several shapes.
"""

from .program import Program


def _program(
    name: str, title: str, code: str, *shows: str, needs: tuple = (), **more: tuple
) -> Program:
    return Program(f"backward.{name}", title, code, shows, feature="backward",
                   needs=("__add__", "__mul__", *needs), **more)  # type: ignore[arg-type]  # fmt: skip


def _neuron(activation: str) -> Program:
    return _program(
        f"neuron_{activation}", f"a neuron with {activation}",
        "x1 = Value(2.0); x2 = Value(0.0); w1 = Value(-3.0); w2 = Value(1.0); b = Value(6.5)\n"
        f"n = x1*w1 + x2*w2 + b; o = n.{activation}(); o.backward()",
        "o.data", "n.grad", "x1.grad", "w1.grad", "x2.grad", "w2.grad", "b.grad",
        needs=(activation,),
    )  # fmt: skip


PROGRAMS = (
    _program("sum", "a sum", "a = Value(2.0); b = Value(3.0)\nc = a + b; c.backward()",
             "c.grad", "a.grad", "b.grad"),
    _program("product", "a product", "a = Value(2.0); b = Value(-3.0)\nc = a * b; c.backward()",
             "c.grad", "a.grad", "b.grad"),
    _program("two_levels", "two levels",
             "a = Value(2.0); b = Value(3.0); f = Value(-2.0)\nL = (a + b)*f; L.backward()",
             "f.grad", "a.grad", "b.grad"),
    _program("chain", "(a*b + c)*f",
             "a = Value(2.0); b = Value(-3.0); c = Value(10.0); f = Value(-2.0)\n"
             "L = (a*b + c)*f; L.backward()",
             "f.grad", "c.grad", "a.grad", "b.grad"),
    _program("twice", "a value used twice",
             "a = Value(3.0)\nb = a + a; b.backward()", "a.grad"),
    _program("square", "a value times itself",
             "a = Value(3.0)\nb = a * a; b.backward()", "a.grad"),
    _program("both_sides", "a*b + b",
             "a = Value(2.0); b = Value(3.0)\nc = a*b + b; c.backward()", "a.grad", "b.grad"),
    _program("equal", "two values that hold the same number",
             "a = Value(2.0); b = Value(2.0)\nc = a*b + a; c.backward()", "a.grad", "b.grad"),
    _program("three_ways", "a result used in two places",
             "x = Value(2.0); k = Value(3.0)\nb = x*k; c = b + b*k; c.backward()",
             "b.grad", "x.grad"),
    _program("long_right", "a short way and a long one",
             "x = Value(2.0); k = Value(3.0)\na = x*k; d = a + (a*k)*k; e = d*a; e.backward()",
             "a.grad", "x.grad"),
    _program("long_left", "a long way and a short one",
             "x = Value(2.0); k = Value(3.0)\na = x*k; d = (a*k)*k + a; e = a*d; e.backward()",
             "a.grad", "x.grad"),
    _program("braid", "three ways of different length",
             "x = Value(0.5); y = Value(-2.0)\n"
             "a = x*y; b = a + y; c = b*a; d = c + b; e = d*a + c; e.backward()",
             "a.grad", "b.grad", "x.grad", "y.grad"),
    _program("ladder", "each result is used by the next two",
             "a = Value(1.1); b = Value(0.9)\nfor i in range(6): a, b = b, a*b + a\nb.backward()",
             "a.grad"),
    _program("shared", "two graphs with a leaf in common",
             "a = Value(2.0); k = Value(3.0); m = Value(5.0)\n"
             "c = a*k; c.backward(); d = a*m; d.backward()",
             "a.grad", "m.grad", accepts=((5.0, 2.0),)),
    _program("anew", "a second graph, after the gradient was set to 0",
             "a = Value(2.0); k = Value(3.0); m = Value(5.0)\n"
             "c = a*k; c.backward()\na.grad = 0.0; d = a*m; d.backward()", "a.grad", "m.grad"),
    _neuron("tanh"),
    _neuron("relu"),
    _program("deep", "300 steps deep",
             "a = Value(1.0); b = Value(0.5); c = a\nfor i in range(300): c = c + b\nc.backward()",
             "a.grad", "b.grad"),
)  # fmt: skip
