"""Are both engines equal in every bit? A program of operations, on special numbers as well."""

import random
import struct

from grammar import forms

from micrograd import engine, ops, pure

NUMBERS = forms("""
    0.0 | -0.0 | inf | -inf | nan | 1e308 | -1e308 | 5e-324 | -1e-310 | 709.9 | -745.2 | 1.0 |
    -1.0 | 0.5 | 37.5 | 2.0**53 | 0.1 | -2.5 | 3 | 1e16
""")
BINARY = ["{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} ** {1}"]
CONSTANT = forms("""
    {0} + {n} | {n} - {0} | {n} * {0} | {n} / {0} | {0} / {n} | {n} ** {0} | -{0} | +{0} |
    abs({0})
""")
POWERS = ["2", "3", "-1", "0", "0.5", "-2.5", "-3", "1.0", "17", "1e10"]


def program(seed: int) -> str:
    """Return lines of ``v3 = v1 + v2``."""
    rng = random.Random(seed)
    lines = [f"v{i} = Value({rng.choice(NUMBERS)})" for i in range(rng.randint(1, 3))]
    tables = [op for op in ops.OPS.values() if op.partials and op.static is None]
    for i in range(len(lines), len(lines) + rng.randint(1, 12)):
        old = [f"v{rng.randrange(max(0, i - 4), i)}" for _ in range(3)]
        choice = rng.random()
        if choice < 0.3:
            text = rng.choice(BINARY).format(*old)
        elif choice < 0.45:
            text = rng.choice(CONSTANT).format(*old, n=rng.choice(NUMBERS))
        elif choice < 0.55:
            text = f"{old[0]} ** {rng.choice(POWERS)}"
        else:
            op = rng.choice(tables)
            args = old[: op.arity or rng.randint(1, 3)]
            first = ["0.0"] if op is ops.TAKE else []
            text = f"OPS['{op.name}']({', '.join([*first, *args])})"
        lines.append(f"v{i} = {text}")
    return "\n".join(lines)


def verdict(text: str) -> tuple[str, str]:
    """Run it on both engines: data, gradients, partials."""
    pictures = []
    for kind in (pure.Value, engine.Value):
        space = {"Value": kind, "OPS": ops.OPS, "inf": float("inf"), "nan": float("nan")}
        exec(text, space)
        values = [v for name, v in space.items() if name.startswith("v") and name[1:].isdigit()]
        values = [v for v in values if isinstance(v, kind)]
        values[-1].backward()
        values[-1].backward()
        pictures.append([(_bits(v.data), _bits(v.grad), *map(_bits, v.partials())) for v in values])
    for k, (a, b) in enumerate(zip(*pictures)):
        if a != b:
            return "different", f"v{k}: {a} in Python, {b} in C"
    return "", ""


def _bits(x: float) -> str:
    return "nan" if x != x else struct.pack(">d", x).hex()
