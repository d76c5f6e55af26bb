"""Data to learn from, and how it is split and put into mini-batches.

Data is a tuple of columns, ``(X, y)``: example i is ``X[i], y[i]``, the arguments of a loss. A list
is a list of examples instead: tuples of arguments, or the only argument. Everything random depends
on a seed alone.
"""

from collections.abc import Callable, Iterable, Iterator
from math import pi
from pathlib import Path
from random import Random
from typing import Any

from .arguments import finite, flag, function, shown, whole
from .arguments import seed as seed_of
from .batching import epoch_of
from .dataframes import numbers_of, rows_of
from .examples import Examples, as_column, columns_of
from .labels import is_list
from .value.numeric import is_array, number

__all__ = [
    "batch_indices",
    "circles",
    "digits",
    "minibatches",
    "moons",
    "shards",
    "spirals",
    "split",
    "tiny",
]


def moons(n: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[Any, Any]:
    """Make two interleaved half circles: X of shape (n, 2), y of -1 and 1.

    The points are those of scikit-learn's ``make_moons(n, noise=noise)`` after
    ``numpy.random.seed(seed)``.

    Args:
        n: the number of points, 2 or more.
        noise: the standard deviation of what is added to each coordinate.
        seed: of NumPy's RandomState, whose numbers never change.
    """
    import numpy as np

    outer, inner = (np.linspace(0, pi, m) for m in _halves(n))
    X = np.concatenate(
        [_points(np.cos(outer), np.sin(outer)), _points(1 - np.cos(inner), 1 - np.sin(inner) - 0.5)]
    )
    return _shuffled(X, np.repeat([-1, 1], _halves(n)), noise, seed)


def circles(
    n: int = 100, noise: float = 0.05, factor: float = 0.5, seed: int = 1337
) -> tuple[Any, Any]:
    """Make a circle of radius 1 around one of radius ``factor``: X of shape (n, 2), y of -1 (outer)
    and 1.

    Args:
        n: the number of points, 2 or more.
        noise: the standard deviation of what is added to each coordinate.
        factor: the inner radius.
        seed: of NumPy's RandomState.
    """
    import numpy as np

    outer, inner = (np.linspace(0, 2 * pi, m, endpoint=False) for m in _halves(n))
    factor = finite("factor", factor)
    rings = [_points(np.cos(outer), np.sin(outer)), factor * _points(np.cos(inner), np.sin(inner))]
    return _shuffled(np.concatenate(rings), np.repeat([-1, 1], _halves(n)), noise, seed)


def spirals(
    n: int = 150, classes: int = 3, noise: float = 0.02, turns: float = 0.75, seed: int = 1337
) -> tuple[Any, Any]:
    """Make spiral arms that start in the origin: X of shape (n, 2), y from 0 to classes - 1.

    Args:
        n: the number of points, one or more for each class.
        classes: the number of arms.
        noise: the standard deviation of what is added to each coordinate.
        turns: how often an arm winds around the origin.
        seed: of NumPy's RandomState.
    """
    import numpy as np

    n, classes = whole("n", n, 1), whole("classes", classes, 1)
    turns = finite("turns", turns)
    if n < classes:
        raise ValueError(f"spirals needs a point for each arm: got n={n}, classes={classes}")
    y = np.arange(n) % classes
    radius = (np.arange(n) // classes + 1) / ((n - 1) // classes + 1)
    angle = 2 * pi * (turns * radius + y / classes)
    return _shuffled(_points(radius * np.cos(angle), radius * np.sin(angle)), y, noise, seed)


def tiny() -> tuple[list[list[float]], list[float]]:
    """Return the lecture's four examples, three inputs and a target of -1 or 1 each, as lists."""
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    return xs, [1.0, -1.0, -1.0, 1.0]


def digits() -> tuple[Any, Any]:
    """Return 1,797 scanned digits: X of shape (1797, 64), 8 by 8 pixels from 0 to 1; y from 0 to 9.

    They are the test set of "Optical recognition of handwritten digits" (Alpaydin and Kaynak, UCI
    Machine Learning Repository, 1998, CC BY 4.0), in the order of scikit-learn's ``load_digits``.
    """
    import numpy as np

    with np.load(Path(__file__).with_name("digits.npz")) as scans:
        return scans["X"] / 16.0, scans["y"].astype(np.int64)


def split(
    data: Any, held_out: float | int = 0.2, seed: int = 0, stratify: bool = False
) -> tuple[Any, Any]:
    """Return (training data, held-out data), each of the form that data has: tables stay tables.

    What is in the data is not looked at: holes may be filled, and words made numbers, afterwards.

    Args:
        data: a tuple of columns, or a list of examples; or one table.
        held_out: how much to hold out: a share between 0 and 1, or a number of examples.
        seed: decides which.
        stratify: True holds out the same share of each label; labels are the last column.

    Raises:
        ValueError: nothing would be left on one side; or stratify meets a label that is nan.
    """
    data = list(data) if hasattr(data, "__next__") else data
    columns = columns_of(data)
    n = len(columns[0])
    _refuse_column("split", "held_out", held_out)
    share = number(held_out, "held_out expects")
    count = round(share * n) if isinstance(held_out, float) else int(share)
    if not 0 < count < n:
        raise ValueError(f"held_out={held_out!r} of {n} examples leaves one side empty")
    flag("stratify", stratify)
    order = list(range(n))
    Random(seed_of("seed", seed)).shuffle(order)
    if stratify:
        labels = _labels(columns[-1])
        order = _spread([labels[i] for i in order], order)
    return _pick(data, order[count:]), _pick(data, order[:count])


def minibatches(data: Any, size: int, seed: int = 0, epoch: int = 0) -> Iterator[Any]:
    """Go through data in shuffled batches of ``size`` examples, the last one smaller if need be.

    Args:
        data: a tuple of columns, or a list of examples; each batch has the same form, but arrays
            in place of tables.
        size: examples per batch.
        seed, epoch: decide the order; the same two give the same order.
    """
    _refuse_column("minibatches", "size", size)
    data = list(data) if hasattr(data, "__next__") else data
    n = len(Examples(data))
    data = tuple(map(as_column, data)) if isinstance(data, tuple) else numbers_of(data)
    for indices in batch_indices(n, size, seed, epoch):
        yield _pick(data, indices)


def shards(
    files: Iterable[Any], load: Callable[[Any], Any], seed: int = 0, epoch: int = 0
) -> Iterator[Any]:
    """Go through data that lies in several files: a file at a time, in a shuffled order.

    A thread loads the next one meanwhile, so that two are in the memory.

    Args:
        files: their names, or whatever ``load`` takes.
        load: ``load(file)`` returns the examples of a file, in a form that ``fit`` takes.
        seed, epoch: decide the order; the same two give the same order.

    Raises:
        ValueError: there are no files.
    """
    from concurrent.futures import ThreadPoolExecutor

    if isinstance(files, (str, bytes, dict)) or not hasattr(files, "__iter__"):
        raise TypeError(f"shards expects a list of files, got {shown(files)}")
    function("load", load)
    listed = list(files)
    if not listed:
        raise ValueError("shards of no files: pass at least one")
    order = [listed[int(i)] for [i] in batch_indices(len(listed), 1, seed, epoch)]
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(load, order[0])
        for following in order[1:]:
            shard, coming = coming.result(), reader.submit(load, following)
            yield shard
        yield coming.result()


def _refuse_column(function: str, name: str, x: Any) -> None:
    if is_list(x):
        raise TypeError(
            f"{function} expects a number as {name}, got {shown(x)}: data goes in as one tuple of "
            f"columns, {function}((X, y), ...)"
        )


def batch_indices(
    n: int, size: int | None, seed: int, epoch: int, buffer: int | None = None
) -> list[Any]:
    """Return the indices of each batch of one epoch, as arrays of integers.

    They are a function of the arguments and of nothing else, so a run can be repeated from any
    epoch on.

    Args:
        n: the number of examples.
        size: examples per batch; None or n and more: one batch in the data's order.
        seed, epoch: decide the order.
        buffer: stretches of so many neighbours are shuffled each for itself, and come in any order;
            None shuffles all.
    """
    return list(epoch_of(n, size, seed, epoch, buffer))


def _pick(data: Any, indices: Any) -> Any:
    if isinstance(data, tuple):
        return tuple([rows_of(column, indices) for column in data])
    return rows_of(data, indices)


def _labels(column: Any) -> list[Any]:
    """What stratify goes by."""
    column = numbers_of(column)
    labels = column.tolist() if is_array(column) else list(column)
    for i, label in enumerate(labels):
        if is_list(label):
            raise ValueError(f"stratify needs one label for each example, got {shown(label)}")
        if label is None or label != label:
            raise ValueError(f"stratify needs a label for each example; that of {i} is {label}")
    return labels


def _spread(labels: list[Any], order: list[int]) -> list[int]:
    """Reorder so that any beginning holds about the same share of each label."""
    total = {label: labels.count(label) for label in set(labels)}
    seen = dict.fromkeys(total, 0)
    places = []
    for label in labels:
        seen[label] += 1
        places.append((seen[label] - 0.5) / total[label])
    return [i for _, i in sorted(zip(places, order, strict=True), key=lambda pair: pair[0])]


def _halves(n: int) -> tuple[int, int]:
    n = whole("n, for two classes,", n, 2)
    return n // 2, n - n // 2


def _points(x: Any, y: Any) -> Any:
    import numpy as np

    return np.stack([x, y], axis=1)


def _shuffled(X: Any, y: Any, noise: float, seed: int) -> tuple[Any, Any]:
    import numpy as np

    finite("noise, a standard deviation,", noise, least=0)
    if whole("seed", seed, 0) >= 2**32:
        raise ValueError(f"seed is a whole number below 2**32, got {seed}")
    rng = np.random.RandomState(seed)
    order = np.arange(len(X))
    rng.shuffle(order)
    return X[order] + rng.normal(scale=noise, size=X.shape), y[order]
