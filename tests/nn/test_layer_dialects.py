"""Each layer in batches of any size, of ties, nan and infinities too, by C and by NumPy."""

import inspect

import pytest
from layer_sweep import LAYERS, assert_plain

from micrograd import nn

QUICK = ("Conv2d", "Embedding", "MaxPool2d")  # C compiles the others for a while


def test_no_layer_is_left_out():
    kinds = {n for n in nn.__all__ if inspect.isclass(getattr(nn, n)) and n != "Module"}
    assert kinds == set(LAYERS)


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        *[(name, "numpy") for name in LAYERS],
        *[
            pytest.param(name, "c", marks=[] if name in QUICK else [pytest.mark.deep])
            for name in LAYERS
        ],
    ],
)
def test_a_layer_in_batches_of_any_size_and_numbers_is_the_plain_one(name, backend):
    assert_plain(name, backend)
