"""Which variable holds the numbers of an array, of which shape, and what parts of it are called."""

import re
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from math import prod

from ..errors import JitError
from ..ir.array import Array
from ..ir.program import BATCH as BATCH_SIZE
from ..ir.program import Nest, Program, Ref
from ..ir.scope import Scope, nests
from ..ir.sizes import Size, known, substitute, variables
from ..ir.visit import loops
from ..printing.array_names import ArrayNames
from .program import BATCH, Dim, Shape, Variable

_TAKEN = {"B", "np", "jnp", "jax", "lax", "torch", "dtype", "device", "seeds", "wrong"}


def number(size: Size, env: Mapping[str, Size]) -> int:
    """Return a size that has to be a number.

    Raises:
        JitError: it depends on the number of examples.
    """
    x = substitute(size, env)
    if isinstance(x, int):
        return x
    raise JitError(f"an array program cannot have the size {x}: use backend='c'")


def dim(size: Size, env: Mapping[str, Size]) -> Dim:
    """Return a dim: a number, or that of the examples."""
    return BATCH if size == BATCH_SIZE else number(size, env)


def rows(size: Size, env: Mapping[str, Size]) -> int:
    """Return by how many rows, of one number for each example, an address in a batch moves."""
    offset, factors = moving(size, env, True)
    if factors:
        raise JitError(f"an array program cannot step by {size}: use backend='c'")
    return offset


def moving(size: Size, env: Mapping[str, Size], batched: bool) -> tuple[int, dict[str, int]]:
    """Return where an operand begins, and by how much more for each variable of a loop around.

    Args:
        size: the address.
        env: the variables of the loops that are unrolled.
        batched: it counts rows of one number for each example.

    Raises:
        JitError: it is no such address.
    """
    x = substitute(size, env)
    if isinstance(x, int):
        return (0 if batched else x), {}
    offset, factors = 0, dict[str, int]()
    for monomial, c in x.terms.items():
        names = list(monomial)
        if batched and "P" in names:
            names.remove("P")
        elif batched:
            raise JitError(f"an array program cannot step by {x}: use backend='c'")
        if len(names) > 1 or "P" in names:
            raise JitError(f"an array program cannot have the address {x}: use backend='c'")
        if names:
            factors[names[0]] = c
        else:
            offset = c
    return offset, factors


class Storage:
    """The variables of a program's arrays and of their gradients."""

    def __init__(self, program: Program, named: bool = True) -> None:
        self._names = ArrayNames(program) if named else None
        self._taken = _TAKEN | {s.var for s in loops([*program.forward, *program.backward])}
        self._numbers: dict[str, int] = {}  # the next that a word gets
        self._shapes: dict[Array, Shape] = {}
        self._variables: dict[tuple[Array, bool], Variable] = {}
        self._views: dict[tuple[Array, object], Variable] = {}
        self._words: dict[Array, str] = {}
        for nest, scope in nests(program.forward):
            array = nest.target.array
            if self._names:
                self._words.setdefault(array, self._names.view(nest.target, nest.dims, scope).name)
            shape = _shape_of(nest, scope)
            if len(shape) > len(self._shapes.get(array, ())):
                self._shapes[array] = shape
        for array in dict.fromkeys((*program.arrays, *program.leaves)):
            word = {"parameter": "p", "constant": "c"}.get(array.kind) or array.name
            word = word or self._words.get(array, "") or "x"
            self._words[array] = self.free("over_B" if word == "1/B" else identifier(word))

    def variable(self, array: Array, grad: bool = False) -> Variable:
        """Return the variable of an array, or of its gradient."""
        key = array, grad
        if key not in self._variables:
            name = self.free(f"d{self._words[array]}") if grad else self._words[array]
            self._variables[key] = Variable(name, self.shape(array))
        return self._variables[key]

    def shape(self, array: Array) -> Shape:
        """Return the shape of an array's variable: the batch is last, axes of length 1 are none."""
        if array not in self._shapes:
            plain = tuple([d for d in array.shape if isinstance(d, int)])
            fits = array.name and not array.parts and prod(plain) == array.count
            plain = plain if fits else (number(array.count, {}),)
            kept = tuple([d for d in plain if d != 1])
            self._shapes[array] = (*kept, BATCH) if array.batched else kept
        return self._shapes[array]

    def view(self, ref: Ref, dims: Sequence[Size], scope: Scope, shape: Shape) -> Variable:
        """Return a variable for what an operand reads of a leaf."""
        word = self._names.view(ref, dims, scope).name if self._names else ""
        word = identifier(word or "x")
        return Variable(self.free(word), shape)

    def free(self, word: str) -> str:
        """Return a word, or the word and a number, that is no other variable's name."""
        name, k = word, self._numbers.get(word, 2)
        while name in self._taken or iskeyword(name):
            name, k = f"{word}_{k}", k + 1
        self._taken.add(name)
        self._numbers[word] = k
        return name


def identifier(word: str) -> str:
    """Write a name that people read as one that Python reads: a prime becomes ``_in``."""
    word = re.sub("[\N{PRIME}\N{DOUBLE PRIME}\N{TRIPLE PRIME}]", "_in", word)
    word = re.sub(r"\W", "_", word)
    return word if re.match(r"[^\W\d]", word) else f"x{word}"


def _shape_of(nest: Nest, scope: Scope) -> Shape:
    """Return the dims of a nest that writes an array element after element, in rows of them.

    The outermost may be as long as it is: that of all steps of a loop, or of more than one nest.
    """
    target, array, step = nest.target, nest.target.array, 1
    sizes = (*nest.dims, *target.strides)
    if (
        any(leaf.kind != "computed" for leaf in array.leaves)
        or target.table
        or target.index
        or any(variables(size) & scope.keys() for size in sizes)
    ):
        return ()
    try:
        offset, factors = moving(target.offset, {}, array.batched)
    except JitError:
        return ()
    moves = [(step, 0) for step in factors.values()]  # 0: along a loop
    for size, stride in zip(nest.dims, target.strides):
        if size != BATCH_SIZE and size != 1:
            if not isinstance(size, int):
                return ()
            moves.append((rows(stride, {}) if array.batched else known(stride), size))
    if not factors.keys() <= scope.keys() or any(step < 1 for step, _ in moves):
        return ()
    found, total = list[Dim](), known(array.count)
    moves.sort(key=lambda move: move[0])
    for k, (stride, size) in enumerate(moves):
        if stride % step or (stride != step and size):
            return ()
        if not size or (k == len(moves) - 1 and step * size != total):
            break
        found.insert(0, size)
        step *= size
    if total % step or offset % step:
        return ()
    if total != step:
        found.insert(0, total // step)
    return (*found, BATCH) if array.batched else tuple(found)
