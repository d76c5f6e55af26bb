"""Which targets memory needs: what nobody reads again stays in registers, or is not computed."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..ir.program import For, Fused, Nest, Program, Statement
from ..ir.visit import Simple, regrouped, simple, walk
from .regions import Region, RegionList, Regions, feeds, operands, place_of, same_element, widened
from .schedules import Target


def drop_stores(program: Program, target: Target) -> Program:
    """Store only what is read outside of its own loops, and drop nests that nobody reads at all."""
    needed = _Needed(program, Regions(target.lanes))
    stored = {
        id(item): needed.stores(item, loops)
        for item, loops in walk([*program.forward, *program.backward])
        if isinstance(item, Fused)
    }

    def living(statement: Simple | Fused) -> Iterator[Statement]:
        if not isinstance(statement, Fused):
            yield statement
        elif (rest := _living(statement.nests, stored[id(statement)])) is not None:
            yield replace(rest, schedule=statement.schedule)

    return replace(
        program,
        forward=regrouped(program.forward, living),
        backward=regrouped(program.backward, living),
    )


class _Needed:
    """Tells of each nest whether its target has to be in memory."""

    def __init__(self, program: Program, regions: Regions) -> None:
        self.regions = regions
        start, constants = program.constants
        ranges = [program.parameters, program.inputs, (start, len(constants))]
        kept = [Region(grad, s, s + n) for s, n in ranges if n for grad in (False, True)]
        self.kept = RegionList([*kept, *[Region(False, o, o + 1) for o in program.outputs]])
        forward = simple(program.forward)
        self.computed = {_elements(s) for s in forward if isinstance(s, Nest)}
        seen = [
            (reader, widened(read, loops))
            for item, loops in walk([*program.forward, *program.backward])
            for reader, read in self._outside_reads(item)
        ]
        self.anywhere = {reader for reader, read in seen if read is None}
        self.readers = np.array([reader for reader, read in seen if read is not None], np.int64)
        self.seen = RegionList([read for _, read in seen if read is not None])

    def stores(self, group: Fused, loops: tuple[For, ...]) -> tuple[bool, ...]:
        """Tell which targets memory needs; of several writers of one, the last counts."""
        last = {place_of(nest.target): nest for nest in group.nests}
        return tuple(
            [
                stored and last[place_of(nest.target)] is nest and self._needed(nest, loops)
                for nest, stored in zip(group.nests, group.stored, strict=True)
            ]
        )

    def _needed(self, nest: Nest, loops: tuple[For, ...]) -> bool:
        target = nest.target
        if target.table is not None or target.index is not None:
            return True
        if target.grad and _elements(nest) not in self.computed:
            return True
        written = widened(self.regions.written(nest), loops)
        if written is None or self.kept.meeting(written).any():
            return True
        itself = 0 if loops else id(nest)  # adding to its target, it reads it
        if self.anywhere - {itself}:
            return True
        return bool((self.seen.meeting(written) & (self.readers != itself)).any())

    def _outside_reads(self, item: Simple | Fused) -> Iterator[tuple[int, Region]]:
        """Yield what an item reads from memory, each with the id of the statement."""
        if not isinstance(item, Fused):
            yield from ((id(item), read) for read in self.regions.reads(item))
            return
        for place, nest in enumerate(item.nests):
            before = item.nests[:place]
            for dims, ref in operands(nest):
                if not any(same_element(ref, n.target, len(nest.dims)) for n in before):
                    yield id(nest), self.regions.of(dims, ref)


def _elements(nest: Nest) -> Hashable:
    """Return what is equal for values and their gradients, in whichever order their dims are.

    Rows that lie one behind the other are one dim.
    """
    ref = nest.target
    strides = set(ref.strides)
    strides -= {stride * extent for extent, stride in zip(nest.dims, ref.strides, strict=True)}
    return ref.address, frozenset(strides), ref.table, ref.index


def _living(nests: Sequence[Nest], stored: Sequence[bool]) -> Fused | None:
    """The nests that are stored or that a later one reads; None where there are none."""
    kept: list[tuple[Nest, bool]] = []
    for nest, keep in zip(reversed(nests), reversed(stored), strict=True):
        if keep or _read_within(nest, [later for later, _ in kept]):
            kept.insert(0, (nest, keep))
    return Fused(tuple([n for n, _ in kept]), tuple([k for _, k in kept])) if kept else None


def _read_within(nest: Nest, later: Sequence[Nest]) -> bool:
    """Tell whether one of the later nests reads what a nest writes before it is written again."""
    for other in later:
        if feeds(nest, other):
            return True
        if place_of(other.target) == place_of(nest.target):
            return False
    return False
