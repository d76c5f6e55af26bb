"""All first derivatives of a function of many numbers with many results: matrices of slopes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ParamSpec, TypeVar

from .. import arguments
from ..engine import Value
from ..value.modes import changed, mode
from ..value.nested import checked_leaves, leaves, rebuild
from .derivatives import (
    Slope,
    finished,
    forward,
    gradient,
    in_place,
    plain,
    positions,
    reverse,
    run_on_variables,
    scalar,
)
from .transformed import Transformed

P = ParamSpec("P")
R = TypeVar("R")


def jacobian(f: Callable[P, Any], argnums: int | Sequence[int] = 0) -> Callable[P, Any]:
    """Return the function that computes the derivative of every result by every argument.

    Args:
        f: a function as for ``value_and_grad`` that may return any nest of scalars.
        argnums: which arguments to differentiate by; with several, each derivative is a tuple.

    Returns:
        A function: each number of f's result is replaced by its gradient, so that of arrays of
        shapes m and n the result has shape (m, n). Where there are more results than arguments the
        chain rule goes forward, else backward: ``jacfwd`` and ``jacrev`` choose it themselves.

    >>> jacobian(lambda p: [p[0] * p[1], p[0] + p[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """
    return _jacobian(f, argnums, jacobian, lambda results, inputs: results <= inputs)


def jacrev(f: Callable[P, Any], argnums: int | Sequence[int] = 0) -> Callable[P, Any]:
    """Return ``jacobian(f)``, computed backward: one pass for each result."""
    return _jacobian(f, argnums, jacrev, lambda results, inputs: True)


def jacfwd(f: Callable[P, Any], argnums: int | Sequence[int] = 0) -> Callable[P, Any]:
    """Return ``jacobian(f)``, computed forward: one pass for each number of the arguments."""
    return _jacobian(f, argnums, jacfwd, lambda results, inputs: False)


def _jacobian(
    f: Callable[..., Any],
    argnums: int | Sequence[int],
    transform: Callable[..., Any],
    backward: Callable[[int, int], bool],
) -> Callable[..., Any]:
    who = transform.__name__
    arguments.function(f"the first argument of {who}", f)
    arguments.positions("argnums", argnums)

    def matrix(*args: Any, **kwargs: Any) -> Any:
        return jacobian_of(partial(f, **kwargs), args, argnums, who, backward)

    return Transformed(matrix, transform, f, argnums)


def jacobian_of(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    argnums: int | Sequence[int],
    who: str,
    backward: Callable[[int, int], bool],
) -> Any:
    """Compute a Jacobian at a point.

    Args:
        f: the function.
        args: where.
        argnums: what to differentiate by.
        who: for messages.
        backward: of the numbers of results and inputs, whether to go back from each result.
    """
    remember = mode.grad
    with changed(grad=True):
        run = run_on_variables(f, args, positions(argnums, args, who), who)
        outs = [scalar(x, who) for x in checked_leaves(run.out, who, "the function's result")]
        if backward(len(outs), len(run.inputs)):
            rows = [gradient(run, out) for out in outs]
        else:
            order, results = run.order(outs)
            speeds = [forward(order, {id(x): 1.0}, results.symbolic) for x in run.inputs]
            kinds = [results._replace(of_values=run.of_values or not plain(x)) for x in outs]
            rows = [
                ([speed.get(id(out), 0.0) for speed in speeds], kind)
                for out, kind in zip(outs, kinds)
            ]
    by_row = [in_place(args, argnums, finished(*row, remember)) for row in rows]
    return rebuild(run.out, iter(by_row))


def vjp(f: Callable[..., R], *primals: Any) -> tuple[R, Callable[[R], tuple[Any, ...]]]:
    """Compute f, and return besides what takes gradients of its result back to its arguments.

    Args:
        f: a function as for ``jacobian``.
        primals: its arguments.

    Returns:
        ``f(*primals)``, and a function of cotangents, in the shape of that result, which returns a
        tuple with the gradient by each argument.

    >>> value, back = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> value, back([1.0, 10.0])
    ([6.0, 5.0], (13.0, 12.0))
    """
    remember = mode.grad
    arguments.function("the first argument of vjp", f)
    by = tuple(range(len(primals)))
    with changed(grad=True):
        run = run_on_variables(f, primals, by, "vjp")
        outs = [scalar(x, "vjp") for x in checked_leaves(run.out, "vjp", "the function's result")]
        order, results = run.order(outs)
    kinds = [
        results._replace(of_values=results.of_values and (run.of_values or not plain(x)))
        for x in outs
    ]
    values = [x for out, kind in zip(outs, kinds) for x in finished([out], kind, remember)]

    def back(cotangents: Any) -> tuple[Any, ...]:
        """Return the gradient by each argument, given that of each number of the result."""
        if [where for where, _ in leaves(cotangents)] != [where for where, _ in leaves(run.out)]:
            raise ValueError(
                f"vjp needs cotangents of the shape of f's result, got {cotangents!r:.80}"
            )
        given: list[Slope] = checked_leaves(cotangents, "vjp", "cotangents")
        kind = results
        if any(isinstance(x, Value) for x in given):
            kind = results._replace(outer=True, of_values=not all(map(plain, given)))
        with changed(grad=True):
            slopes = reverse(order, list(zip(outs, given, strict=True)), run.inputs)
        return in_place(primals, by, finished(slopes, kind, remember))

    return rebuild(run.out, iter(values)), back
