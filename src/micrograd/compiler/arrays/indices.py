"""The text of what stands between the brackets of an index."""

from .program import Item, StepIndex


def step_text(at: StepIndex) -> str:
    """Write where a loop is: ``2 * t0 + 1``."""
    text = ""
    for name, factor in sorted(at.factors, key=lambda pair: pair[1] < 0):
        sign = " - " if factor < 0 else " + "
        text += f"{sign}{name if abs(factor) == 1 else f'{abs(factor)} * {name}'}"
    if text.startswith(" - "):
        return f"{at.offset}{text}"
    rest = f" {'-' if at.offset < 0 else '+'} {abs(at.offset)}" if at.offset else ""
    return f"{text[3:]}{rest}"


def item_text(item: Item) -> str:
    """Write one item of an index: a place, or a slice."""
    if isinstance(item, StepIndex):
        return step_text(item)
    if not isinstance(item, slice):
        return str(item)
    first, stop, step = ("" if x is None else str(x) for x in (item.start, item.stop, item.step))
    return f"{first}:{stop}" + (f":{step}" if step else "")
