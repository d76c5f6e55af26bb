"""What a header asks of a small device: nothing but single precision, little space, no library."""

import re
import shutil
import subprocess

import pytest
from c_programs import COMPILER
from pages import ROOT, blocks

from micrograd.export import to_c
from micrograd.nn import MLP

PAGE = ROOT / "docs/guides/export.md"
(RECIPE,) = (code for _, code, _ in blocks(PAGE) if code.startswith('#include "moons.h"'))
FLAGS = ("-std=c11", "-Os", "-ffreestanding", "-Wall", "-Wextra", "-Wdouble-promotion", "-Werror")
CROSS = "arm-none-eabi-gcc"
CORTEX = {
    "Cortex-M4F": ("-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"),
    "Cortex-M0+": ("-mcpu=cortex-m0plus", "-mthumb"),
}


def wanted(command, folder):
    """Compile the guide's recipe; return the names that a linker has to find elsewhere."""
    (folder / "score.c").write_text(RECIPE)
    subprocess.run([*command, *FLAGS, "-fno-pic", "-c", "score.c"], cwd=folder, check=True)
    nm = "arm-none-eabi-nm" if command[0] == CROSS else "nm"
    listed = subprocess.run(
        [nm, "-u", "score.o"], cwd=folder, capture_output=True, text=True, check=True
    )
    return {name.lstrip("_") for name in listed.stdout.split() if name != "U"}


@pytest.fixture
def folder(tmp_path):
    to_c(MLP(2, [8, 1], seed=1), [0.0, 0.0], tmp_path / "moons.h")
    return tmp_path


@pytest.mark.skipif(not shutil.which("nm"), reason="needs nm, of binutils")
def test_the_recipe_needs_single_precision_and_no_allocation(folder):
    assert wanted([COMPILER], folder) <= {"tanhf", "expf", "memcpy", "memset"}


def test_weights_stay_where_they_are_and_take_no_memory_twice(folder):
    header = (folder / "moons.h").read_text()
    (workspace,) = re.findall(r"MOONS_VALUE_WORKSPACE \((\d+)\)", header)
    assert int(workspace) == 2 + 8 + 8 + 1  # x, sums, their relu, the value
    assert "static const float moons_weights[33]" in header
    assert "memcpy(v, parameters" not in header


@pytest.mark.deep
@pytest.mark.skipif(not shutil.which(CROSS), reason="needs gcc-arm-none-eabi")
@pytest.mark.parametrize("device", CORTEX)
def test_the_recipe_takes_the_bytes_that_the_guide_says(device, folder):
    names = wanted([CROSS, *CORTEX[device]], folder)
    by_software = {"aeabi_fadd", "aeabi_fmul", "aeabi_fcmplt"}  # of floats: there is no unit
    assert names <= {"tanhf", "memcpy", "memset"} | (by_software if "0+" in device else set())
    size = subprocess.run(
        ["arm-none-eabi-size", "score.o"], cwd=folder, capture_output=True, text=True, check=True
    )
    text, data, bss = map(int, size.stdout.splitlines()[1].split()[:3])
    said = re.search(rf"{re.escape(device)} \| (\d+) \| (\d+)", PAGE.read_text())
    assert text == pytest.approx(int(said[1]), rel=0.2)  # compilers differ
    assert (data, bss) == (0, int(said[2]))
