"""How NumPy, JAX and PyTorch write what array programs consist of.

Where the libraries differ from the op table (at ties, for nan, out of range), a helper says what
we mean; only helpers that are used are printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# {m} is the module; what is not listed has a helper of its name.
_DIRECT = {
    name: f"{{m}}.{name}"
    for name in (
        *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "hypot"),
        *("sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "ceil"),
        *("where", "maximum", "minimum", "square"),
    )
} | {
    "asin": "{m}.arcsin",
    "acos": "{m}.arccos",
    "atan": "{m}.arctan",
    "asinh": "{m}.arcsinh",
    "acosh": "{m}.arccosh",
    "atanh": "{m}.arctanh",
    "atan2": "{m}.arctan2",
    "mod": "{m}.remainder",
    "floordiv": "{m}.floor_divide",
    "abs": "abs",
    "square": "{m}.square",
}

_HELPERS = {
    "sigmoid": """
def sigmoid(x):
    e = {m}.exp(-abs(x))  # of a negative number, so that it cannot overflow
    return {m}.where(x < 0, e, 1.0) / (1.0 + e)
""",
    "softplus": """
def softplus(x):
    return {m}.where(x < 0, 0.0, x) + {m}.log1p({m}.exp(-abs(x)))
""",
    "silu": """
def silu(x):
    return x * sigmoid(x)
""",
    "gelu": """
def gelu(x):
    return 0.5 * x * {erfc}(-0.7071067811865476 * x)
""",
    "elu": """
def elu(x, a):
    return {m}.where(x > 0, x, a * {m}.expm1(x))
""",
    "leaky_relu": """
def leaky_relu(x, a):
    return {m}.where(x > 0, x, a * x)
""",
    "sign": """
def sign(x):
    return {m}.where(x > 0, 1.0, {m}.where(x < 0, -1.0, x))
""",
    "power": """
def power(x, y):
    # where y is 0.5 a square root may be taken, which differs at -0 and -inf
    result = {m}.where(x == 0.0, abs(x) ** y, x**y) if y == 0.5 else x**y
    return {m}.where(x == -inf, inf, result) if y == 0.5 else result
""",
    "pow": """
def pow(x, y):
    return {m}.where((y == 0.5) & (x == -inf), inf, ({m}.where(y == 0.5, x + 0.0, x)) ** y)
""",
    "logsumexp": """
def logsumexp(*xs):
    x = {m}.stack({m}.broadcast_{arrays}(*xs))
    top = {m}.{max}(x, 0)
    rest = {m}.where(first(x == top, 0, 1), 0.0, {m}.exp(x - top)).sum(0)
    return {m}.where(abs(top) < inf, top + {m}.log1p(rest), top)  # the largest is the 1 of log1p
""",
    "first": """
def first(equal, axis, count):
    # the first True along some neighbouring axes; nan equals nothing
    shape = equal.shape
    equal = equal.reshape((*shape[:axis], -1, *shape[axis + count :]))
    return (equal & (equal.cumsum(axis) == 1)).reshape(shape)
""",
    "take": """
def take(index, *rows):
    chosen = rows[0]
    for k, row in enumerate(rows):
        chosen = {m}.where(index == k, row, chosen)
    return chosen
""",
    "with_zero": """
def with_zero(x):
    return {m}.concatenate([x, {m}.zeros_like(x[:1])])
""",
    "whole": """
def whole(x, rows):
    # a whole number from 0 to rows - 1; what is none is told by wrong(x, rows)
    return {m}.clip({m}.where(x == x, x, 0.0), 0, rows - 1){int}
""",
    "wrong": """
def wrong(x, rows):
    return (~((x >= 0) & (x < rows) & (x == {m}.floor(x)))).any()
""",
}
_NEEDS = {
    "silu": ("sigmoid",),
    "gelu": ("erfc",),
    "logsumexp": ("first",),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One library: its module, how it writes things, and the helpers that it has its own way.

    ``in_place``: parts of an array are written, not copied. ``products``: stacks of matrices are
    multiplied by @. ``truths``: a number is multiplied by what is true or false.
    ``differentiates``: the library goes back through the text, and has to find what was read as it
    was. ``calls``: what it has no function for is computed number by number, by the op's own: the
    text is for this process.
    """

    name: str
    title: str
    module: str
    header: str
    in_place: bool
    arrays: str  # broadcast_arrays or broadcast_tensors
    max: str
    int: str
    truth: str  # a condition as a number
    false: str
    device: str = ""
    products: bool = False
    truths: bool = False
    differentiates: bool = False
    calls: bool = False
    own: Mapping[str, str] = field(default_factory=dict)
    direct: Mapping[str, str] = field(default_factory=lambda: _DIRECT)

    def function(self, name: str) -> str | None:
        """Return how a function is called, None where there is none."""
        if name in self.own or (name in _HELPERS and name not in self.direct):
            return name
        known = self.direct.get(name)
        return known and known.format(m=self.module)

    def helper(self, name: str) -> str:
        """Return the text of a helper, empty where the library has the function."""
        text = self.own.get(name, _HELPERS.get(name, ""))
        text = text.replace("{erfc}", str(self.function("erfc")))
        for word in ("m", "arrays", "max", "int"):
            value = self.module if word == "m" else getattr(self, word)
            text = text.replace(f"{{{word}}}", value)
        return text.replace("{erfc}", self.function("erfc") or "").strip("\n")

    def needs(self, name: str) -> tuple[str, ...]:
        """Return the helpers that a helper calls."""
        return _NEEDS.get(name, ())


NUMPY = Dialect(
    name="numpy",
    title="NumPy",
    module="np",
    header="""from math import inf, nan

import numpy as np

dtype = np.{dtype}
""",
    in_place=True,
    arrays="arrays",
    max="max",
    int=".astype(int)",
    truth="{}.astype(dtype)",
    false="np.zeros((), dtype=bool)",
    products=True,
    truths=True,
    own={
        "einsum": """
def einsum(letters, *xs):
    return np.einsum(letters, *xs, optimize=True)  # as products of matrices
""",
        "relu": """
def relu(x):
    return np.maximum(0.0, x)
""",
        "erf": """
def erf(x):
    return np.vectorize(math.erf, [dtype])(x)
""",
        "erfc": """
def erfc(x):
    return np.vectorize(math.erfc, [dtype])(x)
""",
    },
)
HERE = replace(
    NUMPY,
    calls=True,
    own={
        **NUMPY.own,
        "einsum": """
def einsum(letters, *xs):
    if len(xs) < 3:  # to look for a product of matrices takes longer than a small sum
        return np.einsum(letters, *xs, optimize=sum([x.size for x in xs]) > 2000)
    total = np.einsum(letters, *xs, optimize=True)
    if not np.isfinite(total).all():  # it may have made x * (y - z) of x * y - x * z
        return np.einsum(letters, *xs)
    return total
""",
        "running_sum": """
def running_sum(x):
    return np.add.accumulate(x, 0)[-1] if len(x) else np.zeros(x.shape[1:], dtype)
""",
        "running_product": """
def running_product(x):
    return np.multiply.accumulate(x, 0)[-1] if len(x) else np.ones(x.shape[1:], dtype)
""",
    },
)
JAX = Dialect(
    name="jax",
    title="JAX",
    module="jnp",
    header="""from math import inf, nan

import jax
import jax.numpy as jnp

dtype = jnp.{dtype}
""",
    in_place=False,
    arrays="arrays",
    max="max",
    int=".astype(int)",
    # of x * condition.astype(dtype) XLA makes a choice, with 0 where x is nan
    truth="jnp.where({}, 1.0, 0.0).astype(dtype)",
    false="jnp.zeros((), dtype=bool)",
    own={
        "einsum": """
def einsum(letters, *xs):
    return jnp.einsum(letters, *xs, precision="highest")  # float32 is float32, not less
""",
    },
    direct=_DIRECT
    | {"erf": "jax.scipy.special.erf", "erfc": "jax.scipy.special.erfc", "relu": "jax.nn.relu"},
)
TORCH = Dialect(
    name="torch",
    title="PyTorch",
    module="torch",
    header="""from math import inf, nan

import torch

dtype, device = torch.{dtype}, "{device}"
""",
    in_place=True,
    arrays="tensors",
    max="amax",
    int=".long()",
    truth="{}.to(dtype)",
    false="torch.zeros((), dtype=torch.bool, device=device)",
    device=", device=device",
    products=True,
    truths=True,
    own={
        "cbrt": """
def cbrt(x):
    root = torch.sign(x) * abs(x) ** (1 / 3)
    return torch.where((x == 0) | (abs(x) == inf), x, root - (root - x / (root * root)) / 3)
""",
    },
    direct=_DIRECT
    | {"einsum": "torch.einsum", "relu": "torch.relu", "erf": "torch.erf", "erfc": "torch.erfc"},
)
DIALECTS = {dialect.name: dialect for dialect in (NUMPY, JAX, TORCH)}
