"""What ``fit`` does where several processes train one model.

Each rank takes every size-th example of each batch, and the objective of a step is the mean of
theirs, weighted by how many they have: so it is that of one process, whatever the number of ranks.
All that a run decides by is added up first, and so the same on each.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from tempfile import TemporaryDirectory
from typing import Any

from ..arguments import shown
from ..distributed import RankLost, Ranks
from ..examples import Examples
from ..nn import Module
from ..optim import Optimizer
from ..random import default
from ..value import buffers
from .checkpoints import Checkpoint

_APART = 1 << 40  # how far from each other ranks draw in one step, where they draw one by one


class Sharing:
    """The work of a run as one rank of several has it.

    Args:
        ranks: adds up arrays over all of them.
    """

    def __init__(self, ranks: Ranks) -> None:
        self.rank, self.size, self._ranks = ranks.rank, ranks.size, ranks

    # ---- what is added up

    def _reduce(self, array: Any) -> None:
        try:
            self._ranks.all_reduce(array)
        except RankLost as lost:
            raise RankLost(
                f"{lost}: start all ranks again; from a checkpoint the run goes on to the same "
                "numbers",
                lost.rank,
            ) from lost

    def any(self, flag: bool) -> bool:
        """Tell whether this is true on any rank."""
        import numpy as np

        count = np.array([float(flag)])
        self._reduce(count)
        return bool(count[0])

    def told(self, content: bytes) -> bytes:
        """Return rank 0's bytes, on every rank."""
        import numpy as np

        length = np.array([float(len(content)) if not self.rank else 0.0])
        self._reduce(length)
        numbers = np.zeros(int(length[0]))
        if not self.rank:
            numbers[:] = np.frombuffer(content, np.uint8)
        self._reduce(numbers)
        return numbers.astype(np.uint8).tobytes()

    def check_agreement(self, settings: Mapping[str, Any]) -> None:
        """Refuse ranks that are not asked for the same run.

        Raises:
            ValueError: on every rank, with the first rank that differs from rank 0, and in what.
        """
        import numpy as np

        names = list(settings)
        for row in ([_digest(names)], [_digest(x) for x in settings.values()]):
            rows = np.zeros((self.size, len(row)))
            rows[self.rank] = row
            self._reduce(flat := rows.reshape(-1))
            differing = np.argwhere(flat.reshape(rows.shape) != flat[: len(row)]).tolist()
            if differing:
                rank, column = differing[0]
                what, here = (
                    ("settings", names)
                    if len(row) == 1
                    else (names[column], settings[names[column]])
                )
                raise ValueError(
                    f"rank {rank} has another {what} than rank 0 (this is rank {self.rank}: "
                    f"{shown(here)}): all ranks have to call fit with the same data and settings"
                )

    def start_alike(self, settings: Mapping[str, Any], model: Module, optimizer: Optimizer) -> None:
        """Give every rank the parameters, the optimiser's state and the draws of rank 0.

        Raises:
            ValueError: on every rank: they are not asked for the same run.
        """
        import numpy as np

        self.check_agreement(settings)
        values = model.parameters()
        parameters = np.empty(len(values))
        buffers.read_data(values, parameters)
        for array in (parameters, *optimizer.state):
            if self.rank:
                array[:] = 0.0
            self._reduce(array)
        buffers.write_data(values, parameters)
        about = json.dumps([optimizer.steps, default.state()]).encode()
        optimizer.steps, state = json.loads(self.told(about))
        default.set_state(state)

    def resumed(self, file: Checkpoint, new_rate: bool) -> tuple[Checkpoint | None, Any]:
        """Go on from rank 0's checkpoint, if there is one, which the other ranks need not see.

        Returns:
            What is to be kept up to date, on rank 0 alone, and the best parameters so far.

        Raises:
            ValueError: the checkpoint is of another run.
        """
        content = b""
        if not self.rank and os.path.exists(file.path):
            with open(file.path, "rb") as stream:
                content = stream.read()
        content = self.told(content)
        if not content:
            return (None if self.rank else file), None
        if not self.rank:
            return file, file.resume(new_rate)
        with TemporaryDirectory() as folder:
            file.path = os.path.join(folder, "of-rank-0")
            with open(file.path, "wb") as stream:
                stream.write(content)
            return None, file.resume(new_rate)

    # ---- the steps

    def share(self, batch: Any) -> Any:
        """Return this rank's part of a batch, which may be empty."""
        return batch[self.rank :: self.size]

    def lengths(self, sizes: Iterable[int]) -> set[int]:
        """Return how many examples this rank has of batches of these sizes, where it has any."""
        return {len(range(self.rank, size, self.size)) for size in sizes} - {0} or {1}

    def places(self, lengths: Sequence[int]) -> list[int]:
        """Return where this rank's examples are among those of batches, one after the other."""
        ends = accumulate(lengths)
        return [
            i
            for end, length in zip(ends, lengths)
            for i in range(end - length + self.rank, end, self.size)
        ]

    def reduced(self, gradient: Any, objective: float, batch: int, drawn: int = 0) -> tuple:
        """Weight and add up what the ranks have computed of a batch.

        Args:
            gradient: of this rank's share; becomes the gradient of all.
            objective: of this rank's share, penalty included.
            batch: how many examples all have.
            drawn: how many random numbers this rank has drawn.

        Returns:
            The objective of all, and how many numbers they have drawn.
        """
        import numpy as np

        weight = len(range(self.rank, batch, self.size)) / batch
        numbers = np.zeros(len(gradient) + 2)
        if weight:  # what was left of the step before may be nan
            numbers[:-2] = gradient
            numbers[-2] = objective
            numbers *= weight
        numbers[-1] = drawn
        self._reduce(numbers)
        gradient[:] = numbers[:-2]
        return float(numbers[-2]), int(numbers[-1])

    def reduction(
        self, gradient: Any, batches: Sequence[Any], drawn: int
    ) -> Callable[[int, float], float]:
        """Return what makes gradient and loss of this rank's share of a batch those of all.

        Args:
            gradient: where it is after each step.
            batches: of the steps, the examples of all ranks.
            drawn: how many random numbers an example takes.
        """

        def reduce(step: int, loss: float) -> float:
            used = drawn * len(self.share(batches[step]))
            return self.reduced(gradient, loss, len(batches[step]), used)[0]

        return reduce

    def differentiated(
        self, optimizer: Optimizer, compute: Callable[[list[int]], float], batch: Any
    ) -> float:
        """Compute the objective of a batch and its gradient, a share on each rank.

        Args:
            optimizer: in whose parameters the gradient is.
            compute: gives the objective of some examples, and adds its gradient there.
            batch: the examples of all ranks.
        """
        import numpy as np

        before = default.state()
        default.set_state(before | {"position": before["position"] + _APART * self.rank})
        started = default.state()["position"]
        share = self.share(batch).tolist()
        objective = compute(share) if share else 0.0
        gradient = np.empty(len(optimizer.parameters))
        buffers.read_grad(optimizer.parameters, gradient)
        used = default.state()["position"] - started
        objective, drawn = self.reduced(gradient, objective, len(batch), used)
        default.set_state(before | {"position": before["position"] + drawn})
        buffers.write_grad(optimizer.parameters, gradient)
        return objective

    # ---- what is measured

    def examples(self, examples: Examples) -> Examples | None:
        """Return this rank's part of what is measured on; None where nothing is left for it."""
        indices = list(range(self.rank, len(examples), self.size))
        return examples.some(indices) if indices else None

    def means(self, names: Sequence[str], share: Mapping[str, float], count: int) -> dict:
        """Return the means over all examples, of which there are ``count``, from those of shares.

        Args:
            names: of what was measured, in the same order on every rank.
            share: the means over this rank's part; empty where it has none.
        """
        import numpy as np

        weight = len(range(self.rank, count, self.size)) / count
        numbers = np.array([share[name] * weight if share else 0.0 for name in names])
        self._reduce(numbers)
        return dict(zip(names, numbers.tolist()))


def sharing_of(reduce: Any) -> Sharing | None:
    """Return the sharing of a run; None for one process.

    Raises:
        TypeError: reduce is nothing that adds up over ranks.
        ValueError: its rank or size is out of range.
    """
    if reduce is None:
        return None
    if not isinstance(reduce, Ranks) or not callable(reduce.all_reduce):
        raise TypeError(
            "reduce is one of micrograd.distributed's ranks, or has rank, size and "
            f"all_reduce(array) as they do; got {shown(reduce)}"
        )
    rank, size = reduce.rank, reduce.size
    if type(rank) is not int or type(size) is not int or not 0 <= rank < size:
        raise ValueError(f"a rank is from 0 to below the size, got rank {rank!r} of {size!r}")
    return None if size == 1 else Sharing(reduce)


def _digest(x: Any) -> float:
    """A whole number of 48 bits, which a float holds, of what a setting says."""
    return float(int.from_bytes(hashlib.sha256(repr(x).encode()).digest()[:6], "big"))
