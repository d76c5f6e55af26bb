"""Models as C: one header with the weights inside, for a device without anything else."""

import os
import re
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from ..arguments import array, choice, file_name
from ..compiler.c.expressions import Writer
from ..compiler.c.standalone import standalone
from ..compiler.tracing.signature import checked_argument
from ..files import write_whole
from ..value import buffers
from .columns import columns_of
from .subject import DTYPES, check_exportable, recorded, shown_title


def to_c(m: Any, x: Any, path: str | os.PathLike[str], *, dtype: str = "float32") -> Path:
    """Write a model as one header of C11 with its weights inside; return its path.

    ``<name>_predict(x, value, workspace)``, after the file's name, computes one example. Nothing is
    allocated; the caller gives a workspace of ``<NAME>_VALUE_WORKSPACE`` numbers. Of a model that
    was trained on a table, or where x is a row of one, a comment names the columns.

    Args:
        m: a Module, which is exported in evaluation mode, or a function of one example.
        x: one example: a number, or numbers in lists or an array.
        path: of the file.
        dtype: of all numbers, "float32" or "float64".

    Raises:
        TypeError: m is neither, or x is no example, or the result no number or list of such.
        ValueError: m branches on its numbers or draws random ones.
        JitError: m cannot be compiled.
        OSError: the file cannot be written; a file that was there is as it was.
    """
    choice("dtype", dtype, DTYPES)
    check_exportable(m)
    example = array("x, one example,", x)
    columns = columns_of(m, x, example.shape)
    x = example if hasattr(x, "to_numpy") else x
    file = file_name("path", path)
    name = re.sub(r"\W", "_", Path(file).stem, flags=re.ASCII)
    name = name if name[:1].isalpha() else f"m{name}"

    def predict(x: Any) -> Any:
        return m(x)

    argument = checked_argument(x, "x", False)
    with recorded(m, predict, [argument]) as recording:
        header = standalone(recording.trace, predict, [argument], name, dtype, gradients=False)
        weights = np.empty(len(recording.trace.captured))
        buffers.read_data(recording.trace.captured, weights)
    count = int(np.prod(recording.shape, dtype=int))
    title = f"{shown_title(m)}; x{_dims(argument.shape)}, value[{count}]"
    title += "".join([f"\n *     x[{k}] {name}" for k, name in enumerate(columns)])
    return write_whole(file, _with_weights(header, name, weights, dtype, title))


def _dims(shape: tuple[int, ...]) -> str:
    return "".join(f"[{n}]" for n in shape)


def _with_weights(header: str, name: str, weights: Any, dtype: str, title: str) -> str:
    """Put weights, and a function that takes none, at a header's end."""
    kind = {"float32": "float", "float64": "double"}[dtype]
    by_value = f"{kind} x" if f"_value({kind} x" in header else f"const {kind} *x"
    given, table = "x, value, workspace", ""
    if len(weights):
        given = f"x, {name}_weights, value, workspace"
        digits = map(Writer(dtype, {}).literal, weights.tolist())
        rows = fill(", ".join(digits), 98, initial_indent="    ", subsequent_indent="    ")
        table = f"static const {kind} {name}_weights[{len(weights)}] = {{\n{rows}\n}};\n\n"
    head, mark, tail = header.rpartition("#endif")
    return (
        f"{head}/* {title.replace('*/', '* /').replace('/*', '/ *')} */\n\n{table}"
        f"static inline int {name}_predict({by_value}, {kind} *value, {kind} *workspace) {{\n"
        f"    return {name}_value({given});\n}}\n\n{mark}{tail}"
    )
