"""Data sets are what they say, and data is checked, split and put into batches reproducibly."""

import math
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits, make_moons

from micrograd import data
from micrograd.engine import Value
from micrograd.examples import Examples


@pytest.mark.parametrize(("n", "noise"), [(100, 0.1), (7, 0.3), (2, 0.0)])
def test_moons_are_those_of_scikit_learn(n, noise):
    expected, labels = make_moons(n, noise=noise, random_state=1337)
    X, y = data.moons(n, noise=noise, seed=1337)
    assert X.tolist() == expected.tolist()
    assert y.tolist() == (labels * 2 - 1).tolist()


def test_circles_lie_around_each_other():
    X, y = data.circles(80, noise=0.0, factor=0.25)
    radius = np.hypot(*X.T)
    assert radius[y == -1] == pytest.approx(1.0)
    assert radius[y == 1] == pytest.approx(0.25)
    assert np.abs(X[y == -1].mean(axis=0)).max() < 1e-12


def test_spirals_have_arms_of_equal_size():
    X, y = data.spirals(90, classes=3, noise=0.0)
    assert X.shape == (90, 2)
    assert [int((y == k).sum()) for k in range(3)] == [30, 30, 30]
    assert np.hypot(*X.T).max() == pytest.approx(1.0)


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
def test_a_seed_decides_all(make):
    same, other = make(seed=5), make(seed=6)
    assert make(seed=5)[0].tolist() == same[0].tolist() != other[0].tolist()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: data.moons(1), "n, for two classes, is a whole number of 2 or more, got 1"),
        (lambda: data.circles(10, noise=-1), "0 or more, got -1"),
        (lambda: data.spirals(2, classes=3), "n=2, classes=3"),
    ],
)
def test_impossible_sets_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_tiny_is_the_lectures_set():
    xs, ys = data.tiny()
    assert len(xs) == len(ys) == 4
    assert xs[1] == [3.0, -1.0, 0.5]
    assert ys == [1.0, -1.0, -1.0, 1.0]


def test_digits_are_those_of_scikit_learn():
    X, y = data.digits()
    scans, digits = load_digits(return_X_y=True)
    assert (X * 16).tobytes() == scans.tobytes()
    assert (y.dtype, y.tolist()) == (digits.dtype, digits.tolist())
    assert (X.min(), X.max()) == (0.0, 1.0)


# Splitting and batches


def test_columns_that_are_no_tuple_are_refused_by_name():
    X, y = np.zeros((4, 2)), np.zeros(4)
    with pytest.raises(TypeError, match=r"got array.* split\(\(X, y\), ...\)"):
        data.split(X, y)
    with pytest.raises(TypeError, match=r"got array.* minibatches\(\(X, y\), ...\)"):
        next(data.minibatches(X, y))


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.integers())
def test_a_split_keeps_every_example_once(n, share, seed):
    if not 0 < round(share * n) < n:
        return
    train, held_out = data.split((list(range(n)), list(range(n))), held_out=share, seed=seed)
    assert sorted(train[0] + held_out[0]) == list(range(n))
    assert train[0] == train[1]
    assert len(held_out[0]) == round(share * n)


def test_a_stratified_split_holds_out_the_same_share_of_each_label():
    X, y = np.arange(100), np.array([0] * 80 + [1] * 20)
    train, held_out = data.split((X, y), held_out=0.25, stratify=True)
    assert np.bincount(held_out[1]).tolist() == [20, 5]
    assert np.bincount(train[1]).tolist() == [60, 15]


def test_a_split_of_examples_gives_examples():
    examples = [([i, i], i) for i in range(10)]
    train, held_out = data.split(examples, held_out=3)
    assert len(train) == 7
    assert all(example in examples for example in held_out)
    assert data.split(iter(examples), held_out=3) == (train, held_out)


@pytest.mark.parametrize("held_out", [0, 5, 1.0, 0.01])
def test_a_split_with_an_empty_side_is_refused(held_out):
    with pytest.raises(ValueError, match="leaves one side empty"):
        data.split([1.0, 2.0, 3.0, 4.0, 5.0], held_out=held_out)


@given(st.integers(1, 40), st.integers(1, 50), st.integers())
def test_minibatches_hold_every_example_once(n, size, seed):
    batches = list(data.minibatches((list(range(n)),), size, seed=seed))
    assert sorted(i for (column,) in batches for i in column) == list(range(n))
    assert {len(column) for (column,) in batches[:-1]} <= {min(size, n)}


def test_shards_come_in_an_order_of_each_epoch_and_the_next_is_loaded_meanwhile():
    loaded = [threading.Event() for _ in range(5)]

    def load(k):
        loaded[k].set()
        return np.full(3, k)

    orders = []
    for epoch in range(2):
        files = data.shards(range(5), load, seed=2, epoch=epoch)
        orders.append([int(shard[0]) for shard in files])
    again = [int(shard[0]) for shard in data.shards(range(5), load, seed=2)]
    assert orders[0] == again != orders[1]
    assert sorted(again) == sorted(orders[1]) == list(range(5))
    for event in loaded:
        event.clear()
    files = data.shards(range(5), load, seed=2)
    next(files)
    assert loaded[again[1]].wait(60)  # by another thread
    assert not any(loaded[k].is_set() for k in again[2:])
    files.close()


def test_a_shard_that_cannot_be_loaded_ends_the_run():
    with pytest.raises(FileNotFoundError, match=r"none\.npy"):
        list(data.shards(["none.npy"], np.load))
    with pytest.raises(ValueError, match="no files"):
        next(data.shards([], np.load))


@pytest.mark.parametrize(
    ("seed", "epoch", "order"),
    [
        (3, 0, [[0, 4, 7, 1, 5], [6, 3, 2]]),
        (3, 7, [[6, 7, 5, 4, 1], [0, 2, 3]]),
        (-3, 7, [[0, 1, 4, 2, 7], [5, 6, 3]]),
        (1 << 40, 1, [[7, 4, 0, 3, 1], [6, 5, 2]]),
    ],
)
def test_the_order_of_an_epoch_is_one_for_all_times(seed, epoch, order):
    assert [b.tolist() for b in data.batch_indices(8, 5, seed, epoch)] == order


def test_minibatches_depend_on_seed_and_epoch_alone():
    X = np.arange(20)
    orders = [
        [b[0].tolist() for b in data.minibatches((X,), 6, seed=s, epoch=e)]
        for s, e in [(1, 0), (1, 0), (1, 1), (2, 0)]
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != orders[3]


def test_a_batch_size_below_one_is_refused():
    with pytest.raises(ValueError, match="got 0"):
        list(data.minibatches([1.0, 2.0], 0))


# Checks


def test_rows_are_what_they_were_given_as_and_single_numbers_pythons_own():
    row, label = data.Examples((np.array([[1.0, 2.0]]), np.array([3])))[0]
    assert (type(row), row.tolist(), label) == (np.ndarray, [1.0, 2.0], 3)
    assert type(label) is int
    assert data.Examples(([[1.0, 2.0]], [3]))[0] == ([1.0, 2.0], 3)


def test_columns_and_examples_say_the_same():
    rows = [([1.0, 2.0], 1), ([3.0, 4.0], -1)]
    columns = ([[1.0, 2.0], [3.0, 4.0]], [1, -1])
    assert list(data.Examples(rows)) == list(data.Examples(columns)) == rows
    assert list(data.Examples(zip(*columns, strict=True))) == rows


def test_examples_of_one_argument_need_no_tuple():
    assert list(data.Examples([1.0, 2.0])) == [(1.0,), (2.0,)]
    assert list(data.Examples(np.array([[1.0], [2.0]]))) == [([1.0],), ([2.0],)]


def test_tokens_may_be_of_any_number():
    assert len(data.Examples([[1, 2, 3], [4]])) == 2


def test_values_may_be_data():
    assert len(data.Examples(([[Value(1.0)], [Value(2.0)]], [1, 2]))) == 2


@pytest.mark.parametrize(
    ("given_data", "error", "message"),
    [
        ([], ValueError, "empty"),
        (([], []), ValueError, "empty"),
        ((), ValueError, "empty"),
        (None, TypeError, "tuple of columns .* got 'None'"),
        ("abc", TypeError, "got 'abc'"),
        (([[1.0]], "a"), TypeError, "a list or an array, got 'a'"),
        (np.array(3.0), TypeError, "a list or an array, got '3.0'"),
        (([[1.0]], {"a": 1}), TypeError, "a list or an array, got"),
        (([1.0, 2.0], [1.0]), ValueError, r"different lengths: \[2, 1\]"),
        ([(1.0, 2.0), (1.0,)], ValueError, "example 1 has 1 arguments, example 0 has 2"),
        (([[1.0, 2.0], [1.0]], [1, 1]), ValueError, r"ragged: example 1, .* \(1,\), example 0"),
        (([[1.0, 2.0], [1.0]], [1, 1]), ValueError, r"one of vectors, \[\[x\] for x in row\]"),
        (([[[1.0], [1.0, 2.0]]], [1]), ValueError, r"ragged: example 0, argument 0 holds"),
        (([[[1.0]], [[1.0, 2.0]]], [1, 1]), ValueError, r"ragged: example 1, .* shape \(1, 2\)"),
        (([[1.0], []], [1, 1]), ValueError, "example 1, argument 0 is an empty list"),
        (([[1.0], [math.nan]], [1, 1]), ValueError, r"example 1, argument 0\[0\] is nan: remove"),
        ((np.array([[1.0, math.nan]]), [1]), ValueError, r"example 0, argument 0\[1\] is nan"),
        ((np.array([1.0]), [math.inf]), ValueError, "example 0, argument 1 is inf"),
        (([["a"]], [1]), TypeError, r"example 0, argument 0\[0\] should be a number, got str 'a'"),
        (([None], [1]), TypeError, "argument 0 should be a number, got NoneType"),
        (([1j], [1]), TypeError, "got complex"),
        ((np.array(["a"]), [1]), TypeError, r"got str 'a': .* \(y == 'a'\).astype\(int\) makes 0"),
    ],
)
def test_bad_data_is_named(given_data, error, message):
    with pytest.raises(error, match=message):
        data.Examples(given_data)


class Tensor:
    """What the loaders of other libraries give: it makes an array when it is asked to."""

    def __init__(self, numbers):
        self.numbers = np.array(numbers)
        self.ndim = self.numbers.ndim
        self.shape = self.numbers.shape

    def __array__(self, dtype=None, copy=None):
        return self.numbers if dtype is None else self.numbers.astype(dtype)


class Dataset:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        if not 0 <= i < 3:
            raise KeyError(i)
        return Tensor([i + 0.5, -1.0]), Tensor(i)


class Loader:
    dataset, batch_size = Dataset(), 2

    def __iter__(self):
        raise AssertionError("its batches are made by whoever takes the data")


@pytest.mark.parametrize("data", [Dataset(), Loader()])
def test_the_datasets_and_loaders_of_others_are_taken_as_they_are(data):
    X, y = Examples(data).columns
    assert (X.tolist(), y.tolist()) == ([[0.5, -1.0], [1.5, -1.0], [2.5, -1.0]], [0, 1, 2])


def test_a_dataset_of_sequences_keeps_their_lengths():
    class Words(Dataset):
        def __getitem__(self, i):
            return [[0] * (i + 1)]

    assert Examples(Words()).columns == [[[0], [0, 0], [0, 0, 0]]]


def test_generators_and_memory_maps_are_data(tmp_path):
    X = np.memmap(tmp_path / "X", dtype=np.float64, mode="w+", shape=(4, 2))
    X[:] = np.arange(8).reshape(4, 2)
    assert np.shares_memory(Examples((X, [0, 1, 0, 1])).columns[0], X)
    assert len(Examples((row.tolist(), i) for i, row in enumerate(X))) == 4
