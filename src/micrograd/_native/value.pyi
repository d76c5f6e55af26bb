from collections.abc import Callable, Sequence
from typing import Any

from ..engine import Value as Value
from ..ops import Op
from ..value.modes import Tracer

CASES: tuple[str, ...]

def connect(
    ops: dict[str, Op],
    attributes: dict[str, Any],
    *,
    power: Callable[[int | float], Op],
    origin: Callable[[Any, Any, type], tuple],
    text: Callable[[str, Any], str],
    named: Callable[[Any, Any], str],
    operand: Callable[[str, Any], Any],
    number: Callable[[Any, str], float],
    integral: type,
    observe: Callable[[Any], Any],
    checked: Callable[[Any], None],
) -> None: ...
def set_mode(on: bool, grad: bool, anomaly: bool, tracer: Tracer | None, /) -> None: ...
def set_number(number: type[Value], /) -> None: ...
def apply(op: Op, *args: Any) -> Value: ...
def products(xs: list[Any], ys: list[Any], /) -> list[Any]: ...
def toposort(root: Value, /) -> list[Value]: ...
def slopes_by(out: Value, sources: list[Value], /) -> bytearray | None: ...
def read_data(values: Sequence[Value], out: Any, /) -> None: ...
def write_data(values: Sequence[Value], buffer: Any, /) -> None: ...
def read_grad(values: Sequence[Value], out: Any, /) -> None: ...
def write_grad(values: Sequence[Value], buffer: Any, /) -> None: ...
def add_grad(values: Sequence[Value], buffer: Any, /) -> None: ...
def zero_grad(values: Sequence[Value], /) -> None: ...
def read_floats(items: list[Any], out: Any, /) -> bool: ...
def write_floats(items: list[Any], buffer: Any, /) -> None: ...

class ValueSet:
    def __init__(self, values: list[Value] = ..., /) -> None: ...
    def __contains__(self, value: object, /) -> bool: ...
    def update(self, values: list[Value], /) -> None: ...
    def update_parents(self, values: list[Value], /) -> None: ...
    def spread(
        self,
        values: list[Value],
        start: int = ...,
        op: Op | None = ...,
        but: ValueSet | None = ...,
        /,
    ) -> None: ...
    def parents_outside(self, values: list[Value], /) -> list[Value]: ...

def made_by(values: list[Value], names: tuple[str, ...], /) -> list[Value]: ...
def numbered(
    leaves: list[Value], values: list[Value], asked: list[Value], /
) -> tuple[Any, list[Op | None], Any, Any, Any, list[Value], list[int]]: ...
def operands(values: list[Value], /) -> list[tuple[Op | None, int]]: ...
def batched(codes: Any, starts: Any, parents: Any, first: bytes, single: int, /) -> bytearray: ...
def distinct_parents(
    codes: Any, starts: Any, parents: Any, data: Any, leaves: Any, sum: int, product: int, /
) -> bytearray: ...
def alike(
    codes: Any, starts: Any, parents: Any, kinds: bytes, outputs: Any, /
) -> list[tuple[int, int, int]]: ...
def rows(
    codes: Any,
    starts: Any,
    parents: Any,
    data: Any,
    batched: bytes,
    leaves: Any,
    kinds: bytes,
    outputs: Any,
    strict: bool,
    /,
) -> tuple[Any, ...]: ...
def copy_nodes(order: list[Value], start: int, memo: dict[int, Any], /) -> int: ...
def columns_of(order: list[Any], /) -> tuple | None: ...
def make_nodes(cls: type, values: list[Any], start: int, /, *made: Any) -> int: ...

class DirectCall:
    def __call__(self, *args: Any) -> Any: ...
    def fill(self, memory: Any, args: tuple[Any, ...], /) -> bool: ...
    def pass_on(self, memory: Any, gradients: Any, k: int, seed: float, /) -> bool: ...

def direct_call(
    stages: tuple[tuple[Any, ...], ...],
    size: int,
    kept: object,
    look: Callable[[], int] | None,
    captured: tuple[Value, ...],
    read: tuple[Value, ...],
    read_at: int,
    array_type: type,
    number_type: type,
    places: tuple[tuple[Any, Any], ...],
    arguments: int,
    packed: bytes,
    nests: tuple[tuple[int, Any], ...],
    fixed_places: bytes,
    fixed_numbers: bytes,
    shape: Any,
    writes: tuple[tuple[int, Any, Any], ...],
    /,
) -> DirectCall: ...

class MappedCall:
    def __call__(self, *args: Any) -> Any: ...

def mapped_call(
    otherwise: Callable[..., Any],
    look: Callable[[], int] | None,
    make: Callable[[], Any],
    shape: Any,
    array_type: type,
    kept: object,
    function: int,
    tables: int,
    scalars: int,
    v: Any,
    count: int,
    rows: int,
    lanes: int,
    sizes: bytes,
    batch: int,
    inputs: bytes,
    outputs: bytes,
    tests: bytes,
    /,
) -> MappedCall: ...

class Tape:
    def forward(self, v: Any, batch: int = 1, row: int = 1, /) -> tuple[float, int] | None: ...
    def backward(self, v: Any, g: Any, seeds: Any, batch: int = 1, row: int = 1, /) -> None: ...
    def places(self) -> tuple[int, int, bytes]: ...
    def addresses(self) -> tuple[int, int, int]: ...

def tape(
    first: int,
    steps: Any,
    more: Any,
    exponents: Any,
    outputs: Any,
    wanted: Any,
    batched: Any,
    others: tuple[Op, ...],
    /,
) -> Tape: ...
def steps_of(
    codes: Any,
    starts: Any,
    parents: Any,
    data: Any,
    numbers: Any,
    exponents: Any,
    first: list[int],
    wanted: list[int],
    outputs: list[int],
    /,
) -> tuple[int, bytes, bytes, bytes, bytes, bytes, list[float]] | None: ...

class QuickCall:
    _quick: tuple[Callable[..., Any], ...]
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

def first_moved(owners: list[Any], keys: list[Any], expected: list[Any], any: object, /) -> int: ...

class Lazy:
    _recording: Any
    _array: Any
    def _become(self, array: Any, /) -> None: ...

def lazy_arrays(
    values: Sequence[Value], states: tuple[Any, ...], type: type, ndarray: type, /
) -> tuple[Any, Any, tuple[Any, ...]]: ...
def store_lazy(
    values: Sequence[Value], p: Any, states: Any, empty: Callable[[int], Any], /
) -> tuple[Any, ...]: ...
