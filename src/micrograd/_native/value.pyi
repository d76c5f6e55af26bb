from collections.abc import Callable, Mapping, Sequence
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
def toposort(root: Value, /) -> list[Value]: ...
def read_data(values: Sequence[Value], out: Any, /) -> None: ...
def write_data(values: Sequence[Value], buffer: Any, /) -> None: ...
def read_grad(values: Sequence[Value], out: Any, /) -> None: ...
def write_grad(values: Sequence[Value], buffer: Any, /) -> None: ...
def add_grad(values: Sequence[Value], buffer: Any, /) -> None: ...
def zero_grad(values: Sequence[Value], /) -> None: ...
def read_floats(items: list[Any], out: Any, /) -> bool: ...
def write_floats(items: list[Any], buffer: Any, /) -> None: ...
def parents_in(values: list[Value], /) -> list[Value]: ...
def numbered_parents(
    numbers: Mapping[int, int], values: list[Value], /
) -> list[tuple[int, ...]]: ...
def copy_nodes(order: list[Value], start: int, memo: dict[int, Any], /) -> int: ...

class DirectCall:
    def __call__(self, *args: Any) -> Any: ...
    def fill(self, memory: Any, args: tuple[Any, ...], /) -> bool: ...

def direct_call(
    forward: int,
    backward: int,
    tables: int,
    kept: object,
    size: int,
    captured: tuple[Value, ...],
    array_type: type,
    shape: Any,
    nests: tuple[Any, ...],
    buffers: tuple[bytes, ...],
    /,
) -> DirectCall: ...

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
    ops: list[Any],
    parents: list[tuple[int, ...]],
    data: list[float],
    first: list[int],
    wanted: list[int],
    outputs: list[int],
    code_of: Callable[[Any], tuple[int, float | None] | None],
    /,
) -> tuple[int, bytes, bytes, bytes, bytes, bytes, list[float]] | None: ...
def depths_of(
    ops: list[Any],
    parents: list[tuple[int, ...]],
    data: list[float],
    outputs: list[int],
    kind_of: Callable[[Any], tuple[int, None]],
    /,
) -> tuple[bytearray, bytearray]: ...

class QuickCall:
    _quick: tuple[Callable[..., Any], Callable[[], int] | None] | None
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

def first_moved(owners: list[Any], keys: list[Any], expected: list[Any], any: object, /) -> int: ...
