"""Random numbers are the same eagerly and compiled, new at each call, and can be taken up again."""

import copy
import pickle
import threading

import numpy as np
import pytest

from micrograd import Value, jit, mean, random, vmap, where
from micrograd.random import NORMAL, UNIFORM, Generator


def test_one_seed_gives_one_sequence():
    first, second, other = Generator(1), Generator(1), Generator(2)
    numbers = [first.uniform().data for _ in range(5)]
    assert [second.uniform().data for _ in range(5)] == numbers
    assert [other.uniform().data for _ in range(5)] != numbers


def test_without_a_seed_each_generator_is_another():
    assert Generator().uniform().data != Generator().uniform().data


def test_the_state_can_be_saved_and_set():
    generator = Generator(3)
    generator.normal()
    state = generator.state()
    expected = [generator.normal().data for _ in range(3)]
    generator.set_state(state)
    assert [generator.normal().data for _ in range(3)] == expected
    for twin in (copy.deepcopy(generator), pickle.loads(pickle.dumps(generator))):
        assert twin.state() == generator.state()


def test_many_numbers_at_once_are_those_drawn_one_by_one():
    kinds = [UNIFORM, NORMAL, UNIFORM]
    one, many = Generator(5), Generator(5)
    expected = [[one.number(kind) for kind in kinds] for _ in range(4)]
    assert many.numbers(kinds, 4).tolist() == expected
    assert one.state() == many.state()


def test_the_distributions_have_their_moments():
    generator = Generator(0)
    u = generator.numbers([UNIFORM], 40000)
    z = generator.numbers([NORMAL], 40000)
    assert 0 <= u.min() < u.max() < 1
    assert u.mean() == pytest.approx(0.5, abs=0.01)
    assert u.var() == pytest.approx(1 / 12, abs=0.005)
    assert z.mean() == pytest.approx(0.0, abs=0.03)
    assert z.var() == pytest.approx(1.0, abs=0.05)
    ones = [generator.bernoulli(0.2).data for _ in range(5000)]
    assert set(ones) == {0.0, 1.0}
    assert np.mean(ones) == pytest.approx(0.2, abs=0.03)


def test_gradients_pass_to_where_the_numbers_lie():
    mean_of, std = Value(1.0), Value(2.0)
    z = Generator(4).normal().data
    Generator(4).normal(mean_of, std).backward()
    assert (mean_of.grad, std.grad) == (1.0, z)


def test_threads_share_a_generator_without_sharing_numbers():
    generator, found = Generator(6), []
    draw = lambda: found.extend(generator.number(UNIFORM) for _ in range(500))  # noqa: E731
    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 2000


def noisy(x, y):
    return x * random.uniform() + y * random.normal() + random.bernoulli(0.3)


def sequence(f, seed, *args, calls=4):
    random.seed(seed)
    return [f(*args).data for _ in range(calls)]


@pytest.mark.parametrize("backend", ["c", "numpy"])
def test_compiled_calls_draw_what_eager_calls_draw(backend):
    def f(x):
        return noisy(x, 2.0) * random.uniform(-1.0, 1.0)

    expected = sequence(f, 1, Value(0.5))
    assert len(set(expected)) == 4
    assert sequence(jit(f, backend=backend), 1, 0.5) == pytest.approx(expected, rel=1e-12)


def test_each_example_of_a_batch_has_its_own_numbers():
    def f(X, Y):
        return mean(vmap(noisy)(X, Y)) * random.uniform() + mean(vmap(noisy)(Y, X))

    compiled = jit(f)
    for n in (5, 3, 1):
        X, Y = np.arange(float(n)), np.ones(n)
        expected = sequence(f, n, X.tolist(), Y.tolist())
        assert sequence(compiled, n, X, Y) == pytest.approx(expected, rel=1e-12)


def test_two_generators_keep_their_own_sequences():
    one, two = Generator(1), Generator(2)

    def f(x):
        return x * one.uniform() + two.normal() * one.uniform()

    def run(g):
        one.seed(1)
        two.seed(2)
        return [mean(vmap(g)(np.ones(3))).data for _ in range(3)]

    compiled = jit(lambda X: mean(vmap(f)(X)))
    expected = run(f)
    one.seed(1)
    two.seed(2)
    assert [compiled(np.ones(3)).data for _ in range(3)] == pytest.approx(expected, rel=1e-12)


def test_a_branch_that_flips_draws_nothing_twice():
    def f(x):
        u = random.uniform()
        return u * 2.0 if x * u > 0.5 else u - 1.0

    compiled = jit(f)
    assert sequence(compiled, 9, 1.0, calls=12) == pytest.approx(
        sequence(f, 9, Value(1.0), calls=12), rel=1e-12
    )


def test_the_gradient_is_that_of_the_numbers_drawn():
    weight = Value(3.0)

    @jit
    def f(x):
        return weight * where(random.uniform() < 0.5, x, 0.0) + random.normal() * weight

    random.seed(2)
    for _ in range(4):
        out = f(2.0)
        weight.grad = 0.0
        out.backward()
        assert weight.grad == pytest.approx(out.data / 3.0)


def test_a_seed_or_a_state_that_is_none_is_refused():
    with pytest.raises(TypeError, match="whole number, got 'a'"):
        Generator("a")
    with pytest.raises(ValueError, match="a seed and a position"):
        Generator(1).set_state({"seed": 1})


def test_looking_inside_draws_nothing():
    compiled = jit(lambda x: x * random.uniform() + random.normal())
    random.seed(7)
    before = random.default.state()
    for look in (compiled.trace, compiled.lower, compiled.source):
        look(1.0)
        assert random.default.state() == before


def test_random_numbers_are_arguments_of_the_standalone_source():
    text = jit(vmap(lambda x: x * random.uniform())).source([1.0, 2.0])
    assert "random1[batch][1]" in text


def test_draws_are_refused_where_somebody_asks_for_it():
    with random.refused(RuntimeError("not here")), pytest.raises(RuntimeError, match="not here"):
        random.uniform()
    random.uniform()


def test_a_batch_that_is_only_counted_has_numbers_for_each_example():
    compiled = jit(lambda X: mean(vmap(lambda x: random.uniform())(X)))
    for n in (4, 4, 7):
        random.seed(2)
        expected = np.mean([random.uniform().data for _ in range(n)])
        random.seed(2)
        assert compiled(np.zeros(n)).data == pytest.approx(expected)
