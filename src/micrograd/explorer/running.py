"""The runs that can be recorded: a formula on an engine, a program, a call of a function."""

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import getclosurevars
from pathlib import Path
from types import FunctionType
from typing import Any

from ..practise import lecture
from ..practise.forms import Forms
from ..practise.limits import time_limit
from ..practise.loading import load
from ..practise.reading import Unreadable, read_cells
from ..practise.spelling import spelled
from ..value.likeness import is_value
from ..value.nodes import attribute, number_of
from .labels import behind, labels_of
from .tracer import BACKWARD, LineTracer

PROGRAM = "your formula"
_SECONDS = 10.0  # for the import of an engine; where it takes longer, its definitions have to do


@dataclass(frozen=True)
class Recorded:
    """A run, and what came of it.

    Args:
        roots: the reader's values that backward may start from; the last is the default.
        labels: what the reader calls them, by id; values that have a label keep it.
        tracer: the lines.
        title: what was run.
        left: the gradients after its backward, by id; empty where none ran from the last root.
    """

    roots: list[Any]
    labels: dict[int, str]
    tracer: LineTracer
    title: str
    left: dict[int, float]


def record_formula(text: str, values: Mapping[str, float], engine: Any) -> Recorded:
    """Run a formula on an engine, and its backward.

    Args:
        text: one that ``micrograd.expression.evaluate`` has accepted.
        values: a number for each name.
        engine: True for the lecture's engine, or the path of a file that defines one.

    Raises:
        ValueError: the file cannot be read, defines no such class, or lacks what the formula needs.
    """
    sources, namespace, name = {}, dict(vars(lecture)), "the lecture's engine"
    if engine is not True:
        path, name = Path(engine), Path(engine).name
        sources = {cell.file: cell.source for cell in _cells(path)}
        loaded = load(path, limit=partial(time_limit, _SECONDS))
        namespace = dict(loaded.namespace)
        name = f"{name} ({loaded.stopped})" if loaded.stopped else name
    forms = Forms(namespace)
    if forms.cls is None:
        raise ValueError(f"{name} defines no class of values: it needs one such as Value(data)")
    lines, last = _as_program(text, values)
    if forms.has("backward"):
        lines.append(f"{last}.backward()" if forms.method("backward") else f"backward({last})")
    program = spelled("\n".join(lines), forms)
    own = forms.method("backward") or forms.function("backward") or "backward"
    tracer = LineTracer({PROGRAM: program, **sources}, backward=(*BACKWARD, own))
    try:
        _guarded(tracer, lambda: exec(compile(program, PROGRAM, "exec"), namespace), name)
    except ValueError as error:
        remedy = "without code the formula runs on micrograd's own operations"
        if isinstance(error.__cause__, (TypeError, AssertionError)) and _has_power_of(text):
            raise ValueError(
                f"{error}. The ** of {name} takes a number as exponent, as in a**3; {remedy}"
            ) from None
        if not str(error).startswith(PROGRAM) and not _meets_number(error.__cause__):
            raise
        raise ValueError(f"{error}. Has {name} no such operation? {remedy}") from None
    root = namespace[last]
    if not is_value(root):
        raise ValueError(
            f"the values of {name} have no data, grad, and _prev or _children: "
            f"{last} is {type(root).__name__} {str(root)[:60]!r}"
        )
    labels = labels_of({n: x for n, x in namespace.items() if is_value(x)})
    return Recorded([root], labels, tracer, text, _gradients(root) if tracer.started else {})


def record_file(path: Path) -> Recorded:
    """Run a program, up to the end of its first backward.

    Raises:
        ValueError: it cannot be read or run to that point, or it makes no value.
    """
    cells = _cells(path)
    tracer = LineTracer({cell.file: cell.source for cell in cells}, until_backward=True)
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}

    def run() -> None:
        for cell in cells:
            exec(compile(cell.source, cell.file, "exec"), namespace)

    sys.path.insert(0, str(path.resolve().parent))
    try:
        _guarded(tracer, run, path.name)
    finally:
        sys.path.pop(0)
    roots = tracer.started[:1] or _largest(namespace.values())
    if not roots:
        raise ValueError(f"{path.name} makes no value: let it compute one and call its backward()")
    left = _after_backward(tracer, roots[-1], path.name)
    return Recorded(roots, labels_of(namespace), tracer, path.name, left)


def record_call(function: Callable[..., Any], args: tuple) -> Recorded:
    """Call a function of the reader's, and the backward of what it returns.

    Raises:
        TypeError: it returns no value.
        ValueError: it fails, or makes too much to be stepped through.
    """
    name = getattr(function, "__name__", type(function).__name__)
    tracer = LineTracer({})
    result = _guarded(tracer, lambda: function(*args), name)
    roots = [result] if is_value(result) else list(result) if isinstance(result, Iterable) else []
    if tracer.started and not roots:
        roots = tracer.started[-1:]
    if not roots or not all(map(is_value, roots)):
        raise TypeError(
            f"{name}() returns {type(result).__name__} {str(result)[:60]!r}: a value is needed, "
            "or a list of values"
        )
    left = _after_backward(tracer, roots[-1], name)
    labels = labels_of(_used(function))
    for call in tracer.calls[:1]:
        names = {n: k.what for n, k in call.held.items() if k.kind == "value" and n != "self"}
        labels = labels_of(names) | labels
    title = "your function" if name == "<lambda>" else name
    return Recorded(roots, labels, tracer, title, left)


def _used(function: Any) -> Mapping[str, Any]:
    """Return the variables outside of a function that it refers to; of a method, its object."""
    if not isinstance(function, FunctionType):
        return {"": getattr(function, "__self__", function)}
    used = getclosurevars(function)
    return {**used.globals, **used.nonlocals}


def _after_backward(tracer: LineTracer, root: Any, name: str) -> dict[int, float]:
    """Return the gradients after the backward of a run; where none ran, run it, from zero.

    Then all gradients are put back: who looks twice at a graph has not gone back twice. Our own
    backward has no lines to show, and is not run.
    """
    if tracer.started:
        return _gradients(root) if tracer.started[-1] is root else {}
    methods = [getattr(root, n) for n in BACKWARD if hasattr(root, n)]
    written = [m for m in methods if hasattr(m, "__code__") and tracer.is_readers(m.__code__)]
    values = behind(root)
    if not written or len(values) < 2:
        return {}
    former = [(v, attribute(v, "grad"), getattr(v, attribute(v, "grad"))) for v in values]
    try:
        for value, grad, _ in former:
            setattr(value, grad, 0.0)
        tracer.look_at(values)
        _guarded(tracer, written[0], name)
        return _gradients(root)
    finally:
        for value, grad, x in former:
            setattr(value, grad, x)


def _gradients(root: Any) -> dict[int, float]:
    return {id(v): number_of(v, "grad") for v in behind(root)}


def _cells(path: Path) -> Any:
    try:
        return read_cells(path)
    except Unreadable as error:
        raise ValueError(str(error)) from None


def _guarded(tracer: LineTracer, run: Callable[[], Any], name: str) -> Any:
    """Run something of the reader's; what it raises becomes an error with file and line."""
    try:
        return tracer.run(run)
    except (Exception, SystemExit) as error:
        place, trace = name, error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in tracer.sources:
                place = f"{Path(file).name}, line {trace.tb_lineno}"
            trace = trace.tb_next
        text = (str(error).splitlines() or [""])[0]
        raise ValueError(f"{place}: {type(error).__name__}: {text}") from error


def _meets_number(error: BaseException | None) -> bool:
    """Tell whether a method of values was given a number, as in ``a + 1``, and cannot take it."""
    return isinstance(error, AttributeError) and isinstance(error.obj, (int, float))


def _has_power_of(text: str) -> bool:
    """Tell whether a formula has a power whose exponent is computed, not written as a number."""
    powers = [node.right for node in ast.walk(ast.parse(text.strip()))
              if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)]  # fmt: skip
    return any(isinstance(node, ast.Name) for power in powers for node in ast.walk(power))


def _as_program(text: str, values: Mapping[str, float]) -> tuple[list[str], str]:
    """Write a formula as the lines that a learner would type; return them and the last name."""
    lines = [f"{name} = Value({float(x)!r})" for name, x in values.items()]
    last = ""
    for statement in ast.parse(text.strip()).body:
        body = _Methods().visit(statement)
        match body:
            case ast.Assign(targets=[ast.Name(id=last)]):
                pass
            case ast.Expr(value=value):
                last = "result"
                body = ast.Assign([ast.Name("result", ast.Store())], value)
        lines.append(ast.unparse(ast.fix_missing_locations(ast.copy_location(body, statement))))
    return lines, last


class _Methods(ast.NodeTransformer):
    """Functions of values as their methods: ``tanh(x)`` as ``x.tanh()``."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.args:
            return ast.Call(ast.Attribute(node.args[0], node.func.id), node.args[1:], [])
        return node


def _largest(objects: Iterable[Any]) -> list[Any]:
    """Return the value that was computed from most others, in a list; an empty one for none."""
    return sorted(filter(is_value, objects), key=lambda x: len(behind(x)))[-1:]
