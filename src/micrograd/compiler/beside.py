"""Work that goes on in a thread of its own while Python does something else: a compiler's, say."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[Event], T]) -> Iterator["Future[T]"]:
    """Begin some work; where the block ends before it was done, it is told to stop, and waited for.

    Args:
        work: is called with what says whether to stop.
    """
    stop, done = Event(), Future[T]()

    def go() -> None:
        try:
            done.set_result(work(stop))
        except BaseException as error:  # the other thread raises it
            done.set_exception(error)

    thread = Thread(target=go, name="micrograd beside")
    try:
        try:
            thread.start()  # which waits, and so may end in Ctrl-C when the thread already runs
        except RuntimeError:  # no thread can be started, as in a browser
            go()
        yield done
    finally:
        stop.set()
        if thread.is_alive():
            thread.join()
