"""A tracer without its vmap, for what is computed example by example."""

from typing import Any

from .assignments import WRITING_HOOKS
from .picks import PICKING_HOOKS


class WithoutBatch:
    """The same tracer without its vmap, for a vmap over values that are no arrays."""

    def __init__(self, tracer: Any) -> None:
        self.tape = tracer.tape
        for name in _HOOKS:
            setattr(self, name, getattr(tracer, name))


_HOOKS = (
    *("compare", "equal", "where", "array", "copied", "writing", "indexing", "gathered", "draw"),
    "look_up",
    *("present", "update", "frozen", "exact", "depends_on", *WRITING_HOOKS),
    *("clocks", "differentiating", "of_python", "is_of_numpy", "class_of", "prints"),
    *PICKING_HOOKS,
)
