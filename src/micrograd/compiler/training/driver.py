"""The training loop in C: what stands around a program's forward and backward to make steps.

One call does many steps: it gathers a batch from the data, computes the objective and its gradient,
and moves the parameters by the optimiser's rule, over whole vectors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..c.expressions import Writer
from ..c.source import preamble, printed
from ..c.units import units
from ..ir.array import Placement
from ..ir.program import Program
from ..ir.sizes import Poly, Size, variables
from ..passes.generalise import Coefficient
from ..passes.schedules import width
from . import rows
from .rows import LookUp
from .update import Rule, shrink, update


@dataclass(frozen=True, slots=True)
class StepProgram:
    """What the loop has to know of a program: a batch at once, or one example after the other.

    ``fills`` are columns and their places; no column: 1 / (the batch size); one behind the data's
    ``columns``: random numbers, drawn for each example of each step. ``guards`` are addresses and
    what their truth has to be, ``outputs`` the loss and perhaps a penalty apart from it. ``batch``
    and ``row`` are the size of a batch and of its rows, 0 where examples come one by one.
    """

    program: Program
    dtype: str  # of the numbers inside
    fills: tuple[tuple[int | None, Placement], ...]
    columns: int
    guards: tuple[tuple[Size, bool], ...]
    outputs: tuple[Size, ...]
    batch: Size
    row: Size
    least: int  # the shortest example that the program can take
    coefficients: tuple[Coefficient, ...]
    captured: int  # how many Values the program reads and gives gradients to
    count: int  # of parameters, which are the first of these
    look_ups: tuple[LookUp, ...] = ()  # of rows, for each example of a batch, by table


_HEAD = """
typedef int (*reduction)(int64_t step);  /* where several processes share each batch */
struct run {
    T *v, *g, *const *states, *total, *best;
    const T *const *columns;
    const int64_t *const *starts, *lengths, *const *tables;
    struct table *rows;
};
"""

_LOOP = """
/* Do steps until one cannot be done; return how many. Steps from ``gathers`` on find their batch in
   place. Where an epoch has steps, the parameters after the one of the lowest loss are kept: copied
   as late as can be, for a still better epoch of one step is known before its step moves them. */
int64_t train(const struct run *run, const int64_t *order, const int64_t *bounds, int64_t steps,
              int64_t done, int64_t gathers, const double *rates, double *losses, int64_t epoch,
              double examples, double *lowest, int64_t *lowest_at, reduction reduce) {
    TINY_IS_ZERO;
    double epoch_loss = 0;
    int uncopied = 0; /* v has the best parameters */
    int64_t k = 0;
    for (int64_t at = 0; k < steps; k++) {
        const int64_t count = bounds[k + 1] - bounds[k];
        losses[k] = 0;
        if (count && objective(run, order + bounds[k], count, k < gathers, bounds[k], losses + k))
            break;
        if (reduce && reduce(k)) break;
        if (epoch) epoch_loss += losses[k] * ((double)count / examples);
        const int ends = epoch && ++at == epoch, better = ends && epoch_loss < *lowest;
        if (uncopied && !better) memcpy(run->best, run->v, COUNT * sizeof(T));
        move(run, (T)(done + k + 1), (T)rates[k]);
        uncopied = better;
        if (better) *lowest = epoch_loss, *lowest_at = k;
        if (ends) at = 0, epoch_loss = 0;
    }
    if (uncopied) memcpy(run->best, run->v, COUNT * sizeof(T));
    return k;
}
"""


def sources(steps: StepProgram, rule: Rule) -> tuple[str, ...]:
    """Return C that defines ``train``: files that make one library."""
    parts = printed(steps.program, steps.dtype, linkage="static ")
    writer = Writer(steps.dtype, {})
    lines = update(writer, rule)
    functions = [f for f in writer.functions.values() if f not in parts.functions]
    functions.append(shrink(rule.longest))
    body = _batch(steps) if steps.batch else _examples(steps)
    count = f"#define COUNT {steps.count}\n#define CAPTURED {steps.captured}"
    of_rows = [rows.FUNCTIONS] if steps.look_ups else []
    head = [rows.HEAD, _HEAD, *of_rows]
    return units(parts, [count, *functions, *lines, *head, *body, *_moved(steps), _LOOP])


def _moved(steps: StepProgram) -> list[str]:
    """Print ``move``, the optimiser's part of a step."""
    tables = [f"run->rows[{k}]" for k in range(len(steps.look_ups))]
    slopes = ", ".join(["run->g", *[f"{t}.slopes" for t in tables]])
    counts = ", ".join(["COUNT", *[f"{t}.count * {t}.columns" for t in tables]])
    return [
        "static void move(const struct run *run, T step, T rate) {",
        f"    T *const slopes[] = {{{slopes}}};",
        f"    const int64_t counts[] = {{{counts}}};",
        f"    shrink(slopes, counts, {1 + len(tables)});",
        "    update(run->v, run->g, run->states, 0, 1, COUNT, step, rate);",
        *rows.moved(steps.look_ups),
        "}",
    ]


_MOVE = """
void move(T *v, T *g, T *const *states, int64_t step, double rate) {
    TINY_IS_ZERO;
    const int64_t count = COUNT;
    shrink(&g, &count, 1);
    update(v, g, states, 0, 1, COUNT, (T)step, (T)rate);
}
"""


def move_source(steps: StepProgram, rule: Rule) -> str:
    """Return C that defines ``move``, the optimiser's part of a step."""
    writer = Writer(steps.dtype, {})
    lines = update(writer, rule)
    functions = [*writer.functions.values(), shrink(rule.longest)]
    count = f"#define COUNT {steps.count}"
    return "\n".join([preamble(writer, portable=False), count, *functions, *lines, _MOVE])


# The objective of a step and its gradient.


def _batch(steps: StepProgram) -> list[str]:
    """Print ``objective`` for a program that takes a whole batch at once."""
    lanes = width(steps.dtype)
    sizes = (("B", "count"), ("P", f"(count + {lanes - 1}) / {lanes} * {lanes}"))
    known = () if isinstance(steps.batch, int) else sizes
    constant = [f"    const int64_t {size} = {text};" for size, text in known]
    kept: list[str] = []
    drawn: list[str] = []
    for k, place in steps.fills:
        if k is None:
            kept.append(f"        v[{place.start}] = 1 / (T)count;")
            continue
        at, new = (
            "batch[s]" if k < steps.columns else "(first + s)",
            f"{place.start} + r * {steps.row}",
        )
        (kept if k < steps.columns else drawn).extend(
            [
                f"        for (int64_t s = 0; s < {steps.batch}; s++)",
                f"            for (int64_t r = 0; r < {place.count}; r++)",
                f"                v[{new} + s] = run->columns[{k}][{at} * {place.count} + r];",
                f"        for (int64_t r = 0; r < {place.count}; r++)",
                f"            for (int64_t s = {steps.batch}; s < {steps.row}; s++)",
                f"                v[{new} + s] = 0;",
            ]
        )
    return [
        *_OBJECTIVE,
        *constant,
        "    if (gather) {",
        *kept,
        "    }",
        *drawn,
        *rows.found(
            steps.look_ups, {k: p.count for k, p in steps.fills if k is not None}, steps.row
        ),
        *_computed(steps, ["1"]),
        f"    *loss = v[{steps.outputs[0]}];",
        "    if (backward(v, g, sizes, scalars, run->tables)) return 1;",
        *rows.gathered(steps.look_ups, steps.row),
        "    return 0;",
        "}",
    ]


_OBJECTIVE = (
    "static int objective(const struct run *run, const int64_t *batch, int64_t count,",
    "                     int gather, int64_t first, double *loss) {",
    "    T *v = run->v, *g = run->g;",
    "    (void)count, (void)gather, (void)first;",
)


def _examples(steps: StepProgram) -> list[str]:
    """Print ``objective`` for a program that takes one example: the gradients are added up."""
    apart = len(steps.outputs) > 1
    lines = [
        *_filled(steps),
        *_computed(steps, ["1 / (T)count", "e == 0"][: 1 + apart]),
        f"    sum += v[{steps.outputs[0]}];",
        *([f"    penalty = v[{steps.outputs[1]}];"] if apart else []),
        "    if (backward(v, g, sizes, scalars, run->tables)) return 1;",
        "    if (count > 1)",
        "        for (int64_t p = 0; p < CAPTURED; p++)",
        "            run->total[p] = e ? run->total[p] + g[p] : g[p];",
    ]
    return [
        *_OBJECTIVE,
        "    double sum = 0, penalty = 0;",
        "    for (int64_t e = 0; e < count; e++) {",
        "        const int64_t i = batch[e];",
        *["    " + line for line in lines],
        "    }",
        "    if (count > 1) memcpy(g, run->total, CAPTURED * sizeof(T));",
        "    *loss = sum / (double)count + penalty;",
        "    return 0;",
        "}",
    ]


def _filled(steps: StepProgram) -> Iterator[str]:
    """Print how the numbers of example i come to their places, and where its length counts."""
    names = {v for p in steps.fills for v in variables(p[1].start) | variables(p[1].count)}
    if names | set(steps.program.sizes):
        yield "    const int64_t n = run->lengths[i], n_2 = n * (n - 1) / 2;"
        yield f"    if (n < {steps.least}) return 1;"
        yield "    (void)n_2;"
    for k, place in steps.fills:
        example = f"run->columns[{k}] + run->starts[{k}][i]"
        if k == steps.columns:
            example = f"run->columns[{k}] + (first + e) * {place.count}"
        if place.outer:
            to, size = f"{place.start} + r * {place.row} + s", place.inner
            yield f"    for (int64_t s = 0; s < {place.outer}; s++)"
            yield f"        for (int64_t r = 0; r < {size}; r++)"
            yield f"            v[{to}] = ({example})[s * {size} + r];"
        else:
            yield f"    memcpy(v + {place.start}, {example}, sizeof(T) * (size_t)({place.count}));"
    start, constants = steps.program.constants
    if isinstance(start, Poly) and constants:
        numbers = ", ".join(map(Writer(steps.dtype, {}).literal, constants))
        yield f"    static const T constants[] = {{{numbers}}};"
        yield f"    memcpy(v + {start}, constants, sizeof constants);"


def _computed(steps: StepProgram, seeds: Sequence[str]) -> list[str]:
    """Print the forward pass, with all that it and the backward pass are given."""
    scalars = ["0"] * len(steps.guards) + list(seeds)
    literal = Writer(steps.dtype, {}).literal
    for line in steps.coefficients:
        number = f"({literal(line.a)} + {literal(line.b)} * (T)n)"
        scalars.append(f"1 / {number}" if line.inverse else number)
    sizes = ", ".join(steps.program.sizes) or "0"
    lines = [
        f"    const int64_t sizes[] = {{{sizes}}};",
        f"    const T scalars[] = {{{', '.join(scalars)}}};",
        "    if (forward(v, sizes, scalars, run->tables)) return 1;",
    ]
    for address, holds in steps.guards:
        lines.append(f"    if ({'!' if holds else ''}v[{address}]) return 1;")
    return lines
