"""Pictures of functions and of training, by matplotlib: on screen, in a notebook, in a file."""

from collections.abc import Callable, Sequence
from typing import Any

from .arguments import array, finite, function, shown, values, whole
from .drawing.appearance import CLASSES, THEMES
from .engine import Value
from .extras import require
from .saving import save
from .value.modes import no_grad

__all__ = [
    "confusion_table",
    "plot_boundary",
    "plot_descent",
    "plot_history",
    "plot_tangent",
    "save",
]

_INK, _DATA, _GRAD = (THEMES["light"][what] for what in ("ink", "data", "grad"))


def plot_boundary(model: Callable[[Any], Any], X: Any, y: Any, *, ax: Any = None) -> Any:
    """Draw what a model answers over the plane, and the examples on top.

    Args:
        model: called with two numbers; returns one score, of which the sign decides, or a list of
            scores, of which the largest decides.
        X: the examples, shape (n, 2).
        y: their labels, shape (n,): -1 and 1, or 0 and 1, or 0, 1, 2, ...
        ax: matplotlib Axes to draw into; new ones by default.

    Returns:
        The Axes.

    Raises:
        ValueError: the shapes are others, or a number is not finite.
    """
    import numpy as np

    function("model", model)
    X, y = array("X", X), array("y", y)
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(
            "plot_boundary draws examples of two features, shape (n, 2); got "
            f"{shown(X)} of shape {X.shape}"
        )
    if y.shape != (len(X),):
        raise ValueError(f"plot_boundary expects {len(X)} labels, one per example; got {shown(y)}")
    for name, numbers in (("X", X), ("y", y)):
        if not np.isfinite(numbers).all():
            raise ValueError(f"plot_boundary: {name} holds a nan or an infinity: {shown(numbers)}")
    ax = axes(ax)
    margin = 0.15 * np.ptp(X, axis=0) + 1e-9
    xs, ys = (np.linspace(X[:, i].min() - margin[i], X[:, i].max() + margin[i], 60) for i in (0, 1))
    with no_grad():
        answers = [[_numbers(model([float(a), float(b)])) for a in xs] for b in ys]
    scores = np.array(answers)
    if scores.shape[2] == 1:
        score = scores[:, :, 0]
        reach = max(1e-9, np.quantile(np.abs(score), 0.9))
        colours = require("matplotlib.colors", "plot", "plotting")
        blend = colours.LinearSegmentedColormap.from_list("", [CLASSES[0], "#f7f7f7", CLASSES[1]])
        levels = np.linspace(-reach, reach, 21)
        ax.contourf(xs, ys, score, levels, cmap=blend, alpha=0.55, extend="both")
        ax.contour(xs, ys, score, [0.0], colors=_INK, linewidths=1.5)
        kinds = (y > 0).astype(int)
    else:
        for c in range(scores.shape[2]):  # each where it is ahead of all others
            others = np.delete(scores, c, axis=2).max(axis=2)
            ahead = scores[:, :, c] - others
            if (ahead > 0).any():
                colour = CLASSES[c % len(CLASSES)]
                ax.contourf(xs, ys, ahead, [0.0, ahead.max() + 1], colors=[colour], alpha=0.35)
        kinds = y.astype(int)
    fill = [CLASSES[kind % len(CLASSES)] for kind in kinds]
    ax.scatter(X[:, 0], X[:, 1], c=fill, s=28, edgecolors="white", linewidths=0.8, zorder=3)
    ax.set(xlabel="x1", ylabel="x2", xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    return ax


def plot_history(history: Any, *, ax: Any = None) -> Any:
    """Draw the losses of a run over its epochs, and its metrics on a scale of their own.

    Args:
        history: what ``fit`` returned.
        ax: matplotlib Axes to draw into; new ones by default.

    Returns:
        The Axes of the losses.

    Raises:
        ValueError: the run did not finish an epoch.
    """
    if not hasattr(history, "loss") or not hasattr(history, "metrics"):
        raise TypeError(f"plot_history draws what fit returned, got {shown(history)}")
    if not history.loss:
        raise ValueError("the history is empty: there is nothing to draw before the first epoch")
    ax = axes(ax)
    epochs = range(1, len(history.loss) + 1)
    steps = len(history.step_loss)
    if steps > len(history.loss):
        each = [(k + 1) * len(history.loss) / steps for k in range(steps)]
        ax.plot(each, history.step_loss, color=CLASSES[0], alpha=0.25, linewidth=0.8, label="step")
    ax.plot(epochs, history.loss, color=CLASSES[0], label="loss")
    if history.validation_loss:
        curve = history.validation_loss
        ax.plot(epochs[: len(curve)], curve, color=CLASSES[1], label="validation loss")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.set_ylim(bottom=min(0.0, *history.loss))
    lines = ax.get_lines()
    if history.metrics:
        other = ax.twinx()
        for i, (name, curve) in enumerate(history.metrics.items()):
            colour = CLASSES[(i + 2) % len(CLASSES)]
            lines += other.plot(epochs[: len(curve)], curve, "--", color=colour, label=name)
        other.set_ylabel(", ".join(history.metrics))
    _legend_above(ax, lines)
    return ax


def _legend_above(ax: Any, lines: list[Any]) -> None:
    """Name the lines above the axes: there is no corner that no curve ever comes to."""
    letters = sum([len(line.get_label()) + 8 for line in lines])
    columns = len(lines) if letters < 80 else 2
    ax.legend(
        handles=lines, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=columns, frameon=False
    )


def plot_tangent(f: Callable[[Any], Any], x: float) -> Any:
    """Draw f around x with its tangent, and how far the slope over a step h is from the exact one.

    The step shrinks from 1 to 1e-15: the slope gets better, then rounding makes it worse.

    Args:
        f: a function of one Value.
        x: where the tangent touches.

    Returns:
        The Axes of the tangent; its ``figure`` has both drawings.

    Raises:
        ValueError: f or its slope is not finite at x.
    """
    import numpy as np

    function("f", f)
    at = Value(finite("x", x))
    out = f(at)
    if isinstance(out, Value):
        out.backward()
    height, slope = _numbers(out)[0], at.grad
    if not np.isfinite([height, slope]).all():
        raise ValueError(
            f"f({x}) is {height} with slope {slope}: choose an x where both are finite"
        )
    steps = 10.0 ** np.arange(0, -16, -1)
    with no_grad():
        xs = np.linspace(x - 2, x + 2, 201)
        curve = [_numbers(f(Value(float(a))))[0] for a in xs]
        slopes = np.array([(_numbers(f(Value(x + h)))[0] - height) / h for h in steps])
    figure = _figure(10, 4)
    left, right = figure.subplots(1, 2)
    left.plot(xs, curve, color=_DATA, label="f")
    left.plot(xs, height + slope * (xs - x), "--", color=_GRAD, label=f"slope {slope:.6g}")
    for h, number in zip(steps[:2], slopes[:2], strict=True):
        label = f"slope over h = {h:g}: {number:.6g}"
        left.plot(
            [x, x + h], [height, height + number * h], "o-", color=_INK, ms=4, lw=0.8, label=label
        )
    left.plot([x], [height], "o", color=_GRAD, zorder=3)
    left.set(xlabel="x", title=f"f and its tangent at {x:g}")
    left.legend(frameon=False)
    error = np.abs(slopes - slope)
    right.loglog(steps, np.maximum(error, 1e-17), "o-", color=_DATA, ms=4)
    right.invert_xaxis()
    right.set(
        xlabel="step h", ylabel="error", title="the slope (f(x + h) - f(x)) / h, against backward"
    )
    right.grid(alpha=0.3)
    return left


def plot_descent(
    f: Callable[[Any, Any], Any],
    start: Sequence[float],
    *,
    lr: float = 0.1,
    steps: int = 50,
    ax: Any = None,
) -> Any:
    """Draw the contours of f(x, y), arrows against its gradient, and the path downhill.

    Args:
        f: a function of two Values.
        start: where the path begins, (x, y).
        lr: the length of a step over that of the gradient.
        steps: how many.
        ax: matplotlib Axes to draw into; new ones by default.

    Returns:
        The Axes.

    Raises:
        ValueError: start is not two finite numbers, or the path leaves all bounds.
    """
    import numpy as np

    function("f", f)
    lr, steps = finite("lr", lr, least=0), whole("steps", steps, 0)
    path = np.array([_point(start)])
    for _ in range(steps):
        path = np.vstack([path, path[-1] - lr * _gradient(f, path[-1])])
        if not (np.abs(path[-1]) < 1e6).all():
            raise ValueError(
                f"the path runs away after {len(path) - 1} steps: take lr below {lr:g}"
            )
    ax = axes(ax)
    centre = (path.min(axis=0) + path.max(axis=0)) / 2
    reach = 0.75 * max(float(np.ptp(path, axis=0).max()), 0.5)
    xs, ys = (np.linspace(c - reach, c + reach, 60) for c in centre)
    with no_grad():
        heights = [[_numbers(f(Value(float(a)), Value(float(b))))[0] for a in xs] for b in ys]
    levels = np.unique(np.quantile(heights, np.linspace(0, 1, 25)))  # steep and flat alike get some
    ax.contour(xs, ys, np.array(heights), levels, cmap="Blues_r", linewidths=0.8)
    grid = [(a, b) for b in ys[4::8] for a in xs[4::8]]
    arrows = -np.array([_gradient(f, point) for point in grid])
    lengths = np.maximum(np.hypot(*arrows.T), 1e-12)[:, None]
    a, b = np.array(grid).T
    u, v = (arrows / lengths * np.sqrt(lengths / lengths.max())).T
    ax.quiver(a, b, u, v, color="#888888", width=0.004, scale=13, pivot="mid")
    ax.plot(path[:, 0], path[:, 1], "o-", color=CLASSES[1], ms=3.5, lw=1.2, zorder=3)
    ax.plot(*path[0], "o", color=_INK, ms=7, zorder=4)
    end = _numbers(f(Value(path[-1][0]), Value(path[-1][1])))[0]
    ax.set(xlabel="x", ylabel="y", aspect="equal", title=f"{steps} steps downhill, to {end:.4g}")
    return ax


def confusion_table(actual: Sequence[int], predicted: Sequence[int]) -> str:
    """Return a table of counts: a row for each actual class, a column for each predicted one."""
    for classes_of in (actual, predicted):
        for c in values("confusion_table", classes_of):
            whole("a class", c)
    if len(actual) != len(predicted):
        raise ValueError(f"{len(actual)} actual classes, but {len(predicted)} predicted ones")
    if not len(actual):
        raise ValueError("confusion_table of no classes: pass at least one")
    classes = sorted({int(c) for c in actual} | {int(c) for c in predicted})
    counts = {(a, p): 0 for a in classes for p in classes}
    for a, p in zip(actual, predicted, strict=True):
        counts[int(a), int(p)] += 1
    width = max(3, *(len(str(c)) for c in classes), *(len(str(n)) for n in counts.values())) + 1
    lines = ["predicted" + "".join(f"{c:>{width}}" for c in classes)]
    for a in classes:
        cells = (counts[a, p] or "·" for p in classes)
        lines.append(f"actual {a:>2}" + "".join(f"{cell:>{width}}" for cell in cells))
    return "\n".join(lines)


def axes(ax: Any) -> Any:
    """Return Axes to draw into: the given ones, or new ones."""
    if ax is not None:
        return ax
    return _figure(6.4, 4.8).subplots()


def _figure(width: float, height: float) -> Any:
    pyplot = require("matplotlib.pyplot", "plot", "plotting")
    return pyplot.figure(figsize=(width, height), layout="constrained")


def _numbers(out: Any) -> list[float]:
    outs = out if isinstance(out, (list, tuple)) else [out]
    return [x.data if isinstance(x, Value) else float(x) for x in outs]


def _gradient(f: Callable[[Any, Any], Any], point: Any) -> Any:
    import numpy as np

    x, y = Value(float(point[0])), Value(float(point[1]))
    out = f(x, y)
    if isinstance(out, Value):
        out.backward()
    return np.array([x.grad, y.grad])


def _point(start: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    point = array("start", start)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ValueError(f"start is two finite numbers, (x, y); got {start!r}")
    return float(point[0]), float(point[1])
