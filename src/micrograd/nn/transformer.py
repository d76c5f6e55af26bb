"""TransformerEncoderLayer: attention, then a small network at each place; a way around each."""

from operator import add
from typing import Any

from .. import elementary
from ..arguments import choice, flag
from ..transforms.batches import each
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalisation import LayerNorm
from .parameters import source
from .shapes import depth, elementwise, nested, transposed


class TransformerEncoderLayer(Module):
    """x + attention, normalised; then that + a network of two layers, normalised: as torch.nn's.

    Args:
        d_model: the length of a vector.
        nhead: how many heads the attention has.
        dim_feedforward: the width of the network.
        dropout: the share of numbers that are forgotten while training.
        activation: of the network, "relu" or "gelu".
        layer_norm_eps: see ``LayerNorm``.
        batch_first: True takes and returns a batch as its first axis; else it is the second one.
        norm_first: True normalises what goes in, in place of what comes out.
        bias: False leaves out all biases.
        seed: as for ``Linear``.

    >>> layer = TransformerEncoderLayer(4, 2, 8, seed=1).eval()
    >>> out = layer([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    >>> len(out), len(out[0])
    (2, 4)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        *,
        seed: Any = None,
    ) -> None:
        rng = source(seed)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, seed=rng)
        self.linear1 = Linear(d_model, dim_feedforward, bias, seed=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, seed=rng)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout = Dropout(dropout)
        self.activation = choice("activation", activation, ("relu", "gelu"))
        self.batch_first = flag("batch_first", batch_first)
        self.norm_first = flag("norm_first", norm_first)

    def __call__(
        self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None
    ) -> list[Any]:
        """Return (places, d_model) for src of the same shape.

        Args:
            src: a vector for each place; or a batch, (places, batch, d_model), or with
                ``batch_first`` (batch, places, d_model).
            src_mask: as ``attn_mask`` of ``MultiheadAttention``; ``causal_mask(places)`` lets no
                place look at a later one.
            src_key_padding_mask: (places,), in a batch (batch, places), True where a place is not
                to be looked at.
        """
        width = self.linear1.in_features
        axes = ("batch", "places") if self.batch_first else ("places", "batch")
        x = nested(self, src, ("places", width), (*axes, width))
        if depth(x) == 3:
            padding = [] if src_key_padding_mask is None else [src_key_padding_mask]
            x = x if self.batch_first else transposed(x)
            out = each(lambda row, *hidden: self(row, src_mask, *hidden), x, *padding)
            return out if self.batch_first else transposed(out)
        if self.norm_first:
            x = _sum(x, self._attended(self.norm1(x), src_mask, src_key_padding_mask))
            return _sum(x, self._network(self.norm2(x)))
        x = self.norm1(_sum(x, self._attended(x, src_mask, src_key_padding_mask)))
        return self.norm2(_sum(x, self._network(x)))

    def _attended(self, x: list[Any], mask: Any, padding: Any) -> list[Any]:
        found, _ = self.self_attn(x, x, x, padding, need_weights=False, attn_mask=mask)
        return self.dropout(found)

    def _network(self, x: list[Any]) -> list[Any]:
        hidden = elementwise(getattr(elementary, self.activation), self.linear1(x))
        return self.dropout(self.linear2(self.dropout(hidden)))

    def __repr__(self) -> str:
        attention, norm = self.self_attn, self.norm1
        settings = (
            attention.embed_dim,
            attention.num_heads,
            self.linear1.out_features,
            self.dropout.p,
            self.activation,
            norm.eps,
        )
        rest = ", batch_first=True" if self.batch_first else ""
        rest += ", norm_first=True" if self.norm_first else ""
        rest += "" if self.linear1.bias else ", bias=False"
        return f"TransformerEncoderLayer({', '.join(map(repr, settings))}{rest})"


def _sum(x: list[Any], y: list[Any]) -> list[Any]:
    return elementwise(add, x, y)
