"""Where a mistake is: our methods in place of the learner's, one at a time."""

import pytest
from test_judge import lecture_with

from micrograd.practise.judge import judge


@pytest.mark.parametrize(
    ("text", "instead", "method"),
    [
        (" / (2 * h)", "", "derivative"),
        ("(self.data * other.data", "(self.data + other.data", "__mul__"),
        ("+= other.data * out.grad", "+= other.data", "__mul__"),
        ("self.grad = 1.0", "pass", "backward"),
        ("self._prev = tuple(_children)", "self._prev = ()", "__init__"),
        ("def __radd__", "def radd", "__radd__"),
        ("+= n * self.data ** (n - 1)", "+= n * self.data ** n", "__pow__"),
        ("return self + (-other)", "return other + (-self)", "__sub__"),
        ("random.uniform(-1, 1)", "0.0", "Neuron.__init__"),
        ("return [*self.w, self.b]", "return self.w", "Neuron.parameters"),
        ("outs[0] if len(outs) == 1 else outs", "outs", "Layer.__call__"),
        ("for a, b in zip(sizes, nouts)", "for a, b in zip(nouts, nouts)", "MLP.__init__"),
        ("p.data -= lr", "p.data += lr", "train"),
    ],
)
def test_a_mistake_is_placed_at_its_method(text, instead, method):
    diagnosis = judge(lecture_with(text, instead)).failed.diagnosis
    assert diagnosis.method == method
    assert diagnosis.cure.startswith(f"with our `{method}` in place of yours ")
    assert diagnosis.cure.endswith((" all is right", " this section is right"))


def test_the_line_of_a_wrong_step_is_the_one_that_writes_the_gradient():
    namespace = lecture_with("+= n * self.data ** (n - 1)", "+= n * self.data ** n")
    place = judge(namespace).failed.diagnosis.place
    line = lecture_line("n * self.data **")
    assert str(place) == f"mygrad.py:{line}"


def lecture_line(text):
    from micrograd.practise import lecture

    return lecture.__loader__.get_source(lecture.__name__).split(text)[0].count("\n") + 1


def test_of_two_mistakes_in_two_places_the_first_is_cured():
    namespace = lecture_with("+= other.data * out.grad", "+= other.data + out.grad")
    namespace["Value"].exp = lambda self: self
    diagnosis = judge(namespace).failed.diagnosis
    assert diagnosis.method == "__mul__"
    assert diagnosis.cure == "with our `__mul__` in place of yours this section is right"
