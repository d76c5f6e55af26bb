"""An explorer's page as a picture: what the page shows after so many steps, where nothing moves.

The steps are those of ``frontend/src/timeline.ts``: each value is computed, then the order is made,
visit by visit, then each gradient is added to. In a picture all values are computed from the start.
"""

from collections.abc import Iterator
from urllib.parse import parse_qs

from ..draw import Drawing
from ..drawing.appearance import Style
from ..drawing.svg import Numbers, render
from ..engine import Value, toposort
from ..explorer import Explorer
from ..writing.ledger import local_derivatives
from ..writing.naming import constants_of, names_of

_MISTAKES = ("assign", "twice")
_DEEP = 4  # operations in a row, up to which a picture is not too wide to be read on a code host


def still(explorer: Explorer, state: str) -> Drawing:
    """Draw the graph of an explorer in a state, as its address says it: ``step=16&break=assign``.

    Where a mistake is switched on, a wrong gradient is struck through, the right one beside it.

    Raises:
        ValueError: the mistake is one that cannot be drawn.
    """
    said = parse_qs(state)
    steps = int(said.get("step", ["0"])[0])
    mistakes = [name for text in said.get("break", []) for name in text.split(",")]
    for name in mistakes:
        if name not in _MISTAKES:
            raise ValueError(f"a picture shows the mistakes {_MISTAKES}, not {name!r}")
    snapshot = explorer.snapshot
    root = snapshot.values[snapshot.roots[-1]]
    order = toposort(root)
    steps -= sum(bool(value.parents) for value in order)
    acts = list(_visits(root, set()))
    grads = _gradients(order, steps - len(acts), "assign" in mistakes, "twice" in mistakes)
    wrong: dict[Value, Numbers] = {}
    for value, right in _gradients(order, steps - len(acts)).items() if mistakes else ():
        if grads[value] != right:
            wrong[value] = None, right
    for value in order:
        value.grad = grads[value]
    note = _list_so_far(order, acts[:steps]) if 0 < steps <= len(acts) else ""
    style = Style(direction="LR" if _depth(order) <= _DEEP else "TB")
    return Drawing(render(order, note, style, wrong), adapts=True)


def _depth(order: list[Value]) -> int:
    """Return the number of operations on the longest way from a leaf to the root."""
    depth: dict[Value, int] = {}
    for value in order:
        depth[value] = max((1 + depth[parent] for parent in value.parents), default=0)
    return depth[order[-1]]


def _visits(value: Value, visited: set[Value]) -> Iterator[tuple[str, Value]]:
    if value in visited:
        yield "again", value
        return
    visited.add(value)
    yield "visit", value
    for parent in value.parents:
        yield from _visits(parent, visited)
    yield "append", value


def _list_so_far(order: list[Value], acts: list[tuple[str, Value]]) -> str:
    names = names_of(order)
    listed = [value for act, value in acts if act == "append"]
    waiting = [value for act, value in acts if act == "visit" and value not in listed]
    parts = {"The list so far": listed, "waiting": waiting}
    return "; ".join(
        f"{what}: {', '.join(names[value].text for value in values)}"
        for what, values in parts.items()
        if values
    )


def _gradients(
    order: list[Value], steps: int, assign: bool = False, twice: bool = False
) -> dict[Value, float]:
    """Return every gradient after so many steps backward, the first of which gives the root 1.

    Args:
        order: parents before children; the last is the root.
        steps: how many.
        assign: ``=`` in place of ``+=``.
        twice: backward runs again, and the gradients of the leaves are not cleared before.
    """
    constants = constants_of(order)
    uses = [
        (value, parent, partial)
        for value in reversed(order)
        if value.parents
        for parent, partial in zip(value.parents, local_derivatives(value), strict=True)
        if parent not in constants
    ]
    grad = dict.fromkeys(order, 0.0)
    for run in range(2 if twice else 1):
        done = steps - run * (1 + len(uses))
        if done <= 0:
            break
        grad.update({value: 0.0 for value in order if value.parents})
        grad[order[-1]] += 1.0
        for value, parent, partial in uses[: done - 1]:
            amount = partial * grad[value]
            grad[parent] = amount if assign else grad[parent] + amount
    return grad
