"""From a recording to a scalar graph: every value gets a number, in the order of their making."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ...ops import Op
from ...value.columns import ValueSet, batched, numbered
from ..errors import JitError, shown
from ..graph import BATCH_SUM, Graph
from ..nodes import nodes_of
from .predicates import truth
from .recording import Trace
from .trace import passes_nothing_on
from .trees import rebuilt


def graph_of(recording: Trace, differentiable: set[int], spends: bool = False) -> Graph:
    """Return the recording as a Graph: captured values, then inputs, then the tape in its order.

    Args:
        differentiable: the arguments whose gradient is wanted.
        spends: whether the recording may lose all values of its tape but those that come out of
            it, one by one: a graph and a tape of millions of operations are not there at once.

    Raises:
        JitError: a hand-set ``_backward``, a branch on a batched value, or a batched result that is
            no batch.
    """
    leaves = [*recording.captured, *[v for i in recording.inputs for v in i.leaves]]
    outputs, guards = list(recording.outputs()), [v for v, _ in recording.guards]
    single = _single_values(recording)
    asked = [*outputs, *guards, *single]
    spared = ValueSet(asked) if spends and not recording.effects.versions else None
    columns = numbered(leaves, recording.tape, asked, spared)
    codes, table, starts, numbers, data, by_hand, places = columns
    if spared is not None:
        recording.tape = [v for v in recording.tape if v is not None]
    _refuse_hand_written(recording, table, by_hand)
    if recording.effects.versions:
        _set_versions(recording, leaves, starts, numbers)
    with_batch = bytes(len(recording.captured))
    for i in recording.inputs:
        with_batch += bytes([i.batched]) * len(i.leaves)
    code = table.index(BATCH_SUM) if BATCH_SUM in table else -1
    is_batched = batched(codes, starts, numbers, with_batch, code)
    _refuse_single_examples(recording, [is_batched[k] for k in places[len(outputs) :]])
    captured = len(recording.captured)
    ops, parents = nodes_of(codes, table, starts, numbers)
    return Graph(
        ops=ops,
        parents=parents,
        data=memoryview(data).cast("B").cast("d"),
        parameters=list(range(captured)),
        inputs=list(range(captured, len(leaves))),
        outputs=places[: len(outputs)],
        batched=is_batched if any(is_batched) else b"",
        differentiable={*range(captured), *_wanted(recording, differentiable)},
        segments=[len(i.leaves) for i in recording.inputs],
    )


def _set_versions(recording: Trace, leaves: list[Value], starts: Any, numbers: Any) -> None:
    """Let the parents of what was made be what their data was set to meanwhile, if it was."""
    versions, known = recording.effects.versions, ValueSet(leaves)
    written = [v for v in [*leaves, *recording.tape] if id(v) in versions]
    newer = [x for v in written for _, x in versions[id(v)]]
    *_, found = numbered(leaves, recording.tape, [*written, *newer])
    number = iter(found[len(written) :])
    newest = {
        n: [(since, next(number)) for since, _ in versions[id(v)]] for v, n in zip(written, found)
    }
    place = [k for k, v in enumerate(recording.tape) if v not in known]
    first = np.full(len(starts), len(recording.tape) + 1)
    for n, its in newest.items():
        first[n] = its[0][0]
    above, begins = np.frombuffer(numbers, np.int32), np.frombuffer(starts, np.int32)
    made = np.repeat(np.arange(len(begins) - 1), np.diff(begins)) - len(leaves)
    for k in np.flatnonzero(first[above] <= np.array(place)[made]).tolist():
        at = place[made[k]]
        above[k] = [n for since, n in newest[int(above[k])] if since <= at][-1]


def _refuse_hand_written(
    recording: Trace, table: Sequence[Op | None], by_hand: Sequence[Value]
) -> None:
    unknown = {op for op in table if op is not None and op.partials is None}
    wrong = [v for v in by_hand if v._closure is not passes_nothing_on]
    if unknown and not wrong:
        wrong = [v for v in recording.tape if v.op in unknown]
    if wrong:
        raise JitError(
            f"{wrong[0]!r} has a hand-set _backward or local gradients, which jit cannot compile: "
            "use ops, or call it eagerly"
        )


def _single_values(recording: Trace) -> list[Value]:
    """The Values of a result that are no batches."""
    left = recording.effects
    beside = [*_single([recording.result, left.contents]), *left.numbers()]
    return [truth(x) for x in beside if isinstance(truth(x), Value)]


def _refuse_single_examples(recording: Trace, is_batched: Sequence[int]) -> None:
    """Raise where a value of one example would have to stand for itself.

    Args:
        is_batched: of the values of guards, then of what the result has beside batches.
    """
    for (v, _), differs in zip(recording.guards, is_batched):
        if differs:
            raise JitError(
                "a branch on a value that differs between the examples of a vmap: "
                "use where(condition, x, y), and maximum(x, y) in place of max(x, y)\n"
                f"  at {shown(recording.lines[id(v)])}"
            )
    if any(is_batched[len(recording.guards) :]):
        raise JitError(
            "a value of one example of a vmap leaves it: return it from the mapped function"
        )


def _single(tree: Any) -> Iterator[Any]:
    """Yield what is in a result beside batches."""
    seen: list[Any] = []
    rebuilt(tree, seen.append, lambda tree, made: None)
    yield from seen


def _wanted(recording: Trace, differentiable: set[int]) -> Iterator[int]:
    """Yield the numbers of the inputs whose gradient is wanted."""
    at = len(recording.captured)
    for i in recording.inputs:
        if i.argument in differentiable:
            yield from range(at, at + len(i.leaves))
        at += len(i.leaves)
