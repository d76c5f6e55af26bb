"""Plots: each shows what it should, and refuses what it cannot show."""

import math
import sys

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

from micrograd import Value, saving
from micrograd.nn import MLP
from micrograd.plots import (
    confusion_table,
    plot_boundary,
    plot_descent,
    plot_history,
    plot_tangent,
    save,
)
from micrograd.train.history import History

matplotlib.use("Agg")
POINTS = [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def score(x):
    return Value(x[0]) + x[1] - 0.8


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_a_boundary_shows_every_example_and_the_line_of_score_zero():
    ax = plot_boundary(score, POINTS, [-1, 1, 1])
    points = [c for c in ax.collections if len(c.get_offsets()) == 3]
    assert points[0].get_offsets().tolist() == POINTS
    at_zero = [path for c in ax.collections for path in c.get_paths() if len(path.vertices) > 2]
    assert at_zero


def test_a_boundary_of_several_classes_goes_by_the_largest_score():
    ax = plot_boundary(lambda x: [x[0], x[1], 0.4], POINTS, [0, 1, 2])
    assert len(ax.collections) == 4  # three areas and the points


def test_a_boundary_leaves_no_graph_behind():
    w = Value(1.0)
    plot_boundary(lambda x: w * x[0] + x[1], POINTS, [-1, 1, 1])
    assert w.grad == 0.0


def test_plots_draw_into_given_axes():
    ax = pyplot.figure().subplots()
    assert plot_boundary(score, POINTS, [-1, 1, 1], ax=ax) is ax


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1.0, 2.0, 3.0]], [1], r"two features.*of shape \(1, 3\)"),
        ([], [], "two features"),
        (POINTS, [1, 1], r"3 labels.*got array"),
        ([[math.nan, 0.0]], [1], "nan or an infinity"),
    ],
)
def test_a_boundary_names_what_it_cannot_draw(X, y, message):
    with pytest.raises(ValueError, match=message):
        plot_boundary(score, X, y)


def test_a_history_shows_losses_and_metrics():
    history = History(
        loss=[2.0, 1.0],
        validation_loss=[2.5, 1.5],
        metrics={"accuracy": [0.5, 0.75]},
        step_loss=[2.1, 1.9, 1.1, 0.9],
    )
    ax = plot_history(history)
    shown = lines(ax)
    assert list(shown["loss"].get_ydata()) == [2.0, 1.0]
    assert list(shown["validation loss"].get_ydata()) == [2.5, 1.5]
    assert list(shown["step"].get_xdata()) == [0.5, 1.0, 1.5, 2.0]
    other = next(a for a in ax.figure.axes if a is not ax)
    assert list(lines(other)["accuracy"].get_ydata()) == [0.5, 0.75]


@pytest.mark.parametrize("metrics", [["accuracy"], ["accuracy", "precision of the positive class"]])
def test_the_names_of_the_curves_lie_over_none_of_them(metrics):
    ax = History(
        loss=[0.9, 0.8], validation_loss=[1.0, 0.7], metrics={key: [0.5, 0.6] for key in metrics}
    ).plot()
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert [text.get_text() for text in ax.get_legend().texts][2:] == metrics
    assert legend.y0 >= ax.bbox.y1
    assert ax.figure.bbox.x0 <= legend.x0
    assert legend.x1 <= ax.figure.bbox.x1
    assert legend.y1 <= ax.figure.bbox.y1


def test_a_history_plots_itself():
    assert lines(History(loss=[1.0]).plot())["loss"]


def test_an_empty_history_is_an_error():
    with pytest.raises(ValueError, match="nothing to draw before the first epoch"):
        plot_history(History())


def test_a_tangent_has_the_slope_of_backward():
    left, right = plot_tangent(lambda x: 3 * x**2 - 4 * x + 5, 3.0).figure.axes
    assert "slope 14" in lines(left)
    assert any(label.startswith("slope over h = 1: 17") for label in lines(left))
    errors = list(right.get_lines()[0].get_ydata())
    assert errors[8] < errors[0]  # a smaller step is better
    assert errors[-1] > errors[8]  # until rounding makes it worse


def test_a_tangent_where_there_is_none_is_an_error():
    with pytest.raises(ValueError, match="choose an x where both are finite"):
        plot_tangent(lambda x: x.log(), 0.0)


def test_a_descent_ends_downhill():
    ax = plot_descent(lambda x, y: x * x + 2 * y * y, (1.0, 1.0), lr=0.1, steps=40)
    path = ax.get_lines()[0]
    assert path.get_xdata()[0] == 1.0
    assert abs(path.get_xdata()[-1]) < 0.01
    assert ax.get_title().startswith("40 steps downhill, to ")


def test_a_descent_that_runs_away_asks_for_a_smaller_rate():
    with pytest.raises(ValueError, match="runs away after 7 steps: take lr below 5"):
        plot_descent(lambda x, y: x * x + y * y, (1.0, 1.0), lr=5.0)


@pytest.mark.parametrize("start", [(1.0,), (math.inf, 0.0), (1.0, 2.0, 3.0)])
def test_a_descent_starts_at_two_finite_numbers(start):
    with pytest.raises(ValueError, match="start is two finite numbers"):
        plot_descent(lambda x, y: x * y, start)


def test_save_writes_the_format_of_the_ending(tmp_path):
    picture = plot_history(History(loss=[1.0, 0.5]))
    assert save(picture, tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in save(picture, tmp_path / "loss.svg").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["loss.png", "loss.svg"]


def test_every_plot_is_axes():
    made = [
        History(loss=[1.0]).plot(),
        plot_tangent(lambda x: x * x, 1.0),
        plot_descent(lambda x, y: x * x + y * y, (1.0, 1.0), steps=2),
        plot_boundary(lambda x: x[0], [[0.0, 1.0], [1.0, 0.0]], [1, -1]),
    ]
    assert all(isinstance(axes, Axes) for axes in made)


def test_one_save_writes_models_and_plots(tmp_path):
    assert saving.save is save
    model = save(MLP(2, [1]), tmp_path / "model.safetensors")
    plot = save(History(loss=[1.0]).plot(), tmp_path / "loss.svg")
    assert saving.load(MLP(2, [1]), model).state_dict().keys()
    assert "<svg" in plot.read_text()
    with pytest.raises(TypeError, match=r"save\(model, optimizer or plot, path\).* got 'loss.svg'"):
        save("loss.svg", plot)


def test_a_confusion_table_counts_by_class():
    assert confusion_table([0, 1, 1, 2], [0, 1, 2, 2]) == (
        "predicted   0   1   2\nactual  0   1   ·   ·\nactual  1   ·   1   1\nactual  2   ·   ·   1"
    )


def test_a_confusion_table_needs_pairs():
    with pytest.raises(ValueError, match="2 actual classes, but 1 predicted"):
        confusion_table([0, 1], [0])


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot")
    with pytest.raises(
        ImportError,
        match=r'plotting needs matplotlib: pip install matplotlib, or pip install ".\[plot\]"',
    ):
        plot_history(History(loss=[1.0]))
