"""How much is tried: what ``make test`` has time for, or all of it by ``make test-deep``.

``make properties`` tries each property ten times as often as ``make test`` does.
"""

import os
from collections.abc import Iterable

import pytest
from hypothesis import settings

DEEP = bool(os.environ.get("MICROGRAD_TEST_DEEP"))


def examples(count: int) -> settings:
    """Try a property with so many examples, or with ten times as many."""
    return settings(max_examples=count * 10 if DEEP else count)


def sampled(names: str, cases: Iterable, of: int) -> pytest.MarkDecorator:
    """Try the first of each ``of`` cases by ``make test``; the others are left to the deep run."""
    several = "," in names
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(*(case if several else [case]), marks=[pytest.mark.deep] if i % of else [])
            for i, case in enumerate(cases)
        ],
    )
