"""The forms of people's engines: found by running them, accepted, and left as they were."""

import math
import random

import pytest
from test_judge import lecture_with

from micrograd.practise import lecture
from micrograd.practise.judge import judge

SOURCE = lecture.__loader__.get_source(lecture.__name__)


def written(*changes):
    """The lecture's file with other words: every occurrence is changed."""
    source = SOURCE
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    namespace = {"__name__": "mygrad"}
    exec(compile(source, "mygrad.py", "exec"), namespace)
    return namespace


FORMS = {
    "another class": ([("Value", "Tensor")], {"class": "Tensor"}),
    "v and gradient": (
        [("self.data", "self.v"), ("other.data", "other.v"), ("out.data", "out.v"),
         ("p.data", "p.v"), ("loss.data", "loss.v"), (".grad", ".gradient")],
        {"data": "v", "grad": "gradient"},
    ),
    "children": ([("._prev", "._children")], {"parents": "_children"}),
    "a set": ([("tuple(_children)", "set(_children)")], {}),
    "a list": ([("tuple(_children)", "list(_children)")], {}),
    "closures of another name": ([("_backward", "_backwards")], {"_backward": "_backwards"}),
    "ReLU": ([("relu", "ReLU")], {"relu": "ReLU"}),
    "gradient made late": (
        [("self.grad = 0.0", "self.grad = None"),
         ("            value._backward()",
          "            for p in (value, *value._prev):\n                p.grad = p.grad or 0.0\n"
          "            value._backward()")],
        {},
    ),
    "a rounded repr": ([("{self.data}", "{self.data:.2f}")], {}),
    "no repr": ([("def __repr__", "def _repr")], {}),
    "leaves without a function": (
        [("self._backward = lambda: None", "self._backward = None"),
         ("            value._backward()", "            if value._backward: value._backward()")],
        {},
    ),
    "no wrapping in a set of ids": (
        [("visited = [], set()", "visited = [], []"), ("visited.add", "visited.append")], {},
    ),
    "aliases": (
        [("    def __radd__(self, other):\n        return self + other\n",
          "    __radd__ = __add__\n")],
        {},
    ),
    "a name for training's arguments": (
        [("def train(model, xs, ys, steps, lr)", "def train(xs, ys, model, lr, epochs)"),
         ("range(steps)", "range(epochs)")],
        {},
    ),
    "requires_grad": (
        [('_op="", label=""', '_op="", label="", requires_grad=False')], {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_right_file_in_another_form_passes(form):
    changes, names = FORMS[form]
    judgement = judge(written(*changes))
    assert [s.state for s in judgement.sections] == ["passed"] * 7, judgement.failed
    assert judgement.names == names


def test_a_free_function_goes_back_too():
    namespace = written(("    def backward(self):", "    def _go(self):"),
                        ("loss.backward()", "backward(loss)"))  # fmt: skip
    namespace["backward"] = namespace["Value"]._go
    del namespace["Value"]._go
    assert judge(namespace).failed is None


def test_programs_are_shown_in_the_learners_names():
    changes = [("Value", "Tensor"), (".grad", "._grad"), ("self.grad = 1.0", "pass")]
    failed = judge(written(changes[2], *changes[:2])).failed
    assert failed.failure.program == "a = Tensor(2.0); b = Tensor(3.0); c = a + b; c.backward()"
    assert [d.expression for d in failed.failure.differences] == [
        "c._grad", "a._grad", "b._grad"
    ]  # fmt: skip


def test_a_class_is_left_as_it_was():
    namespace = lecture_with("_children=(), _op", "_children=[], _op")
    before = {k: dict(vars(v)) for k, v in namespace.items() if isinstance(v, type)}
    names, state = set(namespace), random.getstate()
    judge(namespace)
    assert {k: dict(vars(v)) for k, v in namespace.items() if isinstance(v, type)} == before
    assert (set(namespace), random.getstate()) == (names, state)


@pytest.mark.parametrize(
    "line", ["raise SystemExit", "raise KeyboardInterrupt", "raise MemoryError", "input('?')",
             "print('x' * 10**6)\n        return None + 1", "return self + other"]
)  # fmt: skip
def test_whatever_a_method_does_is_an_outcome(line, capsys):
    namespace = lecture_with(
        '        out = Value(self.data + other.data, (self, other), "+")\n', f"        {line}\n"
    )
    failure = judge(namespace, ["value"]).failed.failure
    assert failure.name == "value.sum"
    assert failure.error
    assert capsys.readouterr() == ("", "")


def test_what_is_not_written_yet_is_no_mistake():
    source = SOURCE.split("    # 4. backward")[0]
    namespace = {"__name__": "mygrad"}
    exec(source, namespace)
    states = [s.state for s in judge(namespace).sections]
    assert states == ["passed", "passed", "passed", *["absent"] * 4]
    assert {s.state for s in judge({}).sections} == {"absent"}


def test_success_comes_with_a_reason_and_advice():
    namespace = lecture_with(
        "t = math.tanh(self.data)",
        "t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)",
    )
    sections = {s.name: s for s in judge(namespace).sections}
    assert all(s.why.endswith(".") for s in sections.values())
    assert sections["operations"].advice == (
        "tanh of 400 is 1, yours overflows on the way: math.tanh never does.",
    )
    assert math.tanh(400.0) == 1.0
