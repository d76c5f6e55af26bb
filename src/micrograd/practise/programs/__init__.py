"""The programs that judge a file, section by section, in the order in which people learn."""

from . import backward, derivative, more, network, operations, telling, training, value
from .program import Program, expression, label

SECTIONS: dict[str, tuple[Program, ...]] = {
    "derivative": derivative.PROGRAMS,
    "value": value.PROGRAMS,
    "operations": operations.PROGRAMS,
    "backward": backward.PROGRAMS,
    "more": more.PROGRAMS,
    "network": network.PROGRAMS,
    "training": training.PROGRAMS,
}
TELLING = telling.PROGRAMS  # judge nothing, tell bugs apart
PROGRAMS: dict[str, Program] = {
    p.name: p for section in (*SECTIONS.values(), TELLING) for p in section
}

__all__ = ["PROGRAMS", "SECTIONS", "TELLING", "Program", "expression", "label"]
