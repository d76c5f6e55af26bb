"""The words that the last lesson learns to spell: small enough for a minute, and easy to check."""

ONES = "one two three four five six seven eight nine".split()  # noqa: SIM905
TEENS = """ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen""".split()  # noqa: SIM905
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def number_words() -> list[str]:
    """Return the numbers from one to ninety-nine, in words."""
    return [*ONES, *TEENS, *TENS, *(f"{ten}-{one}" for ten in TENS for one in ONES)]


def held_out() -> list[str]:
    """Return every fifth of them: what is never shown in training."""
    return number_words()[3::5]
