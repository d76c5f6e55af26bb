"""What a function makes of the time and of the system's random numbers is refused, not frozen."""

import datetime
import os
import random
import secrets
import time
import uuid
import warnings
from datetime import datetime as Datetime
from time import time as now

import numpy as np
import pytest

from micrograd import JitError, exp, grad, jit, value_and_grad, vmap

LATER = datetime.datetime(2100, 1, 1)
START = time.time()


CASES = [
    ("time.time", lambda x: exp(-x * (START - time.time()) / 3.15e7), 2.0),
    ("time.time_ns", lambda x: x * time.time_ns(), 2.0),
    ("time.monotonic", lambda x: x + (time.monotonic() - time.monotonic()) * 1e-6, 2.0),
    ("time.time", lambda x: exp(-x * (START - now()) / 3.15e7), 2.0),
    ("datetime.now", lambda x: x / (LATER - datetime.datetime.now()).days, 2.0),
    ("datetime.now", lambda x: x / (LATER - Datetime.now()).days, 2.0),
    ("datetime.today", lambda x: x / (LATER - Datetime.today()).days, 2.0),
    ("date.today", lambda x: x * datetime.date.today().toordinal(), 2.0),
    ("time.time", lambda x: x if time.time() < START + 1e6 else -x, 2.0),
    ("time.time", grad(lambda x: x * x * now()), 2.0),
    ("time.time", value_and_grad(lambda p: p[0] * p[0] * now()), [2.0]),
    ("time.time", vmap(lambda x: x * now()), [2.0, 3.0]),
]


@pytest.mark.parametrize(("named", "f", "x"), CASES)
def test_the_time_is_refused_by_name_however_little_it_moves(named, f, x):
    with pytest.raises(JitError, match=rf"(?s)instead of {named}\(\).*test_clocks.py:\d+"):
        jit(f)(x)


def test_a_time_that_nothing_depends_on_is_none_of_ours():
    def timed(x):
        start = time.perf_counter()
        y = x * x
        assert time.perf_counter() >= start
        assert isinstance(datetime.datetime.now(), Datetime)
        return y

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f = jit(timed)
        assert [f(3.0), f(4.0)] == [9.0, 16.0]
    assert abs(time.time() - Datetime.now().timestamp()) < 10
    assert type(Datetime.now()) is datetime.datetime


@pytest.mark.parametrize(
    "draw",
    [
        lambda: os.urandom(1)[0],
        lambda: secrets.randbelow(2),
        lambda: uuid.uuid4().int % 2,
        lambda: random.SystemRandom().random(),
        lambda: float(np.random.default_rng().random()),
    ],
)
def test_random_numbers_of_the_system_are_refused_by_name(draw):
    with pytest.raises(JitError, match=r"os\.urandom.*\n  at .*test_clocks.py"):
        jit(lambda x: x * x + 1e-30 * draw())(2.0)
    assert len(os.urandom(2)) == 2
