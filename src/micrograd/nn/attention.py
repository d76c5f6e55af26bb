"""Attention: each place of a sequence looks at the others, and takes a mean of what it finds.

From Vaswani et al., "Attention is all you need", 2017.
"""

from math import cos, inf, sin, sqrt
from typing import Any

from ..arguments import flag, whole
from ..functions import dot, mean, softmax
from ..transforms.batches import each
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .parameters import constant, source, uniform
from .shapes import depth, nested, shape, transposed


def causal_mask(length: int) -> list[list[bool]]:
    """Return a mask (length, length) in which no place may look at a later one: True hides.

    >>> causal_mask(2)
    [[False, True], [False, False]]
    """
    n = whole("length", length, 1)
    return [[j > i for j in range(n)] for i in range(n)]


def positional_encoding(length: int, dim: int) -> list[list[float]]:
    """Return sines and cosines of places, (length, dim), to be added to the vectors that are there.

    Number 2k of place p is sin(p / 10000^(2k / dim)), and number 2k + 1 the cosine of the same.
    """
    n, dim = whole("length", length, 1), whole("dim", dim, 1)
    angles = [[p / 10000.0 ** ((k - k % 2) / dim) for k in range(dim)] for p in range(n)]
    return [[cos(a) if k % 2 else sin(a) for k, a in enumerate(row)] for row in angles]


class MultiheadAttention(Module):
    """Softmax of scaled products decides what each head looks at, as torch.nn's of this name.

    Args:
        embed_dim: the length of a vector.
        num_heads: how many heads share it; it has to divide ``embed_dim``.
        dropout: the share of the weights that are forgotten while training.
        bias: False leaves out all biases.
        batch_first: True takes and returns a batch as its first axis; else it is the second one.
        seed: as for ``Linear``.

    ``in_proj_weight`` has the shape (3 · embed_dim, embed_dim): the rows that make queries, then
    keys, then values.

    >>> x = [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]
    >>> out, weights = MultiheadAttention(4, 2, seed=1)(x, x, x)
    >>> len(out), len(out[0]), len(weights), len(weights[0])
    (2, 4, 2, 2)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        batch_first: bool = False,
        seed: Any = None,
    ) -> None:
        self.embed_dim = whole("embed_dim", embed_dim, 1)
        self.num_heads = whole("num_heads", num_heads, 1)
        if embed_dim % num_heads:
            raise ValueError(
                f"num_heads has to divide embed_dim, got {num_heads} heads for {embed_dim} numbers"
            )
        self.batch_first = flag("batch_first", batch_first)
        rng, most = source(seed), sqrt(6 / (4 * embed_dim))  # xavier_uniform, of all three at once
        self.in_proj_weight = uniform(rng, most, 3 * embed_dim, embed_dim)
        self.in_proj_bias = constant(0.0, 3 * embed_dim) if flag("bias", bias) else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, seed=rng)
        for b in self.out_proj.bias or ():
            b.data = 0.0
        self.dropout = Dropout(dropout)

    def __call__(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
    ) -> tuple[list[Any], list[Any] | None]:
        """Return what was found, (places, embed_dim), and how much each place looked at each other.

        Args:
            query: (places, embed_dim), what asks; or a batch, (places, batch, embed_dim), or with
                ``batch_first`` (batch, places, embed_dim).
            key, value: (others, embed_dim), what is looked at, and what is taken from there; of a
                batch as many.
            key_padding_mask: (others,), in a batch (batch, others), of those that no place may look
                at: True hides.
            need_weights: False returns None in place of the means of all heads' weights.
            attn_mask: (places, others), of bools, where True hides; or of numbers, which are added
                before the softmax, and -inf hides.

        Raises:
            ValueError: the shapes do not fit each other; or a place may look at nothing.
        """
        axes = ("batch", "places") if self.batch_first else ("places", "batch")
        query = nested(self, query, ("places", self.embed_dim), (*axes, self.embed_dim))
        if depth(query) == 3:
            return self._batch([query, key, value], key_padding_mask, need_weights, attn_mask)
        query = self._projected(0, query)
        key = self._projected(1, nested(self, key, ("others", self.embed_dim)))
        value = self._projected(2, nested(self, value, (len(key), self.embed_dim)))
        mask = None
        if attn_mask is not None or key_padding_mask is not None:
            mask = self._mask(attn_mask, key_padding_mask, len(query), len(key))
        width = self.embed_dim // self.num_heads
        heads = []
        for at in range(0, self.embed_dim, width):
            q, k, v = ([row[at : at + width] for row in x] for x in (query, key, value))
            heads.append(self._head(q, k, v, mask))
        out = [[x for part in parts for x in part] for parts in zip(*[h for h, _ in heads])]
        weights = None
        if flag("need_weights", need_weights):
            weights = [[mean(ws) for ws in zip(*rows)] for rows in zip(*[w for _, w in heads])]
        return self.out_proj(out), weights

    def _batch(
        self, columns: list[Any], padding: Any, need_weights: bool, mask: Any
    ) -> tuple[list[Any], list[Any] | None]:
        """What is found in each example, and the weights, of which the batch is the first axis."""
        columns = columns if self.batch_first else [*map(transposed, columns)]
        columns += [] if padding is None else [padding]
        sizes = [shape(column)[0] for column in columns]
        if len(set(sizes)) > 1:
            raise ValueError(f"{self!r} expects as many examples of each, got {sizes}")

        def one(query: Any, key: Any, value: Any, hidden: Any = None) -> Any:
            return self(query, key, value, hidden, need_weights, mask)[: 1 + need_weights]

        found: Any = each(one, *columns)
        parts = found if isinstance(found, tuple) else transposed(found)
        out = parts[0] if self.batch_first else transposed(parts[0])
        return out, parts[1] if need_weights else None

    def _projected(self, part: int, x: list[Any]) -> list[Any]:
        rows = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        projected = [[dot(w, row) for w in self.in_proj_weight[rows]] for row in x]
        if self.in_proj_bias is None:
            return projected
        return [[s + b for s, b in zip(row, self.in_proj_bias[rows])] for row in projected]

    def _mask(self, mask: Any, padding: Any, places: int, others: int) -> list[list[Any]]:
        """Both masks as numbers to add, None where nothing can be seen."""
        free = [False] * others
        ends = free if padding is None else nested(self, padding, (others,))
        rows = [free] * places if mask is None else nested(self, mask, (places, others))
        hidden = [self._added(x) for x in ends]
        seen = [
            [
                None if a is None or b is None else a + b
                for a, b in zip(map(self._added, row), hidden)
            ]
            for row in rows
        ]
        for i, row in enumerate(seen):
            if all(x is None for x in row):
                shown = ends if mask is None else rows[i]
                raise ValueError(f"{self!r}: the mask lets place {i} look at nothing: {shown!r}")
        return seen

    def _added(self, x: Any) -> Any:
        if type(x).__name__ in ("bool", "bool_"):  # NumPy's has both names
            return None if x else 0.0
        if isinstance(x, int):  # 1 for hidden, or for seen? as a number it would be neither
            raise TypeError(f"{self!r}: a mask holds True, False or floats, got the int {x}")
        return None if x == -inf else x

    def _head(
        self, queries: list[Any], keys: list[Any], values: list[Any], mask: Any
    ) -> tuple[list[Any], list[Any]]:
        """What one head finds for each place, and the weights of all others in it."""
        found, weights = [], []
        scale = 1 / sqrt(len(keys[0]))
        columns = list(zip(*values))
        for i, q in enumerate(queries):
            added = [0.0] * len(keys) if mask is None else mask[i]
            seen = [j for j, x in enumerate(added) if x is not None]
            scores = [dot(q, keys[j]) * scale for j in seen]
            if mask is not None:
                scores = [s + added[j] if added[j] else s for s, j in zip(scores, seen)]
            shares = self.dropout(softmax(scores))
            found.append([dot(shares, [column[j] for j in seen]) for column in columns])
            share_of = dict(zip(seen, shares))
            weights.append([share_of.get(j, 0.0) for j in range(len(keys))])
        return found, weights

    def __repr__(self) -> str:
        rest = "" if self.in_proj_bias else ", bias=False"
        rest += ", batch_first=True" if self.batch_first else ""
        return f"MultiheadAttention({self.embed_dim}, {self.num_heads}, {self.dropout.p}{rest})"
