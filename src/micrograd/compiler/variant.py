"""One compiled recording: it takes a call's arguments, runs the loops, and wraps the results."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..buffers import add_grad, read_data
from ..engine import Value
from ..modes import mode
from .arrays import Batch, Predicate
from .check import check
from .ir import Program
from .kernel import allocate, make_kernel
from .lower import lower
from .signature import Argument
from .sizes import evaluate
from .trace import Trace, graph_of

_PADDING = 16  # numbers: whole vectors of float64 and of float32


class Variant:
    """A function compiled for one structure of arguments and one path through its branches."""

    def __init__(
        self, recording: Trace, args: Sequence[Argument], name: str, options: dict[str, Any]
    ) -> None:
        self.name = name
        self.recording = recording
        graph = graph_of(recording, {k for k, a in enumerate(args) if a.kind == "nest"})
        lowered = lower(graph)
        self.program = lowered.program
        self.kernel = make_kernel(self.program, **options)
        self.dtype = np.dtype(options["dtype"])
        self.captured = recording.captured
        self._kinds = [a.kind for a in args]
        self._plain = evaluate(self.program.size, {"P": 0})
        self._fills = [
            (i.argument, i.batched, p) for i, p in zip(recording.inputs, lowered.inputs)
        ]
        self._guards = [holds for _, holds in recording.guards]
        self.no_seeds = np.zeros(len(self.program.scalars), dtype=self.dtype)
        self._constants = np.array(self.program.constants[1], dtype=self.dtype)
        check(self, recording, graph, args)
        recording.tape = []  # the graph has done its work

    # ---- running

    def padded(self, batch: int) -> tuple[int, int]:
        """The run-time sizes of a batch: its own, and that of its rows in memory."""
        return batch, -(-batch // _PADDING) * _PADDING

    def sizes(self, args: Sequence[Argument]) -> tuple[int, ...]:
        """The run-time sizes of a call."""
        if not self.program.sizes:
            return ()
        return self.padded(next(args[k].shape[0] for k, batched, _ in self._fills if batched))

    def memory(
        self,
        args: Sequence[Argument],
        sizes: tuple[int, ...],
        examples: Sequence[Argument] | None = None,
    ) -> np.ndarray:
        """A new memory with parameters, inputs and constants in their places.

        Args:
            examples: what batched inputs are read from, where that is not args.
        """
        v = allocate(evaluate(self.program.size, {"P": sizes[1] if sizes else 0}), self.dtype)
        if self.captured:
            self._read(self.captured, v[: len(self.captured)])
        start = self.program.constants[0]
        v[start : start + len(self._constants)] = self._constants
        for k, batched, place in self._fills:
            if k is None:
                v[place.new] = 1.0 / sizes[0]
                continue
            if batched:
                start, outer, row = self._plain + place.new * sizes[1], *sizes
                value = (examples or args)[k].value
            else:
                start, outer, row = place.new, place.outer, place.row
                value = args[k].value if args[k].kind == "array" else args[k].numbers()
            if outer:
                rows = v[start : start + place.count // (1 if batched else outer) * row]
                rows = rows.reshape(-1, row)
                rows[:, :outer] = np.asarray(value).reshape(outer, -1).T
                rows[:, outer:] = 0.0
            else:
                v[start : start + place.count] = np.reshape(value, -1)
        return v

    def _read(self, values: Sequence[Value], into: np.ndarray) -> None:
        if self.dtype == np.float64:
            read_data(values, into)
        else:
            wide = np.empty(len(values))
            read_data(values, wide)
            into[:] = wide

    def run(self, args: Sequence[Argument]) -> tuple[np.ndarray, tuple[int, ...]] | None:
        """Compute the values; None when a branch would have gone another way."""
        sizes = self.sizes(args)
        v = self.memory(args, sizes)
        self.kernel.forward(v, sizes, self.no_seeds)
        for address, holds in zip(self.program.outputs, self._guards):
            if bool(v[address]) != holds:
                return None
        return v, sizes

    # ---- what the check asks

    def leaf_addresses(self, sizes: tuple[int, ...]) -> np.ndarray:
        """Where the captured values and the inputs' leaves lie, the first example of each batch."""
        places = [np.arange(len(self.captured))]
        for _, batched, p in self._fills:
            if batched:
                places.append(self._plain + sizes[1] * (p.new + np.arange(p.count)))
            else:
                places.append(np.array([p.moved(p.old + i) for i in range(p.count)], dtype=int))
        return np.concatenate(places)

    def differentiable(self) -> np.ndarray:
        """For each of these, whether the program computes its gradient."""
        kinds = [np.ones(len(self.captured), dtype=bool)]
        nests = {k for k, a in enumerate(self._kinds) if a == "nest"}
        kinds += [np.full(p.count, k in nests) for k, _, p in self._fills]
        return np.concatenate(kinds)

    def seedable(self, k: int) -> bool:
        """Tell whether output k is one number, not one for each example."""
        return isinstance(self.program.outputs[k], int)

    # ---- results

    def wrapped(self, args: Sequence[Argument], v: np.ndarray, sizes: tuple[int, ...]) -> Any:
        """The function's result, made of Values that backpropagate through the loops."""
        variables = [(k, a) for k, a in enumerate(args) if a.kind == "nest"]
        inner = [x for _, a in variables for x in a.values() if isinstance(x, Value)]
        parents = (*self.captured, *inner) if mode.grad else ()
        outputs = iter(enumerate(self.program.outputs[len(self._guards) :], len(self._guards)))

        def wrap(leaf: Any) -> Any:
            if isinstance(leaf, Batch):
                return _rebuilt(leaf.example, lambda x: self._column(next(outputs)[1], x, v, sizes))
            if isinstance(leaf, Predicate):
                return bool(v[next(outputs)[1]])
            if not isinstance(leaf, Value):
                return leaf
            k, address = next(outputs)
            out = Value(float(v[evaluate(address, {})]), parents, f"jit {self.name}")
            if parents:
                out._backward = lambda: self._backward(out, k, args, v, sizes)
            else:
                out = Value(out.data)
            return out

        return _rebuilt(self.recording.result, wrap)

    def _column(self, address: Any, leaf: Any, v: np.ndarray, sizes: tuple[int, ...]) -> Any:
        """The values of one result of a mapped function, for all examples."""
        start = evaluate(address, {"P": sizes[1]})
        if isinstance(address, int):
            return np.full(sizes[0], v[start])
        return v[start : start + sizes[0]].copy()

    def gradients(self, v: np.ndarray, sizes: tuple[int, ...], seeds: np.ndarray) -> np.ndarray:
        """The gradient memory, given the gradients of the outputs."""
        g = allocate(len(v), self.dtype)
        self.kernel.backward(v, g, sizes, seeds)
        return g

    def _backward(
        self, out: Value, k: int, args: Sequence[Argument], v: np.ndarray, sizes: tuple[int, ...]
    ) -> None:
        seeds = self.no_seeds.copy()
        seeds[k] = out.grad
        g = self.gradients(v, sizes, seeds)
        if self.captured:
            add_grad(self.captured, g[: len(self.captured)].astype(np.float64, copy=False))
        for j, batched, place in self._fills:
            if j is not None and not batched and args[j].kind == "nest":
                leaves = args[j].values()
                here = [i for i, x in enumerate(leaves) if isinstance(x, Value)]
                part = g[place.new : place.new + place.count][here].astype(np.float64)
                add_grad([leaves[i] for i in here], part)


def _rebuilt(tree: Any, leaf: Callable[[Any], Any]) -> Any:
    """The function's result with ``leaf(x)`` in place of everything that is no list, tuple or dict."""
    if isinstance(tree, dict):
        return {key: _rebuilt(branch, leaf) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        branches = [_rebuilt(branch, leaf) for branch in tree]
        if isinstance(tree, list):
            return branches
        return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
    return leaf(tree)


def program_of(recording: Trace, args: Sequence[Argument]) -> Program:
    """Lower a recording without making it runnable, to be printed."""
    differentiable = {k for k, a in enumerate(args) if a.kind == "nest"}
    return lower(graph_of(recording, differentiable)).program
