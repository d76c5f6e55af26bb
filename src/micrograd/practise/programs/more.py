"""Every other operation: its number, its slope, times 3, after a product, called twice.

An operation that assigns instead of adding passes all but the last.
"""

import re

from .program import Program

_ONE = "a = Value({a})"
_TWO = "a = Value({a}); b = Value({b})"


def _group(
    name: str, text: str, feature: str, a: float, b: float | None = None, required: bool = True
) -> tuple[Program, ...]:
    leaves = (_ONE if b is None else _TWO).format(a=a, b=b)
    grads = ("a.grad",) if b is None else ("a.grad", "b.grad")
    second = "" if b is None else "; q = b*k"
    inner = re.sub(r"\bb\b", "q", re.sub(r"\ba\b", "p", text))
    rows = (
        ("", text, f"c = {text}", ("c.data",), ()),
        ("_slope", f"the slope of {text}", f"c = {text}; c.backward()", grads, ("backward",)),
        ("_times_3", f"{text}, times 3", f"k = Value(3.0); c = ({text})*k; c.backward()", grads,
         ("backward",)),
        ("_used_twice", f"{text} of products, its result used twice",
         f"k = Value(0.5); p = a*k{second}; c = {inner}; d = c + c; d.backward()", grads,
         ("backward",)),
        ("_called_twice", f"{text}, twice on the same values",
         f"c = ({text}) + ({text}); c.backward()", grads, ("backward",)),
    )  # fmt: skip
    return tuple(
        Program(f"more.{name}{end}", title, f"{leaves}\n{code}", shows, feature=feature,
                needs=needs, required=required)
        for end, title, code, shows, needs in rows
    )  # fmt: skip


PROGRAMS = (
    *_group("add_number", "a + 1 + 0.5", "numbers", 2.0),
    *_group("mul_number", "a * 3 * 0.5", "numbers", 2.0),
    *_group("radd", "1 + a", "__radd__", 2.0),
    *_group("rmul", "2 * a", "__rmul__", 3.0),
    *_group("neg", "-a", "__neg__", 2.0),
    *_group("sub", "a - b", "__sub__", 3.0, 5.0),
    *_group("sub_number", "a - 1", "__sub__", 3.0),
    *_group("pow", "a**3", "__pow__", 2.0),
    *_group("square", "a**2", "__pow__", -3.0),
    *_group("inverse", "a**-1", "__pow__", 4.0),
    *_group("div", "a / b", "__truediv__", 3.0, 2.0),
    *_group("div_number", "a / 4", "__truediv__", 2.0),
    Program("more.ratio", "a value over itself", "a = Value(3.0)\nc = a / a; c.backward()",
            ("c.data", "a.grad"), feature="__truediv__", needs=("backward",)),
    *_group("rsub", "5 - a", "__rsub__", 2.0, required=False),
    *_group("rdiv", "5 / a", "__rtruediv__", 2.0, required=False),
    *_group("exp", "a.exp()", "exp", 0.5, required=False),
    Program("more.exp_mixed", "a.exp() beside a product",
            "a = Value(0.5); k = Value(3.0)\nc = a.exp() + a*k; c.backward()",
            ("c.data", "a.grad"), feature="exp", needs=("backward",), required=False),
    *_group("log", "a.log()", "log", 2.0, required=False),
    *_group("tanh", "a.tanh()", "tanh", 0.5, required=False),
    *_group("tanh_steep", "a.tanh()", "tanh", -1.5, required=False),
    *_group("relu", "a.relu()", "relu", 2.0, required=False),
    *_group("relu_closed", "a.relu()", "relu", -1.0, required=False),
    Program("more.relu_negative", "relu, when -3 comes back",
            "a = Value(2.0); k = Value(-3.0)\nc = a.relu()*k; c.backward()",
            ("c.data", "a.grad"), feature="relu", needs=("backward",), required=False),
    *_group("sigmoid", "a.sigmoid()", "sigmoid", 0.5, required=False),
)  # fmt: skip
