"""RNN, LSTM and GRU: a state that each step of a sequence changes.

One example is a sequence of vectors, of any length; a batch has sequences of one length. A layer
after the first reads what the one before it gave; with ``bidirectional`` a second one reads each
sequence from its end.
"""

from typing import Any

from ..arguments import choice, flag, shown, whole
from ..functions import dot
from ..transforms.batches import each
from .dropout import Dropout
from .module import Module
from .parameters import bound, source, uniform
from .shapes import depth, nested, shape, transposed


class _Recurrent(Module):
    """What the three have in common; ``_step`` says what a state becomes.

    A direction of a layer has the parameters ``weight_ih_l0`` (gates · hidden_size, inputs),
    ``weight_hh_l0`` (gates · hidden_size, hidden_size), ``bias_ih_l0`` and ``bias_hh_l0``; l0 is
    the first layer, and ``_reverse`` follows where a sequence is read from its end.
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        seed: Any = None,
    ) -> None:
        self.input_size = whole("input_size", input_size, 1)
        self.hidden_size = whole("hidden_size", hidden_size, 1)
        self.num_layers = whole("num_layers", num_layers, 1)
        self.has_bias = flag("bias", bias)
        self.batch_first = flag("batch_first", batch_first)
        between = Dropout(dropout)
        self.dropout = between if between.p else None
        self.bidirectional = flag("bidirectional", bidirectional)
        rng, most, rows = source(seed), bound(hidden_size), self.gates * hidden_size
        ends = self._ends()
        for layer in range(num_layers):
            inputs = hidden_size * len(ends) if layer else input_size
            for end in ends:
                place = f"l{layer}{end}"
                setattr(self, f"weight_ih_{place}", uniform(rng, most, rows, inputs))
                setattr(self, f"weight_hh_{place}", uniform(rng, most, rows, hidden_size))
                for name in ("bias_ih", "bias_hh") if bias else ():
                    setattr(self, f"{name}_{place}", uniform(rng, most, rows))

    def _ends(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def _read(self, x: Any, *states: Any) -> tuple[list[Any], list[list[Any]]]:
        """Return the outputs, and the last of each vector of the state, of one sequence or a batch.

        Args:
            x: (length, input_size); in a batch (length, batch, input_size), or with ``batch_first``
                (batch, length, input_size).
            states: the first of each vector, for each direction of each layer; None takes zeros.
        """
        axes = ("batch", "length") if self.batch_first else ("length", "batch")
        x = nested(self, x, ("length", self.input_size), (*axes, self.input_size))
        if depth(x) == 2:
            outputs, last = self._run(x, transposed([self._first(state) for state in states]))
            return outputs, transposed(last)

        def one(x: Any, *first: Any) -> tuple[Any, ...]:
            outputs, last = self._read(x, *(first or states))
            return outputs, *last

        sequences = x if self.batch_first else transposed(x)
        some = [self._first(state, shape(sequences)[0]) for state in states if state is not None]
        found: Any = each(one, sequences, *map(transposed, some))
        outputs, *lasts = found if isinstance(found, tuple) else transposed(found)
        return outputs if self.batch_first else transposed(outputs), [*map(transposed, lasts)]

    def _run(self, x: Any, first: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
        """Return the outputs, and the last state of each direction of each layer.

        Args:
            x: (length, input_size).
            first: a state for each direction of each layer: its vectors.
        """
        last, place = [], 0
        for layer in range(self.num_layers):
            outputs = []
            for end in self._ends():
                steps = x[::-1] if end else x
                state, seen = first[place], []
                for step in steps:
                    state = self._step(step, state, f"l{layer}{end}")
                    seen.append(state[0])
                outputs.append(seen[::-1] if end else seen)
                last.append(state)
                place += 1
            x = [[h for part in parts for h in part] for parts in zip(*outputs, strict=True)]
            if self.dropout and layer < self.num_layers - 1:
                x = self.dropout(x)
        return x, last

    def _step(self, x: list[Any], state: list[Any], place: str) -> list[Any]:
        raise NotImplementedError

    def _sums(self, side: str, x: list[Any], place: str) -> list[list[Any]]:
        """The weighted sums of x for each gate; side is ih, of the input, or hh, of the state."""
        sums = [dot(row, x) for row in getattr(self, f"weight_{side}_{place}")]
        if self.has_bias:
            sums = [s + b for s, b in zip(sums, getattr(self, f"bias_{side}_{place}"), strict=True)]
        n = self.hidden_size
        return [sums[n * gate : n * (gate + 1)] for gate in range(self.gates)]

    def _first(self, state: Any, *batch: int) -> list[Any]:
        """One vector for each direction of each layer, in a batch as many: zeros for None."""
        shape = (self.num_layers * len(self._ends()), *batch, self.hidden_size)
        return _zeros(*shape) if state is None else nested(self, state, shape)

    def __repr__(self) -> str:
        rest = "" if self.has_bias else ", bias=False"
        rest += ", batch_first=True" if self.batch_first else ""
        rest += f", dropout={self.dropout.p}" if self.dropout else ""
        rest += ", bidirectional=True" if self.bidirectional else ""
        sizes = f"{self.input_size}, {self.hidden_size}, {self.num_layers}"
        return f"{type(self).__name__}({sizes}{rest})"


class RNN(_Recurrent):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), as ``torch.nn.RNN`` (Elman, 1990).

    Args:
        input_size, hidden_size: the lengths of x and of h.
        num_layers: how many layers are stacked.
        nonlinearity: "tanh" or "relu".
        bias: False leaves out both b.
        batch_first: True takes and returns a batch as its first axis; else it is the second one.
        dropout: the share of numbers that are forgotten, while training, between two layers.
        bidirectional: True reads each sequence from its end as well; outputs are twice as long.
        seed: as for ``Linear``.

    >>> outputs, last = RNN(2, 3, seed=1)([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]])
    >>> len(outputs), len(outputs[0]), len(last)
    (4, 3, 1)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        seed: Any = None,
    ) -> None:
        self.nonlinearity = choice("nonlinearity", nonlinearity, ("tanh", "relu"))
        flags = (bias, batch_first, dropout, bidirectional)
        super().__init__(input_size, hidden_size, num_layers, *flags, seed=seed)

    def __call__(self, x: Any, h0: Any = None) -> tuple[list[Any], list[Any]]:
        """Return the h of the last layer at each step, and the last h of each layer.

        Args:
            x: (length, input_size), or a batch: (length, batch, input_size).
            h0: the first h of each direction of each layer, in a batch (layers, batch,
                hidden_size); None takes zeros.
        """
        outputs, (h,) = self._read(x, h0)
        return outputs, h

    def _step(self, x: list[Any], state: list[Any], place: str) -> list[Any]:
        (from_x,), (from_h,) = self._sums("ih", x, place), self._sums("hh", state[0], place)
        sums = [a + b for a, b in zip(from_x, from_h, strict=True)]
        return [[getattr(s, self.nonlinearity)() for s in sums]]

    def __repr__(self) -> str:
        text = super().__repr__()
        return text if self.nonlinearity == "tanh" else text[:-1] + ', nonlinearity="relu")'


class GRU(_Recurrent):
    """Gates decide how much of h is replaced, as ``torch.nn.GRU`` (Cho et al., 2014).

    ::

        r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)         reset
        z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)         update
        n = tanh(W_in x + b_in + r * (W_hn h + b_hn))      new
        h' = (1 - z) * n + z * h

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, seed: as for
            ``RNN``.

    The rows of weights and biases are those of r, then of z, then of n.
    """

    gates = 3

    def __call__(self, x: Any, h0: Any = None) -> tuple[list[Any], list[Any]]:
        """Return the h of the last layer at each step, and the last h of each layer."""
        outputs, (h,) = self._read(x, h0)
        return outputs, h

    def _step(self, x: list[Any], state: list[Any], place: str) -> list[Any]:
        (h,) = state
        of_x, of_h = self._sums("ih", x, place), self._sums("hh", h, place)
        reset, update = (
            [(a + b).sigmoid() for a, b in zip(of_x[gate], of_h[gate], strict=True)]
            for gate in (0, 1)
        )
        new = [(a + r * b).tanh() for a, b, r in zip(of_x[2], of_h[2], reset, strict=True)]
        return [[(1 - z) * n + z * old for z, n, old in zip(update, new, h, strict=True)]]


class LSTM(_Recurrent):
    """Gates decide what a cell c keeps, takes in and shows, as ``torch.nn.LSTM``.

    From Hochreiter and Schmidhuber, "Long short-term memory", 1997, with the forget gate of Gers,
    Schmidhuber and Cummins, 2000::

        i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)     input
        f = sigmoid(W_if x + b_if + W_hf h + b_hf)     forget
        g = tanh(W_ig x + b_ig + W_hg h + b_hg)        what may be taken in
        o = sigmoid(W_io x + b_io + W_ho h + b_ho)     output
        c' = f * c + i * g
        h' = o * tanh(c')

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, seed: as for
            ``RNN``.

    The rows of weights and biases are those of i, f, g and o in this order.
    """

    gates = 4

    def __call__(self, x: Any, state: Any = None) -> tuple[list[Any], tuple[list[Any], list[Any]]]:
        """Return the h of the last layer at each step, and the last h and c of each layer.

        Args:
            x: (length, input_size), or a batch: (length, batch, input_size).
            state: (h0, c0), the first of each direction of each layer, in a batch (layers, batch,
                hidden_size); None takes zeros.
        """
        if state is not None and len(state) != 2:
            raise ValueError(f"{self!r} expects a state of two, (h0, c0), got {shown(state)}")
        h0, c0 = (None, None) if state is None else state
        outputs, (h, c) = self._read(x, h0, c0)
        return outputs, (h, c)

    def _step(self, x: list[Any], state: list[Any], place: str) -> list[Any]:
        h, c = state
        sums = [
            [a + b for a, b in zip(*pair, strict=True)]
            for pair in zip(self._sums("ih", x, place), self._sums("hh", h, place), strict=True)
        ]
        take, keep, show = ([s.sigmoid() for s in sums[gate]] for gate in (0, 1, 3))
        new = [s.tanh() for s in sums[2]]
        c = [f * old + i * g for f, old, i, g in zip(keep, c, take, new, strict=True)]
        return [[o * cell.tanh() for o, cell in zip(show, c, strict=True)], c]


def _zeros(n: int, *shape: int) -> list[Any]:
    return [_zeros(*shape) for _ in range(n)] if shape else [0.0] * n
