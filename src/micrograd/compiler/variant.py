"""One compiled recording: it takes a call's arguments, runs the loops, and wraps the results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import ref

import numpy as np

from ..buffers import add_grad
from ..engine import Value
from ..modes import mode
from .check import check
from .chunks import PartedRun, Parts, is_mapped, map_in_parts, part_size
from .general import SIZE, General
from .gradients import Slopes
from .graph import Graph
from .kernel import CKernel, make_kernel
from .loops.phases import phased
from .lower import lower
from .plan import Plan
from .sizes import bound, evaluate, known, variables
from .tracing.arrays import Batch, Predicate, rebuilt
from .tracing.recording import Trace
from .tracing.signature import Argument

_PLANS = 256  # of how many run-time sizes the plan is kept
_PADDING = 16  # numbers: whole vectors of float64 and of float32


@dataclass(slots=True)
class Run:
    """What a call has computed: all its values, or the columns of a mapped function's results."""

    memory: np.ndarray
    env: dict[str, int]
    columns: list[np.ndarray] | None = None
    plan: Plan | None = None

    def __del__(self) -> None:
        if self.plan is not None:
            self.plan.give_back(self.memory)


class Variant:
    """A function compiled for one structure of arguments and one path through its branches.

    Args:
        recording: what the function did; its tape is given back.
        graph: the same, as numbers.
        args: the arguments of the recorded call.
        name: the function's, for messages.
        options: of the kernel: backend, dtype, strict.
        general: a program for all lengths, and
        offsets: for each argument whose length it is, how much longer than n it is.
        slopes: that the function's gradient is wanted as its result.

    Raises:
        JitError: the program does not do what the recording did.
    """

    def __init__(
        self,
        recording: Trace,
        graph: Graph,
        args: Sequence[Argument],
        name: str,
        options: Mapping[str, Any],
        general: General | None = None,
        offsets: Mapping[int, int] | None = None,
        slopes: Slopes | None = None,
    ) -> None:
        self.name = name
        self.recording = recording
        lowered = general.lowered if general else lower(graph)
        self.program = lowered.program
        self._options = options
        self.kernel = make_kernel(self.program, **options)
        self.dtype = np.dtype(options["dtype"])
        self.captured = recording.captured
        self._coefficients = general.coefficients if general else []
        self._offsets = dict(offsets or {})
        self.lengths: dict[int, bool] = {}  # those tried, and whether the program is right for them
        self.work = general.work if general else {}
        self._least = general.least if general else 0
        if general:
            self._least = min(self._least, self.env(args)[SIZE])
            self.lengths[self.env(args)[SIZE]] = True  # by the check below
        self._mapped = is_mapped(self.program) and not recording.guards
        self._slopes = slopes
        nests = {k for k, a in enumerate(args) if a.kind == "nest"}
        self._differentiated = nests | set(slopes.numbers() if slopes else ())
        self._static = [a.value for a in args if a.kind == "static"]  # or its id would be reused
        self._fills = [(i.argument, i.batched, p) for i, p in zip(recording.inputs, lowered.inputs)]
        self._guards = [holds for _, holds in recording.guards]
        self._plans: dict[tuple[int, ...], Plan] = {}
        check(self, recording, lambda: graph, args)
        recording.tape = []  # the graph has done its work

    # ---- running

    def accepts(self, args: Sequence[Argument]) -> bool:
        """Tell whether the lengths of the arguments agree with each other and with the program."""
        if self._offsets:
            lengths = {args[k].shape[0] - offset for k, offset in self._offsets.items()}
            return len(lengths) == 1 and lengths.pop() >= self._least
        batched = {args[k].shape[0] for k, b, _ in self._fills if b and k is not None}
        return len(batched) <= 1 and 0 not in batched

    def env(self, args: Sequence[Argument]) -> dict[str, int]:
        """The run-time sizes of a call."""
        for k, offset in self._offsets.items():
            return bound(SIZE, args[k].shape[0] - offset)
        for number, batched, _ in self._fills:
            if batched and number is not None:
                batch = args[number].shape[0]
                return {"B": batch, "P": -(-batch // _PADDING) * _PADDING}
        return {}

    def plan(self, env: Mapping[str, int]) -> Plan:
        """What these run-time sizes mean; the plans of the last calls are kept."""
        key = tuple(env.values())
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            found = Plan(self.program, self._fills, self._coefficients, env, self.dtype)
            self._plans[key] = found
        return found

    def memory(self, args: Sequence[Argument], env: Mapping[str, int]) -> np.ndarray:
        """A new memory with parameters, inputs and constants in their places."""
        return self.plan(env).memory(self.captured, args)

    def run(self, args: Sequence[Argument], guarded: bool = True) -> "Run | PartedRun | None":
        """Compute the values; None when a branch would have gone another way, if guarded."""
        env = self.env(args)
        lanes = part_size(self.program, env["B"]) if "B" in env else None
        if lanes and self._mapped:
            return Run(np.empty(0), env, map_in_parts(self, args, env, lanes))
        if lanes and not self._guards and self._parts is not None:
            return PartedRun(self._parts, args, env, lanes)
        plan = self.plan(env)
        v = plan.memory(self.captured, args)
        try:
            self.kernel.forward(v, plan.sizes, plan.scalars)
        except IndexError:
            if guarded and self._guards:  # one of them may be what keeps the index in its range
                return None
            raise
        for address, holds in zip(plan.outputs, self._guards):
            if guarded and bool(v[address]) != holds:
                return None
        return Run(v, env, plan=plan)

    @cached_property
    def _parts(self) -> Parts | None:
        """The program in phases, for large batches; None where it cannot be divided."""
        divided = phased(self.program)
        return Parts(self, divided, self._options) if divided else None

    def gradients(self, v: np.ndarray, env: Mapping[str, int], seeds: Mapping[int, float]) -> Any:
        """The gradient memory, given the gradients of some outputs."""
        plan = self.plan(env)
        g = plan.blank()
        self.kernel.backward(v, g, plan.sizes, self._seeded(env, seeds))
        return g

    def _seeded(self, env: Mapping[str, int], seeds: Mapping[int, float]) -> np.ndarray:
        scalars = self.plan(env).scalars.copy()
        for k, seed in seeds.items():
            scalars[k] = seed
        return scalars

    def quick_call(self, args: Sequence[Argument]) -> Any:
        """Return this as a function of plain numbers that returns plain Values, if it is one."""
        plain = all(a.kind == "array" and a.shape == () for a in args)
        if not plain or self.captured or self._guards or not isinstance(self.kernel, CKernel):
            return None
        places = {k: known(p.new) for k, _, p in self._fills if k is not None}
        shape = self._result_shape(self.recording.result, iter(self.program.outputs))
        if shape is None or len(places) < len(args):
            return None
        memory, scalars = self.memory(args, {}), self.plan({}).scalars
        return self.kernel.quick_call(
            memory, scalars, tuple([places[k] for k in range(len(args))]), shape
        )

    def _result_shape(self, tree: Any, outputs: Iterator[Any]) -> Any:
        """The addresses in the result's tuples and lists; None where there is more in it."""
        if isinstance(tree, Value):
            return next(outputs)
        if type(tree) not in (tuple, list):
            return None
        branches = [self._result_shape(branch, outputs) for branch in tree]
        return None if None in branches else type(tree)(branches)

    # ---- what the check asks

    def leaf_addresses(self, env: Mapping[str, int]) -> np.ndarray:
        """Where the captured values and the inputs' leaves lie, the first example of each batch."""
        places = [np.arange(len(self.captured))]
        for _, batched, p in self._fills:
            start, count = evaluate(p.new, env), evaluate(p.count, env)
            steps = np.arange(count) * (env["P"] if batched else 1)
            if p.outer and not batched:
                steps = steps % p.inner * p.row + steps // p.inner
            places.append(start + steps)
        return np.concatenate(places)

    def differentiable(self, env: Mapping[str, int]) -> np.ndarray:
        """For each of these, whether the program computes its gradient."""
        known = [np.ones(len(self.captured), dtype=bool)]
        for k, _, p in self._fills:
            known.append(np.full(evaluate(p.count, env), k in self._differentiated))
        return np.concatenate(known)

    def seedable(self, k: int) -> bool:
        """Tell whether output k is one number, not one for each example."""
        address = self.program.outputs[k]
        return "P" not in variables(address)

    # ---- results

    def wrapped(self, args: Sequence[Argument], run: "Run | PartedRun") -> Any:
        """The function's result, made of Values that backpropagate through the loops."""
        v, env = run.memory, run.env
        plan = self.plan(env)
        if self._slopes:
            k = len(self._guards)
            return self._slopes.result(
                float(v[plan.outputs[k]]), self._slopes_of(k, 1.0, run)[1], args
            )
        nests = {k: a.values() for k, a in enumerate(args) if a.kind == "nest"}
        inner = [x for nest in nests.values() for x in nest if isinstance(x, Value)]
        parents = (*self.captured, *inner) if mode.grad else ()
        outputs = iter(enumerate(self.program.outputs[len(self._guards) :], len(self._guards)))

        def wrap(leaf: Any) -> Any:
            if isinstance(leaf, Batch):
                return rebuilt(leaf.example, column)
            if isinstance(leaf, Predicate):
                return bool(v[plan.outputs[next(outputs)[0]]])
            if not isinstance(leaf, Value):
                return leaf
            k, _ = next(outputs)
            data = float(v[plan.outputs[k]])
            if not parents:
                return Value(data)
            out = Value(data, parents, f"jit {self.name}")
            weak = ref(out)  # a cycle would keep the memory until the collector comes
            out._backward = lambda: self._backward(weak, k, nests, run)
            return out

        def column(leaf: Any) -> Any:
            if not isinstance(leaf, (Value, Predicate)):
                return np.full(env["B"], float(leaf))
            k, address = next(outputs)
            if run.columns:
                return run.columns[k]
            start = plan.outputs[k]
            if "P" not in variables(address):  # the same for every example
                return np.full(env["B"], v[start])
            if isinstance(run, PartedRun):
                return run.column(address)
            return v[start : start + env["B"]].copy()

        return rebuilt(self.recording.result, wrap)

    def _slopes_of(
        self, k: int, seed: float, run: "Run | PartedRun"
    ) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """What output k passes on to the captured values, and to each differentiated argument."""
        env = run.env
        if isinstance(run, PartedRun):
            g = run.gradients(self._seeded(env, {k: seed}))
        else:
            g = self.gradients(run.memory, env, {k: seed})
        captured = g[: len(self.captured)].astype(np.float64)
        slopes = {}
        for j, batched, place in self._fills:
            if j is not None and j in self._differentiated and not batched:
                start, count = evaluate(place.new, env), evaluate(place.count, env)
                slopes[j] = g[start : start + count].astype(np.float64)
        if isinstance(run, Run):
            self.plan(env).give_back(g)
        return captured, slopes

    def _backward(
        self, weak: ref[Value], k: int, nests: dict[int, list], run: "Run | PartedRun"
    ) -> None:
        out = weak()
        assert out is not None  # it is being differentiated
        captured, slopes = self._slopes_of(k, out.grad, run)
        if self.captured:
            add_grad(self.captured, captured)
        for j, slope in slopes.items():
            here = [i for i, x in enumerate(nests[j]) if isinstance(x, Value)]
            add_grad([nests[j][i] for i in here], slope[here])
