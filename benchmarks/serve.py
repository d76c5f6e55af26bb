"""A measured program's side: it waits for the name of a measure and answers with its result.

A program that stays alive can be measured in turns with its rivals, so that a noisy moment of the
machine meets all of them.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any


def serve(**measures: Callable[[], Any]) -> None:
    """Answer each line of stdin, the name of a measure, with its result as a line of JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not be taken for an answer
    for line in sys.stdin:
        gc.collect()
        answers.write(json.dumps(measures[line.strip()]()) + "\n")
        answers.flush()


def seconds(run: Callable[[], Any], count: int = 1) -> float:
    """Time one call of ``run``, per one of the ``count`` pieces of work that it does."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) / count


def typical(run: Callable[[], Any], count: int = 1) -> float:
    """Time a call of ``run`` as ``seconds`` does: the median of several, as peers in C take it.

    Where others have the core for a while, that is in few of the calls.
    """
    return median(seconds(run, count) for _ in range(21))


def one_more(run: Callable[[int], Any], short: int, long: int) -> float:
    """Time what one more step costs: the difference between a long run and a short one.

    What a call of ``fit`` does once, whatever its length, such as tracing, is thereby left out. It
    takes longer after other programs have had the caches: that falls on a run that is not timed.
    """
    run(short)
    return (seconds(lambda: run(long)) - seconds(lambda: run(short))) / (long - short)
