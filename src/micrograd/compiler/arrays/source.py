"""The text of a function in a dialect: ``f(p, X)``, its gradient, and the two halves of a call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pprint import pformat
from types import CodeType
from typing import Any

import numpy as np

from ...engine import Value
from ...ops import Op
from ..errors import JitError
from ..pipeline import for_arrays
from ..tracing.names import name_all
from ..tracing.numbering import graph_of
from ..tracing.signature import Argument
from ..tracing.trace import trace
from .building import arrays_of
from .dialects import DIALECTS, Dialect
from .lines import lines
from .printing import ArrayPrinter
from .program import BATCH, ArrayProgram, Expanded, Fill, Let, Variable
from .visit import conditions_of, names_in, saved_of

_WHOLE = 256  # the largest whole number up to which bfloat16 has all


@dataclass(frozen=True, slots=True)
class Text:
    """A module's text: ``head`` and helpers, functions, and the arrays that it calls C0, C1, ..."""

    head: str
    functions: str
    constants: tuple[np.ndarray, ...]
    calls: tuple[Op, ...] = ()
    forward_scalars: bool = False  # whether forward takes the numbers of a call

    def namespace(self, dialect: Dialect, device: str) -> dict[str, Any]:
        """Run the text, with its constants where the functions look for them."""
        names: dict[str, Any] = {}
        exec(_compiled(self.head), names)
        for k, numbers in enumerate(self.constants):
            names[f"C{k}"] = _placed(numbers, dialect, names)
        for k, op in enumerate(self.calls):
            names[f"F{k}"] = _by_number(op, names["dtype"])
        exec(compile(self.functions, "<arrays>", "exec"), names)
        return names

    def __str__(self) -> str:
        made = [f"C{k} = {_written(x)}" for k, x in enumerate(self.constants)]
        return "\n".join([self.head, *made, *[""] * (1 + bool(made)), self.functions])


@lru_cache(maxsize=64)
def _compiled(head: str) -> CodeType:
    """Compile what most programs begin with."""
    return compile(head, "<arrays>", "exec")


def printed(
    program: ArrayProgram,
    dialect: Dialect,
    dtype: str,
    device: str,
    parts: Sequence[str],
    name: str = "f",
) -> Text:
    """Write functions of an array program.

    Args:
        program: what they compute.
        dialect: in which to write them.
        dtype: of all numbers.
        device: for PyTorch, where arrays are made.
        parts: which of "value", "value_and_grad", "forward", "backward".
        name: of the first.

    Raises:
        JitError: an index is too large for the dtype, or the library has no form for an operation.
    """
    writer = _Functions(program, dialect, name)
    functions = [line for part in parts for line in ["", "", *getattr(writer, part)()]]
    if dtype == "bfloat16" and writer.printer.most_rows > _WHOLE + 1:
        raise JitError(
            f"bfloat16 holds whole numbers up to {_WHOLE}, and no index among the "
            f"{writer.printer.most_rows} rows of a take: dtype='float32' does"
        )
    head = dialect.header.format(dtype=dtype, device=device)
    helpers = writer.helpers()
    if any("math." in helper for helper in helpers):
        head = f"import math\n{head}"
    text = "\n".join([head, *[f"\n{helper}\n" for helper in helpers]]).rstrip() + "\n"
    return Text(
        text,
        "\n".join(functions).strip("\n") + "\n",
        tuple(writer.printer.constants),
        tuple(writer.printer.calls),
        bool(writer.given()),
    )


def array_source(
    f: Callable, arguments: Sequence[Argument], dialect: str, dtype: str = "float64"
) -> str:
    """Return the text of a module with ``f(p, ...)`` and, of one number, ``value_and_grad``.

    Args:
        f: what to write, as these arguments make it run.
        arguments: of a call, see ``tracing.signature``.
        dialect: "numpy", "jax" or "torch".
        dtype: of all numbers.
    """
    program = array_program(f, arguments)
    parts = ["value", *["value_and_grad"] * (len(program.seeds) == 1)]
    return str(printed(program, DIALECTS[dialect], dtype, "cpu", parts))


def array_program(f: Callable, arguments: Sequence[Argument]) -> ArrayProgram:
    """Return the array program of a function, as these arguments make it run.

    Args:
        f: a function of numbers, Values, arrays and nested lists of them.
        arguments: of a call.
    """
    return program_and_captured(f, arguments)[0]


def program_and_captured(
    f: Callable, arguments: Sequence[Argument]
) -> tuple[ArrayProgram, list[Value]]:
    """Return the array program of a function, and the Values that its parameters are.

    Args:
        f: a function of numbers, Values, arrays and nested lists of them.
        arguments: of a call.
    """
    recording = trace(f, arguments)
    recording.draws.undo()
    everything = recording.with_first(list(arguments))
    wanted = {k for k, a in enumerate(arguments) if a.differentiable}
    loops = for_arrays(graph_of(recording, wanted))
    named = name_all(loops, recording, f, everything)
    program = arrays_of(named, [i.argument for i in recording.inputs])
    return program, list(recording.captured)


class _Functions:
    def __init__(self, program: ArrayProgram, dialect: Dialect, name: str) -> None:
        self.program, self.dialect, self.name = program, dialect, name
        self.printer = ArrayPrinter(dialect)
        self.printer.conditions = conditions_of(program)
        self.arguments = argument_names(program)
        self.kept = saved_of(program)
        self.saved = [v.name for v in self.kept]
        if program.batched and not any(v.shape[-1:] == (BATCH,) for v in self.kept):
            self.saved += [next(v.name for v in self._batched())]

    def _batched(self) -> list[Variable]:
        return [i.variable for i in self.program.inputs if i.batched]

    def value(self) -> list[str]:
        """The function itself."""
        body = [*self.size(), *self.forward_lines(), f"return {self.checked_result()}"]
        return self.defined(self.name, self.arguments, body)

    def value_and_grad(self) -> list[str]:
        """The value of a function of one number, and the gradients of all that has one."""
        one = self.printer.write(Expanded(Fill(1.0), ()))
        seeds = [f"{v.name} = {one}" for _, v in self.program.seeds]
        self.printer.like = "p" if self.dialect.name == "torch" and "p" in self.arguments else ""
        backward = self.backward_lines()
        self.printer.like = ""
        body = [*self.size(), *self.forward_lines(), *seeds, *backward]
        body.append(f"return {self.result()}, {self.gradients()}")
        return self.defined("value_and_grad", self.arguments, body)

    def forward(self) -> list[str]:
        """The values: outputs, what backward needs, and whether an index was out of range."""
        lines = self.forward_lines()
        saved = f"({', '.join(self.saved)}{',' * (len(self.saved) == 1)})"
        bad = "bad" if self.printer.checks else "False"
        scalars = self.given()
        body = [*self.size(), *scalars, *lines, f"return ({self.outputs()}), {saved}, {bad}"]
        return self.defined("forward", [*self.arguments, *["seeds"] * bool(scalars)], body)

    def given(self) -> list[str]:
        """Take what comes with each call, other than gradients: constants that have a length."""
        used = {name for s in self.program.forward for name in names_in(s)}
        return [f"{v.name} = seeds[{k}]" for k, v in self.program.seeds if v.name in used]

    def backward(self) -> list[str]:
        """The gradients, from what forward has saved and those of the outputs."""
        lines = self.backward_lines()
        unpack = [f"{', '.join(self.saved)}{',' * (len(self.saved) == 1)} = saved"]
        seeds = [f"{v.name} = seeds[{k}]" for k, v in self.program.seeds]
        shaped = [v for v in (*self.kept, *self._batched()) if v.shape[-1:] == (BATCH,)]
        size = [f"{BATCH} = {shaped[0].name}.shape[-1]"] if self.program.batched else []
        body = [*unpack * bool(self.saved), *size, *seeds, *lines, f"return ({self.gradients()})"]
        return self.defined("backward", ["saved", "seeds"], body)

    # ---- their parts

    def size(self) -> list[str]:
        names = [self.arguments[k] for k, i in self._given() if i.batched]
        return [f"{BATCH} = {names[0]}.shape[0]"] if names else []

    def _given(self) -> list[tuple[int, Any]]:
        places = {argument: k for k, argument in enumerate(arguments_of(self.program))}
        return [(places[i.argument], i) for i in self.program.inputs if i.argument is not None]

    def forward_lines(self) -> list[str]:
        text = lines(self.printer, [s for s in self.program.forward if not _is_idle(s)])
        if self.printer.checks:
            text.insert(0, f"bad = {self.dialect.false}")
        return text

    def backward_lines(self) -> list[str]:
        self.printer.checking = False  # forward has read the same indices
        text = lines(self.printer, self.program.backward)
        self.printer.checking = True
        return text

    def outputs(self) -> str:
        texts = [self.printer.array(node) for _, node in self.program.outputs]
        return "".join(f"{text}, " for text in texts).strip()

    def result(self) -> str:
        return self.outputs().removesuffix(",")

    def checked_result(self) -> str:
        """The result, nan where an index was wrong: here nobody looks at ``bad``."""
        if not self.printer.checks:
            return self.result()
        nodes = [node for _, node in self.program.outputs]
        m = self.dialect.module
        kept = [f"{m}.where(bad, nan, {self.printer.array(node)})" for node in nodes]
        return ", ".join(kept)

    def gradients(self) -> str:
        names = [i.gradient.name for i in self.program.inputs if i.gradient]
        return f"({''.join(f'{name}, ' for name in names).strip()})"

    def defined(self, name: str, arguments: Sequence[str], body: Sequence[str]) -> list[str]:
        return [f"def {name}({', '.join(arguments)}):", *[f"    {line}" for line in body]]

    def helpers(self) -> list[str]:
        """The texts of all helpers, those first that others call."""
        order: dict[str, None] = {}

        def add(name: str) -> None:
            for needed in self.dialect.needs(name):
                add(needed)
            order.setdefault(name)

        for name in self.printer.helpers:
            add(name)
        texts = [self.dialect.helper(n) for n in order if self.dialect.function(n) == n]
        return [text for text in texts if text]


def arguments_of(program: ArrayProgram) -> list[int]:
    """Return which arguments a program's functions take, the parameters first."""
    return sorted({i.argument for i in program.inputs if i.argument is not None})


def argument_names(program: ArrayProgram) -> list[str]:
    """Return what these are called."""
    names = {i.argument: i.variable.name for i in reversed(program.inputs)}
    return [names[k] for k in arguments_of(program)]


def _is_idle(s: Any) -> bool:
    return isinstance(s, Let) and isinstance(s.value, Variable) and s.value.name == s.target.name


def _placed(numbers: np.ndarray, dialect: Dialect, names: Mapping[str, Any]) -> Any:
    whole = numbers.dtype.kind == "i"
    if dialect.name == "torch":
        torch = names["torch"]
        kind = torch.long if whole else names["dtype"]
        return torch.tensor(numbers, dtype=kind, device=names["device"])
    if dialect.name == "jax" and not whole:
        return names["jnp"].asarray(numbers, names["dtype"])
    return numbers if whole else numbers.astype(names["dtype"])


def _by_number(op: Op, dtype: Any) -> Callable[..., np.ndarray]:
    return lambda *xs: np.asarray(np.frompyfunc(op.fn, len(xs), 1)(*xs), dtype)


def _written(numbers: np.ndarray) -> str:
    return pformat(numbers.tolist(), width=98, compact=True)
