"""Ranks by way of libraries that are made for many machines: torch.distributed, and MPI."""

import atexit
import os
from datetime import timedelta
from typing import Any

from ..arguments import choice, finite
from ..extras import require
from .ranks import RankLost


class TorchRanks:
    """Ranks of ``torch.distributed``, as ``torchrun`` starts them.

    Args:
        backend: "gloo" for processors, "nccl" for NVIDIA's devices; taken where the group was not
            initialised before.
        timeout: seconds after which a silent rank counts as lost; of a group that is made here.

    Raises:
        ImportError: PyTorch is not installed.
        RuntimeError, ValueError: from PyTorch: the group cannot be made, as where RANK is not set.
        ValueError: with "nccl", this rank has no device of its own on its machine.
    """

    def __init__(self, backend: str = "gloo", timeout: float = 600.0) -> None:
        choice("backend", backend, ("gloo", "nccl"))
        seconds = timedelta(seconds=finite("timeout", timeout, least=0))
        self._torch = require("torch", "torch", "TorchRanks")
        self._group = require("torch.distributed", "torch", "TorchRanks")
        if not self._group.is_initialized():
            if backend == "nccl":
                self._take_device()
            self._group.init_process_group(backend, timeout=seconds)
            atexit.register(self._leave)  # its threads would abort a process that just ends
        self.rank, self.size = self._group.get_rank(), self._group.get_world_size()
        on_device = self._group.get_backend() == "nccl"
        self._device = "cuda" if on_device else "cpu"

    def _take_device(self) -> None:
        """Make the device of this rank the current one: nccl refuses two ranks on one device."""
        place, count = int(os.environ.get("LOCAL_RANK", 0)), self._torch.cuda.device_count()
        if place >= count:
            raise ValueError(
                f"nccl needs a device of NVIDIA's for each rank of a machine: rank {place} of this "
                f"one finds {count}; backend='gloo' needs none"
            )
        self._torch.cuda.set_device(place)

    def all_reduce(self, array: Any) -> None:
        """Add up the arrays of all ranks in place; see ``Ranks``.

        Raises:
            RankLost: a rank has ended, or is silent; PyTorch does not say which.
        """
        tensor = self._torch.from_numpy(array).to(self._device)
        try:
            self._group.all_reduce(tensor)
        except RuntimeError as error:
            raise RankLost(
                f"another rank than {self.rank} of {self.size} has ended or is silent, and "
                f"torchrun says which ({str(error).splitlines()[0][:200]})"
            ) from None
        if self._device != "cpu":
            array[:] = tensor.cpu().numpy()

    def _leave(self) -> None:
        if self._group.is_initialized():
            self._group.destroy_process_group()

    def __repr__(self) -> str:
        return f"TorchRanks(rank {self.rank} of {self.size})"


class MPIRanks:
    """Ranks of MPI, as ``mpirun`` and the schedulers of clusters start them.

    Start with ``mpirun -n 4 python -m mpi4py train.py``: by ``-m mpi4py`` an error in one rank ends
    all of them; without, the others wait for ever.

    Args:
        comm: a communicator of mpi4py; None takes ``MPI.COMM_WORLD``.

    Raises:
        ImportError: mpi4py is not installed.
    """

    def __init__(self, comm: Any = None) -> None:
        self._mpi = require("mpi4py.MPI", "mpi", "MPIRanks")
        self._comm = self._mpi.COMM_WORLD if comm is None else comm
        if not hasattr(self._comm, "Allreduce"):
            raise TypeError(f"comm is a communicator of mpi4py, got {comm!r:.60}")
        self.rank, self.size = self._comm.Get_rank(), self._comm.Get_size()

    def all_reduce(self, array: Any) -> None:
        """Add up the arrays of all ranks in place; see ``Ranks``."""
        self._comm.Allreduce(self._mpi.IN_PLACE, array)

    def __repr__(self) -> str:
        return f"MPIRanks(rank {self.rank} of {self.size})"
