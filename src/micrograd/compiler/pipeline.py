"""The compiler's passes in their order: what happens to a program from a graph to its loops.

``flatten`` and ``reroll`` make the program; each other pass is a function of a program that returns
one, in a file of its own. To see what one does: ``f.lower(x, until="roll")``, or
``MICROGRAD_PRINT_AFTER=roll`` (``all``: after each). Formulas put a sum's loops first; ``ir.exact``
prints its terms in their order. With ``MICROGRAD_VERIFY=1`` every program is checked after every
pass, with ``end`` only after the last.
"""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from ..value.backend import native
from .errors import JitError, NoLoops
from .graph import Graph, without_copies, without_repeats
from .ir.footprint import uses
from .ir.program import Program
from .ir.sizes import SIZE, bound
from .ir.specialise import specialised
from .ir.verify import verify
from .ir.visit import simple
from .passes.allocate import allocate, allocate_for_all
from .passes.blocks import schedule
from .passes.clears import join_clears
from .passes.differentiate import differentiate
from .passes.distribute import distribute
from .passes.exponentials import share_exponentials
from .passes.fusion import fuse
from .passes.generalise import for_all
from .passes.picked import compute_picked
from .passes.place import place
from .passes.powers import share_powers
from .passes.products import pack_products
from .passes.recompute import recompute
from .passes.rerolling.borders import with_whole_steps
from .passes.rerolling.constants import with_constants, with_lists
from .passes.rerolling.flatten import Rows, flatten
from .passes.rerolling.periods import periods_of, shortened
from .passes.rerolling.reroll import reroll
from .passes.rerolling.roll import roll
from .passes.rerolling.separate import separate
from .passes.rerolling.sweeps import distinct, swept
from .passes.rerolling.terms import join_terms
from .passes.rerolling.waves import waves
from .passes.schedules import Target, width
from .passes.short_sums import unroll_short_sums
from .passes.stores import drop_stores
from .printing import show as show  # a program prints as formulas
from .worth import EVERYWHERE, Search

PASSES = {
    "join_terms": join_terms,  # terms of a sum that advance in equal steps become one: losses
    "roll": roll,  # nests that repeat become loops around them
    "separate": separate,  # what one statement of a loop writes has an array of its own
    "compute_picked": compute_picked,  # of what only take reads, just that is computed
    "differentiate": differentiate,  # the chain rule, loop by loop
    "place": place,  # in which order the numbers of each array lie
}
ADDRESSES = {
    "allocate": allocate,  # addresses
    "join_clears": join_clears,  # neighbours are cleared at once
}
FOR_ARRAYS = {  # of a differentiated program, whose arrays have no addresses yet
    "distribute": distribute,  # what waits for no other step is done for all steps at once
}
FOR_C = {  # of a program and a target
    "unroll_short_sums": unroll_short_sums,  # term by term, so that they share loops
    "pack_products": pack_products,  # large products of matrices are blocked for the cache
    "fuse": fuse,  # nests of equal dims share their loops
    "share_powers": share_powers,  # 1/x² is the square of 1/x where that is computed anyway
    "share_exponentials": share_exponentials,  # erf has its slope's exponential
    "recompute": recompute,  # the way back computes again what is cheap
    "drop_stores": drop_stores,  # what nobody else reads stays in registers
    "schedule": schedule,  # what goes along the lanes of vectors, what is done in blocks
}
# Of a graph: its chains of additions as sums, what does the same as one class; then its loops.
NAMES = ("flatten", "reroll", *PASSES, *ADDRESSES, *FOR_C, *FOR_ARRAYS)

_FEW = 32  # statements, of which C is short whatever they do
_MOST_ALIKE = 300  # nodes, on average, of a nest: of more, waves hardly find any
_MOST_WAVES, _MOST_NODES = 64, 200_000  # where they are looked for in place of classes, or whole
# first and last steps besides
_OPERANDS_A_TABLE = 50  # at least, on average


def flattened(graph: Graph, most: float = inf) -> Rows:
    """Return the rows of a graph, in which equal nodes are one.

    Raises:
        NoLoops: the rows are of more classes than so many.
    """
    if native is None:
        rows = flatten(without_repeats(without_copies(graph)))
    else:
        rows = swept(distinct(graph), most=most)
    _print("flatten", rows)
    return rows


def lower(
    graph: Graph, until: str = "", aligned: bool = True, search: Search = EVERYWHERE
) -> Program:
    """Return the loops of a graph, after all passes or after the one that is named.

    Without a name these are the passes that every target needs; those for C follow by name, with
    float64 for the numbers. What is not ``aligned`` can be compared with programs of other lengths,
    and be made one for all of them: ``addressed``.

    Args:
        graph: what is computed.
        until: the name.
        aligned: whether long arrays begin at whole vectors.
        search: how far loops are looked for.

    Raises:
        ValueError: there is no such pass.
        NoLoops: there are none.
    """
    if until and until not in NAMES:
        raise ValueError(f"until must be one of {', '.join(NAMES)}, got {until!r}")
    check_printed()
    if until in FOR_ARRAYS:
        return for_arrays(graph)
    if until in ("reroll", *PASSES):
        return _through(graph, until)
    program = _looked_at("allocate", allocate(_in_arrays(graph, aligned, search), aligned))
    if until == "allocate":
        return program
    program = _looked_at("join_clears", join_clears(program))
    return scheduled(program, Target(width("float64")), until) if until in FOR_C else program


def addressed(program: Program) -> Program:
    """Return a program for all lengths with its addresses, after all that every target needs."""
    program = _looked_at("allocate", allocate_for_all(program))
    return _looked_at("join_clears", join_clears(program))


@dataclass(slots=True)
class _Way:
    """Which of the ways to make rows of a graph leaves the fewest statements, and how many.

    With some more of its steps that is mostly the same one, and the others need not be tried.
    """

    number: int = -1
    statements: int = -1


def _in_arrays(graph: Graph, aligned: bool, search: Search, way: _Way | None = None) -> Program:
    """Lower a graph through all passes before addresses."""
    program = _by_a_few_steps(graph) if search.steps else None
    if program is not None:
        return program
    if search.classes is None:
        raise NoLoops
    last = "place" if aligned else "differentiate"  # an order that suits one length alone
    return _through(graph, last, search.classes, way)


def _through(graph: Graph, last: str, most: float = inf, way: _Way | None = None) -> Program:
    """Lower a graph through the passes before addresses, up to the last of them."""
    rolled = _rolled(graph, most, way or _Way())
    program = _looked_at("reroll", rolled["reroll"])
    for name in NAMES[NAMES.index("reroll") + 1 : NAMES.index(last) + 1]:
        program = _looked_at(name, rolled.get(name) or PASSES[name](program))
    return program


def _rolled(graph: Graph, most: float, way: _Way) -> dict[str, Program]:
    """Return a graph after each of the passes until its loops are rolled up.

    Rows come by waves where half of the statements do for these: where few of a class are alike.
    """
    few = len(graph.ops) <= _MOST_NODES
    rows = flattened(graph, inf if few else most)
    if len(rows.classes) > most:
        if by_waves := few and _by_waves(rows, _MOST_WAVES):
            return by_waves
        raise NoLoops
    small = native and few
    ways = [rows, *(with_whole_steps(rows.graph) if small else ())]
    made = _shortest(ways, way)
    statements = way.statements
    few_alike = len(graph.ops) <= _MOST_ALIKE * len(made["reroll"].forward)
    return (statements > _FEW and few_alike and _by_waves(rows, statements // 2)) or made


def _shortest(ways: Sequence[Rows], way: _Way) -> dict[str, Program]:
    """Return rows rolled up in the way that leaves the fewest statements, the first of such."""
    if 0 <= way.number < len(ways):
        made = _rolled_up(ways[way.number])
        if _count(made) == way.statements:
            return made
    every = [_rolled_up(rows) for rows in ways]
    counts = [_count(made) for made in every]
    way.statements = min(counts)
    way.number = counts.index(way.statements)
    return every[way.number]


def _by_waves(rows: Rows, most: int) -> dict[str, Program] | None:
    """Return rows rolled up by waves; None where that takes more statements than so many."""
    for made in map(_rolled_up, waves(rows, most)):
        if _count(made) <= most and _is_regular(made["reroll"]):
            return made
    return None


def _rolled_up(rows: Rows) -> dict[str, Program]:
    program = reroll(rows)
    together = join_terms(program, rows.graph.strict)
    return {"reroll": program, "join_terms": together, "roll": roll(together)}


def _count(made: Mapping[str, Program]) -> int:
    """Return how many statements are left when loops are rolled up."""
    return sum(1 for _ in simple(made["roll"].forward))


def _is_regular(program: Program) -> bool:
    """Tell whether tables, which are slower than steps, have the places of few operands only."""
    tabled = [use.ref.table is not None for s in simple(program.forward) for use in uses(s)]
    return sum(tabled) * _OPERANDS_A_TABLE <= len(tabled)


def _by_a_few_steps(graph: Graph) -> Program | None:
    """Lower a graph of many steps by way of some of few; None where they do not tell it all."""
    listed = with_lists(graph) if native else None
    if listed is None:
        return None
    reading, lists = listed
    if lists and (program := _of_steps(reading)):
        return with_constants(program, lists)
    return _of_steps(graph)


def _of_steps(graph: Graph) -> Program | None:
    """Lower a graph by way of a few of its steps, with the constants that it has."""
    periods = periods_of(graph)
    if periods is None:
        return None
    way = _Way()

    def at(steps: int) -> tuple[Program, Counter[str]]:
        few = shortened(graph, periods, steps)
        program = _looked_at("allocate", allocate(_in_arrays(few, False, EVERYWHERE, way), False))
        return _looked_at("join_clears", join_clears(program)), Counter()

    general = for_all(at)
    if general is None or general.coefficients:
        return None
    return specialised(general.program, bound(SIZE, periods.steps))


def for_arrays(graph: Graph) -> Program:
    """Return the loops of a graph as array programs are made of them."""
    program = _by_a_few_steps(graph) or _through(graph, "differentiate")
    for name, change in FOR_ARRAYS.items():
        program = _looked_at(name, change(program))
    return program


def scheduled(program: Program, target: Target, until: str = "schedule") -> Program:
    """Return a program as C runs it, after all passes for C or after the one that is named."""
    for name, change in FOR_C.items():
        program = _looked_at(name, change(program, target))
        if name == until:
            break
    return program


class WrongSettingError(JitError, ValueError):
    """A variable of the environment names no pass: no fault of the function that is compiled."""


def check_printed() -> None:
    """Raise where what is to be printed is after no pass."""
    name = os.environ.get("MICROGRAD_PRINT_AFTER", "")
    if name not in ("", "all", *NAMES):
        raise WrongSettingError(
            f"MICROGRAD_PRINT_AFTER must be all or one of {', '.join(NAMES)}, got {name!r}"
        )


def _looked_at(name: str, program: Program) -> Program:
    known = program.arrays and set(program.sizes) <= {"B", "P"}  # not one for all lengths
    last = name in (NAMES[-1], next(reversed(ADDRESSES)))
    if known and os.environ.get("MICROGRAD_VERIFY") in ("1", "end" if last else "1"):
        verify(program, name)
    _print(name, program)
    return program


def _print(name: str, made: Rows | Program) -> None:
    if os.environ.get("MICROGRAD_PRINT_AFTER") in (name, "all"):
        print(f"# after {name}", made, sep="\n", end="\n\n", file=sys.stderr)
