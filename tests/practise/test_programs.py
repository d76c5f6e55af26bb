"""The programs: each is right for the lecture, and some program sees each kind of mistake."""

import pytest
from test_judge import lecture_with

from micrograd.practise import lecture
from micrograd.practise.judge import judge, run_program, signature
from micrograd.practise.programs import PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_alone_as_among_others(name):
    assert run_program(vars(lecture), name).state == "right"


@pytest.mark.parametrize(
    ("text", "instead", "program"),
    [
        (" / (2 * h)", "", "derivative.parabola"),
        ("f(x - h)) / (2", "f(x)) / (2", "derivative.parabola"),
        ('(self, other), "+")', '(self,), "+")', "value.parents"),
        ("(self.data * other.data", "(self.data + other.data", "value.product"),
        ("+= other.data * out.grad", "+= other.data", "operations.product_times_3"),
        ("(1 - t**2) * out.grad", "1 - t**2 * out.grad", "operations.tanh_times_3"),
        ("order.append(value)", "order.insert(0, value)", "backward.two_levels"),
        ("if value not in visited:", "if True:", "backward.three_ways"),
        ("def __radd__", "def radd", "more.radd"),
        ("+= out.data * out.grad", "= out.data * out.grad", "more.exp_called_twice"),
        ("return (-self) + other", "return self - other", "more.rsub"),
        ("zip(self.w, x)), self.b)", "zip(self.w, x)))", "network.neuron"),
        ("random.uniform(-1, 1)", "0.0", "network.neuron_start"),
        ("return [*self.w, self.b]", "return self.w", "network.neuron_parameters"),
        ("outs[0] if len(outs) == 1 else outs", "outs", "network.mlp"),
        ("p.data -= lr", "p.data += lr", "training.second"),
        ("p.grad = 0.0", "pass", "training.third"),
    ],
)  # fmt: skip
def test_a_mistake_fails_first_at(text, instead, program):
    assert judge(lecture_with(text, instead)).failed.failure.name == program


def test_training_bugs_that_leave_the_loss_alone_have_signatures_of_their_own():
    step = "        loss.backward()\n        for p in model.parameters():\n"
    rows = [
        ("            p.grad = 0.0\n        loss.backward()\n",
         "            pass\n" + step + "            p.grad = 0.0\n"),
        ("p.data -= lr * p.grad", "p -= lr * p.grad"),
        ("        loss.backward()\n", "        Value(loss.data).backward()\n"),
        (step + "            p.data -= lr * p.grad\n",
         "        for p in model.parameters():\n            p.data -= lr * p.grad\n"
         "        loss.backward()\n"),
    ]  # fmt: skip
    signatures = [signature(lecture_with(*row)) for row in rows]
    assert len({repr(s) for s in signatures}) == len(rows)
    assert {judge(lecture_with(*row)).failed.failure.name for row in rows} == {"training.second"}


def test_a_network_may_have_another_activation_and_a_linear_end():
    relu = lecture_with("self.b).tanh()", "self.b).relu()")
    ends = lecture_with(
        "        for layer in self.layers:\n            x = layer(x)\n",
        "        *hidden, last = self.layers\n"
        "        for layer in hidden:\n            x = layer(x)\n"
        "        x = [sum((w * y for w, y in zip(n.w, x)), n.b) for n in last.neurons]\n"
        "        x = x[0] if len(x) == 1 else x\n",
    )
    for namespace in (relu, ends):
        assert judge(namespace).failed is None


def test_a_loss_may_be_the_mean():
    namespace = lecture_with(
        "zip(xs, ys))\n        for p", "zip(xs, ys)) * (1 / len(xs))\n        for p"
    )
    assert judge(namespace).failed is None


def test_training_without_a_network_of_ones_own_uses_ours():
    names = {k: v for k, v in vars(lecture).items() if k not in ("Neuron", "Layer", "MLP")}
    states = {s.name: s.state for s in judge(names).sections}
    assert (states["network"], states["training"]) == ("absent", "passed")
