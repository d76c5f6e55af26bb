"""Steps of training by a library of arrays: data, parameters and states stay on its device."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from ..arrays.dialects import Dialect
from ..arrays.engines import Engine
from ..arrays.printing import ArrayPrinter
from ..arrays.program import PARAMETERS, Applied, Fill, Node, Shape, Variable
from ..arrays.source import arguments_of, printed
from ..errors import JitError
from ..ir.program import Apply, Expr, Literal, Ref, Scalar
from .columns import Column
from .objective import Objective
from .steps import Best, Reduction, RunMemory
from .update import Rule

Step = Callable[
    ..., tuple[Any, ...]
]  # (p, states, number, rate, batch) -> p, states, dp, loss, bad


def step_of(objective: Objective, rule: Rule, library: Engine) -> Step:
    """Return a step as a function of arrays.

    Raises:
        JitError: the library has no form for an operation.
    """
    assert objective.arrays
    dialect, count = library.dialect, objective.steps.count
    text = printed(
        objective.arrays, dialect, library.dtype, library.device, ["forward", "backward"]
    )
    with library.context():
        names = text.namespace(dialect, library.device)
        one = library.put(np.ones(1))
    narrow, wide = library.dtype, library.wide
    head, lines = rule_text(rule, dialect, count)
    rules = names | {"dtype": getattr(names[dialect.module], wide)}
    exec(compile(head, "<arrays>", "exec"), rules)
    exec(compile(lines, "<arrays>", "exec"), rules)
    forward, backward, update = names["forward"], names["backward"], rules["update"]
    wanted = [i.argument for i in objective.arrays.inputs if i.gradient]
    order = arguments_of(objective.arrays)

    def step(p: Any, states: Any, number: Any, rate: Any, batch: Sequence[Any]) -> tuple[Any, ...]:
        inside = library.cast(p, narrow)
        given = [inside if k == PARAMETERS else batch[k] for k in order]
        (loss, *_), saved, bad = forward(*given)
        slopes = backward(saved, one)[wanted.index(PARAMETERS)]
        dp = library.cast(slopes, wide).reshape(-1)  # of one parameter it has no dims
        new, states, dp = update(p, dp, states, number, rate)
        return new, states, dp, library.cast(loss, wide), bad

    return step


def rule_text(rule: Rule, dialect: Dialect, count: int) -> tuple[str, str]:
    """Write an optimiser's rule: helpers, and ``update(p, dp, states, step, rate)``, which
    returns the new parameters and states, and the gradient that moved them.

    Args:
        rule: what becomes of a parameter and its states.
        dialect: in which to write it.
        count: how many parameters are moved; what stands behind them stays.
    """
    printer, m = ArrayPrinter(dialect), dialect.module
    names = [f"s{k}" for k in range(len(rule.states))]
    results = [printer.write(_node(e, count)) for e in (rule.parameter, *rule.states)]
    body = [f"q, g = p[:{count}], dp[:{count}]"]
    if rule.longest is not None:  # as clip_grad_norm has it
        body += [
            f"factor = {rule.longest!r} / ({m}.sqrt((g * g).sum()) + 1e-6)",
            f"g = {m}.where(factor < 1, g * factor, g)",
            f"dp = {m}.concatenate([g, dp[{count}:]])",
        ]
    body += [f"{name} = states[{k}]" for k, name in enumerate(names)]
    body += [f"n{k} = {result}" for k, result in enumerate(results)]
    kept = "".join(f"n{k + 1}, " for k in range(len(names)))
    body.append(f"return {m}.concatenate([n0, p[{count}:]]), ({kept.strip()}), dp")
    texts = [dialect.helper(n) for n in printer.helpers if dialect.function(n) == n]
    lines = ["def update(p, dp, states, step, rate):", *[f"    {line}" for line in body]]
    return "\n\n".join(texts) + "\n", "\n".join(lines) + "\n"


def _node(expr: Expr, count: int) -> Node:
    """Return a rule's expression as one of arrays."""
    if isinstance(expr, Literal):
        return Fill(expr.value)
    if isinstance(expr, Scalar):
        return Variable(expr.name, ())
    if isinstance(expr, Ref):
        name = "g" if expr.grad else "q" if expr.offset == 0 else f"s{int(str(expr.offset)) - 1}"
        return Variable(name, (count,))
    assert isinstance(expr, Apply)
    args = tuple([_node(arg, count) for arg in expr.args])
    shape: Shape = (count,) if any(arg.shape for arg in args) else ()
    return Applied(expr.op, args, shape)


class ArrayLoop:
    """Steps by a library of arrays.

    Args:
        step: what ``step_of`` returned.
        objective, columns: what is computed, and of which data.
        memory: takes parameters, gradients and states when some steps were done.
        library: runs it.
    """

    def __init__(
        self,
        step: Step,
        objective: Objective,
        columns: Sequence[Column],
        memory: RunMemory,
        library: Engine,
    ) -> None:
        self.memory, self._library = memory, library
        self._count, self._captured = objective.steps.count, objective.steps.captured
        self._examples = len(columns[0].starts) - 1
        given = {i.argument: i for i in objective.arrays.inputs} if objective.arrays else {}
        with library.context():
            self._columns = [
                library.put(c.numbers.reshape(-1, *given[k].shape)) if k in given else None
                for k, c in enumerate(columns)
            ]
            self._many = library.repeated(step)

    def run(
        self,
        batches: Sequence[np.ndarray],
        rates: np.ndarray,
        done: int,
        epoch: int,
        best: Best,
        drawn: np.ndarray | None = None,
        reduce: Reduction | None = None,
    ) -> np.ndarray:
        """Do a step for each batch and return the losses; see ``CLoop.run``.

        Raises:
            IndexError: an index among the data is out of its range, or not a whole number.
        """
        if reduce:
            raise JitError("steps on a device are not shared among processes")
        memory, library, losses = self.memory, self._library, list[float]()
        with library.context():
            p = library.put_wide(memory.v[: self._captured])
            states = tuple([library.put_wide(row) for row in memory.states])
            dp = library.put_wide(np.zeros(self._captured))
            for start, stop in _pieces(batches, epoch):
                order = np.array(batches[start:stop])
                rows = self._drawn(drawn, batches, start, stop)
                p, states, dp, some, bad = self._many(
                    p, states, dp, done + start, rates[start:stop], order, self._columns, rows
                )
                losses += library.get(some).astype(np.float64).tolist()
                if bool(bad):
                    raise IndexError("an index of take is out of its range among these examples")
                if epoch and stop % epoch == 0:
                    self._keep_best(best, batches[stop - epoch : stop], losses, p)
            memory.v[: self._captured] = library.get(p)
            memory.g[: self._captured] = library.get(dp)
            for k, row in enumerate(states):
                memory.states[k] = library.get(row)
        return np.array(losses)

    def _keep_best(self, best: Best, batches: Sequence[np.ndarray], losses: Any, p: Any) -> None:
        """Keep the parameters after an epoch if its mean loss is the lowest so far."""
        shares = [len(batch) / self._examples for batch in batches]
        some = losses[-len(batches) :]
        loss = some[0] if len(some) == 1 else sum([x * share for x, share in zip(some, shares)])
        if loss < best.loss:
            best.loss, best.step = loss, len(losses) - 1
            best.parameters[:] = self._library.get(p)[: self._count]

    def _drawn(
        self, drawn: np.ndarray | None, batches: Sequence[np.ndarray], start: int, stop: int
    ) -> np.ndarray | None:
        """Return the random numbers of some batches: an array (batches, examples, numbers)."""
        if drawn is None:
            return None
        size = len(batches[start])
        first = sum([len(batch) for batch in batches[:start]])
        return drawn[first : first + (stop - start) * size].reshape(stop - start, size, -1)


_MOST = 1024  # steps by one call


def _pieces(batches: Sequence[np.ndarray], epoch: int) -> Iterator[tuple[int, int]]:
    """Cut the steps where a batch has another size, or an epoch ends and is asked for."""
    start = 0
    for _, run in groupby(enumerate(batches), lambda pair: _piece(pair, epoch)):
        stop = start + len(list(run))
        yield start, stop
        start = stop


def _piece(step: tuple[int, np.ndarray], epoch: int) -> tuple[int, int, int]:
    k, batch = step
    return len(batch), k // _MOST, k // epoch if epoch else 0
