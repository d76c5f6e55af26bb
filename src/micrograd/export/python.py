"""Models as Python: a file that needs only NumPy, a module of PyTorch, a function of JAX."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from pprint import pformat
from textwrap import indent
from typing import Any

import numpy as np

from ..arguments import file_name
from ..compiler.arrays.dialects import JAX, NUMPY, TORCH, Dialect
from ..compiler.arrays.source import printed
from ..extras import require
from ..files import write_whole
from .columns import comparison
from .subject import Exported, subject

_TORCH_HEADER = """from math import inf, nan

import torch
from torch import nn

dtype = torch.{dtype}
"""
_WRONG = """
def wrong(x, rows):
    x = np.asarray(x)
    outside = ~((x >= 0) & (x < rows) & (x == np.floor(x)))
    if outside.any():
        raise IndexError(f"an index is a whole number below {rows}, got {x[outside][0]}")
    return False
"""


def to_numpy(m: Any, x: Any, path: str | os.PathLike[str], *, dtype: str = "float64") -> Path:
    """Write a model as one Python file that needs only NumPy, weights included; return its path.

    The file has ``predict(x)``, of a batch of any size, as ``model.predict``. Of a model that was
    trained on a table, or where x is a row of one, it refuses a table with other columns.

    Args:
        m: a Module, which is exported in evaluation mode, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        path: of the file.
        dtype: of all numbers, "float64" or "float32".

    Raises:
        TypeError: m is neither, or x is no example, or the result no number or list of such.
        ValueError: m branches on its numbers or draws random ones.
        JitError: m cannot be compiled.
        OSError: the file cannot be written; a file that was there is as it was.
    """
    name = file_name("path", path)
    made = subject(m, x, dtype)
    text = _file(made, replace(NUMPY, own={**NUMPY.own, "wrong": _WRONG}), dtype)
    weights = "".join(
        [f"    {name!r}: {_literal(array, 'np')},\n" for name, array in made.weights.items()]
    )
    compared = f"{comparison(made.columns)}\n\n" if made.columns else ""
    return write_whole(name, f"{text}\n\nWEIGHTS = {{\n{weights}}}\n\n\n{compared}{_predict(made)}")


def _predict(made: Exported) -> str:
    call = ", ".join([*made.constants, "*WEIGHTS.values()", "x"])
    batch = f"(batch, {', '.join(map(str, made.input))})" if made.input else "(batch,)"
    columns, compared = "", ""
    if made.columns:
        columns = ": COLUMNS"
        compared = '    check_feature_names("what predict got", feature_names_of(x), COLUMNS)\n'
    return f'''def predict(x):
    """Return what the model gives for a batch of examples, of the shape {batch}{columns}."""
{compared}    x = np.asarray(x, dtype)
    if x.shape[1:] != {made.input!r} or x.ndim != {len(made.input) + 1}:
        raise ValueError(f"predict expects the shape {batch}, got {{x.shape}}")
    with np.errstate(all="ignore"):
        return f({call})
'''


def torch_source(m: Any, x: Any, *, dtype: str = "float64") -> str:
    """Return the text of a module of PyTorch, ``class Model(nn.Module)``, without weights.

    ``state_dict`` has the names and shapes of the model's own, so that weights go both ways.
    Arguments and errors are those of ``to_torch``.
    """
    return _torch(subject(m, x, dtype), dtype)


def _torch(made: Exported, dtype: str) -> str:
    x = made.program.inputs[-1].variable.name
    dialect = replace(
        TORCH,
        differentiates=True,
        header=_TORCH_HEADER,
        device=f", device={x}.device",
        false=f"torch.zeros((), dtype=torch.bool, device={x}.device)",
    )
    everything = made.weights | made.unused
    shapes = {name: array.shape for name, array in everything.items()}
    buffers = sorted(made.buffers & set(everything))
    known = [
        f"self.register_buffer({name!r}, {_literal(array, 'torch')}, persistent=False)\n"
        for name, array in made.constants.items()
    ]
    given = [f"self.{name}" for name in made.constants]
    kinds = {True: "buffer", False: "parameter"}
    given += [f"self.get_{kinds[name in buffers]}({name!r})" for name in made.weights]
    call = "".join(f"    {argument},\n" for argument in [*given, f"{x}.to(dtype)"])
    body = indent("".join(known), "        ")
    return f'''{_file(made, dialect, dtype, constants=False)}

SHAPES = {pformat(shapes, sort_dicts=False)}
BUFFERS = {buffers!r}  # which no optimiser moves


def place(module, path):
    """Return the module that a dotted path leads to, made where there is none."""
    for name in path:
        if name not in module._modules:
            module.add_module(name, nn.Module())
        module = module._modules[name]
    return module


class Model(nn.Module):
    """{made.title}"""

    def __init__(self):
        super().__init__()
        for name, shape in SHAPES.items():
            *path, last = name.split(".")
            weight, inside = torch.zeros(shape, dtype=dtype), place(self, path)
            if name in BUFFERS:
                inside.register_buffer(last, weight)
            else:
                inside.register_parameter(last, nn.Parameter(weight))
{body}
    def forward(self, {x}):
        return f(
{indent(call, "        ")}        )
'''


def to_torch(m: Any, x: Any, *, dtype: str = "float64") -> Any:
    """Return a model as an ``nn.Module`` of PyTorch, of a batch of any size, with its weights.

    Its ``source`` is its own text; ``torch.export`` and ``torch.compile`` take it.

    Args:
        m: a Module, which is exported in evaluation mode, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        dtype: of all numbers, "float64" or "float32".

    Raises:
        ImportError: PyTorch is not installed.
        TypeError: m is neither, or x is no example, or the result no number or list of such.
        ValueError: m branches on its numbers or draws random ones.
        JitError: m cannot be compiled.
    """
    torch = require("torch", "torch", "to_torch")
    made = subject(m, x, dtype)
    text = _torch(made, dtype)
    model = run(text)["Model"]()
    everything = made.weights | made.unused
    model.load_state_dict({name: torch.tensor(array) for name, array in everything.items()})
    model.source = text
    return model


def to_jax(
    m: Any, x: Any, *, dtype: str = "float32"
) -> tuple[Callable[[Mapping[str, Any], Any], Any], dict[str, np.ndarray]]:
    """Return a model as ``(f, params)`` for JAX: ``f(params, x)`` of a batch of any size.

    ``params`` are arrays under the names of ``state_dict``; ``f.source`` is the text of f, and
    ``jit``, ``grad``, ``vmap`` and ``jax.export`` take it.

    Args:
        m: a Module, which is exported in evaluation mode, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        dtype: of all numbers; "float64" needs JAX's ``jax_enable_x64``.

    Raises:
        ImportError: JAX is not installed.
        TypeError: m is neither, or x is no example, or the result no number or list of such.
        ValueError: m branches on its numbers or draws random ones.
        JitError: m cannot be compiled.
    """
    require("jax", "jax", "to_jax")
    made = subject(m, x, dtype)
    text = jax_text(made, dtype)
    f = run(text)["apply"]
    f.source = text
    return f, dict(made.weights)


def jax_source(m: Any, x: Any, *, dtype: str = "float32") -> str:
    """Return the text of ``apply(params, x)`` for JAX; arguments and errors as for ``to_jax``."""
    return jax_text(subject(m, x, dtype), dtype)


def jax_text(made: Exported, dtype: str) -> str:
    """Return the text of a subject for JAX."""
    given = [*made.constants, *[f'params["{name}"]' for name in made.weights]]
    call = "".join(f"    {argument},\n" for argument in [*given, "x"])
    return f'''{_file(made, JAX, dtype)}

def apply(params, x):
    """{made.title}"""
    if jax.dtypes.canonicalize_dtype(dtype) != dtype:
        raise ValueError(
            "this computes in float64: jax.config.update('jax_enable_x64', True) first, or "
            "export with dtype='float32'"
        )
    params = {{name: jnp.asarray(array, dtype) for name, array in params.items()}}
    x = jnp.asarray(x, dtype)
    return f(
{indent(call, "    ")}    )
'''


def _file(made: Exported, dialect: Dialect, dtype: str, constants: bool = True) -> str:
    """Return what all of them begin with: head, helpers, constants and ``f``."""
    text = printed(made.program, dialect, dtype, "cpu", ["value"])
    module = dialect.module
    known = [
        f"{name} = {_literal(array, module)}\n" for name, array in made.constants.items()
    ] * constants
    title = f'"""{made.title}, exported by micrograd."""\n\n'
    parts = [title + text.head.strip(), "".join(known).strip(), text.functions.strip()]
    return "\n\n\n".join(filter(None, parts)) + "\n"


def _literal(array: np.ndarray, module: str) -> str:
    """Write an array with all digits of its numbers."""
    numbers = pformat(array.tolist(), width=88, compact=True)
    if "\n" in numbers:
        numbers = "\n" + indent(numbers, "        ") + "\n    "
    for word in ("nan", "inf"):
        numbers = numbers.replace(word, f"float('{word}')") if word in numbers else numbers
    whole = "int" if module == "jnp" else f"{module}.int64"  # of JAX: as many bits as it has
    kind = whole if array.dtype.kind == "i" else f"{module}.{array.dtype}"
    name = "tensor" if module == "torch" else "array"
    return f"{module}.{name}({numbers}, dtype={kind})"


def run(text: str) -> dict[str, Any]:
    """Run a text, and return what it defines."""
    names: dict[str, Any] = {"__name__": "micrograd_export"}
    exec(compile(text, "<exported by micrograd>", "exec"), names)
    return names
