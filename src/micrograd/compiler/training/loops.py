"""Which loop does the steps: C alone, C in parts on all cores, or NumPy."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..beside import beside
from ..c import build
from ..c.library import Library
from ..c.source import flags_of
from ..calls.kernel import warn_of_numpy
from ..errors import JitError
from .columns import Column
from .driver import sources
from .objective import Objective
from .on_device import ArrayLoop, step_of
from .parted import PartedLoop, built
from .rows import TableRows
from .steps import CLoop, RunMemory
from .stepwise import NumpyLoop, Update
from .update import Rule

Loop = CLoop | PartedLoop | NumpyLoop | ArrayLoop


@contextmanager
def compiling(objective: Objective, rule: Rule) -> Iterator["Future[Library] | None"]:
    """Begin to compile the C that a loop runs; None where it is one of several parts, or none.

    Where the block ends in an error, the compiler is ended too.
    """
    if objective.library or objective.phased:
        yield None
        return
    flags, files = flags_of(objective.steps.program), sources(objective.steps, rule)
    with beside(lambda stop: build.load(files, flags, ["train"], stop)) as library:
        yield library


def compiled(objective: Objective, rule: Rule, library: "Future[Library] | None") -> Any:
    """Return the C that a loop runs; None, with a warning, where no C compiler works.

    Args:
        objective, rule, library: what ``compiling`` was given, and what it gave.

    Raises:
        JitError: the compiler refused the program.
    """
    if objective.library:
        return step_of(objective, rule, objective.library)
    try:
        if objective.phased:
            return built(objective, objective.phased, rule)
        assert library
        train = library.result().train
    except build.CompilerNotFound as refusal:
        if objective.tables:
            raise JitError(f"rows of tables are moved by C alone: {refusal}") from None
        warn_of_numpy(refusal)
        return None
    except build.CompileError as error:
        raise JitError(str(error)) from None
    train.restype = ctypes.c_int64
    return train


def loop_of(
    functions: Any,
    objective: Objective,
    columns: Sequence[Column],
    states: int,
    largest: int,
    update: Update,
    shrink: Callable[[np.ndarray], np.ndarray],
) -> Loop:
    """Return a loop with a memory of its own.

    Args:
        functions: what ``compiled`` returned.
        objective, columns: what is computed, and of which data.
        states: how many numbers the optimiser keeps for a parameter.
        largest: the size of the largest batch.
        update: the optimiser's rule.
        shrink: what becomes of gradients before it.
    """
    if objective.library:
        memory = RunMemory(objective, states, 1)
        return ArrayLoop(functions, objective, columns, memory, objective.library)
    if functions is None:
        memory = RunMemory(objective, states, largest)
        return NumpyLoop(objective, columns, memory, update, shrink)
    memory = RunMemory(objective, states, objective.lanes or largest)
    if objective.phased:
        return PartedLoop(functions, objective, columns, memory)
    rows = TableRows(objective.tables, objective.steps.look_ups, columns, largest)
    return CLoop(functions, objective, columns, memory, rows)
