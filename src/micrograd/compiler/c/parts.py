"""A large batch in C, a part at a time: its rows lie with the caller where the loops allow it."""

from collections.abc import Sequence
from importlib.resources import files

from ..ir.footprint import uses
from ..ir.program import PADDED, WHOLE_VECTORS, Program, Ref
from ..ir.sizes import Size
from ..ir.visit import opened, walk
from ..passes.regions import Region, RegionList, Regions, widened
from .printer import bare


def separate_rows(program: Program, starts: Sequence[Size], lanes: int) -> list[Size]:
    """Return those rows of a batch that the way forward only goes along, and from the first on.

    Args:
        program: the program.
        starts: where the rows begin.
        lanes: of the widest vectors.
    """
    rows = list(dict.fromkeys(starts))
    separate, regions = dict.fromkeys(rows, True), Regions(lanes)
    all_rows = RegionList([Region(False, start, start + PADDED) for start in rows])
    for item, loops in walk(program.forward):
        for use in (use for s in opened(item) for use in uses(s) if not use.ref.grad):
            touched = widened(regions.of(use.dims, use.ref), loops)
            if touched is None:
                return []
            for start, meets in zip(rows, all_rows.meeting(touched), strict=True):
                if meets and not (_goes_along(use.ref) and use.ref.address == start):
                    separate[start] = False
    return [start for start in rows if separate[start]]


def _goes_along(ref: Ref) -> bool:
    return not (ref.table or ref.index) and [s for s in ref.strides if s != 0] == [1]


def in_parts(program: Program, rows: Sequence[Size]) -> str:
    """Return C of ``forward``, whose rows lie in memory, and of ``forward_in_parts``."""
    sizes = [f"const int64_t {x} = sizes[{i}]; (void){x};" for i, x in enumerate(program.sizes)]
    lines = [
        "",
        "int forward(T *v, const int64_t *sizes, const T *scalars, const int64_t *const *tables) {",
        *[f"    {line}" for line in sizes],
        f"    T *const rows[] = {{{', '.join(f'v + {bare(start)}' for start in rows) or 'v'}}};",
        "    return forward_of_rows(v, rows, sizes, scalars, tables);",
        "}",
        "",
        f"#define ROOM {WHOLE_VECTORS}",
        files(__package__).joinpath("parts.inc").read_text("utf-8"),
    ]
    return "\n".join(lines)
