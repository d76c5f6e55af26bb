"""The compiler's passes in their order: what happens to a program from a graph to its loops.

Each is a function of a program that returns one, in a file of its own. To see what one does:
``f.lower(x, until="roll")``, or ``MICROGRAD_PRINT_AFTER=roll`` (``all``: after each). With
``MICROGRAD_VERIFY=1`` every program is checked after every pass, as it is in the tests.
"""

import os
import sys

from .graph import Graph
from .ir import Program
from .loops.clears import join_clears
from .loops.differentiate import differentiate
from .loops.place import place
from .loops.verify import verify
from .printing import show as show  # a program prints as formulas
from .rerolling.reroll import reroll
from .rerolling.roll import roll
from .rerolling.terms import join_terms

PASSES = {
    "join_terms": join_terms,  # terms of a sum that advance in equal steps become one
    "roll": roll,  # nests that repeat become loops around them
    "differentiate": differentiate,  # the chain rule, loop by loop
    "place": place,  # in which order the numbers of each array lie
    "join_clears": join_clears,  # neighbours are cleared at once
}
NAMES = ("reroll", *PASSES)  # the first makes the program: it finds the loops in a graph


def run(graph: Graph, until: str = "") -> Program:
    """Return the loops of a graph, after all passes or after the one that is named.

    Raises:
        ValueError: there is no such pass.
    """
    if until and until not in NAMES:
        raise ValueError(f"until must be one of {', '.join(NAMES)}, got {until!r}")
    program = _looked_at("reroll", reroll(graph))
    for name, change in PASSES.items():
        if until in NAMES[: NAMES.index(name)]:
            break
        program = _looked_at(name, change(program))
    return program


def _looked_at(name: str, program: Program) -> Program:
    if os.environ.get("MICROGRAD_VERIFY") == "1":
        verify(program, name)
    if os.environ.get("MICROGRAD_PRINT_AFTER") in (name, "all"):
        print(f"# after {name}", program, sep="\n", end="\n\n", file=sys.stderr)
    return program
