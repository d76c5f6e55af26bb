"""Networks of real size come to PyTorch's losses, step by step."""

import sys

import pytest
from benchmarks.real_sizes import NAMES, measured


@pytest.mark.parametrize("network", [name for name in NAMES if name != "transformer"])
def test_a_network_of_real_size_has_pytorchs_losses(network, tmp_path):
    row = measured(network, sys.executable, tmp_path)
    assert len(row["losses"]) > 15
    assert row["alike"], row["apart"]
