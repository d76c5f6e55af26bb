"""The catalogue: every bug is made in every style where it can be, caught there, and named."""

import pytest
import styles

from micrograd.practise.bugs import catalogue, inject
from micrograd.practise.judge import judge


def assert_named(files):
    for id, text in files:
        diagnosis = judge(styles.run(text)).failed.diagnosis
        assert (diagnosis.bug and diagnosis.bug.id, diagnosis.sure) == (id, True), id


def test_a_tenth_of_the_bugs_as_the_lecture_writes_them_are_caught_and_named():
    assert_named(list(styles.wrong("lecture"))[::10])


def test_a_wrong_order_has_its_name_also_where_parents_are_a_set():
    assert_named(styles.wrong("sets", ["E50", "E51", "E99", "EA5"]))


@pytest.mark.deep
@pytest.mark.parametrize("style", styles.STYLES)
def test_every_bug_is_caught_and_named_and_named_nothing_else(style):
    assert_named(styles.wrong(style))


@pytest.mark.parametrize("style", styles.STYLES)
def test_the_right_file_of_each_style_passes(style):
    states = [section.state for section in judge(styles.run(styles.right(style))).sections]
    assert set(states) == {"passed"}


@pytest.mark.parametrize("style", styles.STYLES)
def test_the_data_of_a_style_names_only_bugs_of_the_catalogue(style):
    assert styles.unknown(style) == []


def test_each_bug_has_a_question_for_a_hint_and_a_rule_of_one_sentence():
    for entry in catalogue().values():
        assert "?" in entry.bug.hint, entry.bug.id
        assert entry.bug.rule.endswith("."), entry.bug.id


def test_a_change_whose_text_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="0 times, not once, in __mul__"):
        inject(styles.right("lecture"), (("__mul__", "nowhere", "x"),))
    with pytest.raises(ValueError, match="there is no __xor__"):
        inject(styles.right("lecture"), (("__xor__", "a", "b"),))
