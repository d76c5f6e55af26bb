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


def update(writer: Writer, rule: Rule, count: int) -> list[str]:
    """Print the optimiser's rule: what is the same for all parameters once, the rest by vectors."""
    hoisted = _Hoisted(writer)
    results = [hoisted.over(e) for e in (rule.parameter, *rule.states)]
    rest = (f"load_first({{}}, {count} - i)", f"store_first({{}}, {{}}, {count} - i)")
    return [
        "static void update(T *restrict v, const T *restrict g, T *restrict states,",
        "                   T step, T rate) {",
        "    (void)states, (void)step, (void)rate;",
        *hoisted.lines,
        "    int64_t i = 0;",
        f"    for (; i + W <= {count}; i += W) {{",
        *_moved(writer, rule, results, "load({})", "store({}, {})"),
        "    }",
        f"    if (i < {count}) {{",
        *_moved(writer, rule, results, *rest),
        "    }",
        "}",
    ]


def _moved(writer: Writer, rule: Rule, results: list[Expr], load: str, store: str) -> list[str]:
    """Print the rule for one vector of parameters: all is read before anything is written."""
    places = ["v + i", *[f"states + {k} * COUNT + i" for k in range(len(rule.states))]]
    lines = [f"const V d = {load.format('g + i')};"]
    lines += [f"const V s{k} = {load.format(place)};" for k, place in enumerate(places)]

    def leaf(ref: Ref) -> CText:
        return CText("d" if ref.grad else f"s{ref.offset}", True)

    for k, result in enumerate(results):
        lines.append(f"const V n{k} = {writer.splat(writer.number(result, leaf))};")
    lines += [f"{store.format(place, f'n{k}')};" for k, place in enumerate(places)]
    return [f"        {line}" for line in lines]


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
    if longest is None:
        return "static void shrink(T *g) { (void)g; }"
    return f"""static void shrink(T *g) {{
    double squares = 0;
    for (int64_t i = 0; i < COUNT; i++) squares += (double)g[i] * (double)g[i];
    const double factor = {longest!r} / (sqrt(squares) + 1e-6);
    if (factor < 1) for (int64_t i = 0; i < COUNT; i++) g[i] *= (T)factor;
}}"""
