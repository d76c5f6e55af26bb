"""Tables, as pandas has them, wherever data goes in; also with holes and words in them."""

import copy
import math
import re
from datetime import date

import numpy as np
import pytest
from dataframes import Table

from micrograd import JitError, jit, metrics, vmap
from micrograd.data import minibatches, split
from micrograd.examples import Examples
from micrograd.losses import mse
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.saving import load, save
from micrograd.train import fit

FLATS = Table(size=[60.0, 30.5, 90.0, 45.0], rooms=[3, 1, 4, 2], lift=[True, False, True, True])
RENTS = Table(rent=[700, 400, 900, 500])["rent"]
NUMBERS = np.array([[60, 3, 1], [30.5, 1, 0], [90, 4, 1], [45, 2, 1]])
FORMS = [FLATS, FLATS.to_numpy(), NUMBERS.tolist()]


@pytest.mark.parametrize("X", FORMS, ids=["table", "objects", "lists"])
def test_floats_ints_and_truth_values_are_numbers_wherever_data_goes_in(X):
    assert np.asarray(Examples((X, RENTS)).columns[0]).tolist() == NUMBERS.tolist()
    model = MLP(3, [2, 1], seed=1)
    expected = MLP(3, [2, 1], seed=1).predict(NUMBERS)
    assert model.predict(X).tolist() == expected.tolist()
    assert model.predict_proba(X).shape == (4, 2)
    assert metrics.r2(RENTS, RENTS) == 1.0
    batches = list(minibatches((X, RENTS), 3, seed=1))
    assert sorted(x[0] for x, y in batches for x in x) == [30.5, 45, 60, 90]
    history = fit(
        lambda x, y: mse(model(x), y), (X, RENTS), model=model, epochs=1, progress=False,
        optimizer=SGD(model.parameters(), lr=0.0), compile=False,
    )  # fmt: skip
    assert history.loss == [np.mean((expected - RENTS.to_numpy()) ** 2)]


def test_labels_in_an_array_of_objects_are_the_numbers_they_were():
    (column,) = Examples(np.array([1, 0], dtype=object)).columns
    assert (column.dtype, column.tolist()) == (int, [1, 0])


def test_a_split_table_is_two_tables():
    (X, y), (X_test, y_test) = split((FLATS, RENTS), held_out=1, seed=1)
    assert (type(X), X.columns, len(X), len(X_test)) == (Table, FLATS.columns, 3, 1)
    assert {*y, *y_test} == {*RENTS}
    rents = dict(zip(NUMBERS[:, 0], RENTS, strict=True))
    assert [rents[size] for size in X["size"]] == list(y)
    whole, part = split(FLATS, held_out=1, seed=1)
    assert (whole["size"].items == X["size"].items).all()
    assert len(part) == 1


@pytest.mark.parametrize(
    "data",
    [
        (Table(age=[1.0, math.nan, 3.0], quarter=["north", "south", None]), [1, 0, 1]),
        (np.array([[1.0], [math.nan], [3.0]]), ["yes", "no", "yes"]),
        [{"age": "1"}, {"age": ""}, {"age": "3"}],
    ],
    ids=["table", "array", "dicts"],
)
def test_a_split_does_not_mind_holes_and_words(data):
    train, held_out = split(data, held_out=1, seed=1)
    parts = (train[0], held_out[0]) if isinstance(data, tuple) else (train, held_out)
    assert [len(part) for part in parts] == [2, 1]


def test_labels_may_be_words_where_a_split_goes_by_them_but_not_holes():
    y = ["yes"] * 4 + ["no"] * 8
    _, held_out = split((list(range(12)), y), held_out=0.25, stratify=True)
    assert sorted(held_out[1]) == ["no", "no", "yes"]
    with pytest.raises(ValueError, match="needs a label for each example; that of 1 is nan"):
        split((np.zeros(3), np.array([1, math.nan, 1])), held_out=1, stratify=True)
    with pytest.raises(ValueError, match=r"one label for each example, got \[1, 2\]"):
        split(([1, 2], [[1, 2], [3, 4]]), held_out=1, stratify=True)


OTHER_ORDER = Table(**{name: FLATS.parts[name] for name in ("rooms", "size", "lift")})
RENAMED = Table(size=[1.0], rooms=[2], balcony=[True])


def trained(X=FLATS, **settings):
    model = MLP(3, [2, 1], seed=1)
    fit(
        lambda x, y: mse(model(x), y), (X, [0.1] * len(X)), model=model, epochs=1, progress=False,
        optimizer=SGD(model.parameters(), lr=1e-6), compile=False, **settings,
    )  # fmt: skip
    return model


OTHERS = [
    (OTHER_ORDER, "in another order, 'rooms' where 'size' was: X\\[X_train.columns\\]"),
    (RENAMED, "without 'lift' and with 'balcony': .*Categorical.* X.to_numpy"),
    (Table(size=[1.0], rooms=[2]), "without 'lift': a column of numbers has to be .*Categorical"),
    (
        Table(size=[1.0], rooms=[2], lift=[True], castle=[True]),
        "with 'castle': .* a word that the model does not know",
    ),
]


@pytest.mark.parametrize(("table", "message"), OTHERS, ids=["order", "names", "fewer", "more"])
def test_columns_that_are_not_those_of_the_training_are_named(table, message):
    with pytest.raises(ValueError, match=f"the validation data has .*{message}"):
        trained(validation=(table, [0.0] * len(table)))
    model = trained()
    for predict in (model.predict, model.predict_proba, copy.deepcopy(model).predict):
        with pytest.raises(ValueError, match=f"what predict.* got has .*{message}"):
            predict(table)


def test_a_number_that_is_missing_is_not_told_to_be_filled_with_0():
    with pytest.raises(ValueError, match="without 'size'") as error:
        trained().predict(Table(rooms=[2], lift=[True]))
    assert "fill_value" not in str(error.value)


def test_a_saved_model_knows_its_columns(tmp_path):
    file = save(trained(), tmp_path / "flats.safetensors")
    for model in (load(file), load(MLP(3, [2, 1]), file)):
        with pytest.raises(ValueError, match="in another order"):
            model.predict(OTHER_ORDER)
        assert model.predict(FLATS).tolist() == load(file).predict(NUMBERS).tolist()


def test_a_model_that_comes_to_know_its_columns_is_not_compiled_anew(tmp_path):
    file = save(trained(), tmp_path / "flats.safetensors")
    model = MLP(3, [2, 1], seed=1)
    compiled = jit(lambda x: mse(model(x), 0.5).data)
    for known in (False, True):
        if known:
            load(model, file)
        for _ in range(4):
            compiled(NUMBERS[0])
    assert compiled.cache_info().made == 1


def test_what_has_no_names_goes_by_places():
    counted = Table(**{str(k): x for k, x in enumerate(NUMBERS.T)})
    counted.columns = [0, 1, 2]  # as pandas counts the columns of an array
    expected = trained().predict(NUMBERS).tolist()
    for there, here in [(FLATS, NUMBERS), (NUMBERS, FLATS), (FLATS, counted), (counted, FLATS)]:
        assert trained(there, validation=(here, [0.1] * 4)).predict(here).tolist() == expected


def test_a_table_of_more_than_the_model_takes_says_nothing_of_its_columns():
    model = MLP(2, [2, 1], seed=1)
    fit(
        lambda x, y: mse(model(x[1:]), y), (FLATS, RENTS), model=model, epochs=1, progress=False,
        optimizer=SGD(model.parameters(), lr=1e-9), compile=False,
    )  # fmt: skip
    assert model.predict(Table(rooms=[1], lift=[True])).shape == (1,)


OF_DATES = "of a date, make numbers"
WORDS = Table(age=[1.0, 2.0], quarter=["north", "south"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((WORDS, [1, 2]), "example 0, column 'quarter' .* got str 'north': .*pandas.get_dummies"),
        ((Table(a=[1.0, math.nan]), [1, 2]), "example 1, column 'a' is nan: remove or fill"),
        ((Table(a=[True, None]), [1, 2]), "example 1, column 'a' .* got NoneType, a hole: remove"),
        (([1, 2], WORDS["quarter"]), r"example 0, column 'quarter' .* \(y == 'north'\)"),
        (([[1.0]] * 3, ["a", "b", "c"]), r"'a': of 3 words, np.unique\(y, return_inverse=True\)"),
        (([["3,5"]], [1]), r"got str '3,5': .* point: write x.replace\(',', '.'\), .* decimal=','"),
        (([[""]], [1]), "got str '': a hole: remove or fill"),
        (([["2024-02-01"]], [1]), f"got str '2024-02-01': {OF_DATES}"),
        (([[1.0]], ["1.2.24"]), f"got str '1.2.24': {OF_DATES}"),
        (
            (Table(a=np.array([date(2024, 2, 1), None])), [1, 2]),
            f"column 'a' .* got date .*{OF_DATES}",
        ),
        (
            (Table(a=np.array(["2024-02-01"], "M8[ns]")), [1]),
            f"column 'a' .* datetime64 .*{OF_DATES}",
        ),
        (([1.0], np.array(["2024-02-01"], "M8[D]")), f"argument 1 .* datetime64 .*{OF_DATES}"),
        (
            ([{"a": 1.0}], [1]),
            r"example 0, argument 0 is a dict.* \[row\[name\] for name in names\]",
        ),
        (([["3.5"]], [1]), r"got str '3.5': float\(\) makes numbers"),
    ],
)
def test_holes_and_words_are_named_by_their_column_with_what_helps_there(data, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Examples(data)


@pytest.mark.parametrize(
    "data",
    [[FLATS, RENTS], [NUMBERS, RENTS.to_numpy()], [NUMBERS.tolist(), [1, 2, 3, 4]]],
    ids=["tables", "arrays", "lists"],
)
def test_columns_in_a_list_are_told_to_go_into_a_tuple(data):
    with pytest.raises(ValueError, match=re.escape("2 columns, [X, y]: columns go into a tuple")):
        Examples(data)


def test_words_that_are_predicted_from_are_named():
    with pytest.raises(TypeError, match=r"predict expects numbers .* got 'north' in row 0, column "
                       "'quarter'"):  # fmt: skip
        MLP(2, [1]).predict(WORDS)
    with pytest.raises(TypeError, match=r"predict expects numbers .* got 'x' in row 1, column 0"):
        MLP(1, [1]).predict([[1.0], ["x"]])
    with pytest.raises(TypeError, match=r"got datetime.date\(2024, 2, 1\) in row 0, column 'day'"):
        MLP(1, [1]).predict(Table(day=np.array([date(2024, 2, 1)])))


def test_a_table_is_mapped_by_its_rows_and_no_example():
    model = MLP(3, [2, 1], seed=1)
    assert [y.data for y in vmap(model)(FLATS)] == model.predict(NUMBERS).tolist()
    with pytest.raises(
        TypeError, match=r"expects the numbers of one example, got a Table: .*predict"
    ):
        model(FLATS)
    with pytest.raises(JitError, match=r"is a Table, .* by name: pass np.asarray\(x, dtype=float"):
        jit(vmap(model))(FLATS)
    assert np.asarray(FLATS, dtype=float).tolist() == NUMBERS.tolist()
