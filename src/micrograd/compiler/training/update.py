"""An optimiser's rule as expressions, and in C over whole vectors of parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..c.expressions import CText, Writer
from ..errors import JitError
from ..ir.program import Apply, Expr, Literal, Ref, Scalar, refs

PARAMETER, GRADIENT = Ref(0, (1,)), Ref(0, (1,), grad=True)
STEP, RATE = Scalar("step"), Scalar("rate")
_TOGETHER = 4  # vectors: a root, and what is divided by it, wait for themselves most of the time
_LONG = {"powc", "sqrt", "exp", "log", "tanh"}
# Powers of two vectors that are tested at once.
_IN_PAIRS: dict[float | None, str] = {0.5: "v_roots", -1: "v_reciprocals"}
_FIRST_STAGE = 100  # behind all states
_UPDATE = Callable[[Any, Any, tuple, Any, Any], tuple[Any, tuple]]


def state(k: int) -> Ref:
    """Return the operand that stands for an optimiser's k-th state in its rule."""
    return Ref(k + 1, (1,))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a step makes of a parameter and of its states.

    ``longest`` is the norm that the gradient is shrunk to where it is longer; None: it never is.
    """

    parameter: Expr
    states: tuple[Expr, ...]
    longest: float | None = None


def rule_of(update: _UPDATE, states: int, longest: float | None = None) -> Rule:
    """Return an optimiser's rule as expressions, by applying it to operands.

    Raises:
        JitError: it does what expressions cannot.
    """
    try:
        olds = tuple([state(k) for k in range(states)])
        new, news = update(PARAMETER, GRADIENT, olds, STEP, RATE)
        return Rule(_expression(new), tuple([_expression(x) for x in news]), longest)
    except Exception as error:
        raise JitError(f"the optimiser's rule cannot be compiled: {error}") from error


def _expression(x: Any) -> Expr:
    return x if isinstance(x, Expr) else Literal(float(x))


def update(writer: Writer, rule: Rule) -> list[str]:
    """Print the optimiser's rule: what is the same for all parameters once, the rest by vectors."""
    hoisted = _Hoisted(writer)
    results = [hoisted.over(e) for e in (rule.parameter, *rule.states)]
    part = f"{_TOGETHER} * W"
    return [
        "/* Move rows of ``count`` parameters, of which g has the gradients: those rows of v and",
        "   of the states that are named, or the first ones. */",
        "static void update(T *restrict v, const T *restrict g, T *const *states,",
        "                   const int64_t *rows, int64_t many, int64_t count, T step, T rate) {",
        "    (void)states, (void)step, (void)rate;",
        *hoisted.lines,
        "    for (int64_t r = 0; r < many; r++, g += count) {",
        "        const int64_t at = (rows ? rows[r] : r) * count;",
        "        T *const p0 = v + at;",
        *[f"        T *const p{k + 1} = states[{k}] + at;" for k in range(len(rule.states))],
        "        int64_t i = 0;",
        f"        for (; i + {part} <= count; i += {part}) {{",
        *_moved(writer, results, range(_TOGETHER), "load({})", "store({}, {})"),
        "        }",
        "        for (; i + W <= count; i += W) {",
        *_moved(writer, results, range(1), "load({})", "store({}, {})"),
        "        }",
        "        if (i < count) {",
        *_moved(
            writer,
            results,
            range(1),
            "load_first({}, count - i)",
            "store_first({}, {}, count - i)",
        ),
        "        }",
        "    }",
        "}",
    ]


def _moved(
    writer: Writer, results: Sequence[Expr], vectors: range, load: str, store: str
) -> list[str]:
    """Print the rule for neighbouring vectors of parameters: all is read before any is written.

    What takes long is done for all vectors, then what needs it: none waits for one alone.
    """
    lines, stages = [], _Stages()
    results = [stages.over(e) for e in results]

    def line(name: str, expr: Expr, vector: int) -> str:
        def leaf(ref: Ref) -> CText:
            return CText(f"{'d' if ref.grad else f's{ref.offset}'}_{vector}", True)

        return f"const V {name}_{vector} = {writer.splat(writer.number(expr, leaf))};"

    def place(memory: str, vector: int) -> str:
        return f"{memory} + i + {vector} * W" if vector else f"{memory} + i"

    for n in vectors:
        lines.append(f"const V d_{n} = {load.format(place('g', n))};")
        for k in range(len(results)):
            lines.append(f"const V s{k}_{n} = {load.format(place(f'p{k}', n))};")
    for ref, expr in stages.made:
        name = f"s{ref.offset}"
        if function := _in_pairs(expr) if len(vectors) % 2 == 0 else None:
            (base,) = expr.args
            lines += [line(name, base, n).removeprefix("const ") for n in vectors]
            lines += [f"{function}(&{name}_{n}, &{name}_{n + 1});" for n in vectors[::2]]
        else:
            lines += [line(name, expr, n) for n in vectors]
    for n in vectors:
        lines += [line(f"n{k}", result, n) for k, result in enumerate(results)]
    for n in vectors:
        lines += [f"{store.format(place(f'p{k}', n), f'n{k}_{n}')};" for k in range(len(results))]
    return [f"            {line}" for line in lines]


def _in_pairs(expr: Apply) -> str | None:
    """Return the function that does a power for two vectors, None where there is none."""
    return _IN_PAIRS.get(expr.op.static) if expr.op.name == "powc" else None


class _Stages:
    """Cuts expressions at what takes long: ``made`` has operands, and of what they are made."""

    def __init__(self) -> None:
        self.made: list[tuple[Ref, Apply]] = []
        self._known: dict[Expr, Ref] = {}

    def over(self, expr: Expr) -> Expr:
        """Return an expression whose long parts are operands."""
        if not isinstance(expr, Apply):
            return expr
        expr = Apply(expr.op, tuple([self.over(a) for a in expr.args]))
        if expr.op.name not in _LONG:
            return expr
        if expr not in self._known:
            self._known[expr] = state(_FIRST_STAGE + len(self.made))
            self.made.append((self._known[expr], expr))
        return self._known[expr]


class _Hoisted:
    """Parts of expressions that are the same for all parameters: computed once a step."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        writer.scalars |= {"step": "step", "rate": "rate"}
        self.lines: list[str] = []
        self._known: dict[Expr, Scalar] = {}

    def over(self, expr: Expr) -> Expr:
        """Replace the parts of an expression that no parameter is in."""
        if not isinstance(expr, Apply):
            return expr
        if any(True for _ in refs(expr)):
            return Apply(expr.op, tuple([self.over(a) for a in expr.args]))
        if expr not in self._known:
            name = f"once{len(self._known)}"
            self.lines.append(f"    const T {name} = {self.writer.number(expr, _refused).code};")
            self._known[expr] = Scalar(name)
            self.writer.scalars[name] = name
        return self._known[expr]


def _refused(ref: Ref) -> CText:
    raise TypeError(f"{ref} differs from parameter to parameter")


def shrink(longest: float | None) -> str:
    """Print what becomes of a gradient that is too long, as ``clip_grad_norm`` has it."""
    head = "static void shrink(T *const *g, const int64_t *counts, int n)"
    if longest is None:
        return head + " { (void)g, (void)counts, (void)n; }"
    return f"""{head} {{
    double squares = 0;
    for (int k = 0; k < n; k++)
        for (int64_t i = 0; i < counts[k]; i++) squares += (double)g[k][i] * (double)g[k][i];
    const double factor = {longest!r} / (sqrt(squares) + 1e-6);
    if (factor < 1)
        for (int k = 0; k < n; k++)
            for (int64_t i = 0; i < counts[k]; i++) g[k][i] *= (T)factor;
}}"""
