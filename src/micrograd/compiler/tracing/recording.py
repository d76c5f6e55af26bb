"""What a traced function did: the Values it made, what came in, what goes out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...engine import Value
from ...value.buffers import read_grad
from ...value.columns import ValueSet, operands
from .draws import Draws
from .effects import Effects
from .look_ups import LookedUp, LookUps
from .signature import Argument
from .trees import values_in


@dataclass(slots=True)
class Input:
    """Leaves made for one argument, or for the examples of a batched one."""

    argument: int | None  # its place among the call's arguments; None: 1 / (the batch size)
    batched: bool
    leaves: list[Value]


@dataclass
class Trace:
    """What a function did, as values; ``graph_of`` gives it as numbers."""

    tape: list[Value]
    inputs: list[Input]
    captured: list[Value]
    result: Any
    guards: list[tuple[Value, bool]]
    batch: int | None  # the batch size, if there is a batch
    measured: set[int]  # arguments whose length is part of the program
    depends: list[tuple[Any, str, Any]] = field(default_factory=list)
    draws: Draws = field(default_factory=Draws)
    look_ups: LookUps = field(default_factory=LookUps)
    updated: list[Value] = field(default_factory=list)  # what the end of the result is written to
    before: list[Value] = field(default_factory=list)  # what it read that it has not made
    of_stand_ins: dict[int, tuple[int, int]] = field(default_factory=dict)  # their places
    raises: int = 0  # how many guards, the last ones, say that Python's arithmetic does not raise
    lines: dict[int, tuple[str, int]] = field(default_factory=dict)  # where guards stand
    effects: Effects = field(default_factory=Effects)
    outside: frozenset[int] = frozenset()  # identities of what the result has from outside
    arguments: int = 0  # how many the function has
    prints: bool = False  # whether what is printed comes behind the result
    clocks: list[str] = field(default_factory=list)  # where it read the time

    def holds(self) -> bool:
        """Tell whether all that the recording depends on is still as it was."""
        return all(getattr(owner, name) == was for owner, name, was in self.depends)

    @property
    def branches(self) -> bool:
        """Whether Python branched on a number."""
        return len(self.guards) > self.raises

    @property
    def apart(self) -> bool:
        """Whether the guards hold of a batch if they hold of each of its parts."""
        return not self.branches and all(self.truths())

    @property
    def domains(self) -> list[tuple[Value, bool]]:
        """The guards that say that Python's arithmetic does not raise."""
        return self.guards[len(self.guards) - self.raises :]

    def truths(self) -> list[bool]:
        """Return which way each branch went."""
        return [holds for _, holds in self.guards]

    def free(self) -> frozenset[int]:
        """The arguments whose length is the batch size and nothing else."""
        batched = {i.argument for i in self.inputs if i.batched}
        whole = {i.argument for i in self.inputs if not i.batched}
        return frozenset(k for k in batched - whole - self.measured if k is not None)

    def work(self) -> Counter[str]:
        """How many operands the function gave to each operation; how many leaves it made."""
        work: Counter[str] = Counter()
        for op, count in operands(self.tape):
            if count:
                work[op.symbol if op else "leaf"] += count
        return work

    def is_pure(self) -> bool:
        """Tell whether nothing but the arguments and the data of captured values counts."""
        return not any(
            (
                *(self.depends, self.draws.segments, self.updated, self.prints),
                *(self.effects.read, self.effects, self.effects.new),
            )
        )

    def with_more(self, arguments: list[Argument]) -> list[Argument]:
        """Return the arguments of a call with new random numbers and with gradients behind them."""
        if not self.draws.segments:
            return [*arguments, *self._gradients(arguments)]
        sized = [arguments[k].shape[0] for k in self.free() if k < len(arguments)]
        size = sized[0] if sized else self.batch or 1
        return [*arguments, *self.draws.again(size), *self._gradients(arguments)]

    def with_first(self, arguments: list[Argument]) -> list[Argument]:
        """Return the arguments of the traced call with what came behind them then."""
        return [*arguments, *self.draws.first(), *self._gradients(arguments)]

    def places(self) -> int:
        """How many arguments there are with what is drawn and read behind them."""
        return self.arguments + len(self.draws.segments) + bool(self.effects.read)

    def _gradients(self, arguments: Sequence[Argument]) -> list[Argument]:
        if not self.effects.read:
            return []
        values = self.users(self.effects.read, arguments)
        numbers = np.empty(len(values))
        read_grad(values, numbers)
        return [Argument("array", numbers, numbers.shape, numbers.shape)]

    @cached_property
    def kept(self) -> dict[int, tuple[int, int] | None]:
        """What a result may have from before the call, by identity: its place in the arguments."""
        return {**dict.fromkeys(map(id, self.before)), **self.of_stand_ins}

    @property
    def of_arguments(self) -> bool:
        """Whether there are Values among the arguments."""
        return bool(self.of_stand_ins)

    def users(self, values: list[Value], arguments: Sequence[Argument]) -> list[Value]:
        """Return the Values of a call that these captured ones and stand-ins are."""
        if not self.of_arguments:
            return values
        places = [self.of_stand_ins.get(id(v)) for v in values]
        nests = {k: arguments[k].values() for k in {p[0] for p in places if p}}
        return [v if p is None else nests[p[0]][p[1]] for v, p in zip(values, places)]

    def finish(self, result: Any) -> Any:
        """Print and write back what comes with a result; return the function's own."""
        if self.prints:
            result, printed = result
            for line in printed:
                line.again()
        if not self.updated:
            return result
        own, states = result
        for state, new in zip(self.updated, states, strict=True):
            state.data = new.data
        return own

    def let_go(self) -> None:
        """Forget how its numbers were made; of those that stay it is still told that they were."""
        made, anything = ValueSet(self.tape), Value(0.0)
        newer = [x for versions in self.effects.versions.values() for _, x in versions]
        for v in (*self.outputs(), *newer, *[mark.out for mark in self.effects.marks]):
            if v.parents and v in made:
                v._rewire(v.op, (anything,))
        self.tape = []

    def looked_up(self) -> dict[int, LookedUp]:
        """Return the rows that are looked up of each table, by their place among the inputs."""
        return dict(enumerate(self.look_ups.made, self.arguments + len(self.draws.segments)))

    def outputs(self) -> Iterator[Value]:
        """Yield the values that the program must compute: of the guards, then of the result."""
        for v, _ in self.guards:
            yield v
        yield from values_in(self.result)
        yield from self.effects.numbers()
