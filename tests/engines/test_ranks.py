"""The example of several processes by torch.distributed and by MPI equals one process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from micrograd.data import moons
from micrograd.distributed import TorchRanks
from micrograd.losses import hinge
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit

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


def run(*command, **variables):
    return subprocess.run(
        [*command], cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip


def parameters(*command, **variables):
    done = run(*command, **variables)
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


def test_two_devices_of_jax_come_to_what_fit_comes_to():
    devices = "--xla_force_host_platform_device_count=2"
    together = parameters(
        sys.executable, "examples/distributed/shards.py", XLA_FLAGS=devices, JAX_PLATFORMS="cpu"
    )
    model = MLP(2, [16, 16, 1], seed=1)
    fit(
        lambda x, y: hinge(model(x), y), moons(400, noise=0.2, seed=1), model=model,
        optimizer=SGD(model.parameters(), lr=0.5), epochs=100, progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(together, [p.data for p in model.parameters()], rtol=0, atol=1e-12)


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
