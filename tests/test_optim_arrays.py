"""A rule has arrays that wait in place of NumPy's, and gives the same with them, to the bit."""

import copy
import pickle
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from optimizer_makers import MAKERS

from micrograd import optim
from micrograd.engine import Value


class Described(optim.Optimizer):
    """An optimiser whose rule is a function of data, gradients and one state."""

    state_names = ("kept",)

    def __init__(self, params, rule):
        self.rule_of_test = rule
        super().__init__(params, lr=0.5)

    def rule(self, p, g, state, step, lr):
        p, kept = self.rule_of_test(p, g, state[0], step, lr)
        return p, (kept,)


def in_place(p, g, kept, step, lr):
    before = g * 2
    same = g
    g += 1.0
    kept *= 0.5
    kept -= same
    p -= lr * before
    p /= 2
    return p, kept


def in_place_of_numpy(p, g, kept, step, lr):
    before = g * 2
    g[:3] = 0.0
    np.add(g, 1.0, out=g)
    part = kept.reshape(-1)
    part += g
    return p - lr * before - kept, kept


def by_memory(p, g, kept, step, lr):
    seen = np.frombuffer(g) + struct.unpack_from("d", bytes(2 * g), 8)
    memoryview(g)[1] = 8.0
    return p - lr * g, kept + seen


def by_attribute(p, g, kept, step, lr):
    g.shape = (2, 3)
    turned = g.T.copy()
    turned.shape = 6
    kept.flat = turned
    return p - lr * turned, kept


RULES = {
    "powers": lambda p, g, kept, step, lr: (-p + g**2 - (g * g) ** 0.5, kept + g**3 + 2.0**kept),
    "numbers on either side": lambda p, g, kept, step, lr: (
        3 - p * True + 1 / (2 + g * g) - lr / 7,
        np.float64(0.1) * kept + g * np.float32(0.1),
    ),
    "NumPy's functions": lambda p, g, kept, step, lr: (
        p - lr * np.where(g > 0, np.sqrt(np.abs(g)), np.clip(g, -0.1, 0.1)),
        np.maximum(kept, g) + g / np.linalg.norm(g) + abs(g) % 0.25,
    ),
    "a look at a number": lambda p, g, kept, step, lr: (
        p - (lr if g.max() > 1 and len(g) == 6 else 0.0) * g,
        kept + g[1] + sum(g),
    ),
    "a check of kinds": lambda p, g, kept, step, lr: (
        p - lr * g if isinstance(g, np.ndarray) else p,
        np.array(kept) + g,
    ),
    "number by number": lambda p, g, kept, step, lr: (
        np.array([x - lr * y for x, y in zip(p, g, strict=True)]),
        g,
    ),
    "one number": lambda p, g, kept, step, lr: (p, np.cumsum(kept + 1)),
    "by memory": by_memory,
    "by attribute": by_attribute,
    "in place": in_place,
    "in place of NumPy": in_place_of_numpy,
}


def beside_arrays(optimizer, seed=0, steps=4):
    """Do some steps, and by the rule on NumPy's arrays; return data and states of both."""
    numbers = np.random.default_rng(seed)
    values = optimizer.parameters
    p, states = np.array([v.data for v in values]), [x.copy() for x in optimizer.state]
    for step in range(1, steps + 1):
        g = numbers.normal(size=len(values)) * 10.0 ** numbers.integers(-8, 8, len(values))
        for v, slope in zip(values, g, strict=True):
            v.grad = slope
        with np.errstate(all="ignore"):
            p, states = optimizer.update(p, g, tuple(states), step, optimizer.lr)
        optimizer.step()
    return np.array([v.data for v in values]), optimizer.state, np.asarray(p), states


@pytest.mark.parametrize("count", [1, 6, 300])
@pytest.mark.parametrize("name", MAKERS)
def test_a_step_gives_what_its_rule_gives_numpys_arrays_to_the_last_bit(name, count):
    optimizer = MAKERS[name]([Value(0.1 * i) for i in range(count)])
    data, states, expected, expected_states = beside_arrays(optimizer)
    assert data.tobytes() == expected.tobytes()
    for state, array in zip(states, expected_states, strict=True):
        assert type(state) is np.ndarray
        assert state.tobytes() == array.tobytes()


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_ones_own_may_do_whatever_arrays_can(name):
    optimizer = Described([Value(0.1 * i) for i in range(6)], RULES[name])
    data, states, expected, expected_states = beside_arrays(optimizer)
    assert data.tobytes() == expected.tobytes()
    assert type(states[0]) is np.ndarray
    assert states[0].tobytes() == expected_states[0].tobytes()


def test_what_a_rule_keeps_stays_what_it_was_and_goes_through_pickle():
    kept = []

    def rule(p, g, state, step, lr):
        kept.append((g, 2 * p))
        return p - lr * g, state

    optimizer = Described([Value(1.0), Value(2.0)], rule)
    optimizer.parameters[0].grad = 4.0
    optimizer.step()
    optimizer.step()
    (g, twice), (_, later) = pickle.loads(pickle.dumps(kept))
    assert (g.tolist(), twice.tolist(), later.tolist()) == ([4.0, 0.0], [2.0, 4.0], [-2.0, 4.0])
    assert f"{kept[0][0]}" == "[4. 0.]"
    assert copy.deepcopy(kept[0][1]).sum() == 6.0


def test_a_rule_that_fails_changes_nothing_and_numpy_warns_again():
    def rule(p, g, state, step, lr):
        np.log(g)
        g += 1.0
        state *= 2.0
        raise ZeroDivisionError

    optimizer = Described([Value(1.0), Value(2.0)], rule)
    with np.errstate(all="raise"):
        with pytest.raises(ZeroDivisionError):
            optimizer.step()
        with pytest.raises(FloatingPointError):
            np.log(np.zeros(1))
    assert [v.data for v in optimizer.parameters] == [1.0, 2.0]
    assert optimizer.steps == 0
    assert optimizer.state[0].tolist() == [0.0, 0.0]


def test_threads_keep_their_own_settings_of_numpys_warnings():
    def train():
        with np.errstate(divide="raise"):
            optimizer = Described(
                [Value(1.0)], lambda p, g, state, step, lr: (p + 1 / np.abs(g), state)
            )
            for _ in range(200):
                optimizer.step()
            with pytest.raises(FloatingPointError):
                np.ones(1) / np.zeros(1)
            return optimizer.parameters[0].data

    with ThreadPoolExecutor(4) as pool:
        assert [run.result() for run in [pool.submit(train) for _ in range(8)]] == [np.inf] * 8


def test_an_array_of_other_values_or_none_at_all_is_named():
    optimizer = Described([Value(1.0), Value(2.0)], lambda p, g, state, step, lr: (p[:1], state))
    with pytest.raises(ValueError, match="2 values need a buffer of as many, got 1"):
        optimizer.step()
