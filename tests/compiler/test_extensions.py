"""Compiled code, and modules that a traced function imports, get NumPy's arrays as they are."""

import functools
import sys

import numpy as np
import pytest
from alike import check

import micrograd
from micrograd import JitError

jit = functools.partial(micrograd.jit, backend="numpy")
RNG = np.random.default_rng(1)


@pytest.mark.parametrize("draw", [lambda: np.random.rand(3)[0], lambda: RNG.normal(size=3).sum()])
def test_an_array_of_random_numbers_is_refused_as_one_is(draw):
    with pytest.raises(JitError, match=r"micrograd\.random"):
        jit(lambda x: x * draw())(1.0)


def test_what_compiled_code_fills_while_a_trace_runs_has_its_numbers():
    def f(x):
        zeros = np.zeros(3)
        zeros[1] = x * np.random.default_rng(7).random(3)[2]
        return zeros.sum()

    check(f, (2.0,), (3.0,))


def test_a_module_that_the_traced_function_imports_keeps_plain_arrays(tmp_path, monkeypatch):
    (tmp_path / "of_tables.py").write_text("import numpy as np\nTABLE = np.ones(3) * 2\n")
    monkeypatch.syspath_prepend(tmp_path)

    def f(x):
        import of_tables

        return x * of_tables.TABLE[0]

    assert jit(f)(3.0) == 6.0
    assert type(sys.modules.pop("of_tables").TABLE) is np.ndarray
