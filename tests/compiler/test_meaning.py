"""jit means what Python means: a program is only used where it gives what the plain run gives."""

import collections
import copy
import io
import random
import re
import time
import warnings

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value, mean, sum, vmap
from micrograd.compiler import JitWarning
from micrograd.nn import MLP, BatchNorm, Dropout
from micrograd.optim import SGD


def jit(f, **options):
    return micrograd.jit(f, backend="numpy", **options)


def _plainly(f, *args):
    with pytest.warns(JitWarning) as caught:
        result = f(*args)
    return result, str(caught[0].message)


def _frozen(w):
    """The number of a Value, taken in a way that no trace can see."""
    return float(repr(w).split("=")[1].split(",")[0])


# What the judge sees


def test_a_frozen_number_is_found_by_moving_all_numbers():
    w = Value(2.0)

    def f(x):
        return x * _frozen(w)

    with pytest.raises(JitError, match=r"result is \S+ plainly, and \S+ compiled"):
        jit(f)(3.0)
    assert w.data == 2.0


def test_a_mismatch_names_the_output_the_numbers_and_the_line():
    w = Value(2.0)
    with pytest.raises(JitError) as caught:
        jit(lambda x: {"y": [w * x, (w - w + _frozen(w)) * x]})(Value(3.0))
    assert "result['y'][1] is" in str(caught.value)
    assert "test_meaning.py" in str(caught.value)
    assert "strict=True" in str(caught.value)


def test_a_function_of_the_time_is_refused_and_no_defect():
    with pytest.raises(JitError, match="something else each time") as caught:
        jit(lambda x: x * time.perf_counter())(3.0)
    assert "please report" not in str(caught.value)


def test_a_refused_call_leaves_everything_as_it_was():
    w, notes = Value(2.0), [1.0]
    micrograd.random.seed(3)

    def f(x):
        return x * float(x) * w * micrograd.random.uniform() * notes[0]

    before = micrograd.random.default.state()
    with pytest.raises(JitError, match="is not a float"):
        jit(f)(1.0)
    assert (w.data, w.grad, notes) == (2.0, 0.0, [1.0])
    assert micrograd.random.default.state() == before


def test_what_large_terms_leave_when_they_cancel_is_not_refused():
    w = [Value(0.1 * i) for i in range(1, 6)]
    f = jit(lambda x: sum([(a * x).sin() ** 2 + (a * x).cos() ** 2 for a in w]))
    assert f(0.7).data == pytest.approx(5.0, rel=1e-15)
    centred = jit(lambda xs: sum([x - mean(xs) for x in xs]))
    assert centred([0.3, 1.7, 2.9]) == pytest.approx(0.0, abs=1e-14)


def test_a_wrong_small_number_beside_a_large_one_is_found():
    w = Value(1.0)
    with pytest.raises(JitError, match=r"result\[1\]"):
        jit(lambda x: (1e12 * x * w, _frozen(w) * x * w))(Value(3.0))


def test_random_numbers_are_drawn_once_for_a_first_call():
    drop = Dropout(0.5)
    f = lambda xs: sum(drop(xs))  # noqa: E731
    numbers = {}
    for name, g in (("plain", f), ("compiled", jit(f))):
        micrograd.random.seed(5)
        results = [g([1.0, 2.0, 3.0]) for _ in range(3)]
        numbers[name] = results, micrograd.random.default.state()
    assert numbers["plain"] == numbers["compiled"]


def test_running_state_moves_once_for_a_first_call():
    norms = [BatchNorm(1), BatchNorm(1)]
    batch = [[Value(1.0)], [Value(3.0)]]
    for norm, wrap in zip(norms, (lambda f: f, jit)):
        wrap(lambda xs, norm=norm: sum([row[0] for row in norm(xs)]))(batch)
    assert norms[0].running.mean[0].data == norms[1].running.mean[0].data == 0.2


def counted_loss():
    """A loss of one example, and what it writes a dot into each time that it runs."""
    runs, model = io.StringIO(), MLP(2, [8, 1], seed=1)

    def loss(x):
        print(end=".", file=runs)
        return model(x) ** 2

    return loss, runs


def test_a_large_batch_is_judged_by_a_few_examples():
    loss, runs = counted_loss()
    X = np.random.default_rng(0).normal(size=(20_000, 2))
    total = jit(lambda X: mean(vmap(loss)(X)))(X)
    assert len(runs.getvalue()) < 20
    few = jit(lambda X: mean(vmap(loss)(X)))
    parts = [few(X[i : i + 100]).data for i in range(0, 20_000, 100)]
    assert total.data == pytest.approx(np.mean(parts), rel=1e-12)


def test_a_batch_is_computed_plainly_once_and_moved_for_a_few_examples():
    loss, runs = counted_loss()
    X = np.random.default_rng(0).normal(size=(100, 2))
    jit(lambda X: mean(vmap(loss)(X)))(X)
    assert 100 <= len(runs.getvalue()) < 110


# Effects


def test_a_training_step_under_jit_does_what_it_does_without():
    paths = []
    for wrap in (lambda f: f, jit):
        model = MLP(2, [3, 1], seed=1)
        optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)

        def step(x, y, model=model, optimizer=optimizer):
            loss = (model(x) - y) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.data

        step = wrap(step)
        losses = [step([1.0, -2.0], 0.5) for _ in range(4)]
        paths.append([*losses, *[p.data for p in model.parameters()]])
    assert paths[0] == pytest.approx(paths[1], rel=1e-12)


def test_effects_that_cannot_be_compiled_run_plainly_and_that_is_said_once():
    w = Value(2.0, label="w")

    @jit
    def step(x, losses):
        w.grad = 0.0
        (w * x * x).backward()
        losses.append(w.grad)
        return w.grad

    losses = []
    result, said = _plainly(step, 2.0, losses)
    assert result == 4.0
    assert "w.grad" in said
    assert "the list argument 1 of step" in said
    assert re.search(r"test_meaning.py:\d+: w.grad = 0.0", said)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (step(3.0, losses), step(5.0, losses)) == (9.0, 25.0)
    assert losses == [4.0, 9.0, 25.0]


@pytest.mark.parametrize("kind", ["list", "dict", "variable", "attribute", "array", "argument"])
def test_effects_are_seen_wherever_they_are(kind):
    class Box:
        count = 0

    notes, table, box, array, count = [], {}, Box(), np.zeros(2), 0

    def f(x, xs):
        nonlocal count
        if kind == "list":
            notes.append(1.0)
        if kind == "dict":
            table["x"] = len(table) + table.get("x", 0)
        if kind == "variable":
            count += 1
        if kind == "attribute":
            box.count += 1
        if kind == "array":
            array[0] += 1
        if kind == "argument":
            xs.append(1.0)
        return 2.0 * x

    xs = [1.0]
    g = jit(f)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        g(Value(1.0), xs)
        g(Value(1.0), xs)
    moved = {
        "list": len(notes) == 2,
        "dict": table.get("x") == 1,
        "variable": count == 2,
        "attribute": box.count == 2,
        "array": array[0] == 2,
        "argument": len(xs) == 3,
    }
    assert moved == dict.fromkeys(moved, False) | {kind: True}
    assert [kind in str(w.message) for w in caught] == [True] * (kind == "argument")


def test_effects_on_another_path_are_seen_when_it_is_taken():
    w = Value(1.0)

    @jit
    def f(x):
        if x > 1.0:
            (w * x).backward()
        return x * 2.0

    f(0.5)
    f(0.7)
    assert w.grad == 0.0
    f(2.0)
    f(2.0)
    assert w.grad == 4.0


def test_random_numbers_of_python_and_numpy_are_refused():
    state = random.getstate()
    with pytest.raises(JitError, match="Python's random"):
        jit(lambda x: x * random.random())(1.0)
    assert random.getstate() == state
    with pytest.raises(JitError, match="numpy"):
        jit(lambda x: x * np.random.uniform())(1.0)
    rng = np.random.default_rng(0)
    with pytest.raises(JitError, match="rng"):
        jit(lambda x: x * rng.uniform())(1.0)


@pytest.mark.parametrize("draws", [0, 1])
def test_numpy_goes_on_where_it_was_also_with_a_normal_number_that_it_has_kept(draws):
    np.random.seed(1)
    np.random.normal(size=draws)  # it draws two, and keeps one
    state = np.random.get_state(legacy=False)
    with pytest.raises(JitError, match="numpy"):
        jit(lambda x: x * np.random.normal())(1.0)
    np.testing.assert_equal(np.random.get_state(legacy=False), state)


def test_a_deque_or_a_set_that_changes_is_refused_by_name():
    last, seen = collections.deque([0.0], maxlen=2), set()

    def f(x):
        last.append(1.0)
        return x * 2.0

    with pytest.raises(JitError, match="deque"):
        jit(f)(1.0)
    assert list(last) == [0.0]
    with pytest.raises(JitError, match="a set"):
        jit(lambda x: (seen.add(1), x * 2.0)[1])(1.0)
    assert not seen


def test_an_iterator_from_outside_is_refused():
    numbers = (float(i) for i in range(10))
    with pytest.raises(JitError, match="numbers, a generator"):
        jit(lambda x: x * next(numbers))(1.0)
    assert next(numbers) == 0.0


def test_what_the_function_raises_comes_out_and_its_effects_stay():
    w = Value(1.0)

    @jit
    def f(x):
        w.data = 7.0
        raise ValueError("diverged")

    with pytest.raises(ValueError, match="diverged"):
        f(1.0)
    assert w.data == 7.0


# What is read


def test_data_is_the_number_of_each_call_and_passes_no_gradient():
    w = Value(3.0)
    f = jit(lambda x: x * x.data * w.data + w)
    for number in (2.0, 5.0):
        x = Value(number)
        y = f(x)
        w.grad = 0.0
        y.backward()
        assert (y.data, x.grad, w.grad) == (number * number * w.data + w.data, number * w.data, 1.0)
        w.data = 4.0
    assert type(jit(lambda x: x.data * 2.0)(Value(1.0))) is float


def test_a_branch_on_data_is_taken_at_each_call():
    f = jit(lambda x: x * 2.0 if x.data > 1.0 else x)
    assert [f(Value(x)).data for x in (0.5, 2.0, 0.7, 3.0)] == [0.5, 4.0, 0.7, 6.0]


def test_a_gradient_from_outside_is_that_of_each_call():
    w = Value(1.0)
    f = jit(lambda x: x - 0.1 * w.grad)
    for k in range(30):
        w.grad = float(k)
        assert f(1.0) == pytest.approx(1.0 - 0.1 * k)


def test_the_gradient_of_an_argument_is_that_of_each_call():
    f = jit(lambda x: x * x.grad)
    for k in range(3):
        x = Value(2.0)
        x.grad = float(k)
        assert f(x).data == 2.0 * k


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy])
def test_a_copy_is_a_value_of_its_own(twin):
    f = lambda x: twin(x) * 2.0 + twin(x * x) + x  # noqa: E731
    slopes = []
    for g in (f, jit(f)):
        for number in (2.0, 3.0):
            x = Value(number)
            y = g(x)
            y.backward()
            slopes.append((y.data, x.grad))
    assert slopes[:2] == slopes[2:]


def test_a_division_by_zero_that_is_caught_is_refused_by_its_name():
    def f(x, y):
        try:
            return x / y
        except ZeroDivisionError:
            return -1.0

    g = jit(f)
    assert g(2.0, 4.0) == 0.5
    with pytest.raises(JitError, match=r"Python raises on the way.*if y == 0"):
        g(2.0, 0.0)
