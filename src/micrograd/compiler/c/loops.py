"""The loops around blocks of elements in C, as the schedule of fused nests says."""

from ..ir.program import Fused
from ..ir.sizes import Poly, Size
from ..passes.divisions import hides_divisions
from ..passes.regions import operands, same_element
from ..passes.schedules import Target, along
from .blocks import BlockPrinter
from .element_loops import print_block
from .printer import Printer, bare

_LANES = Poly.var("W")  # what C calls the number of lanes

Points = dict[int, list[Size]]  # dim -> the indices of a block along it


def print_group(out: Printer, group: Fused, target: Target) -> None:
    """Print the loops of a group."""
    out.writer.divides = hides_divisions(group.nests)
    _Loops(out, group, target).run(0, {})
    out.writer.divides = False


class _Loops:
    def __init__(self, out: Printer, group: Fused, target: Target) -> None:
        self.out, self.group, self.target = out, group, target
        self.blocks = BlockPrinter(out, group, strict=target.strict, whole=target.lanes)
        self.operands = self.blocks.operands
        self.dims = group.nests[0].dims
        self.sizes, self.lanes = dict(group.schedule.blocks), group.schedule.lanes
        blocked = [d for d in self.sizes if d != self.lanes]
        lanes = [self.lanes] if self.lanes is not None else []
        # The block dims innermost: what they share, a panel of vectors, stays in the cache.
        self.order = [d for d in range(len(self.dims)) if d not in (*blocked, *lanes)]
        self.order += lanes + blocked

    def run(self, level: int, points: Points) -> None:
        """Print the loops from a level inwards."""
        if level == len(self.order):
            print_block(self.blocks, [points[d] for d in range(len(self.dims))])
            return
        dim = self.order[level]
        extent, block = self.dims[dim], self.sizes.get(dim, 1)
        if dim == self.lanes:
            self.vectors(level, points, block)
        elif extent == block:
            self.run(level + 1, {**points, dim: list(range(block))})
        else:
            self.singles(level, points, block)

    def singles(self, level: int, points: Points, block: int) -> None:
        """Loop over a dim in steps of a block, then one by one."""
        dim = self.order[level]
        extent, name = self.dims[dim], self.out.variables[dim]
        indices: list[Size] = [Poly.var(name) + b for b in range(block)]
        if block == 1 or (isinstance(extent, int) and extent % block == 0):
            step = f"{name}++" if block == 1 else f"{name} += {block}"
            with self.operands.scope(f"for (int64_t {name} = 0; {name} < {bare(extent)}; {step})"):
                self.run(level + 1, {**points, dim: indices})
            return
        with self.operands.scope():
            self.out.line(f"int64_t {name} = 0;")
            last = bare(extent - block)
            with self.operands.scope(f"for (; {name} <= {last}; {name} += {block})"):
                self.run(level + 1, {**points, dim: indices})
            with self.operands.scope(f"for (; {name} < {bare(extent)}; {name}++)"):
                self.run(level + 1, {**points, dim: indices[:1]})

    def vectors(self, level: int, points: Points, block: int) -> None:
        """Loop over the dim along the lanes: blocks of vectors, vectors, and the lanes left."""
        dim = self.order[level]
        extent, name = self.dims[dim], self.out.variables[dim]
        indices: list[Size] = [Poly.var(name) + _LANES * b for b in range(block)]
        step = "W" if block == 1 else f"{block} * W"
        whole = self.whole(extent, dim)
        halves, lanes = self.target.halves, self.target.lanes
        even = (-(-extent // lanes) if isinstance(extent, int) else 1) * halves % block == 0
        if whole and (block == 1 or even):
            with self.operands.scope(
                f"for (int64_t {name} = 0; {name} < {bare(extent)}; {name} += {step})"
            ):
                self.run(level + 1, {**points, dim: indices})
            return
        with self.operands.scope():
            self.out.line(f"int64_t {name} = 0;")
            with self.operands.scope(
                f"for (; {name} + {step} <= {bare(extent)}; {name} += {step})"
            ):
                self.run(level + 1, {**points, dim: indices})
            if block > 1:
                bound = f"{name} < {bare(extent)}" if whole else f"{name} + W <= {extent}"
                with self.operands.scope(f"for (; {bound}; {name} += W)"):
                    self.run(level + 1, {**points, dim: indices[:1]})
            if not whole:
                with self.operands.scope(f"if ({name} < {bare(extent)})"):
                    self.operands.rest = bare(extent - Poly.var(name))
                    self.run(level + 1, {**points, dim: indices[:1]})
                    self.operands.rest = None

    def whole(self, extent: Size, dim: int) -> bool:
        """Tell whether every step may use all lanes."""
        if isinstance(extent, int) and extent % self.target.lanes == 0:
            return True
        nests, stored = self.group.nests, self.group.stored
        touched = [n.target for n, kept in zip(nests, stored, strict=True) if kept]
        for nest in nests:
            for _, ref in operands(nest):
                if not any(same_element(ref, n.target, len(n.dims)) for n in nests):
                    touched.append(ref)
        touched = [r for r in touched if along(r.strides, dim) != 0]
        scatter = any(n.scatter for n in nests)
        return not scatter and all(r.padded and along(r.strides, dim) == 1 for r in touched)
