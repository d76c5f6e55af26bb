"""``python -m micrograd.distributed -n 2 train.py …``: run a program in some processes at once.

Each finds in its environment which of them it is, under the names that torchrun has too; see
``join``. Where one ends badly, the others are ended, and the message names the one.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic, sleep

from .sockets import KEY

_PATIENCE = 5.0  # seconds in which the others may end by themselves, and say what they lost
_PAUSE = 0.02


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, that of the rank that ended badly first."""
    parser = argparse.ArgumentParser(
        prog="python -m micrograd.distributed",
        description="Run a program in some processes at once, on this machine.",
    )
    parser.add_argument("-n", "--ranks", type=int, required=True, help="how many processes")
    parser.add_argument("program", help="a Python file that calls micrograd.distributed.join()")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the program is given")
    args = parser.parse_args(argv)
    if args.ranks < 1:
        parser.error(f"-n is a whole number of 1 or more, got {args.ranks}")
    if not os.path.isfile(args.program):
        parser.error(f"there is no file {args.program}")
    return run([sys.executable, args.program, *args.arguments], args.ranks)


def run(command: Sequence[str], size: int) -> int:
    """Run a command as so many ranks; return 0, or the status of the one that ended badly first."""
    shared = {
        "WORLD_SIZE": str(size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        KEY: secrets.token_hex(16),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),  # the ranks are the threads
    }
    ranks = [
        subprocess.Popen(command, env={**os.environ, **shared, "RANK": str(rank)})
        for rank in range(size)
    ]
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        first = _first_failure(ranks)
        if first is None:
            return 0
        rank, status = first
        print(f"rank {rank} of {size} {_said(status)}; the others are ended", file=sys.stderr)
        return status if status > 0 else 128 - status
    except KeyboardInterrupt:
        for process in ranks:
            process.terminate()  # which fit takes as Ctrl-C
        return 130
    finally:
        _end(ranks)
        signal.signal(signal.SIGTERM, former)


def _first_failure(ranks: Sequence[subprocess.Popen]) -> tuple[int, int] | None:
    """Wait for all, or for one that ends badly: which, and its status."""
    while True:
        statuses = [process.poll() for process in ranks]
        # killed from outside before what ended because of it
        failed = sorted((status > 0, k, status) for k, status in enumerate(statuses) if status)
        if failed:
            return failed[0][1:]
        if None not in statuses:
            return None
        sleep(_PAUSE)


def _end(ranks: Sequence[subprocess.Popen]) -> None:
    until = monotonic() + _PATIENCE
    while monotonic() < until and any(process.poll() is None for process in ranks):
        sleep(_PAUSE)
    for process in ranks:
        if process.poll() is None:
            process.kill()
        process.wait()


def _said(status: int) -> str:
    if status > 0:
        return f"has ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
