"""Whole training steps compile: ten calls of each kind, equal in results and in all state."""

import copy
import itertools
import os
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import pytest
from support import steps
from support.random_steps import CALLS, RandomStep

import micrograd
from micrograd import Value

QUICK = ("descent_by_hand", "adam", "clipping_by_hand")
SLOW = (  # like others, or large
    *("a_small_gpt", "a_schedule_and_batch_norm", "one_example_after_the_other"),
    *("sgd", "nesterov", "adamw"),
)


def jit(f, **options):
    return micrograd.jit(f, **{"backend": "numpy", **options})


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _deep(names):
    return [pytest.param(n, marks=pytest.mark.deep if n in names else []) for n in steps.KINDS]


@pytest.mark.parametrize("name", _deep(SLOW))
def test_a_step_compiles_and_leaves_what_the_plain_one_leaves(name):
    assert steps.differing(name, jit) is None


@pytest.mark.parametrize("name", _deep(set(steps.KINDS) - set(QUICK)))
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


@pytest.mark.parametrize(
    "seeds", [range(3), pytest.param(range(3, 100), marks=pytest.mark.deep)], ids=["few", "many"]
)
def test_random_steps_compile_and_leave_what_plain_ones_leave(seeds):
    for seed in seeds:
        plain, compiled = RandomStep(seed), RandomStep(seed)
        step = jit(lambda x, y, step=compiled: step(x, y))
        for args in CALLS:
            results = [steps.pictured([f(*args)]) for f in (plain, step)]
            assert steps.alike(*results), (seed, plain.parts)
            states = [steps.pictured(s.state()) for s in (plain, compiled)]
            assert steps.alike(*states), (seed, plain.parts)
        assert step.report().plainly is None, (seed, plain.parts)


def test_values_given_twice_are_written_as_one():
    seen = []
    for wrap in (lambda f: f, jit):
        a, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]

        @wrap
        def step(p, q, x):
            loss = (p[0] * q[1] * x + p[1] * q[0]) ** 2
            loss.backward()
            for v in (*p, *q):
                v.data -= 0.001 * v.grad
            return loss.data

        calls = [(a, b), (a, b), (a, a), (b, b), (b, a), ([a[0], b[0]], [a[0], b[1]])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen.append([[step(p, q, 0.5), *[v.data for v in a + b]] for p, q in calls])
    assert steps.alike(*seen)


class Counts:
    """Something with many attributes."""


def test_a_step_may_change_as_many_places_as_it_likes():
    names = [f"count_{k}" for k in range(100)]

    def stepping(w, counts):
        def step(x):
            loss = (w * x - 3.0) ** 2
            loss.backward()
            w.data -= 0.01 * w.grad
            for name in names:
                setattr(counts, name, 0.5 * getattr(counts, name) + x)
            return loss.data

        return step

    seen = []
    for wrap in (lambda f: f, micrograd.jit):
        w, counts = Value(1.0), Counts()
        vars(counts).update({name: float(k) for k, name in enumerate(names)})
        step = wrap(stepping(w, counts))
        seen.append([[step(0.5 * k), w.data, *vars(counts).values()] for k in range(6)])
    assert steps.alike(*seen)


def test_without_gradients_a_step_runs_plainly():
    seen = []
    for wrap in (lambda f: f, jit):
        w = Value(1.0)

        @wrap
        def step(x, w=w):
            loss = (w * x - 3.0) ** 2
            loss.backward()
            w.data -= 0.1 * w.grad
            return loss.data

        numbers = [step(1.0), step(2.0)]
        with micrograd.no_grad():
            numbers.append(step(2.0))
        seen.append([*numbers, w.data, w.grad])
    assert steps.alike(*seen)


def test_backward_after_the_data_has_changed_raises():
    w = Value(1.0)

    @jit
    def step(x):
        loss = (w * x - 3.0) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        return loss

    step(1.0)
    loss = step(1.0)
    with pytest.raises(micrograd.JitError, match="call backward inside"):
        loss.backward()


def test_a_list_that_is_read_while_it_grows_runs_plainly_and_says_so():
    history = []

    def step(x):
        history.append(x * 2.0)
        return sum(history)

    compiled = jit(step)
    with pytest.warns(micrograd.compiler.JitWarning, match="history gets longer at each call"):
        assert compiled(1.0) == 2.0
    assert compiled(2.0) == 6.0
    assert history == [2.0, 4.0]


def test_max_and_min_of_numbers_are_operations():
    w = [Value(1.0), Value(3.0), Value(2.0)]
    largest = jit(
        lambda x: (max([v.data * x for v in w]), min(w[0].data, x), max(x, 2.0, w[1].data))
    )
    for data in ((1.0, 3.0, 2.0), (5.0, -3.0, 2.0), (0.0, 1.0, 9.0)):
        for v, number in zip(w, data):
            v.data = number
        assert largest(2.0) == (2.0 * max(data), min(data[0], 2.0), max(2.0, data[1]))
    assert largest.cache_info().made == 1


def test_a_call_that_fails_leaves_everything_as_a_plain_one_does():
    w, count = Value(1.0), 0

    @jit
    def step(x):
        nonlocal count
        count += 1
        w.data = w.data * x
        if w.data > 5:
            raise ValueError("diverged")
        return w.data

    step(1.0)
    step(2.0)
    with pytest.raises(ValueError, match="diverged"):
        step(3.0)
    assert (w.data, count) == (6.0, 3)
    assert step(0.5) == 3.0


def test_a_step_of_too_many_paths_runs_plainly_and_says_so():
    w, count, rates = Value(1.0), 0, [0.01 * k for k in range(30)]

    @jit
    def step(x):
        nonlocal count
        count += 1
        w.data -= rates[count] * x  # an index holds for this very number
        return w.data

    plain = 1.0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for k in range(1, 22):
            plain -= rates[k] * 0.5
            assert step(0.5) == pytest.approx(plain)
    assert [w.category for w in caught] == [micrograd.compiler.JitWarning] * 2
    assert "after 16 it runs plainly" in str(caught[0].message)
    assert "more than 16 paths" in str(caught[1].message)
    assert "more than 16 paths" in str(step.report())


def test_looking_inside_of_a_step_changes_nothing():
    w = Value(1.0, label="w")

    @jit
    def step(x):
        (w * x).backward()
        w.data -= w.grad
        return w.data

    for look in (step.lower, step.trace, step.source):
        with pytest.raises(
            micrograd.JitError, match=r"look at the loss alone(.|\n)*test_whole_steps"
        ):
            look(2.0)
    assert (w.data, w.grad) == (1.0, 0.0)


def test_a_new_value_that_is_returned_has_its_gradient():
    w = Value(2.0)

    def step(x):
        copied = copy.deepcopy(w)
        (copied * x).backward()
        return copied, copied.grad

    compiled = micrograd.jit(step, backend="numpy")
    for x in (1.0, 3.0, -2.0):
        copied, slope = compiled(x)
        assert (copied.data, copied.grad, slope) == (2.0, x, x)


class Trainer:
    """A step that is a method: what it reads and changes are attributes of its object."""

    def __init__(self, w, name="one"):
        self.w, self.name, self.count, self.losses = Value(w), name, 0, []

    def __eq__(self, other):  # what is equal may yet hold something else
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def step(self, x):
        loss = (self.w * x - 1.0) ** 2
        self.w.grad = 0.0
        loss.backward()
        self.w.data -= 0.1 * self.w.grad
        self.count += 1
        self.losses.append(loss.data)
        return loss.data


class Compiled(Trainer):
    step = jit(Trainer.step)


class Inheriting(Compiled):
    def step(self, x):
        return super().step(x) + 1.0


@pytest.mark.parametrize("kind", [Compiled, Inheriting])
def test_a_step_that_is_a_method_is_compiled_for_each_object(kind):
    objects, plain = [kind(0.5), kind(2.0)], [Trainer(0.5), Trainer(2.0)]
    for x in (1.0, 2.0, 0.5, 1.5):
        for one, other in zip(objects, plain):
            assert one.step(x) - (kind is Inheriting) == pytest.approx(other.step(x))
            assert (one.w.data, one.count) == (pytest.approx(other.w.data), other.count)
            assert one.losses == pytest.approx(other.losses)
    assert Compiled.step.cache_info().programs >= 2


def test_static_arguments_that_are_equal_are_told_apart_by_their_state():
    f = jit(lambda t, x: t.w * x, static_argnums=0)
    assert [f(t, 2.0).data for t in (Trainer(1.0), Trainer(3.0), Trainer(5.0))] == [2.0, 6.0, 10.0]


def test_a_step_is_done_once_at_its_first_call():
    calls = []
    w = Value(1.0)

    def noted(x):
        calls.append(type(x))
        return x

    def step(x):
        w.grad = 0.0
        (w * noted(x)).backward()
        w.data -= 0.1 * w.grad
        return w.data

    f = jit(step)
    assert f(2.0) == pytest.approx(0.8)
    assert calls == [float]
    assert f(2.0) == pytest.approx(0.6)


def test_a_step_that_raises_leaves_what_it_did_before():
    w = Value(1.0)

    @jit
    def step(x):
        (w * x).backward()
        return [1.0][int(w.grad)]

    with pytest.raises(IndexError):
        step(2.0)
    assert w.grad == 2.0


def test_a_long_step_has_a_program_of_a_further_length_when_that_has_come_some_times():
    def trainer(wrap):
        params = [Value(k / 1000) for k in range(3000)]

        def step(xs):
            loss = sum(p * x for p, x in zip(params, itertools.cycle(xs))).tanh()
            loss.backward()
            for p in params:
                p.data -= 0.01 * p.grad + 0.001 * p.data
                p.grad = 0.0
            return loss.data

        return wrap(step), params

    lengths = [3, 3] + 257 * [2] + [3, 2]
    (plain, expected), (step, params) = trainer(lambda f: f), trainer(micrograd.jit)
    programs = []
    for k, n in enumerate(lengths):
        xs = [0.01 * (k % 9 + i) for i in range(n)]
        assert step(xs) == pytest.approx(plain(xs), rel=1e-9)
        programs.append(step.cache_info().programs)
    assert programs == [1] * 258 + [2] * 3
    assert [p.data for p in params] == pytest.approx([p.data for p in expected], rel=1e-9)
