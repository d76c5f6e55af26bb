"""Functions of functions: derivatives of every order, and mapping over examples.

All of them read the same partials in ``ops.py``. Given numbers, they compute with numbers and
return floats; given Values, they compute with Values and return Values, which can be differentiated
again: that is all there is to ``grad(grad(f))``.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

from .derivatives import finished, forward, gradient, in_place, positions, run_on_variables, scalar
from .engine import Value
from .modes import changed, mode
from .nested import checked_leaves, leaves, rebuild
from .numeric import is_array


def _value_and_grad(f: Callable, argnums: int | Sequence[int], who: str) -> Callable:
    @wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        remember = mode.grad
        with changed(grad=True):
            run = run_on_variables(partial(f, **kwargs), args, positions(argnums, args, who), who)
            out = scalar(run.out, who)
            slopes, of_values = gradient(run, out)
        value, *slopes = finished([out, *slopes], of_values, remember)
        return value, in_place(args, argnums, iter(slopes))

    transformed._slopes_of = transformed, f, argnums, True  # type: ignore[attr-defined]
    return transformed


def value_and_grad(f: Callable, argnums: int | Sequence[int] = 0) -> Callable[..., tuple]:
    """Return a function that computes f and its gradient together, as ``(value, gradient)``.

    Args:
        f: a function of scalars, or of nested lists, tuples, dicts and arrays of them; it returns
            one scalar.
        argnums: which arguments to differentiate by; with several, the gradient is a tuple.

    The gradient has the shape of the argument. Numbers give floats, Values give Values, which can
    be differentiated again. Other Values that f uses keep the ``grad`` they have. Inside
    ``no_grad`` it works as elsewhere, but Values come out without history.

    Raises:
        TypeError: an argument or the result is no number, or argnums is beyond the arguments; or
            Values came in and f made one with a hand-set ``_backward``.

    >>> value_and_grad(lambda x, y: x * y + y, (0, 1))(2.0, 3.0)
    (9.0, (3.0, 3.0))
    """
    return _value_and_grad(f, argnums, "value_and_grad")


def grad(f: Callable, argnums: int | Sequence[int] = 0) -> Callable:
    """Return the function that computes the gradient of f; ``value_and_grad`` says of what.

    >>> f = lambda x: 3 * x**2 - 4 * x + 5
    >>> grad(f)(3.0), grad(grad(f))(3.0)
    (14.0, 6.0)
    """
    both = _value_and_grad(f, argnums, "grad")

    @wraps(f)
    def slopes(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    slopes._slopes_of = slopes, f, argnums, False  # type: ignore[attr-defined]
    return slopes


def hessian(f: Callable, argnums: int | Sequence[int] = 0) -> Callable:
    """Return the function that computes all second derivatives of f.

    Each number of the gradient is replaced by its own gradient: for a list of n numbers the result
    is a list of n lists of n.

    >>> hessian(lambda p: p[0] * p[0] * p[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    both = _value_and_grad(f, argnums, "hessian")

    @wraps(f)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        remember = mode.grad
        with changed(grad=True):
            by = positions(argnums, args, "hessian")
            run = run_on_variables(lambda *xs: both(*xs, **kwargs)[1], args, by, "hessian")
            rows = [gradient(run, slope) for _, slope in leaves(run.out)]
        by_row = [in_place(args, argnums, finished(*row, remember)) for row in rows]
        return rebuild(run.out, iter(by_row))

    return transformed


def jvp(f: Callable, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute f and its derivative in one direction, forward, by the same partials.

    Args:
        f: a function as for ``value_and_grad``, that may return any nest of scalars.
        primals: its arguments.
        tangents: how fast each of them moves, in the same shape.

    Returns:
        ``f(*primals)``, and how fast that moves.

    >>> jvp(lambda x, y: [x * y, x.exp()], (0.0, 3.0), (1.0, 2.0))
    ([0.0, 1.0], [3.0, 1.0])
    """
    args, directions = tuple(primals), tuple(tangents)
    if [where for where, _ in leaves(args)] != [where for where, _ in leaves(directions)]:
        raise ValueError(f"jvp needs tangents of the shape of primals, got {tangents!r:.80}")
    moving = checked_leaves(directions, "jvp", "tangents")
    remember = mode.grad
    with changed(grad=True):
        run = run_on_variables(f, args, tuple(range(len(args))), "jvp")
        outs = [Value(x) if isinstance(x, float) else x for x in checked_leaves(run.out, "jvp")]
        order, of_values = run.order([*outs, *[t for t in moving if isinstance(t, Value)]])
        of_values = of_values or any(isinstance(t, Value) for t in moving)
        speed = forward(order, dict(zip(run.inputs, moving, strict=True)), of_values)
    speeds = [speed.get(out, 0.0) for out in outs]
    values = rebuild(run.out, finished(outs, of_values, remember))
    return values, rebuild(run.out, finished(speeds, of_values, remember))


def vmap(f: Callable, in_axes: int | Sequence[int | None] | None = 0) -> Callable[..., list]:
    """Map f over examples: ``vmap(f)(X, Y)`` is ``[f(x, y) for x, y in zip(X, Y)]``.

    Args:
        f: a function of one example.
        in_axes: the axis that counts the examples, for all arguments or for each: 0 for lists and
            arrays of examples, 1 for their columns, None for what every call gets whole. A dict
            is mapped entry by entry.

    Raises:
        ValueError: the arguments have different numbers of examples, or none has any.
        TypeError: an argument to map over is not a sequence.

    >>> vmap(lambda x, y: x * y)([1, 2, 3], [4, 5, 6])
    [4, 10, 18]
    >>> vmap(lambda x, y: x * y, in_axes=(0, None))([1, 2, 3], 10)
    [10, 20, 30]
    """

    @wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> list:
        one = partial(f, **kwargs) if kwargs else f
        if mode.tracer is not None and hasattr(mode.tracer, "vmap"):
            return mode.tracer.vmap(one, in_axes, args)
        axes = tuple(in_axes) if isinstance(in_axes, Sequence) else (in_axes,) * len(args)
        if len(axes) != len(args):
            raise ValueError(
                f"vmap: in_axes={in_axes} is for {len(axes)} arguments, got {len(args)}"
            )
        columns = {
            i: _examples(args[i], axis, i) for i, axis in enumerate(axes) if axis is not None
        }
        sizes = {i: len(column) for i, column in columns.items()}
        if len(set(sizes.values())) != 1:
            raise ValueError(
                f"vmap needs one number of examples, got {sizes or 'none'} by argument"
            )
        return [
            one(*[columns[i][n] if i in columns else x for i, x in enumerate(args)])
            for n in range(next(iter(sizes.values())))
        ]

    return mapped


def _examples(x: Any, axis: int, position: int) -> list:
    if isinstance(x, dict):
        entries = [_examples(entry, axis, position) for entry in x.values()]
        return [dict(zip(x, example, strict=True)) for example in _rows_of(entries, position)]
    if is_array(x) and x.ndim > axis:
        return (
            list(x.swapaxes(0, axis))
            if axis == 0
            else [x.take(n, axis) for n in range(x.shape[axis])]
        )
    if not isinstance(x, Sequence) or isinstance(x, str):
        raise TypeError(
            f"vmap: argument {position} is {x!r:.60}, which has no axis {axis} to map over; "
            "None in in_axes passes it whole"
        )
    if axis == 0:
        return list(x)
    return [
        list(row) for row in _rows_of([_examples(row, axis - 1, position) for row in x], position)
    ]


def _rows_of(columns: list[list], position: int) -> list[tuple]:
    if len({len(column) for column in columns}) > 1:
        lengths = [len(column) for column in columns]
        raise ValueError(f"vmap: argument {position} is ragged, with {lengths} examples")
    return list(zip(*columns, strict=True))
