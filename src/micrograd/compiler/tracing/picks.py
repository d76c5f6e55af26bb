"""What Python and NumPy pick of several numbers: ``max``, ``np.min``, ``np.where`` and the like.

Of Values, and of the numbers that a transform puts in the place of plain ones, they plainly return
one of the objects: the others get no gradient, not even 0 times an infinity. Which one it is where
some are nan, which compares with nothing, depends on the order.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from ... import ops
from ...engine import Value
from ...transforms.derivatives import Slope, times
from ...value.columns import ValueSet
from ...value.number import Number
from ..graph import BATCH_SUM, PICK
from .stand_ins import StandIns

PICKING_HOOKS = ("are_objects", "pick", "has_nan", "share")


class Picks:
    """The hooks for what is picked, and which values are.

    Args:
        tape: of the trace.
        loud: numbers that are plain floats, whatever they come from.
        is_batched: tells whether a value has a batch axis.
        stand_ins: for the arguments.
        arguments: those that a transform differentiates by.
    """

    def __init__(
        self,
        tape: list[Value],
        loud: ValueSet,
        is_batched: Callable[[Value], bool],
        stand_ins: StandIns,
        arguments: Collection[int],
    ) -> None:
        self._tape, self._loud, self._is_batched = tape, loud, is_batched
        self._stand_ins, self._arguments = stand_ins, arguments
        self._variable = ValueSet()  # variables of transforms, and what is made of them
        self._any_variable, self._looked_through = False, 0
        self._picked: set[int] = set()

    def differentiating(self, variables: Sequence[Value]) -> None:
        """Take note of the variables of a transform."""
        self._variable.update(list(variables))
        self._any_variable |= bool(variables)

    # ---- hooks

    def are_objects(self, items: Sequence[Any]) -> bool:
        """Tell whether any of some numbers is plainly an object, not a float."""
        for i in self._stand_ins.inputs.values() if self._arguments else ():
            if i.argument in self._arguments:  # its leaves are made as they are used
                self.differentiating(i.leaves)
        if self._any_variable:
            self._variable.spread(self._tape, self._looked_through, None, self._loud)
            self._looked_through = len(self._tape)
        values = [x for x in items if isinstance(x, Value)]
        return any(not isinstance(x, Number) or x in self._variable for x in values)

    def pick(self, made: Any) -> Any:
        """Take note of a value just made that is plainly one of its parents."""
        if isinstance(made, Value):
            self._picked.add(id(made))
        return made

    def has_nan(self, made: Sequence[Any]) -> bool:
        """Tell whether any of some numbers is nan; a guard says so."""
        total: Any = 0.0
        for x in made:
            if isinstance(x, Value):
                is_nan = ops.WHERE(ops.LE(x, x), 0.0, 1.0)
                batched = self._is_batched(is_nan)
                total = total + (is_nan._apply(BATCH_SUM, is_nan) if batched else is_nan)
        return bool(total > 0.5)

    def share(self, value: Value, slope: Slope, given: Slope) -> Slope:
        """What a parent gets of a value's gradient; what was not picked gets nothing."""
        if id(value) not in self._picked or not (
            isinstance(slope, Value) and isinstance(given, Value)
        ):
            return times(slope, given)
        return self.pick(PICK(slope, given, 0.0))
