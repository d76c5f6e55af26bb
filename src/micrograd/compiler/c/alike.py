"""Loops that differ in sizes and addresses alone are one function of C, which takes these.

The regions at the border of a padded convolution are so: a C compiler takes as long for each as for
the rest, in which a program spends its time. Loops of the same sizes, as layers have, stay apart:
with theirs shared, steps of a transformer took 2 to 4 % longer.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from ..ir.footprint import uses
from ..ir.program import Fused, Statement
from ..ir.sizes import Poly, Size, variables
from ..ir.visit import put_together, take_apart
from ..passes.blocks import shares
from ..passes.regions import same_element
from ..passes.schedules import Costs, Target, along

_HOT = 0.01  # of the whole cost: more has its sizes known to the C compiler
_MOST = 12  # arguments: as many addresses more are kept in registers


class GroupCall(NamedTuple):
    """A call of a function that does what several groups of nests are to do."""

    number: int  # of the function
    group: Fused  # what it does: where sizes differ, in terms of its arguments
    names: tuple[str, ...]
    arguments: tuple[Size, ...]


def calls(body: Sequence[Statement], sizes: Sequence[str], target: Target) -> dict[int, GroupCall]:
    """Return calls by the ids of the groups that they can stand for.

    Args:
        body: statements with their schedules; loops around others are left, where calls are many.
        sizes: the names of those that every function has.
        target: what C is made for.
    """
    parts = shares(body, Costs(target))
    alike: dict[Hashable, list[tuple[Fused, tuple[Size, ...]]]] = {}
    for s in body:
        if isinstance(s, Fused) and parts[id(s)] <= _HOT and _fits(s):
            shape, numbers = take_apart(s)
            key = (shape, *_told(s))
            alike.setdefault(key, []).append((s, numbers))
    several = [some for some in alike.values() if len({_extents(s) for s, _ in some}) > 1]
    return {name: call for k, some in enumerate(several) for name, call in _calls(k, some, sizes)}


def _calls(
    number: int, alike: Sequence[tuple[Fused, tuple[Size, ...]]], sizes: Sequence[str]
) -> Iterator[tuple[int, GroupCall]]:
    """Yield calls of a function in place of groups, unless it would take too many arguments."""
    names: dict[tuple[Size, ...], str] = {}
    columns = zip(*[numbers for _, numbers in alike], strict=True)
    sized = [_in_names(column, sizes, names) for column in columns]
    if len(names) <= _MOST:
        group = put_together(alike[0][0], iter(sized))
        for k, (s, _) in enumerate(alike):
            arguments = tuple([column[k] for column in names])
            yield id(s), GroupCall(number, group, tuple(names.values()), arguments)


def _in_names(
    column: tuple[Size, ...], sizes: Sequence[str], names: dict[tuple[Size, ...], str]
) -> Size:
    """Write a size that differs from group to group by what it is more than the first one's."""
    first: Size = column[0] if variables(column[0]) <= {*sizes} else 0
    more = tuple([size - first for size in column])
    if not any(size != 0 for size in more):
        return first
    return first + Poly.var(names.setdefault(more, f"s{len(names)}"))


def _fits(group: Fused) -> bool:
    """Tell whether a group is loops that may be a function: their addresses are in no table."""
    if group.schedule.packed or not group.nests[0].dims:
        return False
    return not any(use.ref.table for nest in group.nests for use in uses(nest))


def _extents(group: Fused) -> Hashable:
    return tuple([(nest.dims, *[term.dims for term in nest.terms]) for nest in group.nests])


def _told(group: Fused) -> Iterator[Hashable]:
    """Yield what has to be equal for one text in C, and for as good a one."""
    count, schedule = len(group.nests[0].dims), group.schedule
    lanes = [d for d in {schedule.lanes, *schedule.inner} if d is not None]
    for use in (use for nest in group.nests for use in uses(nest)):
        dims = [d for d in lanes if d < len(use.dims)]
        yield tuple([(use.dims[d], along(use.ref.strides, d)) for d in dims])
        yield tuple([same_element(use.ref, n.target, count) for n in group.nests])
