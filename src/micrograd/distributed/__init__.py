"""Processes that train one model together: ``fit(…, reduce=ranks)`` asks of them one operation.

Each process, a rank, computes the gradient of its share of each batch; ``all_reduce`` adds up the
shares, and all ranks do the same step. ``python -m micrograd.distributed -n 2 train.py`` starts
some on one machine.
"""

from .engines import MPIRanks, TorchRanks
from .ranks import RankLost, Ranks
from .sockets import SocketRanks, join

__all__ = ["MPIRanks", "RankLost", "Ranks", "SocketRanks", "TorchRanks", "join"]
