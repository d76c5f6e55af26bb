"""An optimiser's rule in C, over whole vectors of parameters."""

from dataclasses import dataclass

from ..c.expressions import CText, Writer
from ..ir.program import Apply, Expr, Ref, Scalar, refs

PARAMETER, GRADIENT = Ref(0, (1,)), Ref(0, (1,), grad=True)
STEP, RATE = Scalar("step"), Scalar("rate")


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


def update(writer: Writer, rule: Rule) -> list[str]:
    """Print the optimiser's rule: what is the same for all parameters once, the rest by vectors."""
    hoisted = _Hoisted(writer)
    results = [hoisted.over(e) for e in (rule.parameter, *rule.states)]
    rest = ("load_first({}, count - i)", "store_first({}, {}, count - i)")
    return [
        "/* Move rows of ``count`` parameters, of which g has the gradients: those rows of v and",
        "   of the states that are named, or the first ones. */",
        "static void update(T *restrict v, const T *restrict g, T *const *states,",
        "                   const int64_t *rows, int64_t many, int64_t count, T step, T rate) {",
        "    (void)states, (void)step, (void)rate;",
        *hoisted.lines,
        "    for (int64_t r = 0; r < many; r++, g += count) {",
        "        const int64_t at = (rows ? rows[r] : r) * count;",
        "        int64_t i = 0;",
        "        for (; i + W <= count; i += W) {",
        *_moved(writer, rule, results, "load({})", "store({}, {})"),
        "        }",
        "        if (i < count) {",
        *_moved(writer, rule, results, *rest),
        "        }",
        "    }",
        "}",
    ]


def _moved(writer: Writer, rule: Rule, results: list[Expr], load: str, store: str) -> list[str]:
    """Print the rule for one vector of parameters: all is read before anything is written."""
    places = ["v + at + i", *[f"states[{k}] + at + i" for k in range(len(rule.states))]]
    lines = [f"const V d = {load.format('g + i')};"]
    lines += [f"const V s{k} = {load.format(place)};" for k, place in enumerate(places)]

    def leaf(ref: Ref) -> CText:
        return CText("d" if ref.grad else f"s{ref.offset}", True)

    for k, result in enumerate(results):
        lines.append(f"const V n{k} = {writer.splat(writer.number(result, leaf))};")
    lines += [f"{store.format(place, f'n{k}')};" for k, place in enumerate(places)]
    return [f"            {line}" for line in lines]


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
