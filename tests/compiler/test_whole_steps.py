"""Whole training steps compile: ten calls of each kind, equal in results and in all state."""

import os
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import pytest
from support import steps

import micrograd

QUICK = ("descent_by_hand", "adam", "clipping_by_hand")


def jit(f, **options):
    return micrograd.jit(f, **{"backend": "numpy", **options})


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", steps.KINDS)
def test_a_step_compiles_and_leaves_what_the_plain_one_leaves(name):
    assert steps.differing(name, jit) is None


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in QUICK else pytest.mark.deep) for n in steps.KINDS]
)
def test_steps_by_c_do_the_same(name):
    assert steps.differing(name, partial(jit, backend="c")) is None


@pytest.mark.parametrize("names", [QUICK, pytest.param(tuple(steps.KINDS), marks=pytest.mark.deep)])
def test_steps_on_the_readable_engine_do_the_same(names):
    code = (
        "from micrograd import jit; from support import steps; from functools import partial\n"
        f"print([steps.differing(n, partial(jit, backend='numpy')) for n in {names}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ
        | {"MICROGRAD_PURE": "1", "PYTHONPATH": str(Path(steps.__file__).parents[1])},
        check=False,
    )
    assert done.stdout.strip() == str([None] * len(names)), done.stderr
