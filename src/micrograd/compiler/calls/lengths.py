"""Calls that differ in the lengths of their lists: when to look for one program for all of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..collector import paused
from ..errors import JitError
from ..ir.program import Program
from ..ir.sizes import SIZE, evaluate
from ..passes.generalise import General, NotGeneral, for_all
from ..pipeline import addressed, lower
from ..tracing.numbering import graph_of
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from ..tracing.trace import trace
from ..tracing.trees import untraced
from .gradients import Slopes
from .places import own_arguments
from .trial import check
from .variant import Variant, captured_of


class Lengths:
    """The lengths seen so far, for each structure of arguments without its lengths."""

    def __init__(self) -> None:
        self._seen: dict[Any, list[tuple[int, ...]] | None] = {}

    def varying(self, args: Sequence[Argument]) -> dict[int, int]:
        """Return which arguments' lengths vary together, and by how much each exceeds the first.

        Empty while one length only has been seen, or where there is no program for all.
        """
        family, lengths = self._family(args)
        seen = self._seen.setdefault(family, [])
        if seen is None:
            return {}
        seen.append(lengths)
        base = np.array(seen[0])
        changes = np.array(seen) - base
        moving = np.flatnonzero(changes.any(axis=0))
        if not len(moving) or (changes[:, moving] != changes[:, moving[:1]]).any():
            return {}
        return {int(k): int(lengths[k] - lengths[moving[0]]) for k in moving}

    def give_up(self, args: Sequence[Argument]) -> None:
        """Compile each length by itself from now on."""
        self._seen[self._family(args)[0]] = None

    def _family(self, args: Sequence[Argument]) -> tuple[Any, tuple[int, ...]]:
        family = tuple([a.family for a in args])
        return family, tuple([a.shape[0] if a.shape else 0 for a in args])


def generalised(
    f: Callable,
    slopes: Slopes | None,
    args: Sequence[Argument],
    offsets: Mapping[int, int],
    recording: Trace,
) -> General | None:
    """Try to find one program for all lengths by tracing f at four lengths of our choice."""
    nests = _differentiated(slopes, args)
    captured, outputs = captured_of(recording), len(list(recording.outputs()))

    def at(n: int) -> tuple[Program, Counter[str]]:
        resized = [a.resized(n + offsets[k]) if k in offsets else a for k, a in enumerate(args)]
        sample = _traced(f, slopes, resized)
        alike = _alike(sample, recording) and sample.batch == recording.batch
        if captured_of(sample) != captured or not alike:
            raise NotGeneral
        if len(list(sample.outputs())) != outputs:
            raise NotGeneral  # as that of ``xs[1:n + 1]``, which ends with xs
        return lower(graph_of(sample, nests), aligned=False), sample.work()

    general = for_all(at)
    return general and replace(general, program=addressed(general.program))


def holds_for(variant: Variant, f: Callable, args: Sequence[Argument]) -> bool:
    """Tell whether a program for all lengths, or for all sizes of a batch, is right at this one.

    What a function does with the length of a list (``xs[:10]``, ``if len(xs) > 8``) leaves no
    trace, so each new length is checked, as a new program is, before its first use.
    """
    sizes = variant.compiled.layout.sizes(args)
    n = sizes.get("B") if variant.lists else sizes.get(SIZE)
    if n is None:
        return True
    if n not in variant.sizes:
        if variant.recording.effects or variant.recording.draws.segments:
            return False  # to trace it once more is to compile it
        with paused():
            recording = _traced(f, variant.slopes, args, variant.lists)
            if variant.lists and recording.truths() != variant.recording.truths():
                return False  # of another path nothing is known
            variant.sizes[n] = _is_program_of(variant, recording, args)
    return variant.sizes[n]


def _is_program_of(variant: Variant, recording: Trace, args: Sequence[Argument]) -> bool:
    traced, sizes = variant.recording, variant.compiled.layout.sizes(args)
    expected = {op: evaluate(count, sizes) for op, count in variant.work.items()}
    work = recording.work()
    if variant.lists:  # each item of one is a leaf
        work["leaf"] = expected["leaf"] = 0
    if work != Counter(expected):
        return False
    if not variant.lists and not _alike(recording, traced):
        return False
    if captured_of(recording) != captured_of(traced):
        return False
    if len(list(recording.outputs())) != len(variant.compiled.program.outputs):
        return False
    nests = _differentiated(variant.slopes, args)
    try:
        check(variant.compiled, variant.name, recording, lambda: graph_of(recording, nests), args)
    except JitError:
        return False
    return repr(untraced(recording.result)) == repr(untraced(traced.result))


def _traced(
    f: Callable, slopes: Slopes | None, args: Sequence[Argument], of_batch: Any = False
) -> Trace:
    if slopes:
        return slopes.trace(args)
    own = own_arguments(f, args)
    return trace(f, args, effects=bool(of_batch), raises=True, passed=own)


def _differentiated(slopes: Slopes | None, args: Sequence[Argument]) -> set[int]:
    """The arguments whose gradients are wanted."""
    if slopes:
        return set(slopes.numbers())
    return {k for k, a in enumerate(args) if a.differentiable}


def _alike(recording: Trace, other: Trace) -> bool:
    """Tell whether neither branches, and both guard against the same."""
    alike = recording.raises == other.raises and recording.truths() == other.truths()
    return alike and not recording.branches
