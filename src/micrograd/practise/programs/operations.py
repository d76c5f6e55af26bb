"""One step back by hand: each operation gives its parents their share of its gradient."""

from .program import Program


def _step(name: str, title: str, code: str, *shows: str, op: str, **more: bool) -> Program:
    """Make a program that calls ``_backward`` itself."""
    return Program(f"operations.{name}", title, code, shows, feature="pass_on", needs=(op,), **more)  # type: ignore[arg-type]


def _function(name: str) -> tuple[Program, ...]:
    make = f"a = Value(0.5); b = a.{name}()"
    forward = Program(f"operations.{name}", f"{name} forward", f"{make}", ("b.data",),
                      feature="tanh or relu", needs=(name,))  # fmt: skip
    return (
        forward,
        _step(f"{name}_step", f"one step back through {name}",
              f"{make}\nb.grad = 1.0; b._backward()", "a.grad", op=name),
        _step(f"{name}_times_3", f"{name}, when 3 comes back",
              f"{make}\nb.grad = 3.0; b._backward()", "a.grad", op=name),
    )  # fmt: skip


_A_B = "a = Value(2.0); b = Value(-3.0)\n"

PROGRAMS = (
    _step("sum", "one step back through a sum",
          _A_B + "c = a + b\nc.grad = 1.0; c._backward()", "a.grad", "b.grad", op="__add__"),
    _step("sum_times_3", "a sum, when 3 comes back",
          _A_B + "c = a + b\nc.grad = 3.0; c._backward()", "a.grad", "b.grad", op="__add__"),
    _step("product", "one step back through a product",
          _A_B + "c = a * b\nc.grad = 1.0; c._backward()", "a.grad", "b.grad", op="__mul__"),
    _step("product_times_3", "a product, when 3 comes back",
          _A_B + "c = a * b\nc.grad = 3.0; c._backward()", "a.grad", "b.grad", op="__mul__"),
    _step("waits", "nothing goes back before it is asked to",
          _A_B + "c = a * b; d = a + c", "a.grad", "b.grad", "c.grad", op="__mul__"),
    _step("by_hand", "(a*b + c)*f by hand, from the end",
          "a = Value(2.0); b = Value(-3.0); c = Value(10.0); f = Value(-2.0)\n"
          "e = a*b; d = e + c; L = d*f\n"
          "L.grad = 1.0; L._backward(); d._backward(); e._backward()",
          "f.grad", "d.grad", "c.grad", "e.grad", "b.grad", "a.grad", op="__mul__"),
    *_function("tanh"),
    *_function("relu"),
    _step("relu_closed", "relu below 0 lets nothing back",
          "a = Value(-1.0); b = a.relu()\nb.grad = 3.0; b._backward()", "b.data", "a.grad",
          op="relu"),
)  # fmt: skip
