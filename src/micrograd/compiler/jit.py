"""``jit(f)``: the same function, compiled when it is first called."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from ..arguments import choice, flag, function, positions
from .arrays.engines import DTYPES, ENGINES, check_device
from .calls.binding import most_arguments
from .jitted import Jitted

P = ParamSpec("P")
R = TypeVar("R")


@overload
def jit(
    f: Callable[P, R],
    *,
    static_argnums: int | Sequence[int] = (),
    backend: str = "auto",
    device: str | None = None,
    dtype: str = "float64",
    strict: bool = False,
    when: str = "third call",
) -> Jitted[P, R]: ...


@overload
def jit(
    f: None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    backend: str = "auto",
    device: str | None = None,
    dtype: str = "float64",
    strict: bool = False,
    when: str = "third call",
) -> Callable[[Callable[P, R]], Jitted[P, R]]: ...


def jit(
    f: Callable[..., Any] | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    backend: str = "auto",
    device: str | None = None,
    dtype: str = "float64",
    strict: bool = False,
    when: str = "third call",
) -> Any:
    """Compile a function written one scalar at a time into loops over arrays.

    Args:
        f: a function of numbers, Values, arrays and nested lists of them. Values that it uses
            besides (a model's parameters) are read at each call and receive gradients; other
            numbers that it uses besides are constants until one is seen to have changed: from
            then on it is read at each call.
        static_argnums: which arguments are plain Python objects: f is compiled for each value.
        backend: "c", "numpy", or "auto": the engine itself at first, one operation after the
            other, and from the third call of a structure on C where there is a compiler and loops
            are found. "jax" or "torch" runs the loops as array operations of that library.
        device: where such a library runs them, by its own name for it: "cpu", "cuda", "cuda:1";
            None is the first GPU, or the CPU where there is none.
        dtype: "float64" or "float32", of all numbers inside; by such a library also "bfloat16".
        strict: keep the order of every sum, at some cost in speed.
        when: "third call", or "now": compile at the first, so that all later ones round alike.

    Returns:
        A function that returns what f does, as Values that backpropagate. It is traced anew for
        each structure of arguments and each path through its branches.

    Raises:
        JitError: f does what cannot be compiled; the message names the line and the remedy.

    >>> from micrograd import Value, jit
    >>> square = jit(lambda x: x * x)
    >>> x = Value(3.0)
    >>> y = square(x)
    >>> y.backward()
    >>> y.data, x.grad
    (9.0, 6.0)
    """
    if f is None:
        return functools.partial(
            jit,
            static_argnums=static_argnums,
            backend=backend,
            device=device,
            dtype=dtype,
            strict=strict,
            when=when,
        )
    function("what jit compiles", f)
    choice("dtype of jit", dtype, DTYPES)
    choice("backend of jit", backend, ("auto", "c", "numpy", *ENGINES))
    choice("when of jit", when, ("third call", "now"))
    check_device(backend, device, flag("strict", strict), dtype)
    positions("static_argnums", static_argnums)
    static = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
    most = most_arguments(f)
    for k in static:
        if not 0 <= k < most:
            raise ValueError(
                f"static_argnums counts the arguments from 0, got {k} for "
                f"{getattr(f, '__name__', f)} with {most}"
            )
    options = {"backend": backend, "device": device, "dtype": dtype, "strict": strict, "when": when}
    return Jitted(f, static, options)
