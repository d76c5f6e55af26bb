"""Arrays whose arithmetic waits, in C: what cannot be is named, and nothing is kept alive."""

import sys

import numpy as np
import pytest

from micrograd import Value
from micrograd.optim import SGD
from micrograd.value.backend import native
from micrograd.value.lazy import WaitingArray


def arrays(values, *states):
    return native.lazy_arrays(values, states, WaitingArray, np.ndarray)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ([Value(1.0)], [], WaitingArray, np.ndarray),
        ([Value(1.0)], (), float, np.ndarray),
        ([Value(1.0)], (), WaitingArray, 1),
        ([1.0], (), WaitingArray, np.ndarray),
        (1.0, (), WaitingArray, np.ndarray),
    ],
)
def test_what_no_array_can_be_made_of_is_refused(arguments):
    with pytest.raises(TypeError):
        native.lazy_arrays(*arguments)


def test_what_cannot_be_stored_is_refused():
    values = [Value(1.0), Value(2.0)]
    p, g, _ = arrays(values)
    for wrong, states, empty in ((1.0, (), np.empty), (p, 1.0, np.empty), (p, (g + 1,), len)):
        with pytest.raises(TypeError):
            native.store_lazy(values, wrong, states, empty)
    with pytest.raises(TypeError, match=r"Values are needed, got 1\.0 at 1"):
        native.store_lazy([values[0], 1.0], p, (), np.empty)
    with pytest.raises(ValueError, match="1 values need an array of as many, got 2"):
        native.store_lazy(values[:1], p, (), np.empty)
    with pytest.raises(TypeError, match="an array of 2 float64"):
        p._become(np.empty(3))


def test_states_of_other_kinds_stay_what_they_are():
    others = (np.zeros(3), np.zeros(2, np.float32), np.zeros((2, 1)), np.zeros(4)[::2], 1.0, None)
    _, _, states = arrays([Value(1.0), Value(2.0)], *others, np.zeros(2))
    assert all(x is y for x, y in zip(states, others, strict=False))
    assert type(states[-1]) is WaitingArray


def test_a_state_that_a_rule_leaves_alone_is_the_same_array():
    values, kept = [Value(1.0)], np.ones(1)
    p, g, (state,) = arrays(values, kept)
    same, new = native.store_lazy(values, p - g, (state, state + 1), np.empty)
    assert same is kept
    assert new.tolist() == [2.0]


def test_arrays_of_two_steps_meet_as_numpys():
    p, _, _ = arrays([Value(1.0), Value(2.0)])
    q, _, _ = arrays([Value(3.0), Value(4.0)])
    total = p + q
    assert type(total) is np.ndarray
    assert total.tolist() == [4.0, 6.0]


def test_a_rule_may_change_the_list_of_parameters_meanwhile():
    class Emptying(SGD):
        def rule(self, p, g, state, step, lr):
            self.parameters.clear()
            return p - lr * g, state

    with pytest.raises(ValueError, match="0 values need an array of as many, got 40"):
        Emptying([Value(1.0) for _ in range(40)], lr=0.1).step()


def test_many_steps_and_many_operations_keep_nothing_alive():
    class Long(SGD):
        def rule(self, p, g, state, step, lr):
            for _ in range(100):
                p = p + lr * g
                p *= 1.0
            return p, state

    values = [Value(1.0) for _ in range(300)]
    optimizer = Long(values, lr=0.1)
    optimizer.step()
    before = sys.getrefcount(values[0]), sys.getrefcount(WaitingArray), sys.getrefcount(np.ndarray)
    for _ in range(50):
        optimizer.step()
    assert before == (
        *(sys.getrefcount(values[0]), sys.getrefcount(WaitingArray), sys.getrefcount(np.ndarray)),
    )
