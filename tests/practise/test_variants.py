"""Right files in many forms are never accused."""

import pytest
import styles
import variants

from micrograd.practise.judge import judge

VARIANTS = dict(variants.files())


@pytest.mark.parametrize("name", VARIANTS)
def test_a_right_file_is_never_accused(name):
    judgement = judge(styles.run(VARIANTS[name]))
    assert judgement.failed is None
    assert {"operations", "backward"} <= {s.name for s in judgement.sections if s.state == "passed"}


def test_there_are_many_variants():
    assert len(VARIANTS) >= 40
