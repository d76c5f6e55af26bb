"""Two bugs at once, drawn at random: caught, and no wrong name is ever called sure.

A few are tried in every run; ``make test-deep`` tries a thousand, and measures the table of
signatures again.
"""

import random

import measure
import pytest
import styles

from micrograd.practise.bugs import catalogue, inject
from micrograd.practise.judge import judge, undisturbed


def pairs(seed, count):
    """Files with two bugs: (ids, text). In one function they may make a third: drawn anew."""
    rng = random.Random(seed)
    while count:
        style, ids = rng.choice(styles.STYLES), rng.sample(list(catalogue()), 2)
        made = [styles.ways(id, style) for id in ids]
        if not all(made):
            continue
        first, second = map(rng.choice, made)
        if {change[0] for change in first} & {change[0] for change in second}:
            continue
        try:
            text = inject(inject(styles.right(style), first), second)
            compile(text, "mygrad.py", "exec")
        except (ValueError, SyntaxError):
            continue
        count -= 1
        yield ids, text


def check(seed, count):
    for ids, text in pairs(seed, count):
        failed = judge(styles.run(text)).failed
        assert failed is not None, ids
        assert not failed.diagnosis.sure or failed.diagnosis.bug.id in ids, ids


def test_of_two_bugs_one_is_caught_and_a_sure_name_is_one_of_them():
    check(0, 10)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 21))
def test_of_two_bugs_one_is_caught_in_a_thousand_files(seed):
    check(seed, 50)


def test_every_bug_is_in_the_table_of_signatures():
    measured = {id for rows in measure.stored().values() for row in rows for id in row["bugs"]}
    assert measured == set(catalogue())


@pytest.mark.deep
def test_the_table_of_signatures_is_what_the_programs_give():
    with undisturbed():
        assert measure.written(measure.table()) == measure.TABLE.read_text()
