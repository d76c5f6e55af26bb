"""Derivatives by differences, and the check of the exact ones against them."""

import inspect
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, ParamSpec

from .. import arguments
from ..engine import Value
from ..value.attributes import BACKWARD, way_back
from ..value.modes import no_grad
from ..value.nested import checked_leaves, leaves, rebuild
from ..value.nodes import attribute, is_node, number_of
from ..value.number import Number
from . import grad, hessian
from .derivatives import in_place, positions, scalar

P = ParamSpec("P")
EPSILON = 2.0**-52


class GradientError(AssertionError):
    """A derivative by the chain rule is not what differences say."""

    __module__ = "micrograd"  # where it is to be had, as messages name it


def numeric_grad(
    f: Callable[P, Any],
    argnums: int | Sequence[int] = 0,
    *,
    h: float | None = None,
    method: str = "central",
) -> Callable[P, Any]:
    """Return a function that estimates the gradient of f from f at nearby points.

    Args:
        f: a function as for ``grad``; it is called with Values.
        argnums: which arguments to differentiate by.
        h: how far to go; by default what balances truncation and rounding, relative to the
            argument.
        method: "central" for (f(x + h) - f(x - h)) / 2h, "forward" for (f(x + h) - f(x)) / h,
            "backward" for (f(x) - f(x - h)) / h.

    Raises:
        ValueError: the method is none of these, or h is not positive.

    >>> numeric_grad(lambda x: 3 * x**2 - 4 * x + 5, h=0.001, method="forward")(3.0)
    14.00300000000243
    """
    if method not in ("central", "forward", "backward"):
        raise ValueError(f"numeric_grad knows central, forward and backward, got {method!r}")
    arguments.function("the first argument of numeric_grad", f)
    arguments.positions("argnums", argnums)
    if h is not None and not arguments.finite("numeric_grad: h", h) > 0:
        raise ValueError(f"numeric_grad needs a step h > 0, got {h}")
    up, down = method != "backward", method != "forward"
    best = EPSILON ** (1 / 3 if up and down else 1 / 2)

    @wraps(f)
    def estimate(*args: Any, **kwargs: Any) -> Any:
        at, xs = _moved(partial(f, **kwargs), args, argnums, "numeric_grad")

        def slope(i: int, x: float) -> float:
            step = h or best * max(1.0, abs(x))
            high = scalar(at(i, x + step) if up else at(i, x), "numeric_grad")
            low = scalar(at(i, x - step) if down else at(i, x), "numeric_grad")
            return (high.data - low.data) / (2 * step if up and down else step)

        return in_place(args, argnums, iter([slope(i, x) for i, x in enumerate(xs)]))

    return estimate


def _moved(
    f: Callable[..., Any], args: tuple[Any, ...], argnums: int | Sequence[int], who: str
) -> tuple[Callable[[int, float], Any], list[float]]:
    """Return the numbers to move, and a function: f with the i-th of them put at x."""
    by = positions(argnums, args, who)
    given = [v for i in by for v in checked_leaves(args[i], who, f"argument {i}")]
    xs = [v.data if isinstance(v, Value) else v for v in given]
    kinds = [Value if isinstance(v, Value) else Number for v in given]

    def at(i: int, x: float) -> Any:
        new = iter([kinds[j](x if i == j else y) for j, y in enumerate(xs)])
        moved = list(args)
        for j in by:
            moved[j] = rebuild(args[j], new)
        with no_grad():
            return f(*moved)

    return at, xs


def check_grads(
    f: Callable[P, Any],
    argnums: int | Sequence[int] | None = None,
    *,
    order: int = 2,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> Callable[P, None]:
    """Return a function that checks the derivatives of f against differences, at one point.

    Args:
        f: a function as for ``grad``; called with values of another engine, what their own
            ``backward()`` leaves in ``grad`` is checked, to first order.
        argnums: the arguments to differentiate by; all of them by default.
        order: 1 for the gradient, 2 for the second derivatives as well.
        rtol: the relative error allowed.
        atol: the error allowed besides, relative to the size of f.

    Raises:
        GradientError: some derivatives are off; it says which, and by how much. At a kink, where
            the derivative jumps, the differences are at fault: check elsewhere.

    >>> check_grads(lambda x, y: (x * y).tanh() + x)(0.5, -2.0)
    """
    if order not in (1, 2):
        raise ValueError(f"check_grads checks order 1 or 2, got {order!r:.60}")
    arguments.function("the first argument of check_grads", f)
    if argnums is not None and any(is_node(x) for _, x in leaves(argnums)):
        raise TypeError("check_grads(f) returns the check: call it as check_grads(f)(value)")
    arguments.positions("argnums", 0 if argnums is None else argnums)
    for name, error in (("rtol", rtol), ("atol", atol)):
        arguments.finite(f"check_grads: {name}", error, least=0)

    @wraps(f)
    def check(*args: Any, **kwargs: Any) -> None:
        by: Any = tuple(range(len(args))) if argnums is None else argnums
        by = (by,) if isinstance(by, int) else tuple(by)
        one = partial(f, **kwargs)
        names = _names(f, args, positions(by, args, "check_grads"))
        if any(is_node(x) and not isinstance(x, Value) for i in by for _, x in leaves(args[i])):
            _compare_another(one, args, by, names, rtol, atol)
            return
        slopes = _floats(grad(one, by)(*_numbers(args, by)))
        _compare(one, args, by, [[f"df/d{name}" for name in names]], [slopes], rtol, atol)
        if order == 2:
            exact = _floats(_second(one, by, _numbers(args, by)))
            rows = [exact[i : i + len(names)] for i in range(0, len(exact), len(names))]
            titles = [[f"d2f/d{x} d{y}" for x in names] for y in names]
            _compare(grad(one, by), args, by, titles, rows, rtol, atol)

    return check


def _second(f: Callable[..., Any], by: Any, args: list[Any]) -> Any:
    try:
        return hessian(f, by)(*args)
    except TypeError as error:
        if "has a hand-set _backward" not in str(error):
            raise
        raise TypeError(
            f"{error}; check_grads(f, order=1) checks the first derivatives alone"
        ) from None


def _floats(tree: Any) -> list[float]:
    return [x.data if isinstance(x, Value) else x for _, x in leaves(tree)]


def _numbers(args: tuple[Any, ...], by: tuple[int, ...]) -> list[Any]:
    """The arguments with numbers in place of the Values to differentiate by."""
    plain = list(args)
    for i in by:
        given = checked_leaves(args[i], "check_grads", f"argument {i}")
        plain[i] = rebuild(args[i], iter([v.data if isinstance(v, Value) else v for v in given]))
    return plain


def _names(f: Callable[..., Any], args: tuple[Any, ...], by: tuple[int, ...]) -> list[str]:
    try:
        known = list(inspect.signature(f).bind(*args).arguments.items())
    except (TypeError, ValueError):
        known = []
    named = [name for name, given in known if len(known) == len(args)]
    return [
        (named[i] if named else f"argument{i}") + where for i in by for where, _ in leaves(args[i])
    ]


def _compare_another(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    by: tuple[int, ...],
    names: list[str],
    rtol: float,
    atol: float,
) -> None:
    """Compare what the backward of another engine records with differences of its results."""
    given = [x for i in by for _, x in leaves(args[i])]

    def at(place: int, x: float) -> tuple[Any, list[Any]]:
        """Compute f of fresh values, of which one has another number; numbers stay numbers."""
        fresh = []
        for i, old in enumerate(given):
            number = x if i == place else number_of(old, "data")
            fresh.append(type(old)(number) if is_node(old) else number)
        new, changed = iter(fresh), list(args)
        for i in by:
            changed[i] = rebuild(args[i], new)
        out = f(*changed)
        if not is_node(out):
            raise TypeError(f"check_grads expects f to return a value, got {out!r:.80}")
        return out, fresh

    out, variables = at(-1, 0.0)
    method = way_back(type(out))
    if not method:
        raise TypeError(
            f"check_grads goes back from what f returns, and no method of {type(out).__name__} is "
            f"found to do that: call it by one of these ({', '.join(BACKWARD)})"
        )
    getattr(out, method)()
    size = max(1.0, abs(number_of(out, "data")))
    off = []
    for i, name in enumerate(names):
        if not attribute(variables[i], "grad"):
            continue
        x = number_of(given[i], "data")

        def moved(y: float, i: int = i) -> list[float]:
            return [number_of(at(i, y)[0], "data")]

        (slope,) = _precise_slopes(moved, x)
        found = number_of(variables[i], "grad")
        off += _off(f"df/d{name}", found, slope, rtol, atol * size, f"by your {method}()")
    _refuse(off, len(names))


def _compare(
    g: Callable[..., Any],
    args: tuple[Any, ...],
    by: tuple[int, ...],
    names: list[list[str]],
    exact: list[list[float]],
    rtol: float,
    atol: float,
) -> None:
    """Compare d(g[row])/d(number i) with differences; raise with a line for each that is off."""
    moved, xs = _moved(g, args, by, "check_grads")

    def at(i: int, x: float) -> list[float]:
        return [scalar(y, "check_grads").data for _, y in leaves(moved(i, x))]

    sizes = [max(1.0, abs(y)) for y in at(0, xs[0])] if xs else []
    off = []
    for i, x in enumerate(xs):
        for row, estimate in enumerate(_precise_slopes(partial(at, i), x)):
            off += _off(names[row][i], exact[row][i], estimate, rtol, atol * sizes[row])
    _refuse(off, sum(len(row) for row in exact))


def _off(
    name: str,
    found: float,
    estimate: float,
    rtol: float,
    atol: float,
    source: str = "by the chain rule",
) -> list[str]:
    """Return a line about a derivative that is not what differences say."""
    gap = abs(found - estimate)
    allowed = rtol * max(abs(found), abs(estimate)) + atol
    if gap <= allowed or (found != found and estimate != estimate):
        return []
    percent = f", {100 * gap / abs(estimate):.3g} %" if estimate else ""
    return [
        f"  {name} = {found!r} {source}, {estimate:.10g} by differences: off by {gap:.3g}{percent}"
    ]


def _refuse(off: list[str], total: int) -> None:
    if off:
        more = [f"  and {len(off) - 20} more"] if len(off) > 20 else []
        raise GradientError("\n".join([f"{len(off)} of {total} are off:", *off[:20], *more]))


def _precise_slopes(at: Callable[[float], list[float]], x: float) -> list[float]:
    """Five-point differences, whose error is of order h^4.

    Of two steps h, each slope takes the one with the smaller error, by what three points say
    besides and by rounding: near a pole a step must be small, but elsewhere it is better large.
    """
    chosen: list[tuple[float, float]] = []
    for scale in (max(1.0, abs(x)), max(1e-6, abs(x))):
        h = EPSILON**0.2 * scale
        found = []
        for a, b, c, d in zip(*[at(x + k * h) for k in (-2, -1, 1, 2)], strict=True):
            slope = (8 * (c - b) - (d - a)) / (12 * h)
            rounding = EPSILON * max(abs(b), abs(c)) / h
            found.append((abs(slope - (c - b) / (2 * h)) + rounding, slope))
        chosen = [_smaller(*two) for two in zip(chosen or found, found, strict=True)]
    return [slope for _, slope in chosen]


def _smaller(x: tuple[float, float], y: tuple[float, float]) -> tuple[float, float]:
    return y if y[0] < x[0] or x[0] != x[0] else x
