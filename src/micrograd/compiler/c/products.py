"""Large products of matrices in C: calls of ``contract``, which blocks them for the cache."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

from ..ir.program import Fused, Nest, Ref
from ..ir.sizes import Poly, Size
from ..passes.products import matmul
from ..passes.schedules import Costs, Target, along
from .loops import print_group
from .printer import Printer, bare

_WHOLE_VECTORS = "INLINE int64_t whole_vectors(int64_t n) { return (n + W - 1) / W * W; }"


def print_product(out: Printer, nest: Nest, target: Target) -> None:
    """Print a nest that is a product of matrices: its single terms as loops, then the product.

    Each sum takes its terms in their order, from what is there at first.
    """
    product = matmul(nest)
    assert product is not None
    single = tuple([term for term in nest.terms if not term.dims])
    if single:
        start = replace(nest, terms=single)
        group = Fused((start,), (True,), Costs(target).best([start])[1])
        print_group(out, group, target)
    out.writer.pieces.setdefault(
        "contract", files(__package__).joinpath("contract.inc").read_text("utf-8")
    )
    out.writer.functions["whole_vectors"] = _WHOLE_VECTORS
    a, b, c = product.a, product.b, nest.target
    rows, columns, depth = product.rows, product.columns, product.depth
    (extent,) = [term.dims[0] for term in nest.terms if term.dims]
    point: list[Size] = [0] * (depth + 1)
    for dim in product.around:
        point[dim] = Poly.var(out.variables[dim])
    whole = b.padded and c.padded and along(b.strides, columns) == 1
    wide = f"whole_vectors({bare(nest.dims[columns])})" if whole else bare(nest.dims[columns])
    arguments = [
        f"{bare(nest.dims[rows])}, {wide}, {bare(extent)}",
        _operand(out, a, point, rows, depth),
        _operand(out, b, point, depth, columns),
        _operand(out, c, point, rows),
        str(int(not (single or nest.accumulate))),
    ]
    _around(out, nest, product.around, f"contract({', '.join(arguments)});")


def _operand(out: Printer, ref: Ref, point: Sequence[Size], *dims: int) -> str:
    memory, address = out.place(ref, tuple(point))
    strides = [bare(along(ref.strides, dim)) for dim in dims]
    return ", ".join([f"{memory} + {address}", *strides])


def _around(out: Printer, nest: Nest, dims: Sequence[int], call: str) -> None:
    if not dims:
        out.line(call)
        return
    name = out.variables[dims[0]]
    extent = bare(nest.dims[dims[0]])
    with out.braces(f"for (int64_t {name} = 0; {name} < {extent}; {name}++)"):
        _around(out, nest, dims[1:], call)
