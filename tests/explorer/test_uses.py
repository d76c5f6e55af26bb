"""A model that is applied several times is shown once for each row, or each step."""

import pytest

from micrograd import Value
from micrograd.explorer.folding import fold
from micrograd.explorer.groups import Box
from micrograd.explorer.snapshot import take_snapshot
from micrograd.nn import MLP


def levels(root, depth):
    """The labels of the groups, down to a depth, as nested lists."""
    return [
        (group.label, levels(group, depth - 1)) if depth > 1 else group.label
        for group in root.inner()
    ]


def folded(*roots):
    return fold(take_snapshot(roots), "modules")


def test_the_rows_of_a_batch_are_levels_of_their_own():
    model = MLP(2, [2, 1], seed=1)
    rows = [[1.0, 2.0], [3.0, -1.0], [0.5, 0.2]]
    tree = dict(levels(folded(sum((model(x) - 1) ** 2 for x in rows)), 3))
    assert set(tree) == {"row 1", "row 2", "row 3", "layers.0", "layers.1"}
    assert dict(tree["row 2"]) == {
        "layers.0": ["layers.0.neurons.0", "layers.0.neurons.1"],
        "layers.1": ["layers.1.neurons.0"],
    }


def test_a_penalty_on_the_parameters_is_no_row():
    model = MLP(1, [1], seed=1)
    loss = sum(model([x]) for x in (1.0, 2.0)) + 1e-3 * sum(p * p for p in model.parameters())
    assert {label for label, _ in levels(folded(loss), 2)} == {"row 1", "row 2", "layers.0"}


def test_what_depends_on_the_use_before_is_a_step():
    w, u, h = Value(0.5, label="cell.w"), Value(0.3, label="cell.u"), Value(0.0)
    for x in (1.0, 2.0, 3.0):
        h = (w * h + u * x).tanh()
    assert levels(folded(h), 1) == ["cell", "step 1", "step 2", "step 3"]


def test_a_model_applied_once_has_no_level_for_it():
    assert set(levels(folded(MLP(2, [2, 1], seed=1)([1.0, 2.0])), 1)) == {
        "layers.0",
        "layers.1",
    }


def test_many_rows_are_shown_in_ranges():
    model = MLP(1, [1], seed=1)
    top = folded(sum(model([float(x)]) for x in range(60)))
    assert [g.label for g in top.inner()][:2] == ["rows 1 to 40", "rows 41 to 60"]


@pytest.mark.parametrize("rows", [1, 2, 5, 60])
def test_every_value_is_in_one_place(rows):
    model = MLP(2, [3, 1], seed=1)
    snapshot = take_snapshot([sum((model([x, 1.0]) - x) ** 2 for x in map(float, range(rows)))])
    tree = fold(snapshot, "modules")
    assert isinstance(tree, Box)
    assert sorted(tree.nodes()) == list(range(len(snapshot.values)))
