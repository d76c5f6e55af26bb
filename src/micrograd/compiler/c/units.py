"""A program as several files of C, which compilers work on side by side.

What it does one after the other is divided into functions first, since some of GCC's passes take
longer than in proportion: in functions of 300 lines LeNet's steps took it 0.8 to 0.9 of the time.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST = 300  # lines of a function, if no statement has more
_SHORT = 300  # lines that are not worth a file: its head takes as long as 50 of them
_FILES = 4
_UNROLLED = 50  # lines, about, that a loop which a compiler unrolls takes it as long as

_IN_ONE = "#define PIECE static __attribute__((noinline))"
_SHARED = """\
#ifdef _WIN32
#define PIECE __attribute__((noinline))
#else
#define PIECE __attribute__((noinline, visibility("hidden")))
#endif"""


class CFile(NamedTuple):
    """The parts of a file of C."""

    head: str  # what is included
    functions: list[str]  # those that expressions need
    pieces: list[str]  # what is long, which forward and backward call: each has one PIECE
    forward: str
    backward: str


def divided(ends: Sequence[int]) -> Iterator[range]:
    """Divide statements into runs of a bounded length.

    Args:
        ends: how many lines there are before the first of them, and after each.
    """
    first = 0
    for k in range(1, len(ends)):
        if k + 1 == len(ends) or ends[k + 1] - ends[first] > LONGEST:
            yield range(first, k)
            first = k


def units(file: CFile, rest: Sequence[str] = (), most: int = _FILES) -> tuple[str, ...]:
    """Return the text of files that make one library.

    Args:
        file: what to divide.
        rest: what follows forward and backward, which are in the first file.
        most: how many files to make.
    """
    last = [file.forward, file.backward, *rest]
    sizes = [piece.count("\n") + _UNROLLED * piece.count("UNROLLED ") for piece in file.pieces]
    total = sum(sizes) + sum([part.count("\n") + 1 for part in last])
    count = max(1, min(most, total // _SHORT, len(sizes)))
    filled = [total - sum(sizes), *[0] * (count - 1)]
    shares: list[list[str]] = [[] for _ in filled]
    for size, piece in sorted(zip(sizes, file.pieces), key=lambda pair: -pair[0]):
        k = filled.index(min(filled))
        filled[k] += size
        shares[k].append(piece)
    head = [file.head, *file.functions, ""]
    if file.pieces:
        head.insert(1, _IN_ONE if count == 1 else _SHARED)
    head += [re.findall(r"^PIECE [^{]*\)", piece, re.M)[0] + ";" for piece in file.pieces]
    if count > 1:
        last = [*last, ""]
    texts = [[*head, *share] for share in shares]
    texts[0] += last
    return tuple(["\n".join(text) for text in texts])
