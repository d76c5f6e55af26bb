"""The example of several processes by torch.distributed and by MPI equals one process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from micrograd.distributed import TorchRanks

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
EXAMPLE = "examples/distributed/moons.py"
KILLED = """
import os, signal, sys
import numpy as np
from micrograd.distributed import MPIRanks, RankLost, TorchRanks
ranks = {"torch": TorchRanks, "mpi": MPIRanks}[sys.argv[1]]()
ranks.all_reduce(np.ones(5))
if ranks.rank == 1:
    os.kill(os.getpid(), signal.SIGKILL)
ranks.all_reduce(np.ones(5))
"""
TORCH = [str(BIN / "torchrun"), "--nproc-per-node", "2"]
MPI = [str(BIN / "mpiexec"), "-n", "2", sys.executable, "-m", "mpi4py"]


def run(*command):
    return subprocess.run(
        [*command], cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True,
        text=True, timeout=900, check=False,
    )  # fmt: skip


def parameters(*command):
    done = run(*command)
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("parameters")]
    return [float.fromhex(number) for number in line.split()[1:]]


@pytest.fixture(scope="module")
def alone():
    return parameters(sys.executable, EXAMPLE)


@pytest.mark.parametrize(("command", "way"), [(TORCH, "torch"), (MPI, "mpi")])
def test_two_processes_equal_one(command, way, alone):
    together = parameters(*command, EXAMPLE, way)
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("command", "way"), [(TORCH, "torch"), (MPI, "mpi")])
def test_a_killed_process_ends_the_other(command, way, tmp_path):
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    done = run(*command, str(program), way)
    assert done.returncode
    if way == "torch":
        assert re.search(r"rank +: 1 .*\n +exitcode +: -9", done.stderr)


def test_a_rank_without_a_device_of_its_own_is_refused_by_nccl(monkeypatch):
    count = torch.cuda.device_count()
    monkeypatch.setenv("LOCAL_RANK", str(count))
    with pytest.raises(ValueError, match=f"rank {count} of this one finds {count}; backend='gloo'"):
        TorchRanks("nccl")
