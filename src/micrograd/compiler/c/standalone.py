"""``jit(f).source(...)``: one C11 header that needs nothing but a C compiler.

The loops are those that ``lower`` prints, one number at a time. Around them stand ``<name>_value``
and ``<name>_value_and_grad``, which copy the caller's arrays to their places in the caller's
workspace: no memory is asked for, and no state kept.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from ..errors import JitError
from ..ir.array import Placement
from ..ir.sizes import Poly, Size, substitute
from ..pipeline import lower
from ..printing.layouts import layout
from ..tracing.names import argument_names, name_all
from ..tracing.numbering import graph_of
from ..tracing.recording import Trace
from ..tracing.signature import Argument
from .apart import apart_of, moved
from .arrays import TAKEN, HeaderArray, folded, guarded, identifier, plain, shape_of, wrapped
from .expressions import Writer
from .gcc_sums import guarded_from_gcc
from .returned import Gradient, Result, items_of
from .source import printed, tables


def standalone(
    recording: Trace,
    f: Callable,
    arguments: Sequence[Argument],
    name: str,
    dtype: str,
    slopes: tuple[Sequence[int], bool] | None = None,
    gradients: bool = True,
) -> str:
    """Return one header with ``<name>_value`` and, where there is one number, ``_value_and_grad``.

    Args:
        recording: of what to print.
        f: what was recorded.
        arguments: it ran with them.
        name: of the C functions; what is no identifier becomes f.
        dtype: of all numbers.
        slopes: what is returned is f's gradient by these arguments, and whether with the value.
        gradients: False leaves out ``_value_and_grad``, and parameters are read where they are.

    Raises:
        JitError: f computes nothing.
    """
    plain_name = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and name not in TAKEN
    name = name if plain_name else "f"
    return _Header(recording, f, arguments, name, dtype, slopes, gradients).text()


class _Header:
    def __init__(
        self,
        recording: Trace,
        f: Callable,
        arguments: Sequence[Argument],
        name: str,
        dtype: str,
        slopes: tuple[Sequence[int], bool] | None,
        gradients: bool,
    ) -> None:
        own = len(arguments)
        arguments = [*arguments, *recording.draws.first()]
        wanted = {k for k, a in enumerate(arguments) if a.kind == "nest"}
        if slopes:
            wanted = set(slopes[0])
        elif not recording.captured and not wanted:  # then it is the arguments' gradient
            given = {i.argument for i in recording.inputs if not i.batched}
            wanted = {k for k in given if k is not None and k < own}
        program = name_all(lower(graph_of(recording, wanted)), recording, f, arguments)
        alone = not (gradients or slopes or recording.batch) and bool(recording.captured)
        self.apart = apart_of(program) if alone else 0
        self.loops, program = program, moved(program, self.apart)
        self.program, self.name, self.dtype = program, name, dtype
        self.guards = [holds for _, holds in recording.guards]
        if len(program.outputs) == len(self.guards):
            if any(0 in (a.shape or ()) for a in arguments):
                raise JitError(
                    f"{name} of a batch without rows computes nothing: pass one with as many rows "
                    "as the largest will have"
                )
            raise JitError(f"{name} computes nothing, so there is no C for it")
        self.writer = Writer(dtype, {})
        self.type, self.capital = self.writer.type, name.upper()
        placed = list(zip(recording.inputs, program.segments, strict=True))
        self.factors = [p for i, p in placed if i.argument is None]
        batched = {i.argument for i, _ in placed if i.batched}
        self.open = bool(batched) and batched <= recording.free()
        self.batch = recording.batch
        arrays: dict[int, HeaderArray] = {}
        for k, known in enumerate(argument_names(f, len(arguments))):
            if arguments[k].kind != "static":
                places = [(i.batched, p) for i, p in placed if i.argument == k]
                shape = shape_of(arguments[k], k in batched)
                called = identifier(known, [a.name for a in arrays.values()])
                arrays[k] = HeaderArray(called, shape, k in wanted, places)
        self.arrays = list(arrays.values())
        if recording.captured:
            count = len(recording.captured)
            places = [] if self.apart else [(False, Placement(0, count))]
            self.arrays.append(HeaderArray("parameters", (count,), True, places))
        self.result = Result(items_of(recording), program.outputs, self.writer.literal)
        self.gradient = Gradient(slopes[1], [arrays[k] for k in slopes[0]]) if slopes else None
        graded = [a for a in self.arrays if a.wanted and a.places] if self.result.graded else []
        graded = graded if gradients else []
        self.backward = bool(graded)
        self.graded = [] if slopes else graded

    def text(self) -> str:
        """Write the header."""
        core = printed(
            self.loops,
            self.dtype,
            portable=True,
            prefix=f"{self.name}_",
            linkage="static inline ",
            apart=self.apart,
        )
        loops = [*core.functions, "", core.forward, *[core.backward] * self.backward]
        parts = [
            core.head.strip(),
            "\n".join(self.sizes()),
            "\n".join(self.data()).strip(),
            guarded_from_gcc(self.loops, "\n".join(loops).strip()),
            "\n".join(self.load()),
            "\n".join(self.value()),
            "\n".join(self.value_and_grad()),
        ]
        body = "\n\n".join(part for part in parts if part)
        text = "\n".join([*self.comment(), "", guarded(self.name, body)])
        return "\n".join(_broken(line) for line in text.split("\n"))

    # ---- what stands above the loops

    def comment(self) -> Iterator[str]:
        name, types = self.name, f"{self.type} workspace[{self.capital}"
        yield f"/* {name}: C11 made by micrograd from scalar code; needs only the math library."
        yield " *"
        yield f" * int {name}_value({', '.join(self.value_arguments())});"
        if self.graded:
            yield f" * int {name}_value_and_grad({', '.join(self.grad_arguments())});"
        yield " *"
        for array in self.arrays:
            used = array.places or (self.apart and array is self.arrays[-1])
            yield f" *     {array.described()}" + ("" if used else "  (not used)")
        for line in layout(self.program.labels) if any(self.program.labels) else ():
            yield f" *         {line}"
        yield f" *     {(self.gradient or self.result).described()}"
        if self.graded:
            yield " *     gradients are written, in the shape of what they are the gradients of"
        if self.open:
            yield f" *     batch is at most {self.capital}_MAX_BATCH, which may be defined before"
        elif self.batch:
            yield f" *     batch is {self.batch}"
        yield f" *     {types}_VALUE_WORKSPACE] or more, for value"
        if self.graded:
            yield f" *     {types}_GRAD_WORKSPACE] or more, for value_and_grad"
        yield " *"
        errors = ["1 when a run-time index is outside its range"]
        errors += ["2 when a branch would go another way than it was traced"] * bool(self.guards)
        errors += ["3 when there are too many examples, or none"] * self.open
        yield f" * {'Both return' if self.graded else 'It returns'} 0, or {'; '.join(errors)}."
        yield " */"

    def sizes(self) -> Iterator[str]:
        limit = f"{self.capital}_MAX_BATCH"
        if self.open:
            yield f"#ifndef {limit}\n#define {limit} {self.batch}\n#endif"
        rows: Size = Poly.var(limit) if self.open else (self.batch or 0)
        count = plain(substitute(self.program.size, {"P": rows, "B": rows}))
        twice = "2 * " * bool(self.gradient)
        yield f"#define {self.capital}_VALUE_WORKSPACE ({twice}{f'({count})' if twice else count})"
        if self.graded:
            yield f"#define {self.capital}_GRAD_WORKSPACE (2 * {self.capital}_VALUE_WORKSPACE)"

    def data(self) -> Iterator[str]:
        """Yield the constants and the tables."""
        _, constants = self.program.constants
        if constants:
            numbers = ", ".join(map(self.writer.literal, constants))
            yield folded(f"static const {self.type} {self.name}_constants[] = {{{numbers}}};")
        kept = tables(self.program)
        for i, table in enumerate(kept):
            numbers = ", ".join(map(str, table.values))
            yield folded(f"static const int64_t {self.name}_table{i}[] = {{{numbers}}};")
        if kept:
            every = ", ".join(f"{self.name}_table{i}" for i in range(len(kept)))
            yield f"static const int64_t *const {self.name}_tables[] = {{{every}}};"

    # ---- what stands below them

    def load(self) -> Iterator[str]:
        """Yield the function that puts everything in its place."""
        yield "/* Put everything in its place. */"
        arguments = ", ".join([*self.inputs(), f"{self.type} *v"])
        yield f"static inline void {self.name}_load({arguments}) {{"
        yield from self.unused([a for a in self.arrays if not a.places])
        start, constants = self.program.constants
        if constants:
            known = f"{self.name}_constants"
            yield f"    memcpy(v + {plain(start)}, {known}, sizeof {known});"
        for place in self.factors:
            yield f"    v[{plain(place.start)}] = 1 / ({self.type})batch;"
        for array in self.arrays:
            for batched, place in array.places:
                yield from array.copied(batched, place, "v", back=False)
        yield "}"

    def value(self) -> Iterator[str]:
        """Yield the function that computes what is returned."""
        yield f"{self.prototype('value', self.value_arguments())} {{"
        weights = [self.writer.literal(0.0)] * len(self.program.outputs)
        if self.gradient:
            weights[-1] = self.writer.literal(1.0)
            half = f"{self.capital}_VALUE_WORKSPACE / 2"
            yield from self.run(weights, half)
            yield from self.gradient.lines(self.type, self.program.outputs[-1])
        else:
            yield from self.run(weights)
            yield from self.result.lines()
        yield "    return 0;\n}"

    def value_and_grad(self) -> Iterator[str]:
        """Yield the function that computes the gradient as well."""
        if not self.graded:
            return
        weights = [self.writer.literal(0.0)] * len(self.program.outputs)
        for output, weight in self.result.weights().items():
            weights[output] = weight
        yield f"/* The gradient {self.result.differentiated()}. */"
        yield f"{self.prototype('value_and_grad', self.grad_arguments())} {{"
        yield from self.run(weights, f"{self.capital}_VALUE_WORKSPACE")
        yield from self.result.lines()
        for array in self.graded:
            for batched, place in array.places:
                yield from array.copied(batched, place, "g", back=True)
        yield "    return 0;\n}"

    def run(self, scalars: list[str], half: str = "") -> Iterator[str]:
        """Yield the lines that compute the values, check the branches, and go back.

        Args:
            scalars: what each output counts in the gradient.
            half: of the workspace, which the values take; else there is no way back.
        """
        program = self.program
        batch = "batch" if self.open else str(self.batch)
        sizes = ", ".join([batch for _ in program.sizes]) or "0"
        if self.open:
            yield f"    if (batch < 1 || batch > {self.capital}_MAX_BATCH) return 3;"
        elif self.batch:
            yield f"    const int64_t batch = {self.batch};"
        yield f"    const int64_t sizes[] = {{{sizes}}};"
        yield f"    const {self.type} scalars[] = {{{', '.join(scalars)}}};"
        given = [a.name for a in self.arrays]
        given = ["batch", *given] if self.batch else given
        yield f"    {self.name}_load({', '.join([*given, 'workspace'])});"
        memory = "workspace, parameters" if self.apart else "workspace"
        yield f"    if ({self.name}_forward({memory}, sizes, scalars, {self.tables()})) return 1;"
        for address, holds in zip(program.outputs, self.guards):
            yield f"    if (workspace[{plain(address)}] {'==' if holds else '!='} 0) return 2;"
        if half and self.backward:
            yield f"    {self.type} *const g = workspace + {half};"
            yield f"    memset(g, 0, {half} * sizeof *g);"
            call = f"{self.name}_backward(workspace, g, sizes, scalars, {self.tables()})"
            yield f"    if ({call}) return 1;"

    def prototype(self, what: str, arguments: Sequence[str]) -> str:
        return f"static inline int {self.name}_{what}({', '.join(arguments)})"

    def inputs(self) -> list[str]:
        own = [a.declared(self.type, const=True) for a in self.arrays]
        return ["int64_t batch", *own] if self.batch else own

    def value_arguments(self) -> list[str]:
        own = self.inputs()
        own = own[1:] if self.batch and not self.open else own
        return [*own, f"{self.type} *value", f"{self.type} *workspace"]

    def grad_arguments(self) -> list[str]:
        *given, value, workspace = self.value_arguments()
        weights = [f"const {self.type} *weights"] if len(self.result.singles) > 1 else []
        gradients = [f"{self.type} *{a.name}_gradient" for a in self.graded]
        return [*given, *weights, value, *gradients, workspace]

    def tables(self) -> str:
        return f"{self.name}_tables" if tables(self.program) else "0"

    def unused(self, arrays: Sequence[HeaderArray]) -> Iterator[str]:
        names = [a.name for a in arrays]
        used = self.factors or any(batched for a in self.arrays for batched, _ in a.places)
        names += ["batch"] if self.batch and not used else []
        names += [] if any(a.places for a in self.arrays) else ["v"]
        if names:
            yield "    " + " ".join(f"(void){name};" for name in names)


def _broken(line: str) -> str:
    """Break the long heads of functions."""
    if line.startswith("static inline"):
        return wrapped(line, "    ")
    return wrapped(line, " *     ") if line.startswith(" * int") else line
