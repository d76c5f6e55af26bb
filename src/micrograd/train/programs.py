"""The programs of runs, for other runs: of the same functions and parameters, or of a like model.

The last few are kept for those who call ``fit`` again. As a function may have changed its mind (by
a global variable, say), a program is compared with it again before it is used.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..compiler.calls.guards import Guards
from ..compiler.training.objective import Objective
from ..compiler.training.update import Rule

_MOST_KEPT = 8


@dataclass
class TriedProgram:
    """What does not depend on the data and on the optimiser's states."""

    objective: Objective
    functions: dict[Rule, Any] = field(default_factory=dict)  # what ``compiled`` returned
    right: dict[int, bool] = field(default_factory=dict)  # by length
    guards: Guards | None = None  # what it takes for granted of the world outside

    def holds(self) -> bool:
        """Tell whether all that the program depends on is still as it was."""
        return self.objective.holds() and (self.guards is None or self.guards.hold())


kept: OrderedDict[Any, TriedProgram] = OrderedDict()


def keep(key: Any, program: TriedProgram) -> None:
    """Keep a program under a key, unless that is None, and let the oldest go."""
    if key is not None:
        kept[key] = program
        if len(kept) > _MOST_KEPT:
            kept.popitem(last=False)


def adapted(
    program: TriedProgram, before: Sequence[Any], now: Sequence[Any]
) -> TriedProgram | None:
    """Return the program of a model with the Values and modules of another in their places.

    None where these are not as many. Whether it is right is for a trial to say.
    """
    if len(before) != len(now):
        return None
    twins = dict(zip(map(id, before), now))
    objective = program.objective
    captured = [twins.get(id(v), v) for v in objective.captured]
    depends = [(twins.get(id(x), x), name, was) for x, name, was in objective.depends]
    mine = replace(objective, captured=captured, depends=depends)
    return TriedProgram(mine, program.functions, dict(program.right))
