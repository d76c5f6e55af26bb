"""Linear and Embedding: a matrix applied to a vector, and a row of it looked up."""

from typing import Any

from ..arguments import flag, whole
from ..functions import dot, place_of, take
from ..transforms.batches import each, is_batch
from ..value.modes import mode
from ..value.numeric import is_array
from ..value.tables import LookupTable
from .module import Module
from .parameters import bound, normal, normal_table, source, uniform
from .shapes import nested, on_rows


class Linear(Module):
    """y = W x + b, as ``torch.nn.Linear``.

    Args:
        in_features: the length of x.
        out_features: the length of y.
        bias: False leaves b out.
        seed: an int, or a ``random.Random`` to draw from; None draws from Python's own, so that
            ``random.seed`` counts.

    ``weight`` has the shape (out_features, in_features) and ``bias`` (out_features,); both are
    drawn uniformly within 1 / sqrt(in_features).

    Raises:
        ValueError: a count is below 1.

    >>> layer = Linear(3, 2, seed=1)
    >>> layer
    Linear(3, 2)
    >>> len(layer([1.0, 2.0, 3.0]))
    2
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, seed: Any = None
    ) -> None:
        self.in_features = whole("in_features", in_features, 1)
        self.out_features = whole("out_features", out_features, 1)
        rng, most = source(seed), bound(in_features)
        self.weight = uniform(rng, most, out_features, in_features)
        self.bias = uniform(rng, most, out_features) if flag("bias", bias) else None

    def __call__(self, x: Any) -> list[Any]:
        """Return y for x of the shape (..., in_features): (..., out_features)."""
        return on_rows(self._row, nested(self, x, (..., self.in_features)))

    def _row(self, x: list[Any]) -> list[Any]:
        if self.bias is None:
            return [dot(w, x) for w in self.weight]
        return [dot(w, x) + b for w, b in zip(self.weight, self.bias, strict=True)]

    def __repr__(self) -> str:
        rest = "" if self.bias else ", bias=False"
        return f"Linear({self.in_features}, {self.out_features}{rest})"


class Embedding(Module):
    """A learnt vector for each of several symbols, as ``torch.nn.Embedding``.

    Args:
        num_embeddings: how many symbols there are.
        embedding_dim: the length of a vector.
        sparse: True makes the Values of a vector when it is looked up, for large tables: a step
            costs what its vectors cost. It takes an optimiser that leaves alone what has no
            gradient: SGD without momentum and decay, Adagrad, SparseAdam.
        seed: as for ``Linear``.

    ``weight`` has the shape (num_embeddings, embedding_dim), drawn from a standard normal
    distribution.

    >>> len(Embedding(27, 10)(3))
    10
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, *, sparse: bool = False, seed: Any = None
    ) -> None:
        self.num_embeddings = whole("num_embeddings", num_embeddings, 1)
        self.embedding_dim = whole("embedding_dim", embedding_dim, 1)
        self.sparse = flag("sparse", sparse)
        make = normal_table if sparse else normal
        self.weight = make(source(seed), num_embeddings, embedding_dim)

    def __call__(self, index: Any) -> list[Any]:
        """Return the vector of a symbol, or a list of them for a list.

        Raises:
            IndexError: there is no such symbol.
        """
        index = index.tolist() if is_array(index) and not is_batch(index) else index
        if hasattr(index, "__len__") and not isinstance(index, (str, bytes, dict)):
            return each(self, index)
        try:
            if not isinstance(self.weight, LookupTable):
                return list(take(self.weight, index))
            place = place_of(index, len(self.weight))
        except IndexError as error:
            raise IndexError(f"{self!r}: {error}") from None
        if mode.tracer is None:
            return self.weight.look_up(place)
        row = mode.tracer.look_up(self.weight, index, place)
        if row is not None:
            return row
        from ..compiler.errors import JitError  # with NumPy, which a layer does without

        raise JitError(
            f"{self!r} makes its Values when they are looked up, which loops do in fit alone, by "
            "whole numbers of the data, with a constant added or not: leave sparse out, or call it "
            "plainly"
        )

    def __repr__(self) -> str:
        sparse = ", sparse=True" if self.sparse else ""
        return f"Embedding({self.num_embeddings}, {self.embedding_dim}{sparse})"
