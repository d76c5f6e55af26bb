"""Locks that a forked child has anew: the threads that held them in its parent are not in it."""

import os
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

_makers: "WeakKeyDictionary[Any, Callable[[], Any]]" = WeakKeyDictionary()


def give_lock(owner: Any, make: Callable[[], Any]) -> None:
    """Set ``owner._lock`` to a new lock, now and in every process that is forked from this one."""
    owner._lock = make()
    _makers[owner] = make


def _renew() -> None:
    for owner, make in list(_makers.items()):
        owner._lock = make()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
