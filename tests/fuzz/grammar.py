"""Random functions as people write them: numbers, lists, arrays, loops, branches, transforms.

``Writer`` makes text. It knows the kind of what each name holds, so that most of what it writes
runs: "V" a Value, "F" a plain number, "L" a list and "A" an array of n numbers, "D" a dict, "P" a
list of arrays, "I" an int.
"""

import random


def forms(text: str) -> list[str]:
    """Return what stands between the bars of a text."""
    return [form.strip() for form in text.split("|")]


UNARY = forms("""
    np.tanh({0}) | np.sin({0}) | abs({0}) | -{0} | ({0}) ** 2 | np.exp(np.tanh({0})) |
    np.sqrt(({0}) * ({0}) + 0.5) | 1 / (({0}) ** 2 + 1.5) | +{0} | ({0}) ** 3 |
    tanh({0}) | gelu({0}) | floor({0}) | sign({0}) | atan({0}) | sqrt(abs({0})) |
    log1p(abs({0})) | elu({0}, 0.5) | clip({0}, -0.5, 1.5) | ({0}) % 0.7 | erfc({0})
""")
OF_VALUES = forms("""
    ({0}).tanh() | ({0}).relu() | ({0}).sigmoid() | ({0}).sin() | ({0}).softplus() |
    ({0}).detach() * 0.5 | ({0}).data
""")
OF_NUMBERS = forms("""
    math.tanh({0}) | math.sin({0}) | math.cos({0}) | float({0}) if False else {0}
""")
BINARY = forms("""
    {0} + {1} | {0} - {1} | {0} * {1} | {0} / (({1}) ** 2 + 0.5) | maximum({0}, {1}) |
    minimum({0}, {1}) | max({0}, {1}) | min({0}, {1}) |
    atan2({0}, {1}) | hypot({0}, {1}) | leaky_relu({0}, {1})
""")
HARD = forms("""
    {0} / {1} | {0} ** {1} | np.log({0}) | np.exp({0}) | 1.0 / {0} | ({0}) ** 0.5 | ({0}) ** -1 |
    {0} - {0} | 0.0 * ({0}) | np.sqrt({0}) |
    ({0}) % ({1}) | ({0}) // ({1}) | log({0}) | acosh({0}) | math.log({0}) |
    math.exp({0}) | sinh({0})
""")
TESTS = forms("""
    {0} < {1} | {0} >= {1} | {0} == {1} | {0} != {1} | not {0} > {1} | {0} < {1} and {1} < 1.0 |
    {0} > 0 or {1} > 0 | bool({0})
""")
TO_SCALAR = forms("""
    sum({0}) | mean({0}) | maximum({0}) | minimum({0}) | max({0}) | min({0}) | logsumexp({0}) |
    builtins.sum({0}) | {0}[0] | {0}[-1] | {0}[1] | dot({0}, {0}) | sum([x * x for x in {0}])
""")
ARRAY_TO_SCALAR = forms("""
    {0}.sum() | {0}.mean() | {0} @ {0} | np.dot({0}, {0}) | np.sum({0}) | np.max({0}) |
    {0}.min() | np.linalg.norm({0}) | {0}[0] | {0}[-1] | np.mean({0} ** 2) | {0}.std() |
    np.prod({0})
""")
LISTS = forms("""
    {0}[::-1] | [x * 0.5 for x in {0}] | softmax({0}) | [x - y for x, y in zip({0}, {1})] |
    [maximum(x, 0.1) for x in {0}] | sorted({0}) | ({0} + {1})[:n] | list({0}) |
    [*{0}[1:], {0}[0]] | [x if x > 0.2 else -x for x in {0}] | ({0} * 2)[1 : n + 1] |
    [i * x for i, x in enumerate({0})] | list(accumulate({0})) | log_softmax({0}) |
    list(map(abs, {0})) | [take({0}, i) for i in range(n)] |
    cumsum({0}) | [norm({0}) for _ in range(n)]
""")
ARRAYS = forms("""
    {0} + {1} | {0} - {1} | {0} * {1} | {0} * 0.5 | 2 - {0} | {0} ** 2 | np.tanh({0}) |
    np.sin({0}) | {0}[::-1] | np.where({0} > {1}, {0}, 0.5 * {1}) | np.maximum({0}, {1}) |
    np.abs({0}) | np.cumsum({0}) | np.clip({0}, -0.5, 0.5) | np.outer({0}, {1})[0] |
    np.concatenate([{0}, {1}])[1 : n + 1] | np.stack([{0}, {1}]).mean(axis=0) | {0}.copy() |
    {0}.reshape(-1, 1)[:, 0] | np.roll({0}, 1) | np.array([x for x in {0}]) | -{0} |
    {0} / ({1} ** 2 + 1) | np.zeros(n) + {0} | np.sqrt({0} * {0} + 1) | {0}.T |
    tanh({0}) | hypot({0}, {1}) | np.arctan({0}) | np.floor({0}) | {0} % 0.7 | np.hypot({0}, 0.5)
""")
TRANSFORMS = forms("""
    grad(lambda q: {body})({at}) | value_and_grad(lambda q: {body})({at})[0] |
    value_and_grad(lambda q: {body})({at})[1] | grad(grad(lambda q: {body}))({at}) |
    jvp(lambda q: {body}, ({at},), (1.0,))[1] | vjp(lambda q: {body}, {at})[0] |
    jit(lambda q: {body})({at})
""")
OF_LISTS = forms("""
    grad(lambda v: {body})({at}) | value_and_grad(lambda v: {body})({at})[1] |
    hessian(lambda v: {body})({at})[0] | jacobian(lambda v: [{body}, v[0]])({at})[0] |
    hvp(lambda v: {body}, ({at},), ({at},))[0]
""")
MAPS = forms("""
    vmap(lambda t: {body})({at}) | vmap(grad(lambda t: {body}))({at}) |
    vmap(value_and_grad(lambda t: {body}))({at})[1] |
    vmap(lambda t, u: {body} + u, in_axes=(0, None))({at}, {one}) |
    vmap(lambda t: (t, {body}))({at})[1] |
    vmap(lambda t: grad(lambda q: q * t + {body})({one}))({at})
""")


UPDATES = forms("""
    np.tanh(h * 0.5 + ({0})) | h + ({0}) | 0.5 * h - x * ({0}) | maximum(h, {0}) |
    h + (x if x > {0} else 0.25)
""")
COPIES = {"L": "list", "A": "np.array", "D": "dict"}
CHANGES = {
    "L": forms(
        "{0}[0] = {1} | {0}.append({1}); {0}.pop(0) | {0}.reverse() | {0}[1] += {1} | {0}.sort()"
    ),
    "A": forms(
        "{0}[0] = {1} | {0}[1:] = {0}[1:] * 2 | {0} *= {1} | {0}[-1] += {1} | {0}[{0} > 0.5] = 0.5"
    ),
    "D": forms("{0}['a'] = {1} | {0}.update(b={1}) | {0}['a'] += {1}"),
}


class Writer:
    """Write one function, from a seed.

    Args:
        rng: where the choices come from.
        hard: write divisions by zero, logarithms of negative numbers and the like.
    """

    def __init__(self, rng: random.Random, hard: bool) -> None:
        self.rng, self.hard = rng, hard
        self.names: dict[str, str] = {}  # name -> kind
        self.made = 0

    def pick(self, options):
        return self.rng.choice(options)

    def chance(self, share):
        return self.rng.random() < share

    def known(self, kinds):
        """The names of some kinds; those made last more than once."""
        names = [name for name, kind in self.names.items() if kind in kinds]
        return names + names[-2:] * 3

    # ---- expressions, each with its kind

    def number(self):
        if self.hard and self.chance(0.3):
            return self.pick(["0.0", "-0.0", "1e308", "-1.0", "1e-320", "inf", "nan", "0", "3"])
        return self.pick(["0.5", "-1.25", "2.0", "2", "1", "-1", "0.1", "3.0"])

    def scalar(self, depth=2):
        """Return a scalar and its kind."""
        if depth <= 0 or self.chance(0.2):
            return self.atom()
        choice = self.rng.random()
        if choice < 0.22:
            x, kind = self.scalar(depth - 1)
            own = {"V": OF_VALUES, "F": OF_NUMBERS}[kind] if self.chance(0.4) else UNARY
            form = self.pick(own)
            return form.format(f"({x})"), "F" if form.endswith(".data") else kind
        if choice < 0.55:
            (x, a), (y, b) = self.scalar(depth - 1), self.scalar(depth - 1)
            forms = HARD if self.hard and self.chance(0.4) else BINARY
            return self.pick(forms).format(f"({x})", f"({y})"), "V" if "V" in a + b else "F"
        if choice < 0.63:
            test, (x, a), (y, b) = self.test(depth - 1), self.scalar(depth - 1), self.scalar(0)
            form = self.pick(["where({0}, {1}, {2})", "({1} if {0} else {2})"])
            return form.format(test, x, y), "V" if "V" in a + b else "F"
        if choice < 0.78:
            return self.pick(TO_SCALAR).format(self.vector("L", depth - 1)), "V"
        if choice < 0.9:
            return self.pick(ARRAY_TO_SCALAR).format(f"({self.vector('A', depth - 1)})"), "F"
        return self.transformed(depth)

    def atom(self):
        options = [(name, self.names[name]) for name in self.known("VF")]
        options += [(f"{name}[{i}]", "F") for name in self.known("LA") for i in (0, 1, -1)]
        options += [(f"{name}[{k!r}]", "F") for name in self.known("D") for k in ("a", "b")]
        options += [(name, "F") for name in self.known("I")] + [(self.number(), "F")] * 2
        return self.pick(options)

    def transformed(self, depth):
        if self.chance(0.5):
            body = self.inside("q", depth - 1)
            form = self.pick(TRANSFORMS)
            at, kind = self.scalar(0)
            return form.format(body=body, at=at), kind
        kind = self.pick("LA")
        return f"sum({self.mapped(kind, depth)})", "F"

    def mapped(self, kind, depth):
        at = self.vector(kind, 0)
        if self.chance(0.5):
            own = dict(self.names)
            self.names["v"] = kind
            body = self.pick(TO_SCALAR if kind == "L" else ARRAY_TO_SCALAR).format(
                f"({self.vector(kind, depth - 1)})"
            )
            body = self.pick(["{0}", "{0} * v[0]", "sum([x ** 3 for x in v]) + {0}"]).format(body)
            self.names = own
            return self.pick(OF_LISTS).format(body=body, at=at)
        body = self.inside("t", depth - 1)
        return self.pick(MAPS).format(body=body, at=at, one=self.scalar(0)[0])

    def inside(self, name, depth):
        """A function of one number more."""
        own = dict(self.names)
        self.names[name] = "F"
        body, _ = self.scalar(depth)
        self.names = own
        return self.pick(["{1}", "{0} * ({1})", "{0} ** 2 + ({1})", "np.tanh({0}) - ({1})"]).format(
            name, body
        )

    def test(self, depth):
        if self.chance(0.1) and self.known("S"):
            return f"{self.pick(self.known('S'))} == 'one'"
        if self.chance(0.1):
            return f"{self.scalar(0)[0]} in {self.vector('L', 0)}"
        x, y = (f"({self.scalar(depth)[0]})" for _ in range(2))
        return self.pick(TESTS).format(x, y)

    def vector(self, kind, depth):
        """Return a list, or an array, of n numbers."""
        names = self.known(kind)
        if depth <= 0 or not names or self.chance(0.3):
            if names:
                return self.pick(names)
            return {"L": "[0.5 * i for i in range(n)]", "A": "np.linspace(-1.0, 1.0, n)"}[kind]
        if self.chance(0.2):
            return self.mapped(kind, depth)
        forms = LISTS if kind == "L" else ARRAYS
        if self.chance(0.1):
            return {"L": "list({0})", "A": "np.array({0})"}[kind].format(
                self.vector("A" if kind == "L" else "L", depth - 1)
            )
        x, y = (self.vector(kind, depth - 1) for _ in range(2))
        return self.pick(forms).format(
            f"({x})" if kind == "A" else x, y if kind == "L" else f"({y})"
        )

    # ---- statements

    def name(self, kind):
        self.made += 1
        name = f"{'s' if kind in 'VF' else kind.lower()}{self.made}"
        self.names[name] = kind
        return name

    def statement(self):
        """Return the lines of one statement."""
        choice = self.rng.random()
        if choice < 0.3:
            text, kind = self.scalar(3)
            return [f"{self.name(kind)} = {text}"]
        if choice < 0.42:
            text = self.vector("L", 2)
            return [f"{self.name('L')} = {text}"]
        if choice < 0.58:
            text = self.vector("A", 2)
            return [f"{self.name('A')} = {text}"]
        if choice < 0.64:
            text = f"{{'a': {self.scalar(1)[0]}, 'b': {self.scalar(1)[0]}}}"
            return [f"{self.name('D')} = {text}"]
        if choice < 0.74:
            return self.loop()
        if choice < 0.82:
            test, (x, a), (y, b) = self.test(1), self.scalar(2), self.scalar(1)
            name = self.name("V" if "V" in a + b else "F")
            return [f"if {test}:", f"    {name} = {x}", "else:", f"    {name} = {y}"]
        if choice < 0.94:
            return self.change()
        first, kind = self.scalar(1)
        second, other = self.scalar(1)
        a, b = self.name(kind), self.name(other)
        return [f"{a}, {b} = {first}, {second}"]

    def loop(self):
        start, kind = self.scalar(0)
        source = self.vector(self.pick("LA"), 1)
        own = dict(self.names)
        self.names |= {"h": "F", "x": "F", "i": "I"}
        body, _ = self.scalar(2)
        self.names = own
        head = self.pick(
            [f"for i, x in enumerate({source}):", f"for i, x in zip(range(2), {source}):"]
        )
        update = self.pick(UPDATES)
        made = self.name(kind)
        return [f"h = {start}", head, f"    h = {update.format(body)}", f"{made} = h"]

    def change(self):
        """A change of what the function has made itself."""
        kind = self.pick("LAD")
        source = f"{{'a': 1.0, 'b': {self.scalar(0)[0]}}}" if kind == "D" else self.vector(kind, 1)
        x = self.scalar(1)[0]
        made = self.name(kind)
        copied = f"{made} = {COPIES[kind]}({source})"
        change = self.pick(CHANGES[kind]).format(made, x)
        return [copied, change]

    def result(self):
        """What the function returns."""
        parts = [self.scalar(1)[0] for _ in range(2)]
        parts += [self.pick(self.known("LADVF") or ["1.0"]), self.test(1), self.vector("A", 1)]
        parts += [self.vector("L", 1), self.pick(list(self.names)), self.mapped(self.pick("LA"), 1)]
        parts += [name for name in self.names if name[-1].isdigit()]
        one, two = self.pick(parts), self.pick(parts)
        return self.pick(["{0}", "{0}", "{0}, {1}", "[{0}, {1}]", "{{'y': {0}, 'z': ({1},)}}",
                          "Pair({0}, {1})", "State({0}, {1})"]).format(one, two)  # fmt: skip
