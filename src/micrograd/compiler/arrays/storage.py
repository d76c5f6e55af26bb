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
from ..ir.sizes import Size, coefficients, substitute, variables
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
    x = substitute(size, env)
    if isinstance(x, int):
        return 0
    if variables(x) != {"P"} or any(len(m) > 1 for m in x.terms):
        raise JitError(f"an array program cannot step by {x}: use backend='c'")
    return coefficients(x, [("P",)])[0]


class Storage:
    """The variables of a program's arrays and of their gradients."""

    def __init__(self, program: Program) -> None:
        self._names = ArrayNames(program)
        self._taken = set(_TAKEN)
        self._shapes: dict[Array, Shape] = {}
        self._variables: dict[tuple[Array, bool], Variable] = {}
        self._views: dict[tuple[Array, object], Variable] = {}
        self._words: dict[Array, str] = {}
        for nest, scope in nests(program.forward):
            array = nest.target.array
            self._words.setdefault(array, self._names.view(nest.target, nest.dims, scope).name)
            if array not in self._shapes and (shape := _shape_of(nest)):
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
        word = identifier(self._names.view(ref, dims, scope).name or "x")
        return Variable(self.free(word), shape)

    def free(self, word: str) -> str:
        """Return a word, or the word and a number, that is no other variable's name."""
        name, k = word, 2
        while name in self._taken or iskeyword(name):
            name, k = f"{word}_{k}", k + 1
        self._taken.add(name)
        return name


def identifier(word: str) -> str:
    """Write a name that people read as one that Python reads: a prime becomes ``_in``."""
    word = re.sub("[\N{PRIME}\N{DOUBLE PRIME}\N{TRIPLE PRIME}]", "_in", word)
    word = re.sub(r"\W", "_", word)
    return word if re.match(r"[^\W\d]", word) else f"x{word}"


def _shape_of(nest: Nest) -> Shape:
    """Return the dims of a nest that writes all of an array, element after element."""
    target, array, step = nest.target, nest.target.array, 1
    if (
        array.parts
        or target.table
        or target.index
        or target.offset != 0
        or array.kind != "computed"
    ):
        return ()
    found: list[Dim] = []
    for size, stride in reversed(list(zip(nest.dims, target.strides))):
        if size == BATCH_SIZE:
            continue
        if not isinstance(size, int) or (variables(stride) - {"P"}):
            return ()
        if size == 1:
            continue
        if (rows(stride, {}) if array.batched else stride) != step:
            return ()
        found.insert(0, size)
        step *= size
    if step != array.count:
        return ()
    return (*found, BATCH) if array.batched else tuple(found)
