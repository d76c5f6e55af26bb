"""Which examples each step takes: shuffled by a seed alone, and kept as one array for many steps.

A step of a small model takes a few microseconds, and an array for each batch would take one more.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .arguments import seed as seed_of


class Batches(Sequence[Any]):
    """Batches of indices of examples: a sequence of arrays, of which a part is one of batches.

    Args:
        indices: of the examples of all batches, one after the other; batches may be a part of them.
        bounds: where among them each batch begins, and the last one ends.
    """

    def __init__(self, indices: Any, bounds: Any) -> None:
        self._indices, self._bounds = indices, bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, k: Any) -> Any:
        if isinstance(k, slice):
            start, stop, step = k.indices(len(self))
            if step == 1:
                return Batches(self._indices, self._bounds[start : max(start, stop) + 1])
            return [self[i] for i in range(start, stop, step)]
        k = range(len(self))[k]
        return self._indices[self._bounds[k] : self._bounds[k + 1]]

    def flat(self) -> tuple[Any, Any]:
        """Return the indices of all batches, and where each batch begins, and the end."""
        first, last = self._bounds[0], self._bounds[-1]
        return self._indices[first:last], self._bounds - first


class Repeated(Sequence[Any]):
    """One batch, as often as there are steps."""

    def __init__(self, batch: Any, times: int) -> None:
        self.batch, self._times = batch, times

    def __len__(self) -> int:
        return self._times

    def __getitem__(self, k: Any) -> Any:
        some = range(self._times)[k]
        return Repeated(self.batch, len(some)) if isinstance(some, range) else self.batch

    def flat(self) -> tuple[Any, Any]:
        """Return the indices of all batches, and where each batch begins, and the end."""
        import numpy as np

        return np.tile(self.batch, len(self)), np.arange(len(self) + 1) * len(self.batch)


def batches_of_epoch(n: int, size: int | None) -> int:
    """Return how many batches ``epoch_of`` gives for n examples."""
    return 1 if size is None or size >= n else -(-n // size)


def epoch_of(
    n: int, size: int | None, seed: int, epoch: int, buffer: int | None = None
) -> Sequence[Any]:
    """Return the batches of one epoch; see ``micrograd.data.batch_indices``."""
    import numpy as np

    if size is not None and (not hasattr(size, "__index__") or size < 1):
        raise ValueError(
            f"a batch size is a whole number of 1 or more, or None for all; got {size!r}"
        )
    if size is None or size >= n:
        return Repeated(np.arange(n), 1)
    seed, epoch = seed_of("seed", seed), seed_of("epoch", epoch)
    # The raw numbers of a bit generator are the same in every version of NumPy; its permutations
    # need not be.
    words: Any = [abs(seed), seed < 0, epoch]
    if epoch >= 0 and max(words) < 1 << 32:  # which takes three quarters of the time
        words = np.array(words, np.uint32)
    numbers = np.random.PCG64(words).random_raw(n)
    if buffer is None or buffer >= n:
        order = numbers.argsort()
    else:  # stretches in the order of their first numbers, which count for nothing else
        starts = np.arange(0, n, buffer)
        starts = starts[np.argsort(numbers[starts])]
        numbers[starts] = np.random.PCG64([abs(seed), seed < 0, epoch, 1]).random_raw(len(starts))
        order = np.concatenate([s + np.argsort(numbers[s : s + buffer]) for s in starts.tolist()])
    return Batches(order, np.append(np.arange(0, n, size), n))


def joined(epochs: Iterable[Sequence[Any]]) -> Sequence[Any]:
    """Return the batches of several epochs, one after the other."""
    import numpy as np

    indices, bounds = zip(*map(flattened, epochs))
    starts = np.cumsum([0, *map(len, indices)])
    begin = [some[:-1] + start for some, start in zip(bounds, starts.tolist())]
    return Batches(np.concatenate(indices), np.concatenate([*begin, starts[-1:]]))


def flattened(batches: Sequence[Any]) -> tuple[Any, Any]:
    """Return the indices of all batches, and where each batch begins, and the end."""
    if isinstance(batches, Batches | Repeated):
        return batches.flat()
    import numpy as np

    return np.concatenate(batches), np.cumsum([0, *map(len, batches)])
