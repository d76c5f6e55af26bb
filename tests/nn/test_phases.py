"""Dropout and batch normalisation: one thing while training, another afterwards, jitted or not."""

import copy
import warnings

import numpy as np
import pytest

from micrograd import Value, jit, mean, random, vmap
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Linear, Module, Sequential
from micrograd.optim import SGD
from micrograd.train import fit

BATCH = [[1.0, 10.0], [2.0, 30.0], [6.0, 20.0]]


def test_dropout_forgets_a_share_and_keeps_the_expectation():
    random.seed(1)
    out = [v.data for v in Dropout(0.25)([Value(3.0)] * 4000)]
    assert {round(x, 12) for x in out} == {0.0, 4.0}
    assert np.mean(out) == pytest.approx(3.0, abs=0.1)


def test_dropout_does_nothing_in_evaluation_mode():
    xs = [Value(1.0), Value(2.0)]
    assert Dropout(0.9).eval()(xs) is xs
    assert Dropout(0.0)(xs) is xs


def test_dropout_keeps_the_shape_of_nested_lists_and_refuses_odd_shares():
    assert [len(row) for row in Dropout(0.5)([[1.0, 2.0], [3.0]])] == [2, 1]
    for p in (1.0, -0.1):
        with pytest.raises(ValueError, match=f"got {p}"):
            Dropout(p)


def test_dropout_takes_an_array_as_the_lists_of_its_numbers():
    numbers, drop = [[1.0, 2.0], [3.0, 4.0]], Dropout(0.5, random.Generator(1))
    again = Dropout(0.5, random.Generator(1))
    assert drop(np.array(numbers)) == again(numbers)
    assert drop(np.float64(2.0)) == again(2.0)


class Net(Module):
    def __init__(self):
        self.hidden = Layer(2, 8, seed=1)
        self.drop = Dropout(0.5)
        self.out = Layer(8, 1, nonlin=False, seed=2)

    def __call__(self, x):
        return self.out(self.drop(self.hidden(x)))


def test_a_compiled_model_drops_what_an_eager_one_drops_and_stops_when_it_is_evaluated():
    net = Net()
    X = np.random.default_rng(0).normal(size=(6, 2))

    def f(X):
        return mean(vmap(net)(X))

    compiled = jit(f)
    random.seed(5)
    expected = [f(X.tolist()).data for _ in range(3)]
    random.seed(5)
    assert [compiled(X).data for _ in range(3)] == pytest.approx(expected, rel=1e-12)
    net.eval()
    assert compiled(X).data == pytest.approx(f(X.tolist()).data, rel=1e-12)
    assert compiled(X).data == compiled(X).data
    net.train()
    assert compiled(X).data != compiled(X).data


def train_net(X, Y, epochs, **more):
    net = Net()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        fit(
            lambda x, y: (net(x) - y) ** 2,
            (X, Y),
            model=net,
            optimizer=SGD(net.parameters(), lr=0.05),
            epochs=epochs,
            batch_size=4,
            seed=0,
            progress=False,
            **more,
        )
    return [p.data for p in net.parameters()]


def test_fit_with_dropout_depends_on_the_seeds_alone_compiled_or_not():
    X = np.random.default_rng(0).normal(size=(8, 2)).tolist()
    Y = [x[0] * x[1] for x in X]
    random.seed(3)
    first = train_net(X, Y, 2, compile=True)
    random.seed(3)
    assert train_net(X, Y, 2, compile=True) == first
    random.seed(3)
    assert train_net(X, Y, 2, compile=False) == pytest.approx(first, rel=1e-9)


def test_a_checkpoint_knows_how_far_the_random_numbers_have_got(tmp_path):
    random.seed(3)
    whole = train_net([[1.0, 2.0]] * 4, [1.0] * 4, 4)
    random.seed(3)
    train_net([[1.0, 2.0]] * 4, [1.0] * 4, 2, checkpoint=tmp_path / "run")
    random.seed(99)
    assert train_net([[1.0, 2.0]] * 4, [1.0] * 4, 4, checkpoint=tmp_path / "run") == whole


def test_batch_norm_gives_each_feature_mean_zero_and_variance_one():
    out = np.array([[v.data for v in row] for row in BatchNorm(2, eps=0.0)(BATCH)])
    assert out.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert out.var(axis=0) == pytest.approx([1.0, 1.0])


def test_running_averages_follow_the_batches():
    norm = BatchNorm(2)
    norm(BATCH)
    state = norm.state_dict()
    columns = np.array(BATCH)
    assert state["running_mean"] == pytest.approx(0.1 * columns.mean(axis=0))
    assert state["running_var"] == pytest.approx(0.9 + 0.1 * columns.var(axis=0, ddof=1))
    assert len(norm.parameters()) == 4


def test_evaluation_uses_the_running_averages_for_a_batch_or_for_one_example():
    norm = BatchNorm(2)
    norm.load_state_dict(
        {"weight": [2, 3], "bias": [1, 0], "running_mean": [1, 2], "running_var": [4, 9]}
    )
    norm.eval()
    one = [v.data for v in norm([3.0, 5.0])]
    assert one == pytest.approx([3.0, 3.0], rel=1e-5)
    assert [[v.data for v in row] for row in norm([[3.0, 5.0]])] == [one]


def test_a_compiled_step_writes_the_running_averages_back():
    eager = BatchNorm(2)
    compiled = copy.deepcopy(eager)
    W = np.array([[0.3, -1.0], [0.7, 0.2]])

    def loss_of(norm):
        def loss(X):
            first = norm(X)
            return sum((norm(first)[0][0] * w).tanh() for w in W.ravel().tolist())

        return loss

    f, g = loss_of(eager), jit(loss_of(compiled))
    for scale in (1.0, 2.0, 0.5):
        X = (np.array(BATCH) * scale).tolist()
        out, mine = f([[Value(x) for x in row] for row in X]), g(X)
        assert mine.data == pytest.approx(out.data)
        out.backward()
        mine.backward()
    for name, array in eager.state_dict().items():
        assert compiled.state_dict()[name] == pytest.approx(array)
    assert [p.grad for p in compiled.parameters()] == pytest.approx(
        [p.grad for p in eager.parameters()]
    )
    eager.eval()
    compiled.eval()
    assert g(BATCH).data == pytest.approx(f(BATCH).data)


def test_batch_norm_says_what_it_needs():
    norm = BatchNorm(2)
    with pytest.raises(ValueError, match="two or more examples"):
        norm([1.0, 2.0])
    with pytest.raises(ValueError, match="two or more examples"):
        norm([[1.0, 2.0]])
    with pytest.raises(ValueError, match="expects 2 features, got 3"):
        norm([[1.0, 2.0, 3.0]] * 2)


def test_a_model_with_both_is_saved_with_its_running_state():
    class Both(Module):
        def __init__(self):
            self.net, self.norm, self.drop = MLP(2, [2], seed=1), BatchNorm(2), Dropout()

    model, other = Both(), Both()
    model.norm(BATCH)
    other.load_state_dict(model.state_dict())
    assert other.state_dict()["norm.running_mean"] == pytest.approx([0.3, 2.0])
    assert [m.training for m in model.eval().modules()] == [False] * len(list(model.modules()))


@pytest.mark.parametrize("compile", [False, True])
def test_a_part_in_evaluation_mode_is_so_again_after_training(compile):
    model = Sequential(Linear(2, 4), Dropout(0.5), Linear(4, 1))
    model[1].eval()
    fit(
        lambda x, y: (model(x)[0] - y) ** 2,
        [([1.0, 2.0], 1.0), ([2.0, 1.0], 0.0), ([0.0, 1.0], 1.0)],
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        validation=[([1.0, 1.0], 1.0)],
        metrics={"first": lambda x, y: model(x)[0]},
        epochs=2,
        compile=compile,
        progress=False,
    )
    model.predict([[1.0, 2.0]])
    assert [module.training for module in model] == [True, False, True]
