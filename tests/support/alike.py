"""What a compiled function gives is what the plain call gives: structure, kinds and numbers."""

import functools

import numpy as np
import pytest

import micrograd

jit = functools.partial(micrograd.jit, backend="numpy")


def assert_alike(found, expected, rel=1e-12):
    """The same structure, the same kinds, the same numbers."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, (list, tuple)):
        assert type(found) is type(expected)
        assert len(found) == len(expected)
        for x, y in zip(found, expected):
            assert_alike(x, y, rel)
    elif isinstance(expected, np.ndarray):
        assert isinstance(found, np.ndarray)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=rel)
    else:
        kinds = ((bool, np.bool_), (int, np.integer), (float, np.floating))
        if isinstance(expected, str):
            assert found == expected
            return
        kind = next((k for k in kinds if isinstance(expected, k)), type(expected))
        assert isinstance(found, kind)
        assert found == pytest.approx(expected, rel=rel)


def check(f, *calls):
    g = jit(f)
    for args in calls:
        for _ in range(2):  # the first call is the plain run
            assert_alike(g(*args), f(*args))
