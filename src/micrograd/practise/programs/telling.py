"""Programs that judge nothing: where something is wrong, they tell apart what else looks alike.

Gradients are set by hand before, so what an engine does with them shows which step it left out. A
learner need not care what happens then; so these run only after another program has failed.
"""

from .program import Program


def _step(name: str, code: str, *shows: str, op: str) -> Program:
    title = "a step back where gradients are there already"
    return Program(f"operations.{name}", title, code, shows, feature="pass_on", needs=(op,),
                   required=False)  # fmt: skip


def _parents(name: str, code: str, op: str) -> Program:
    return Program(f"more.{name}_parents", "an operation that remembers",
                   f"a = Value(2.0); b = Value(-3.0)\n{code}", ("len(c._prev) > 0",), feature=op,
                   needs=("parents",), required=False)  # fmt: skip


_ADDED = "a.grad = 5.0; b.grad = 7.0; c.grad = 2.0; c._backward()"

PROGRAMS = (
    _step("sum_added", f"a = Value(2.0); b = Value(-3.0)\nc = a + b; {_ADDED}", "a.grad", "b.grad",
          op="__add__"),
    _step("product_added", f"a = Value(2.0); b = Value(-3.0)\nc = a * b; {_ADDED}",
          "a.grad", "b.grad", op="__mul__"),
    _step("relu_closed_negative", "a = Value(-1.0); b = a.relu()\nb.grad = -3.0; b._backward()",
          "a.grad", op="relu"),
    _step("relu_far", "a = Value(30.0); b = a.relu()\nb.grad = 3.0; b._backward()", "a.grad",
          op="relu"),
    Program("backward.gradients_before", "backward where gradients are there already",
            "a = Value(2.0); k = Value(3.0)\nb = a*k; c = b + k\n"
            "b.grad = 1.0; c.grad = 1.0; c.backward()", ("a.grad", "b.grad", "c.grad"),
            feature="backward", needs=("__add__", "__mul__"), required=False),
    _parents("minus", "c = a - b", op="__sub__"),
    _parents("negative", "c = -a", op="__neg__"),
    Program("training.last", "the last of three losses",
            "model = MLP(3, [4, 4, 1]); set_weights(model)\n"
            "losses = train(model, xs, ys, 3, 0.05)", ("losses[-1]", "len(losses)"),
            feature="train", needs=("backward",), required=False, variants=("", "/mean")),
)  # fmt: skip
