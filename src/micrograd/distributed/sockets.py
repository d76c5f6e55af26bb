"""Ranks that need nothing but the standard library: all send to rank 0, which adds up and answers.

Right for a few processes; the numbers of many ranks pass through one, so many are better off with
``TorchRanks`` or ``MPIRanks``.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from time import monotonic, sleep
from typing import Any

from ..arguments import finite, shown, text, whole
from .ranks import RankLost

NUMBERS, LOST = b"+", b"!"  # how a message begins
_PAUSE = 0.02  # seconds between two attempts to reach rank 0
KEY = "MICROGRAD_RANKS_KEY"


class SocketRanks:
    """Ranks joined to rank 0 by sockets.

    Args:
        rank, size: which of how many processes this is.
        address, port: where rank 0 listens.
        key: a secret that all ranks share, so that nobody else joins.
        timeout: seconds after which a silent rank counts as lost.

    Raises:
        RankLost: not all ranks have come within the timeout.
        OSError: rank 0 cannot listen there.
    """

    def __init__(
        self, rank: int, size: int, address: str, port: int, key: str, timeout: float = 600.0
    ) -> None:
        self.size = whole("size", size, 1)
        self.rank = whole("rank", rank, 0)
        if self.rank >= self.size:
            raise ValueError(f"rank is from 0 to {self.size - 1} of {self.size}, got {rank}")
        if not text("key", key):
            raise ValueError("key is a secret that all ranks share, got an empty one")
        whole("port", port, 0)
        self._timeout = finite("timeout", timeout, least=0)
        self._links: dict[int, Connection] = {}
        where = (text("address", address), port)
        if self.rank:
            self._links[0] = self._reached(where, key.encode())
            self._links[0].send_bytes(str(self.rank).encode())
        elif self.size > 1:
            self._accept(where, key.encode())

    def _reached(self, where: tuple[str, int], key: bytes) -> Connection:
        until = monotonic() + self._timeout
        while True:
            try:
                return _at_once(Client(where, authkey=key))
            except ConnectionError as error:  # rank 0 is not there yet
                if monotonic() > until:
                    raise RankLost(
                        f"rank 0 does not listen at {where[0]}:{where[1]} ({error})", 0
                    ) from None
                sleep(_PAUSE)

    def _accept(self, where: tuple[str, int], key: bytes) -> None:
        with Listener(where, backlog=self.size, authkey=key) as listener:
            # the one thing that a Listener does not offer: to wait for a while only
            listener._listener._socket.settimeout(self._timeout)  # type: ignore[attr-defined]
            while len(self._links) < self.size - 1:
                try:
                    link = listener.accept()
                    self._links[int(link.recv_bytes(16))] = _at_once(link)
                except TimeoutError:
                    missing = sorted(set(range(1, self.size)) - set(self._links))
                    raise RankLost(
                        f"rank {missing[0]} of {self.size} has not come within {self._timeout:g} s",
                        missing[0],
                    ) from None

    def all_reduce(self, array: Any) -> None:
        """Add up the arrays of all ranks, in their order, in place; see ``Ranks``.

        Raises:
            RankLost: a rank has ended, or is silent for longer than the timeout.
            ValueError: a rank has sent an array of another length.
        """
        if self.rank:
            self._send(0, NUMBERS + array.tobytes())
            # rank 0 may have to wait for another that long, and says so then
            _put(array, self._received(0, monotonic() + 2 * self._timeout))
            return
        until, theirs = monotonic() + self._timeout, array.copy()
        try:
            for rank in range(1, self.size):
                _put(theirs, self._received(rank, until), rank)
                array += theirs
        except (RankLost, ValueError) as error:
            for rank in self._links:  # so that all say which it was
                self._tell(rank, error)
            raise
        for rank in self._links:
            self._send(rank, NUMBERS + array.tobytes())

    def _tell(self, rank: int, error: Exception) -> None:
        lost = getattr(error, "rank", None)
        with suppress(OSError):  # it may be the one
            self._links[rank].send_bytes(LOST + f"{'' if lost is None else lost}|{error}".encode())

    def _send(self, rank: int, message: bytes) -> None:
        try:
            self._links[rank].send_bytes(message)
        except OSError:
            if self._links[rank].poll(0):  # rank 0 may have said why, before it ended
                self._received(rank, monotonic())
            raise self._ended(rank) from None

    def _received(self, rank: int, until: float) -> bytes:
        link = self._links[rank]
        try:
            if not link.poll(max(0.0, until - monotonic())):
                raise RankLost(f"rank {rank} is silent for {self._timeout:g} s", rank)
            message = link.recv_bytes()
        except (EOFError, OSError):
            raise self._ended(rank) from None
        if message.startswith(LOST):
            lost, _, why = message[len(LOST) :].decode().partition("|")
            raise RankLost(why, int(lost) if lost else None)
        return message[len(NUMBERS) :]

    def _ended(self, rank: int) -> RankLost:
        return RankLost(f"rank {rank} of {self.size} has ended", rank)

    def __repr__(self) -> str:
        return f"SocketRanks(rank {self.rank} of {self.size})"


def _at_once(link: Connection) -> Connection:
    """Let a connection send what it has, instead of waiting up to 40 ms for more (Nagle)."""
    wire = socket.socket(fileno=link.fileno())
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.detach()
    return link


def _put(array: Any, message: bytes, rank: int = 0) -> None:
    """Set an array of float64 from the bytes of another."""
    import numpy as np

    if len(message) != array.nbytes:
        raise ValueError(
            f"rank {rank} adds up {len(message) // 8} numbers where this one adds up {array.size}: "
            "all ranks have to run the same program on the same data"
        )
    array[:] = np.frombuffer(message)


def join(timeout: float = 600.0, environment: Mapping[str, str] = os.environ) -> SocketRanks | None:
    """Join the processes that were started together; None in one that was started alone.

    The variables RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT say where, and MICROGRAD_RANKS_KEY
    has the key, as ``python -m micrograd.distributed`` sets them.

    Args:
        timeout: seconds after which a silent rank counts as lost.
        environment: the variables.

    Raises:
        ValueError: some of the variables are missing, or are no numbers.
        RankLost: not all ranks have come within the timeout.

    >>> join(environment={})
    """
    finite("timeout", timeout, least=0)
    if not isinstance(environment, Mapping):
        raise TypeError(f"environment has variables by name, got {shown(environment)}")
    names = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", KEY)
    missing = [name for name in names if name not in environment]
    if KEY in missing:
        return None
    if missing:
        raise ValueError(f"{KEY} is set, but {' and '.join(missing)} is not: set all of {names}")
    rank, size, address, port, key = [environment[name] for name in names]
    try:
        numbers = int(rank), int(size), int(port)
    except ValueError:
        raise ValueError(
            f"RANK, WORLD_SIZE and MASTER_PORT are whole numbers, got {rank!r}, {size!r}, {port!r}"
        ) from None
    return SocketRanks(numbers[0], numbers[1], address, numbers[2], key, timeout)
