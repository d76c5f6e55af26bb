"""From loops to array code, statement by statement.

A statement that gives all of an array its numbers names the array; one that gives or adds to a part
changes it. A loop whose steps differ only by where their operands begin is a loop over rows; others
are unrolled.
"""

from collections.abc import Sequence
from dataclasses import replace

from ... import ops
from ..ir.array import Array
from ..ir.program import BATCH as BATCH_SIZE
from ..ir.program import Clear, For, Fused, Nest, Program, Ref, Route
from ..ir.program import Statement as Loop
from ..ir.scope import Scope
from ..ir.sizes import Size, bound, known
from ..printing.show import captions
from .collecting import collected
from .ends import Ends, flat_part
from .even import is_even
from .expressions import Env, Expressions, Piece
from .finishing import finished
from .program import (
    Applied,
    ArrayProgram,
    Constant,
    Fill,
    First,
    Indexed,
    Let,
    Node,
    Reshaped,
    Shape,
    StepIndex,
    Transposed,
    Variable,
)
from .statements import Statements, zeros
from .storage import Storage, number, rows
from .sums import value_of
from .visit import inside


def arrays_of(
    program: Program,
    arguments: Sequence[int | None] | None = (),
    named: bool = True,
    strict: bool = False,
) -> ArrayProgram:
    """Return the array program of loops, forward and backward.

    Args:
        program: as ``lower`` returns it, for arrays: nothing is transposed or padded.
        arguments: of each of its inputs which argument it is, None for 1/B; None instead of all:
            each leaf is one, in the shape in which it is stored.
        named: variables are called what people call them, with the formulas behind them.
        strict: each sum is in the order in which it is written.

    Raises:
        JitError: a size is none that arrays can have.
    """
    return _Builder(program, arguments, named, strict).built()


class _Builder:
    def __init__(
        self, program: Program, arguments: Sequence[int | None] | None, named: bool, strict: bool
    ) -> None:
        self.program, self.strict = program, strict
        self.storage, self.statements = Storage(program, named), Statements()
        self.ends = Ends(program, arguments, self.storage, self.statements)
        self.captions = captions(program) if named else {}
        self.seeds: dict[str, Variable] = {}
        self.steps: dict[str, int] = {}  # how many the loops have that are open
        self.views: dict[tuple, Variable] = {}  # of leaves: what is read of them, by its look
        self.leaves = {a for a in program.arrays if not _is_computed(a)}

    def built(self) -> ArrayProgram:
        inputs = self.ends.inputs()
        self.ends.constants()
        self.run(self.program.forward, {}, Scope())
        outputs = list(self.ends.outputs())
        forward = self.statements.taken()
        if self.program.backward:
            self.run(self.program.backward, {}, Scope())
            self.ends.gradients()
        seeds = [(self.program.scalars.index(name), v) for name, v in self.seeds.items()]
        return finished(
            ArrayProgram(
                inputs,
                forward,
                outputs,
                self.statements.taken(),
                sorted(seeds, key=lambda seed: seed[0]),
                any(a.batched for a in self.program.arrays),
            )
        )

    def run(self, body: Sequence[Loop], env: Env, scope: Scope) -> None:
        for s in body:
            if isinstance(s, For):
                self.loop(s, env, scope.inside(s))
            elif isinstance(s, Nest):
                self.nest(s, env, scope)
            elif isinstance(s, Route):
                self.route(s, env, scope)
            elif isinstance(s, Clear):
                self.clear(s, env)
            else:
                assert isinstance(s, Fused)
                self.run(s.nests, env, scope)

    def loop(self, loop: For, env: Env, scope: Scope) -> None:
        count = number(loop.count, env)
        if is_even(loop, env):
            self.statements.begin()
            self.steps[loop.var] = count
            self.run(loop.body, env, scope)
            del self.steps[loop.var]
            self.statements.end(loop.var, count, loop.backwards)
            return
        steps = range(count)
        for step in reversed(steps) if loop.backwards else steps:
            self.run(loop.body, {**env, **bound(loop.var, step)}, scope)

    def expressions(self, dims: Sequence[Size], env: Env, scope: Scope) -> Expressions:
        return Expressions(
            dims,
            env,
            self.steps,
            self.base,
            self.seed,
            lambda ref, dims, node: self.named(ref, dims, node, scope),
        )

    def nest(self, nest: Nest, env: Env, scope: Scope) -> None:
        if any(number(d, env) == 0 for d in nest.dims if d != BATCH_SIZE):
            return
        value = value_of(nest, lambda dims: self.expressions(dims, env, scope), self.strict)
        formula = self.captions.get(id(nest), "")
        self.write(nest.target, nest.dims, value, nest.accumulate, env, formula)

    def write(
        self,
        target: Ref,
        dims: Sequence[Size],
        value: Piece,
        add: bool,
        env: Env,
        formula: str = "",
    ) -> None:
        """Give the places of a target their numbers, or add to what is there."""
        variable = self.storage.variable(target.array, target.grad)
        nothing = isinstance(value.node, Fill) and value.node.value == 0.0
        if nothing and not (add or target.grad or variable.name in self.statements.defined):
            return  # what has no numbers is 0
        made = Expressions(
            dims, env, self.steps, lambda ref: self.read_or_written(ref, target), self.seed
        )
        part = made.part(target)
        spots = [k for k, d in enumerate(made.dims) if d != 1]
        if part is not None and target.index is None and set(part.axes) == set(spots):
            at, axes = part.node, part.axes
            node = _laid(value, axes, at.shape)
            if at is variable or (isinstance(at, Reshaped) and at.x is variable):
                node = node if at is variable else Reshaped(node, variable.shape)
                self.give(variable, node, add, formula)
            else:
                self.statements.let_zero(variable)
                self.statements.put(variable, at, node, add, formula=formula)
            return
        if part is not None and target.index is not None:
            places, shared = made.places(target, part)
            axes = (*places.axes, *part.axes[1:])
            nodes: tuple[Node, ...] = (places.node,)
            if shared:
                nodes, axes = shared, tuple(sorted(set(axes)))
            self.add_at(variable, part.node, _laid(value, axes, made.shape(axes)), nodes, formula)
            return
        flat, places = made.scattered(target)
        places = made.repeated(places, value.axes, target)
        axes, nodes = places.axes, (places.node,)
        if target.array.batched:
            batch = made.batch_axis(target)
            if batch in axes:
                nodes = (places.node, made.along(batch, axes))
            else:
                axes = (*axes, batch)
        node = _laid(value, axes, made.shape(axes))
        if add and isinstance(places.node, Constant) and not self.strict:
            total = collected(node, places.node.numbers, known(target.array.count))
            if total is not None:
                self.give(variable, Reshaped(total, variable.shape), True, formula)
                return
        if add:
            self.add_at(variable, flat, node, nodes, formula)
        else:
            self.statements.let_zero(variable)
            self.statements.put(variable, flat, node, False, nodes, formula)

    def give(self, variable: Variable, value: Node, add: bool, formula: str) -> None:
        """Give all of a variable its numbers, or add to them."""
        if self.steps:
            self.statements.let_zero(variable)
        if add and variable.name in self.statements.defined:
            value = Applied(ops.ADD, (variable, value), variable.shape)
        self.statements.let(variable, value, formula)

    def add_at(
        self, variable: Variable, part: Node, value: Node, places: tuple[Node, ...], formula: str
    ) -> None:
        """Add to places of a part, which may be the same for several numbers."""
        self.statements.let_zero(variable)
        self.statements.put(variable, part, value, True, places, formula)

    def route(self, route: Route, env: Env, scope: Scope) -> None:
        """Pass the gradient of an extreme to the first candidate that is equal to it."""
        dims = (*route.dims, *route.reduced)
        made = self.expressions(dims, env, scope)
        axes = tuple([k for k, d in enumerate(made.dims) if d != 1])
        shape = tuple([made.dims[a] for a in axes])
        over = len([a for a in axes if a >= len(route.dims)])
        idle = (0,) * len(route.reduced)
        result = route.result.with_strides(lambda strides: (*strides, *idle))
        candidates = made.read(route.candidates).full(axes, shape)
        first = First(candidates, made.read(result).among(axes), over, shape)
        slope = made.read(replace(result, grad=True)).among(axes)
        value = Applied(ops.WHERE, (first, slope, Fill(0.0)), shape)
        target = replace(route.candidates, grad=True)
        self.write(target, dims, Piece(value, axes), True, env)

    def clear(self, clear: Clear, env: Env) -> None:
        variable = self.storage.variable(clear.array, True)
        array = clear.array
        if variable.name not in self.statements.defined:
            return  # what has no numbers is 0
        step = rows if array.batched else number
        first, count = step(clear.start, env), step(clear.count, env)
        if count == array.count:
            self.statements.let(variable, zeros(variable.shape))
            return
        at = flat_part(variable, array, first, count)
        self.statements.put(variable, at, Fill(0.0))

    def read_or_written(self, ref: Ref, target: Ref) -> Node:
        """Return the variable of an array; what is written need not be there before."""
        return self.storage.variable(ref.array, ref.grad) if ref is target else self.base(ref)

    def base(self, ref: Ref) -> Node:
        """Return the variable of the array that an operand reads."""
        variable = self.storage.variable(ref.array, ref.grad)
        if variable.name not in self.statements.defined:  # nothing has come there
            self.statements.let_zero(variable)
        return variable

    def named(self, ref: Ref, dims: Sequence[Size], node: Node, scope: Scope) -> Node:
        """Give what is read of a leaf a name of its own, at its first use."""
        if ref.grad or ref.array not in self.leaves or isinstance(node, Variable):
            return node
        if isinstance(node, Indexed) and any(isinstance(item, StepIndex) for item in node.items):
            return replace(node, x=self.named(ref, dims, node.x, scope))
        look = (ref.array, *(_look(inner) for inner in inside(node)))
        if look not in self.views:
            view = self.storage.view(ref, dims, scope, node.shape)
            self.views[look] = view
            self.statements.before.append(Let(view, node))
            self.statements.defined.add(view.name)
        return self.views[look]

    def seed(self, name: str) -> Node:
        if name not in self.seeds:
            self.seeds[name] = Variable(self.storage.free(name), ())
            self.statements.defined.add(name)
        return self.seeds[name]


def _is_computed(array: Array) -> bool:
    return bool(array.parts) or array.kind == "computed"


def _laid(value: Piece, axes: Sequence[int], shape: Shape) -> Node:
    """Return a value with exactly these axes, in this order."""
    ordered = sorted(axes)
    sizes = dict(zip(axes, shape))
    node = value.full(ordered, tuple([sizes[a] for a in ordered]))
    if list(axes) == ordered:
        return node
    return Transposed(node, tuple([ordered.index(a) for a in axes]), tuple(shape))


def _look(node: Node) -> tuple:
    return (
        type(node).__name__,
        str(getattr(node, "items", "")),
        node.shape,
        getattr(node, "name", ""),
    )
