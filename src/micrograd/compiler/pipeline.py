"""The compiler's passes in their order: what happens to a program from a graph to its loops.

``flatten`` and ``reroll`` make the program; each other pass is a function of a program that returns
one, in a file of its own. To see what one does: ``f.lower(x, until="roll")``, or
``MICROGRAD_PRINT_AFTER=roll`` (``all``: after each). Formulas put a sum's loops first; ``ir.exact``
prints its terms in their order. With ``MICROGRAD_VERIFY=1`` every program is checked after every
pass, with ``end`` only after the last.
"""

import os
import sys

from ..value.backend import native
from .errors import JitError
from .graph import Graph, without_copies, without_repeats
from .ir.program import Program
from .ir.verify import verify
from .passes.allocate import allocate
from .passes.clears import join_clears
from .passes.differentiate import differentiate
from .passes.distribute import distribute
from .passes.fusion import fuse
from .passes.place import place
from .passes.products import pack_products
from .passes.recompute import recompute
from .passes.rerolling.flatten import Rows, flatten
from .passes.rerolling.reroll import reroll
from .passes.rerolling.roll import roll
from .passes.rerolling.separate import separate
from .passes.rerolling.sweeps import distinct, swept
from .passes.rerolling.terms import join_terms
from .passes.schedules import Target, schedule, width
from .passes.short_sums import unroll_short_sums
from .passes.stores import drop_stores
from .printing import show as show  # a program prints as formulas

PASSES = {
    "join_terms": join_terms,  # terms of a sum that advance in equal steps become one: losses
    "roll": roll,  # nests that repeat become loops around them
    "separate": separate,  # what one statement of a loop writes has an array of its own
    "differentiate": differentiate,  # the chain rule, loop by loop
    "place": place,  # in which order the numbers of each array lie
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
    "recompute": recompute,  # the way back computes again what is cheap
    "drop_stores": drop_stores,  # what nobody else reads stays in registers
    "schedule": schedule,  # what goes along the lanes of vectors, what is done in blocks
}
# Of a graph: its chains of additions as sums, what does the same as one class; then its loops.
NAMES = ("flatten", "reroll", *PASSES, *FOR_C, *FOR_ARRAYS)


def flattened(graph: Graph) -> Rows:
    """Return the rows of a graph, in which equal nodes are one."""
    if native is None:
        rows = flatten(without_repeats(without_copies(graph)))
    else:
        rows = swept(distinct(graph))
    _print("flatten", rows)
    return rows


def lower(graph: Graph, until: str = "", aligned: bool = True) -> Program:
    """Return the loops of a graph, after all passes or after the one that is named.

    Without a name these are the passes that every target needs; those for C follow by name, with
    float64 for the numbers. What is not ``aligned`` can be compared with programs of other lengths.

    Raises:
        ValueError: there is no such pass.
    """
    if until and until not in NAMES:
        raise ValueError(f"until must be one of {', '.join(NAMES)}, got {until!r}")
    check_printed()
    if until in FOR_ARRAYS:
        return for_arrays(graph)
    program = _looked_at("reroll", reroll(flattened(graph)))
    for name, change in PASSES.items():
        if until in NAMES[: NAMES.index(name)]:
            return program
        made = change(program) if aligned or name != "allocate" else allocate(program, False)
        program = _looked_at(name, made)
    return scheduled(program, Target(width("float64")), until) if until in FOR_C else program


def for_arrays(graph: Graph) -> Program:
    """Return the loops of a graph as array programs are made of them."""
    program = lower(graph, until="differentiate")
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
    last = name in (NAMES[-1], next(reversed(PASSES)))
    if known and os.environ.get("MICROGRAD_VERIFY") in ("1", "end" if last else "1"):
        verify(program, name)
    _print(name, program)
    return program


def _print(name: str, made: Rows | Program) -> None:
    if os.environ.get("MICROGRAD_PRINT_AFTER") in (name, "all"):
        print(f"# after {name}", made, sep="\n", end="\n\n", file=sys.stderr)
