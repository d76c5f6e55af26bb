"""The caller's arrays in standalone C: their names, shapes, and the way to their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import prod

from ...engine import Value
from ..ir.array import Placement
from ..ir.sizes import Poly, Size, substitute
from ..tracing.signature import Argument

_C_WORDS = """auto break case char const continue default do double else enum extern float for goto
    if inline int long register restrict return short signed sizeof static struct switch typedef
    union unsigned void volatile while"""
_OUR_WORDS = """batch parameters parameters_gradient workspace weights value v g i r s bad sizes
    scalars tables int64_t memcpy memset size_t"""
TAKEN = {*_C_WORDS.split(), *_OUR_WORDS.split()}
BATCH = Poly.var("batch")


@dataclass(slots=True)
class HeaderArray:
    """An array of the caller's: its name and shape in C, and where it is copied to."""

    name: str
    shape: tuple[Size, ...]
    wanted: bool  # its gradient is computed
    places: list[tuple[bool, Placement]]  # (batched, where)

    def declared(self, kind: str, const: bool) -> str:
        """Write it as an argument: by value where it is one number."""
        if const and not self.shape:
            return f"{kind} {self.name}"
        return f"{'const ' if const else ''}{kind} *{self.name}"

    def described(self) -> str:
        """Write it with its shape."""
        return self.name + "".join(f"[{size}]" for size in map(plain, self.shape))

    def count(self) -> int:
        """Return how many numbers it has, where it is no batch."""
        return prod(map(int, self.shape))  # type: ignore[arg-type]

    def copied(self, batched: bool, place: Placement, memory: str, *, back: bool) -> Iterator[str]:
        """Yield lines that copy it to its place in memory, or the gradient back."""
        theirs = f"{self.name}_gradient" if back else self.name
        start = plain(batched_size(place.start))
        if not self.shape and not back:
            yield f"    {memory}[{start}] = {theirs};"
            return
        if batched:
            outer, inner, row = "batch", plain(place.count), "batch"
        elif place.outer:
            outer, inner, row = str(place.outer), str(place.inner), str(place.row)
        if place.count == 1 if batched else not place.outer:
            mine = f"{memory} + {start}" if start != "0" else memory
            here, there = (theirs, mine) if back else (mine, theirs)
            count = "(size_t)batch" if batched else plain(place.count)
            yield f"    memcpy({here}, {there}, {count} * sizeof *{memory});"
            return
        yield f"    for (int64_t s = 0; s < {outer}; s++)"
        yield f"        for (int64_t r = 0; r < {inner}; r++)"
        mine = f"{memory}[{start} + r * {row} + s]" if start != "0" else f"{memory}[r * {row} + s]"
        other = f"{theirs}[s * {inner} + r]"
        yield f"            {other} = {mine};" if back else f"            {mine} = {other};"


def shape_of(argument: Argument, batched: bool) -> tuple[Size, ...]:
    """Return the shape of an argument's array."""
    if argument.kind == "nest":
        return () if isinstance(argument.value, Value) else (len(argument.values()),)
    return (BATCH, *argument.shape[1:]) if batched else argument.shape


def batched_size(x: Size) -> Size:
    """Return a size where batches have no padding."""
    return substitute(x, {"P": BATCH, "B": BATCH})


def identifier(name: str, used: Sequence[str]) -> str:
    """Return a name that C takes, and that means nothing else."""
    name = re.sub(r"\W", "_", name, flags=re.ASCII)
    while name in TAKEN or name in used or name == "_":
        name += "_" if name in TAKEN else str(len(used))
    return name


def guarded(name: str, body: str) -> str:
    """Return what may be included twice, but not beside another function of its name."""
    guard = f"{name.upper()}_H"
    this = f"{guard}_{blake2b(body.encode(), digest_size=4).hexdigest()}"
    return f"""\
#if defined {guard} && !defined {this}
#error "another function is called {name}: set its __name__ in Python, and make its header again"
#endif
#ifndef {guard}
#define {guard}
#define {this}

{body}

#endif  /* {guard} */
"""


def plain(x: Size) -> str:
    """Write a size without the parentheses around the whole of it."""
    return str(x)[1:-1] if isinstance(x, Poly) else str(x)


def folded(line: str, width: int = 100) -> str:
    """Break a long list of numbers into lines."""
    if len(line) <= width:
        return line
    head, rest = line.split("{", 1)
    lines, at = [f"{head}{{"], "   "
    for number in rest.removesuffix("};").split(", "):
        if len(at) + len(number) + 2 > width:
            lines.append(at)
            at = "   "
        at += f" {number},"
    return "\n".join([*lines, at.rstrip(","), "};"])


def wrapped(line: str, indent: str, width: int = 100) -> str:
    """Break a line that is too long after one of its commas."""
    lines = [""]
    for part in line.split(", "):
        if lines[-1] and len(lines[-1]) + len(part) + 3 > width:
            lines[-1] += ","
            lines.append(indent + part)
        else:
            lines[-1] += f", {part}" if lines[-1] else part
    return "\n".join(lines)
