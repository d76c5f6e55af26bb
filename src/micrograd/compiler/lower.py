"""From a scalar graph to a program, and to where its arguments go."""

from dataclasses import dataclass

from .graph import Graph
from .ir.array import Place
from .ir.program import Program
from .pipeline import run


@dataclass(slots=True)
class Lowered:
    """A program, and where the graph's leaves went."""

    program: Program
    inputs: list[Place]  # one for each of the graph's segments


def lower(graph: Graph, until: str = "") -> Lowered:
    """Return the loops that compute the graph's outputs and their gradients.

    Args:
        graph: what to compute.
        until: the pass to stop after, one of ``pipeline.NAMES``.
    """
    program = run(graph, until)
    return Lowered(program, list(program.segments))
