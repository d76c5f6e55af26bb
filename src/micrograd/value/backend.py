"""Which engine computes: the one in C where it was built, else the readable one in Python.

``MICROGRAD_PURE=1`` chooses Python; ``MICROGRAD_REQUIRE_NATIVE=1`` makes it an error that the one
in C is not there, instead of a silent change of speed.
"""

import os
from numbers import Integral
from typing import Any

from .. import ops
from . import copies, handmade, modes, operators
from .numeric import number


def _asked(variable: str) -> bool:
    return os.environ.get(variable, "0") not in ("", "0")


def _load() -> Any:
    if _asked("MICROGRAD_PURE"):
        return None
    try:
        from .._native import value

        _connect(value)
    except ImportError as error:
        if not _asked("MICROGRAD_REQUIRE_NATIVE"):
            return None
        raise ImportError(
            "MICROGRAD_REQUIRE_NATIVE is set, but micrograd was installed without its engine in C "
            f"({error}): reinstall it where there is a C compiler, and read what the build says "
            "(pip install -v), or unset the variable to compute in Python"
        ) from error
    modes.followers.append(value.set_mode)
    for name in ("copy_nodes", "columns_of", "make_nodes"):
        setattr(copies, name, getattr(value, name))
    return value


def _connect(value: Any) -> None:
    value.connect(
        ops.OPS,
        handmade.ATTRIBUTES,
        power=ops.power,
        origin=handmade.origin,
        text=handmade.text,
        named=handmade.named,
        operand=operators.operand,
        number=number,
        integral=Integral,
        observe=modes.observe,
        checked=modes.checked,
        share=handmade.CallShare,
    )


native = _load()
backend = "python" if native is None else "c"


def prefer_native(module: dict[str, Any], *names: str) -> None:
    """Make these a module's public names, compiled where they are, except in ``micrograd.pure``."""
    module["__all__"] = list(names)
    if module["__name__"] == "micrograd.pure":
        return
    if native is not None:
        module.update({name: getattr(native, name) for name in names})
    if "Value" in names:
        copies.rebuild_as(module["Value"])
