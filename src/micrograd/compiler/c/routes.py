"""The gradient of a maximum or minimum in C: it goes to the first candidate that is the result."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..ir.program import Route
from ..ir.sizes import Poly, Size
from ..passes.schedules import along, irregular
from .printer import Point, Printer, bare


def print_route(out: Printer, route: Route, *, vectors: bool) -> None:
    """Print a route: where ``vectors`` may be used, along a dim of neighbours if there is one."""
    _Route(out, route).run(_lane(route) if vectors else None)


def _lane(route: Route) -> int | None:
    """The last dim along which candidates and results lie side by side."""
    refs = (route.candidates, route.result)
    for dim in reversed(range(len(route.dims))):
        if all(along(r.strides, dim) == 1 and not irregular(r, dim) for r in refs):
            return dim
    return None


class _Route:
    def __init__(self, out: Printer, route: Route) -> None:
        self.out, self.route = out, route
        dims = route.dims + route.reduced
        self.names = out.variables[: len(dims)]
        self.loops = list(zip(self.names, dims, strict=True))
        point: Point = tuple(Poly.var(n) for n in self.names)
        self.candidate = out.address(route.candidates, point)
        self.result = out.address(route.result, point)

    def run(self, lane: int | None) -> None:
        own, reduced = self.loops[: len(self.route.dims)], self.loops[len(self.route.dims) :]
        with self.out.braces():
            if lane is None:
                with self._nested(own):
                    self.single(reduced)
            else:
                name, extent = own.pop(lane)
                with self._nested(own):
                    self.vectors(name, extent, reduced)

    def single(self, reduced: Sequence[tuple[str, Size]]) -> None:
        """Look through the candidates of one result."""
        self.out.line("int searching = 1;")
        test = f"if (searching && v[{self.candidate}] == v[{self.result}])"
        with self._nested(reduced, "searching && "), self.out.braces(test):
            self.out.line(f"g[{self.candidate}] += g[{self.result}];")
            self.out.line("searching = 0;")

    def vectors(self, name: str, extent: Size, reduced: Sequence[tuple[str, Size]]) -> None:
        """Look through the candidates of neighbouring results, a mask for those still searching."""
        self.out.line(f"int64_t {name} = 0;")
        if self.route.candidates.padded and self.route.result.padded:
            with self.out.braces(f"for (; {name} < {bare(extent)}; {name} += W)"):
                self._vector(reduced, "load({})", "store({}, {})")
            return
        with self.out.braces(f"for (; {name} + W <= {bare(extent)}; {name} += W)"):
            self._vector(reduced, "load({})", "store({}, {})")
        rest = bare(extent - Poly.var(name))
        with self.out.braces(f"if ({name} < {bare(extent)})"):
            self._vector(reduced, f"load_first({{}}, {rest})", f"store_first({{}}, {{}}, {rest})")

    def _vector(self, reduced: Sequence[tuple[str, Size]], load: str, store: str) -> None:
        line, candidate = self.out.line, f"g + {self.candidate}"
        line(f"const V best = {load.format(f'v + {self.result}')};")
        line(f"const V slope = {load.format(f'g + {self.result}')};")
        line("VI searching = ~(VI){0};")
        with self._nested(reduced):
            value = load.format(f"v + {self.candidate}")
            line(f"const VI found = searching & ({value} == best);")
            more = f"{load.format(candidate)} + keep(found, slope)"
            line(f"{store.format(candidate, more)};")
            line("searching &= ~found;")

    @contextmanager
    def _nested(self, loops: Sequence[tuple[str, Size]], going: str = "") -> Iterator[None]:
        if not loops:
            yield
            return
        name, extent = loops[0]
        with (
            self.out.braces(f"for (int64_t {name} = 0; {going}{name} < {bare(extent)}; {name}++)"),
            self._nested(loops[1:], going),
        ):
            yield
