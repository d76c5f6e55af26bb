"""no_grad and detect_anomaly: per thread, nested, also as decorators."""

import math
import threading

import pytest

from micrograd import AnomalyError, detect_anomaly, no_grad


def test_no_grad_results_are_leaves(Value):
    a = Value(2.0)
    with no_grad():
        for out in (a * 3, a + a, a.tanh(), a**2, 2**a, a - 1, 1 / a, sum([a, a])):
            assert (out.parents, out._op) == ((), "")
    assert (a * 3).parents != ()


def test_no_grad_as_a_decorator(Value):
    @no_grad()
    def triple(v):
        return v * 3

    a = Value(2.0)
    assert triple(a).parents == ()
    assert triple(a).data == 6.0
    assert (a * 3).parents != ()


def test_no_grad_nests_and_ends_with_an_exception(Value):
    a = Value(2.0)
    with no_grad():
        with pytest.raises(KeyError), no_grad():
            raise KeyError
        assert (a * 3).parents == ()
    assert (a * 3).parents != ()


def test_one_context_is_used_again_and_inside_itself(Value):
    a, quiet = Value(2.0), no_grad()
    for _ in range(2):
        with quiet:
            with quiet:
                assert (a * 3).parents == ()
            assert (a * 3).parents == ()
        assert (a * 3).parents != ()


def test_a_decorated_function_may_call_itself(Value):
    @no_grad()
    def power(v, n):
        return power(v, n - 1) * v if n else v

    assert power(Value(2.0), 3).data == 16.0
    assert (Value(2.0) * 3).parents != ()


def test_modes_are_per_thread(Value):
    a, seen = Value(2.0), []

    def work():
        seen.append((a * 3).parents != ())
        with no_grad():
            seen.append((a * 3).parents == ())
            inside.set()
            go_on.wait(10)

    inside, go_on = threading.Event(), threading.Event()
    with no_grad(), detect_anomaly():
        thread = threading.Thread(target=work)
        thread.start()
        inside.wait(10)
    outside = (a * 3).parents != ()
    go_on.set()
    thread.join()
    assert seen == [True, True]
    assert outside


@pytest.mark.parametrize(
    ("make", "symbol"),
    [
        (lambda v: (v - 2).log() * 3, "log"),
        (lambda v: 1 / (v - 2), r"\*\*-1"),
        (lambda v: (v * 1000).exp(), "exp"),
        (lambda v: (v - 3) ** 0.5, r"\*\*0.5"),
        (lambda v: v * 1e308, r"\*"),
        (lambda v: v * 1e308 + v, r"\*"),
        (lambda v: v**1e9, r"\*\*"),
    ],
)
def test_the_operation_that_first_made_a_nan_is_named(Value, make, symbol):
    v = Value(2.0, label="speed")
    with detect_anomaly(), pytest.raises(AnomalyError, match=symbol):
        make(v)
    make(v)


def test_the_message_shows_the_parents(Value):
    with detect_anomaly(), pytest.raises(AnomalyError, match="label='speed'"):
        Value(-2.0, label="speed").log()


def test_what_was_not_finite_before_is_not_reported(Value):
    with detect_anomaly():
        out = Value(math.inf) * 2 + Value(math.nan)
        out.backward()
    assert math.isnan(out.data)


def test_the_backward_step_that_first_made_an_infinity_is_named(Value):
    v = Value(0.0, label="x")
    out = v.sqrt() * 2
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"sqrt.*label='x'"):
        out.backward()
    assert not math.isfinite((v.sqrt()).partials()[0])


def test_a_hand_set_backward_is_watched_too(Value):
    v = Value(1.0, label="x")
    out = Value(1.0, (v,), "mine")

    def backward():
        v.grad += math.nan

    out._backward = backward
    with detect_anomaly(), pytest.raises(AnomalyError, match="mine"):
        (out * 2).backward()


def test_a_sum_of_gradients_that_overflows_is_named(Value):
    v = Value(1.0)
    out = v * 1.5e308 + v * 1.5e308 * 0.5
    with detect_anomaly(), pytest.raises(AnomalyError):
        out.backward()


def test_ordinary_training_passes(Value):
    v = Value(0.5)
    with detect_anomaly():
        out = (v.tanh() * v.exp() / (v + 1)).relu() ** 2
        out.backward()
    assert v.grad > 0


def test_values_made_in_many_threads(Value):
    results = {}

    def work(n):
        a = Value(float(n))
        out = a
        for _ in range(300):
            out = out * 0.5 + a
        out.backward()
        results[n] = (a.grad, out.data)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert {g for g, _ in results.values()} == {2.0}
    assert results[4][1] == 8.0
