"""The judge: a pure function from a namespace to what is wrong with it."""

import json

from micrograd.practise import lecture
from micrograd.practise.judge import judge, run_program, signature
from micrograd.practise.report import WIDTH, lines_of
from micrograd.practise.results import Judgement


def lecture_with(text, instead):
    """The lecture's file with one place changed, run."""
    source = lecture.__loader__.get_source(lecture.__name__)
    assert source.count(text) == 1, text
    namespace = {"__name__": "mygrad"}
    exec(compile(source.replace(text, instead), "mygrad.py", "exec"), namespace)
    return namespace


def test_the_lecture_passes_every_section():
    judgement = judge(vars(lecture))
    assert {section.state for section in judgement.sections} == {"passed"}
    assert judgement.names == {}
    assert signature(vars(lecture)) == {}


def test_the_first_program_that_fails_is_shown_with_its_numbers():
    namespace = lecture_with(
        "other.grad += self.data * out.grad", "other.grad = self.data * out.grad"
    )
    failed = judge(namespace).failed
    assert (failed.name, failed.failure.title) == ("backward", "a value times itself")
    assert [(d.expression, d.yours, d.right) for d in failed.failure.differences] == [
        ("a.grad", "3.0", "6.0")
    ]


def test_sections_after_the_one_that_fails_are_not_reached():
    namespace = lecture_with("self.grad = 1.0", "pass")
    states = {s.name: s.state for s in judge(namespace).sections}
    assert states["backward"] == "failed"
    assert states["more"] == "not reached"


def test_a_judgement_survives_json():
    judgement = judge(lecture_with("self.grad = 1.0", "pass"))
    assert Judgement.from_json(json.loads(json.dumps(judgement.to_json()))) == judgement


def test_an_error_names_the_line_that_raised_it():
    namespace = lecture_with(
        "out = Value(self.data + other.data", "out = Value(self.data + other.daat"
    )
    outcome = run_program(namespace, "value.sum")
    line = (
        lecture.__loader__.get_source(lecture.__name__)
        .split("self.data + other.data")[0]
        .count("\n")
    )
    assert outcome.error == "AttributeError: 'Value' object has no attribute 'daat'"
    assert (outcome.method, str(outcome.place)) == ("__add__", f"mygrad.py:{line + 1}")


def test_advice_of_two_lines_says_later_once():
    whole = lecture.__loader__.get_source(lecture.__name__)
    namespace = {"__name__": "mygrad"}
    exec(compile(whole.split("    # 5. more")[0], "mygrad.py", "exec"), namespace)
    shown = lines_of(judge(namespace))
    (first,) = [i for i, line in enumerate(shown) if line.startswith("  later: ")]
    assert shown[first + 1].startswith(" " * len("  later: "))
    assert all(len(line) <= WIDTH for line in shown)
