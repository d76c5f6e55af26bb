"""Calling what a reader has written: all that it raises is an outcome, but for a Ctrl-C."""

import dis
from collections.abc import Callable
from typing import Any

_RAISE = {dis.opmap["RAISE_VARARGS"], dis.opmap["RERAISE"]}
_OURS = f"{__name__.partition('.')[0]}.practise."  # whose time limits end what is tried


def is_interrupt(error: BaseException) -> bool:
    """Tell whether error is a Ctrl-C and not a ``raise KeyboardInterrupt`` of the learner's."""
    if not isinstance(error, KeyboardInterrupt) or error.__traceback__ is None:
        return False
    last = error.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    return last.tb_frame.f_code.co_code[last.tb_lasti] not in _RAISE


def attempt(function: Callable[[], Any], limited: bool = False) -> tuple[Any, BaseException | None]:
    """Call a function of a reader's; return what it gave, and what it raised, None for nothing.

    Args:
        function: takes no arguments.
        limited: whether a time limit of ours ends it like an error of theirs; else it goes through.
    """
    try:
        return function(), None
    except BaseException as error:
        ours = type(error).__module__.startswith(_OURS)
        if is_interrupt(error) or (ours and not limited):
            raise
        return None, error
