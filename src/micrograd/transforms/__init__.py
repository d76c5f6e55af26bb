"""Functions of functions: derivatives of every order, and mapping over examples.

All of them read the same partials in ``ops.py``. Given numbers, they compute with numbers and
return floats; given Values, they compute with Values and return Values, which can be differentiated
again: that is all there is to ``grad(grad(f))``.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from .. import arguments
from ..engine import Value
from ..value.modes import changed, mode
from ..value.nested import checked_leaves, leaves, rebuild
from .derivatives import (
    Results,
    finished,
    forward,
    gradient,
    in_place,
    plain,
    positions,
    run_on_variables,
    scalar,
)
from .jacobians import jacobian_of
from .mapping import vmap
from .transformed import Transformed

__all__ = ["grad", "hessian", "hvp", "jvp", "value_and_grad", "vmap"]

A = TypeVar("A")  # the argument that is differentiated by, whose form the gradient has
Aux = TypeVar("Aux")
P = ParamSpec("P")
R = TypeVar("R")


def _value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int], has_aux: bool, who: str
) -> Transformed:
    arguments.function(f"the first argument of {who}", f)
    arguments.positions("argnums", argnums)
    arguments.flag("has_aux", has_aux)

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        remember = mode.grad
        with changed(grad=True):
            run = run_on_variables(partial(f, **kwargs), args, positions(argnums, args, who), who)
            made, aux = _with_aux(run.out, who) if has_aux else (run.out, None)
            out = scalar(made, who)
            slopes, results = gradient(run, out)
        value, *slopes = finished([out, *slopes], results, remember)
        if has_aux:
            value = value, _given_out(aux, results, remember)
        return value, in_place(args, argnums, iter(slopes))

    transformed = Transformed(both, value_and_grad, f, argnums, has_aux)
    if not has_aux:
        transformed._slopes_of = transformed, f, argnums, True
    return transformed


def _with_aux(out: Any, who: str) -> tuple[Any, Any]:
    if not isinstance(out, tuple) or len(out) != 2:
        raise TypeError(f"{who} with has_aux needs a function that returns (number, aux)")
    return out


def _given_out(tree: Any, results: Results, remember: bool) -> Any:
    """What comes out besides: its Numbers as plain numbers, everything else as it is."""
    items = [x for _, x in leaves(tree)]
    plainly = results._replace(of_values=False)
    return rebuild(
        tree,
        iter([next(finished([x], plainly, remember)) if plain(x) else x for x in items]),
    )


@overload
def value_and_grad(
    f: Callable[Concatenate[A, P], R], argnums: Literal[0] = 0, has_aux: Literal[False] = False
) -> Callable[Concatenate[A, P], tuple[R, A]]: ...


@overload
def value_and_grad(
    f: Callable[Concatenate[A, P], tuple[R, Aux]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Callable[Concatenate[A, P], tuple[tuple[R, Aux], A]]: ...


@overload
def value_and_grad(
    f: Callable[P, Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[P, tuple[Any, Any]]: ...


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that computes f and its gradient together, as ``(value, gradient)``.

    Args:
        f: a function of scalars, or of nested lists, tuples, dicts, dataclasses and arrays of them;
            it returns one scalar.
        argnums: which arguments to differentiate by; with several, the gradient is a tuple.
        has_aux: f returns ``(scalar, aux)`` instead; the result is ``((value, aux), gradient)``.

    The gradient has the shape of the argument. Numbers give numbers, unless a Value takes part in
    f: then, and where Values are given, Values come out, which can be differentiated again. Inside
    f a number has methods, and compares and branches as itself. Other Values that f uses keep the
    ``grad`` they have. Inside ``no_grad`` Values come out without history.

    Raises:
        TypeError: an argument or the result is no number, or argnums is beyond the arguments; or
            Values came in and f made one with a hand-set ``_backward``.

    >>> value_and_grad(lambda x, y: x * y + y, (0, 1))(2.0, 3.0)
    (9.0, (3.0, 3.0))
    """
    return _value_and_grad(f, argnums, has_aux, "value_and_grad")


@overload
def grad(
    f: Callable[Concatenate[A, P], Any], argnums: Literal[0] = 0, has_aux: Literal[False] = False
) -> Callable[Concatenate[A, P], A]: ...


@overload
def grad(
    f: Callable[Concatenate[A, P], tuple[Any, Aux]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Callable[Concatenate[A, P], tuple[A, Aux]]: ...


@overload
def grad(
    f: Callable[P, Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[P, Any]: ...


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Return the function that computes the gradient of f; ``value_and_grad`` says of what.

    With ``has_aux`` it returns ``(gradient, aux)``.

    >>> f = lambda x: 3 * x**2 - 4 * x + 5
    >>> grad(f)(3.0), grad(grad(f))(3.0)
    (14.0, 6.0)
    """
    both = _value_and_grad(f, argnums, has_aux, "grad")

    def slopes(*args: Any, **kwargs: Any) -> Any:
        value, gradients = both(*args, **kwargs)
        return (gradients, value[1]) if has_aux else gradients

    transformed = Transformed(slopes, grad, f, argnums, has_aux)
    if not has_aux:
        transformed._slopes_of = transformed, f, argnums, False
    return transformed


def hessian(f: Callable[P, Any], argnums: int | Sequence[int] = 0) -> Callable[P, Any]:
    """Return the function that computes all second derivatives of f.

    Each number of the gradient is replaced by its own gradient: for a list of n numbers the result
    is a list of n lists of n.

    >>> hessian(lambda p: p[0] * p[0] * p[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    slopes = _value_and_grad(f, argnums, False, "hessian")

    def matrix(*args: Any, **kwargs: Any) -> Any:
        return jacobian_of(
            lambda *xs: slopes(*xs, **kwargs)[1], args, argnums, "hessian", lambda *_: True
        )

    return Transformed(matrix, hessian, f, argnums)


def jvp(f: Callable[..., R], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[R, R]:
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
    return _jvp(f, primals, tangents, "jvp")


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
    """Compute the Hessian of f times a vector, forward over reverse: one step, without the Hessian.

    Args:
        f: a function as for ``value_and_grad``.
        primals: its arguments.
        tangents: the vector, in the shape of primals.

    Returns:
        The product, in the shape of primals.

    >>> hvp(lambda p: p[0] ** 2 * p[1], ([3.0, 5.0],), ([1.0, 0.0],))
    ([10.0, 6.0],)
    """
    args = tuple(arguments.values("hvp: primals", primals))
    _refuse_arguments(f, args, "hvp")
    slopes = _value_and_grad(f, tuple(range(len(args))), False, "hvp")
    return _jvp(lambda *xs: slopes(*xs)[1], args, tangents, "hvp")[1]


def _refuse_arguments(f: Callable[..., Any], args: tuple[Any, ...], who: str) -> None:
    """Raise a TypeError where f does not take these; it may be one argument that was meant."""
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # written in C
        return
    try:
        signature.bind(*args)
    except TypeError:
        raise TypeError(
            f"{who}: primals is a tuple of f's arguments, got {len(args)} for f{signature}; one "
            "argument x is passed as (x,), and so is its tangent"
        ) from None


def _jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], who: str
) -> tuple[Any, Any]:
    arguments.function(f"the first argument of {who}", f)
    args = tuple(arguments.values(f"{who}: primals", primals))
    directions = tuple(arguments.values(f"{who}: tangents", tangents))
    _refuse_arguments(f, args, who)
    if [where for where, _ in leaves(args)] != [where for where, _ in leaves(directions)]:
        raise ValueError(f"{who} needs tangents of the shape of primals, got {tangents!r:.80}")
    moving = checked_leaves(directions, who, "tangents")
    remember = mode.grad
    with changed(grad=True):
        run = run_on_variables(f, args, tuple(range(len(args))), who)
        outs = [scalar(x, who) for x in checked_leaves(run.out, who)]
        order, results = run.order([*outs, *[t for t in moving if isinstance(t, Value)]])
        start = {id(x): speed for x, speed in zip(run.inputs, moving, strict=True)}
        speed = forward(order, start, results.symbolic)
    given = run.of_values or any(isinstance(t, Value) and not plain(t) for t in moving)
    ends = [
        results._replace(of_values=results.of_values and (given or not plain(out))) for out in outs
    ]
    values = [x for out, end in zip(outs, ends) for x in finished([out], end, remember)]
    slopes = [speed.get(id(out), 0.0) for out in outs]
    speeds = [x for slope, end in zip(slopes, ends) for x in finished([slope], end, remember)]
    return rebuild(run.out, iter(values)), rebuild(run.out, iter(speeds))
