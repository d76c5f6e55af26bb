"""Which runner does the steps of ``fit``: compiled loops where they are wanted and possible."""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..arguments import choice, shown
from ..value.modes import mode
from .batched import BatchRunner
from .eager import EagerRunner, Runner, warn_of_eager_run

if TYPE_CHECKING:
    from .compiled import CompiledRunner


def import_compiler(wanted: bool | str) -> None:
    """Import the compiler where it will be tried, before signals are taken for the end of a run.

    An import that a KeyboardInterrupt cuts short may end in another error instead.
    """
    if isinstance(wanted, (bool, str)) and wanted:
        from .. import compiler  # noqa: F401 (with NumPy, which an eager run does without)
        from . import compiled  # noqa: F401


def library_of(
    eager: EagerRunner, wanted: bool | str, dtype: str, backend: str | None, device: str | None
) -> Any:
    """Return the library of arrays that computes the steps; None where loops do.

    Raises:
        ImportError: it is not installed.
        ValueError: it cannot do what else is asked for.
    """
    if backend is None:
        if device is not None:
            raise ValueError(f"device={device!r} needs backend='jax' or backend='torch'")
        if dtype == "bfloat16":
            raise ValueError("dtype='bfloat16' needs backend='jax' or backend='torch'")
        return None
    from ..compiler.arrays.engines import ENGINES, check_device, engine

    choice("backend of fit", backend, ENGINES)
    check_device(backend, device, False, dtype)
    if not wanted:
        raise ValueError(f"backend={backend!r} computes compiled steps: leave out compile=False")
    if isinstance(eager, BatchRunner) or eager.sharing:
        what = "batched=True" if isinstance(eager, BatchRunner) else "reduce"
        raise ValueError(f"backend={backend!r} does not go with {what}: leave out one of them")
    return engine(backend, dtype, device)


def runner_for(
    eager: EagerRunner,
    batch_size: int | None,
    wanted: bool | str,
    dtype: str,
    like: Runner | None = None,
    library: Any = None,
    try_loss: Callable[[], None] = lambda: None,
) -> Runner:
    """Return what does the steps: compiled loops where these are wanted and possible.

    Args:
        eager: does them one Value at a time.
        batch_size: how many examples a step has; None: all.
        wanted: True, False or "auto".
        dtype: of the numbers inside.
        like: the runner of a model of the same shape, whose program is taken.
        library: of arrays, which then has to compute the steps.
        try_loss: raises what a loss raises for wrong examples. Compiled steps are compared with its
            gradients for these; it is left to that then, for it goes on while a compiler works.

    Raises:
        ValueError: float32 is wanted without compiled loops.
        JitError: they are insisted on (True), and impossible.
    """
    if not isinstance(wanted, (bool, str)) or wanted not in (True, False, "auto"):
        raise ValueError(f'compile is True, False or "auto", got {wanted!r}')
    if dtype not in ("float64", "float32", "bfloat16"):
        raise ValueError(f"fit computes in float64, float32 or bfloat16, got {dtype!r}")
    if dtype == "float32" and not wanted:
        raise ValueError("only compiled steps compute in float32: leave out compile=False")
    if isinstance(eager, BatchRunner):
        return eager.compiled(wanted, dtype)
    if not wanted or mode.anomaly:  # anomalies are found op by op
        try_loss()
        return eager
    from ..compiler.tracing.output import heard  # with NumPy, which an eager run does without

    try:
        with heard() as printed:
            printed.aloud = True
            runner = _compiled(eager, batch_size, dtype, like, library)
        if runner.steps.objective.lengths is not None:  # compared on one example of each length
            try_loss()
    except Exception as error:
        try_loss()
        if wanted is True or library:
            raise
        warn_of_eager_run(error, dtype, stacklevel=6)
        return eager
    if printed.text:
        said = shown(printed.text.splitlines()[0])
        warnings.warn(
            f"the loss prints {said}, which compiled steps leave out: take metrics, a callback or "
            "compile=False to see numbers of each step",
            RuntimeWarning,
            stacklevel=5,
        )
    return runner


def _compiled(
    eager: EagerRunner, batch_size: int | None, dtype: str, like: Runner | None, library: Any
) -> "CompiledRunner":
    from .compiled import CompiledRunner

    n = len(eager.examples)
    size = min(batch_size or n, n)
    sizes = {size} | ({n % size} if n % size else set())
    if eager.sharing:
        sizes = eager.sharing.lengths(sizes)
    other = like if isinstance(like, CompiledRunner) else None
    return CompiledRunner(eager, sizes, dtype, other, library)
