"""A jitted function is one big operation: what goes in and out of it behaves as without jit."""

import copy
import functools
import gc
import math
import pickle
import threading
import time
import warnings
import weakref

import numpy as np
import pytest

import micrograd
from micrograd import AnomalyError, Value, detect_anomaly, mean, no_grad, sum, vmap, where
from micrograd.nn import Module

jit = functools.partial(micrograd.jit, backend="numpy")


def test_parameters_are_read_at_each_call():
    w = Value(3.0)
    f = jit(lambda x: w * x)
    assert f(2.0).data == 6.0
    w.data = 5.0
    assert f(2.0).data == 10.0


def test_gradients_accumulate_into_parameters_and_arguments():
    w, x = Value(3.0), Value(2.0)
    y = jit(lambda x: w * x)(x)
    y.backward()
    y.backward()
    assert (w.grad, x.grad) == (4.0, 6.0)


def test_two_forward_calls_before_one_backward_do_not_share_memory():
    w = Value(3.0)
    f = jit(lambda x: (w * x).tanh())
    (f(0.1) * f(0.2)).backward()
    v = Value(3.0)
    ((v * 0.1).tanh() * (v * 0.2).tanh()).backward()
    assert w.grad == pytest.approx(v.grad, rel=1e-12)


def test_eager_code_before_and_after_takes_part_in_the_gradient():
    w, x = Value(3.0), Value(0.5)
    inner = x.sin()
    (jit(lambda a: w * a * a)(inner) + inner).exp().backward()
    v, z = Value(3.0), Value(0.5)
    eager = z.sin()
    (v * eager * eager + eager).exp().backward()
    assert (w.grad, x.grad) == pytest.approx((v.grad, z.grad), rel=1e-12)


def test_a_captured_result_of_eager_code_passes_its_gradient_on():
    w = Value(3.0)
    scaled = w * 2.0
    jit(lambda x: scaled * x)(5.0).backward()
    assert w.grad == 10.0


def test_outputs_have_gradients_of_their_own():
    x = Value(2.0)
    square, cube = jit(lambda x: (x * x, x * x * x))(x)
    (square + 10.0 * cube).backward()
    assert x.grad == 4.0 + 120.0


def test_an_output_that_is_returned_twice_counts_twice():
    x = Value(2.0)
    square, again = jit(lambda x: (lambda y: (y, y))(x * x))(x)
    (square + again).backward()
    assert x.grad == 8.0


def test_arguments_parameters_and_constants_can_be_results():
    w, x = Value(3.0), Value(2.0)
    a, b, c, number = jit(lambda x: (x, w, Value(4.0), 5.0))(x)
    assert (a.data, b.data, c.data, number) == (2.0, 3.0, 4.0, 5.0)
    (a * b * c).backward()
    assert (x.grad, w.grad) == (12.0, 8.0)


def test_results_keep_their_structure():
    result = jit(lambda x: {"a": [x, (x + 1.0,)], "b": x > 0})(2.0)
    assert result["a"][0] == 2.0
    assert result["a"][1][0] == 3.0
    assert result["b"] is True


def test_a_first_call_without_gradients_does_not_lose_those_of_later_calls():
    w = Value(3.0)
    f = jit(lambda x: w * x)
    with no_grad():
        assert f(2.0).parents == ()
    f(2.0).backward()
    assert w.grad == 2.0


def test_no_grad_inside_is_honoured():
    w = Value(3.0)

    @jit
    def f(x):
        with no_grad():
            held = w * x
        return held * w

    f(2.0).backward()
    assert w.grad == 6.0


def test_detach_inside_is_honoured():
    x = Value(3.0)
    jit(lambda x: x.detach() * x)(x).backward()
    assert x.grad == 3.0


def test_anomalies_are_found_inside_a_jitted_function():
    f = jit(lambda x: x.log())
    with detect_anomaly(), pytest.raises(AnomalyError, match="log"):
        f(Value(0.0))


def test_tracing_and_checking_leave_gradients_as_they_were():
    w = Value(3.0)
    w.grad = 7.0
    jit(lambda x: w * x)(1.0)
    assert w.grad == 7.0


def test_threads_can_call_the_same_function():
    w = [Value(float(i)) for i in range(5)]
    f = jit(lambda xs: sum([a * x.tanh() for a, x in zip(w, xs)]))
    f([Value(1.0) for _ in w])
    wrong = []

    def work(k):
        for i in range(20):
            numbers = [float(k + i + j) for j in range(5)]
            xs = [Value(x) for x in numbers]
            y = f(xs)
            y.backward()
            expected = [j * (1 - np.tanh(x) ** 2) for j, x in enumerate(numbers)]
            if not np.allclose([x.grad for x in xs], expected, atol=1e-12):
                wrong.append(numbers)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_a_trace_puts_in_variables_is_no_change_that_other_threads_see():
    source = """
def f(x):
    sleep(0.01)
    return exp(x) * x if isinstance(x, float) else x
"""
    names = {"sleep": time.sleep, "exp": math.exp}
    exec(source, names)
    before, results = dict(names), []

    def work(delay):
        time.sleep(delay)
        g = jit(names["f"])
        results.append([g(2.0), g(3.0)])

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        threads = [threading.Thread(target=work, args=(0.004 * k,)) for k in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [[2 * math.exp(2), 3 * math.exp(3)]] * 5
    assert not warned
    assert names == before


def test_closures_over_lists_lambdas_and_partials():
    w = [Value(1.0), Value(2.0)]
    f = jit(functools.partial(lambda w, xs: sum([a * x for a, x in zip(w, xs)]), w))
    f([3.0, 4.0]).backward()
    assert [p.grad for p in w] == [3.0, 4.0]


class Scale:
    def __init__(self, w):
        self.w = Value(w)
        self.loss = jit(self._loss)

    def parameters(self):
        return [self.w]

    def _loss(self, x):
        return self.w * x

    @jit
    def twice(self, x):
        """Scale and double."""
        return self.w * x * 2.0


def test_a_method_can_be_jitted():
    one, other = Scale(3.0), Scale(4.0)
    assert (one.twice(2.0).data, other.twice(2.0).data) == (12.0, 16.0)
    assert Scale.twice.__doc__ == "Scale and double."


def test_a_copied_model_uses_its_own_parameters():
    model = Scale(3.0)
    model.loss(1.0)
    twin = copy.deepcopy(model)
    twin.w.data = 5.0
    assert (model.loss(2.0).data, twin.loss(2.0).data) == (6.0, 10.0)


def test_a_jitted_function_can_be_pickled_and_is_compiled_anew():
    assert pickle.loads(pickle.dumps(cubed))(2.0) == 8.0


def _cube(x):
    return x * x * x


cubed = jit(_cube)


class Noisy(Module):
    def __init__(self):
        self.w = Value(2.0)

    def __call__(self, x):
        return self.w * x * (10.0 if self.training else 1.0)


def test_train_and_eval_are_different_programs():
    model = Noisy()
    f = jit(lambda x: model(x))
    assert f(1.0).data == 20.0
    model.eval()
    assert f(1.0).data == 2.0
    model.train()
    assert f(1.0).data == 20.0


def test_jit_inside_jit_is_inlined():
    inner = jit(lambda x: x * x)
    x = Value(3.0)
    jit(lambda x: inner(x) + inner(inner(x)))(x).backward()
    assert x.grad == 6.0 + 4 * 27.0


def test_vmap_inside_vmap_meets_every_pair():
    numbers = np.array([1.0, 2.0, 5.0])

    def distances(X):
        return sum(vmap(lambda x: sum(vmap(lambda z: (x - z) ** 2)(X)))(X))

    assert jit(distances)(numbers) == 52.0


def test_a_batch_may_hold_what_is_the_same_for_every_example():
    w = Value(3.0)
    assert jit(vmap(lambda x: (x, w, 2.0)))(np.ones(3))[1].data.tolist() == [3.0] * 3
    total = jit(lambda X: sum(vmap(lambda x: w)(X)))(np.ones(3))
    total.backward()
    assert (total.data, w.grad) == (9.0, 3.0)


def test_no_examples_are_as_without_jit():
    f = jit(lambda X: mean(vmap(lambda x: x[0])(X)))
    with pytest.raises(ValueError, match="no values"):
        f(np.zeros((0, 2)))
    assert f(np.ones((3, 2))) == 1.0
    with pytest.raises(ValueError, match="no values"):
        f(np.zeros((0, 2)))


def test_zero_times_infinity_is_nan_in_gradients_too():
    x, same = Value(2.0), Value(2.0)
    jit(lambda x: (x * 0.0).log())(x).backward()
    (same * 0.0).log().backward()
    assert str(x.grad) == str(same.grad) == "nan"


@pytest.mark.parametrize(
    "f", [lambda x: (x.detach() - x).sqrt(), lambda x: where(x >= 1, x - 1.0, 1.0).log()]
)
def test_what_passes_no_gradient_on_passes_no_nan_on(f):
    x, same = Value(1.0), Value(1.0)
    jit(f)(x).backward()
    f(same).backward()
    assert x.grad == same.grad
    assert abs(x.grad) == float("inf")


def test_mapped_gradients_are_arrays():
    X = np.arange(6.0)
    value, slope = jit(vmap(micrograd.value_and_grad(lambda x: x * x * x)))(X)
    assert np.allclose(value, X**3)
    assert np.allclose(slope, 3 * X**2)
    assert jit(vmap(lambda x: x > 2.0))(X).tolist() == [x > 2 for x in X]


def test_a_result_that_is_dropped_frees_its_memory_at_once():
    jitted = jit(lambda xs: sum([x * x for x in xs]))
    xs = [Value(1.0), Value(2.0)]
    out = jitted(xs)
    out.backward()
    gone = weakref.ref(out)
    gc.disable()
    try:
        del out
        assert gone() is None
    finally:
        gc.enable()
