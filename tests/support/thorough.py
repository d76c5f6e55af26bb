"""How often a property is tried: now and then, or ten times as often by ``make properties``."""

import os

from hypothesis import settings

DEEP = bool(os.environ.get("MICROGRAD_TEST_DEEP"))


def examples(count: int) -> settings:
    """Try a property with so many examples, or with ten times as many."""
    return settings(max_examples=count * 10 if DEEP else count)
