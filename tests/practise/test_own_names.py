"""Names and layouts of a learner's own are found by what they do, whatever they are called."""

import inspect
import re

import pytest
import styles
from other_engines import PAIRS

from micrograd.practise import lecture
from micrograd.practise.judge import judge

LECTURE = inspect.getsource(lecture)


def assert_right(text):
    judgement = judge(styles.run(text))
    assert judgement.failed is None
    assert {"operations", "backward"} <= {s.name for s in judgement.sections if s.state == "passed"}


@pytest.mark.parametrize("name", ["ableitung", "slope", "gradiente"])
def test_a_gradient_of_any_name_is_one(name):
    assert_right(re.sub(r"\bgrad\b", name, LECTURE))


def test_a_backward_of_any_name_is_one():
    assert_right(re.sub(r"\bbackward\b", "rueckwaerts", LECTURE))


def test_pairs_of_a_parent_and_its_slope_are_parents():
    assert_right(PAIRS)


def test_a_wrong_slope_in_a_pair_is_no_right_one():
    assert judge(styles.run(PAIRS.replace("(other, self.value)", "(other, 1.0)"))).failed
