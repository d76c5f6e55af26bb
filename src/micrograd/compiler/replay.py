"""``compile_graph(loss)``: run a graph that is there already again and again, with new leaf data.

The graph stays as it was built. As ``jit`` does, it begins with a tape, and compiles loops at the
third call. The order of its leaves is that of the operations that use them, so
that weights lie side by side, and samples, as far as they are used alike.
"""

from typing import Any

import numpy as np

from ..arguments import choice, flag
from ..engine import Value, toposort
from ..value.buffers import add_grad
from ..value.columns import numbered
from .calls.closeness import close
from .calls.compiled import Compiled, Layout, Run
from .calls.deferred import AT_CALL, begin
from .calls.report import Stages
from .errors import JitError
from .graph import Graph, interpret
from .nodes import nodes_of
from .pipeline import lower
from .tape import Tape

_SOME = 20  # labels in a message


class Replay:
    """A compiled graph; ``compile_graph`` makes it.

    Calling it computes the root anew from the leaves' ``data``; ``backward`` adds the gradients to
    the leaves' ``grad``. Values in between are left as they are.

    Attributes:
        root: the value that is computed.
        leaves: the values it is computed from; each is read at each call.
    """

    def __init__(self, root: Value, options: dict[str, Any]) -> None:
        order = _checked_order(root)
        self.root = root
        self.leaves = _in_order_of_use(order)
        self._labelled: dict[str, list[Value]] = {}
        for leaf in self.leaves:
            if leaf.label:
                self._labelled.setdefault(leaf.label, []).append(leaf)
        self._graph = _graph(order, self.leaves)
        program, self._deferred = begin(self._graph, options)
        self._compiled = Compiled(program, Layout(self.leaves), options)
        self._run: Run | None = None
        self._calls = 0
        if not self._deferred:
            self._check(self._graph)

    @property
    def program(self) -> Any:
        """The loops; they print as formulas."""
        program = self._compiled.program
        return lower(self._graph) if isinstance(program, Tape) else program

    def __call__(self, **data: float) -> float:
        """Compute the root from the leaves' present data; set its ``data`` and return it.

        Args:
            data: by label, new data for leaves.

        Raises:
            KeyError: no leaf, or more than one, has this label; nothing is changed.
        """
        found = [(self._leaf(label), x) for label, x in data.items()]
        for leaf, x in found:
            leaf.data = x
        self._calls += 1
        if self._deferred and self._calls == AT_CALL:
            self._compiled = self._deferred.loops(self._compiled, (), Stages())
            self._deferred = None
        self._run = self._compiled.computed((), {})
        self.root.data = self._run.number(0)
        return self.root.data

    def backward(self) -> None:
        """Add d(root)/d(leaf) to every leaf's ``grad``, as of the last call.

        Like ``Value.backward``, it does not set them to zero before.
        """
        if self._run is None:
            self()
        assert self._run is not None
        self.root.grad = 1.0
        add_grad(self.leaves, self._run.compiled.shares(self._run, 0, 1.0)[0])

    def _leaf(self, label: str) -> Value:
        found = self._labelled.get(label, ())
        if len(found) == 1:
            return found[0]
        if found:
            raise KeyError(f"{len(found)} leaves have the label {label!r}: set their data yourself")
        known = ", ".join(list(self._labelled)[:_SOME]) or "none: give the leaves a label"
        raise KeyError(f"no leaf has the label {label!r}; there is {known}")

    def _check(self, graph: Graph) -> None:
        """Compare with the graph, operation by operation; off a kink, where rounding decides."""
        at, dtype = self._compiled.at({}), self._compiled.dtype
        numbers = at.memory(self.leaves, ())[: len(self.leaves)].astype(np.float64)
        nudges = 1 + np.random.default_rng(0).uniform(-1e-4, 1e-4, len(numbers))
        whole = numbers == np.round(numbers)  # an index, perhaps
        for tried in (numbers, np.where(whole, numbers, numbers * nudges)):
            memory = at.memory(self.leaves, ())
            memory[: len(tried)] = tried
            root = graph.outputs[0]
            values, (slopes,) = interpret(graph, memory[: len(tried)].tolist(), [root])
            run = self._compiled.of_memory(at, memory)
            alike = close(np.array([run.number(0)]), np.array([values[root]]), dtype.name)
            computed, _ = self._compiled.shares(run, 0, 1.0)
            if alike and close(computed, np.array(slopes), dtype.name):
                return
        raise JitError(
            "the compiled graph does not give what the graph gives. This is a defect of the "
            "compiler: please report it, and compute the graph eagerly"
        )


def compile_graph(
    root: Value, *, backend: str = "auto", dtype: str = "float64", strict: bool = False
) -> Replay:
    """Compile a graph that was built eagerly, to run it again with new data in its leaves.

    What Python decided while the graph was built stays as it was: branches, comparisons, and
    indices that were plain numbers. Where those depend on the data, use ``jit``.

    Args:
        root: what to compute, a loss for example.
        backend, dtype, strict: as for ``jit``.

    Returns:
        A function without arguments: it computes ``root`` from what its leaves' ``data`` is now,
        sets ``root.data`` and returns it. Its ``backward()`` fills the leaves' ``grad``.

    Raises:
        TypeError: root is no Value.
        JitError: root is a leaf, or a value on the way was made by hand.

    >>> x = Value(3.0, label="x")
    >>> run = compile_graph(x * x + 1.0)
    >>> x.data = 4.0
    >>> run()
    17.0
    >>> run.backward()
    >>> x.grad
    8.0
    >>> run(x=5.0)
    26.0
    """
    if not isinstance(root, Value):
        raise TypeError(f"compile_graph expects a Value, the root of a graph, got {root!r:.60}")
    choice("dtype of compile_graph", dtype, ("float64", "float32"))
    choice("backend of compile_graph", backend, ("auto", "c", "numpy"))
    flag("strict", strict)
    return Replay(
        root, {"backend": backend, "dtype": dtype, "strict": strict, "when": "third call"}
    )


def _checked_order(root: Value) -> list[Value]:
    if not root.parents:
        raise JitError(f"{root!r} was not computed from anything: compile_graph has nothing to do")
    order = toposort(root)
    for v in order:
        if v._closure is not None or (v.parents and (v.op is None or v.op.partials is None)):
            raise JitError(
                f"{v!r} was made by hand, or has a hand-set _backward, so compile_graph cannot "
                "compute it again: compose it of operations, or run the graph eagerly"
            )
    return order


def _in_order_of_use(order: list[Value]) -> list[Value]:
    """Sort leaves by the kind of their first use, else as they are: weights, samples, biases."""
    codes, table, starts, numbers, *_ = numbered([], order, [])
    parents = list(nodes_of(codes, table, starts, numbers)[1])
    depth, uses = [0] * len(order), np.bincount(np.frombuffer(numbers, np.int32)).tolist()
    first: dict[int, tuple[Any, ...]] = {}
    for i, above in enumerate(parents):
        if not above:
            depth[i] = 1
            continue
        depth[i] = 1 + max(map(depth.__getitem__, above))
        for k, p in enumerate(above):
            if p not in first and not parents[p]:
                first[p] = depth[i], order[i]._op, k if len(above) < 4 else -1
    leaves = [i for i, above in enumerate(parents) if not above]
    return [order[i] for i in sorted(leaves, key=lambda i: (uses[i] == 1, first[i]))]


def _graph(order: list[Value], leaves: list[Value]) -> Graph:
    codes, table, starts, numbers, data, _, outputs = numbered(leaves, order, order[-1:])
    ops, parents = nodes_of(codes, table, starts, numbers)
    return Graph(
        ops=ops,
        parents=parents,
        data=memoryview(data).cast("B").cast("d"),
        parameters=list(range(len(leaves))),
        inputs=[],
        outputs=outputs,
        differentiable=set(range(len(leaves))),
    )
