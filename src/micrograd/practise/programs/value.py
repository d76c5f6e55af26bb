"""A number, its operations forward, and who its parents are; nodes are never counted."""

from .program import Program


def _program(name: str, title: str, code: str, *shows: str, feature: str, **more: bool) -> Program:
    return Program(f"value.{name}", title, code, shows, feature=feature, **more)  # type: ignore[arg-type]


LEAVES = "a = Value(2.0); b = Value(-3.0); c = Value(10.0)"

PROGRAMS = (
    _program("number", "a number", "a = Value(2.0)", "a.data", "a.grad", feature="Value"),
    _program("sum", "a sum", f"{LEAVES}\nd = a + c", "d.data", feature="__add__"),
    _program("product", "a product", f"{LEAVES}\nd = a * b", "d.data", feature="__mul__"),
    _program("both", "a*b + c", f"{LEAVES}\nd = a*b + c", "d.data", feature="__mul__"),
    _program(
        "kept", "nothing changes what went in", f"{LEAVES}\nd = a*b + c; e = a + b; f = b * c",
        "a.data", "b.data", "c.data", "d.grad", feature="__mul__",
    ),
    _program("leaf", "a leaf has no parents", "a = Value(2.0)", "a._prev", feature="parents"),
    _program("parents", "the parents of a sum", f"{LEAVES}\nd = a + b", "d._prev", "a._prev",
             feature="parents"),
    _program("factors", "the parents of a product", f"{LEAVES}\nd = a * b", "d._prev", "b._prev",
             feature="parents"),
    _program("same", "the parents of a + a", "a = Value(3.0)\nd = a + a", "d._prev",
             feature="parents"),
    _program("repr", "what print shows", "a = Value(2.5)", "repr(a) := says(a, 2.5)",
             feature="__repr__", required=False),
)  # fmt: skip
