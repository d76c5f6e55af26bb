"""Which statements of a file define things: imports, classes, functions, constants.

A file that trains, plots or downloads when it is imported is judged by these alone.
"""

import ast
from collections.abc import Iterable, Iterator

_MAKERS = {
    "range", "list", "tuple", "dict", "set", "frozenset", "float", "int", "str", "bool", "len",
    "min", "max", "abs", "zip", "sorted", "enumerate", "property", "staticmethod", "classmethod",
    "namedtuple", "TypeVar", "partial", "lambda", "super", "type", "object", "defaultdict",
}  # fmt: skip
_LIBRARIES = {"math", "cmath", "random", "functools", "collections", "typing", "operator", "np",
              "numpy", "itertools", "dataclasses", "enum", "abc"}  # fmt: skip
_READERS = ("load", "loadtxt", "genfromtxt", "fromfile", "memmap", "save", "savetxt", "savez")
_PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp,
    ast.BinOp, ast.BoolOp, ast.Compare, ast.Subscript, ast.Slice, ast.Lambda, ast.IfExp,
    ast.JoinedStr, ast.FormattedValue, ast.Starred, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp,
)  # fmt: skip


def definitions(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that only define; of ``if`` and ``try`` what in them does."""
    for statement in body:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.ClassDef():
                yield statement
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement
            case ast.Assign(value=value) | ast.AugAssign(value=value) if _is_constant(value):
                yield statement
            case ast.AnnAssign(value=value) if value is None or _is_constant(value):
                yield statement
            case ast.Expr(value=ast.Call(func=ast.Name(id="setattr"), args=args)):
                if all(map(_is_constant, args)):
                    yield statement
            case ast.If(test=test) if _is_constant(test):
                inner, other = list(definitions(statement.body)), definitions(statement.orelse)
                yield ast.copy_location(
                    ast.If(test, inner or [_nothing(statement)], list(other)), statement
                )
            case ast.Try():
                yield _try(statement)


def trains(body: Iterable[ast.stmt]) -> bool:
    """Tell whether importing would train: a loop outside of functions that calls backward."""
    for statement in body:
        if isinstance(statement, (ast.For, ast.While)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and _called(node) in ("backward", "train", "fit"):
                    return True
        elif isinstance(statement, (ast.If, ast.With, ast.Try)) and not is_main_guard(statement):
            inner = [*statement.body, *getattr(statement, "orelse", ())]
            if trains(inner):
                return True
    return False


def is_main_guard(statement: ast.stmt) -> bool:
    """Tell whether a statement is ``if __name__ == "__main__":``."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def imported_modules(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield what a file imports, anywhere in it: how many dots, and the name behind them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
            if not node.module:
                yield from ((node.level, alias.name) for alias in node.names)


def imports(statement: ast.stmt) -> bool:
    """Tell whether running a statement may bind a name by importing it."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(statement))


def loose_methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions outside of all classes whose first argument is called self."""
    for statement in tree.body:
        arguments = statement.args.args if isinstance(statement, ast.FunctionDef) else []
        if isinstance(statement, ast.FunctionDef) and arguments and arguments[0].arg == "self":
            yield statement


def _is_constant(value: ast.expr) -> bool:
    """Tell whether an expression only names, makes or combines things that are cheap to make."""
    if isinstance(value, ast.Lambda):
        return True
    for child in ast.walk(value):
        if isinstance(child, ast.Call):
            if not _is_maker(child.func):
                return False
        elif isinstance(child, ast.expr) and not isinstance(child, _PLAIN):
            return False
    return True


def _is_maker(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _MAKERS
    name = function.attr if isinstance(function, ast.Attribute) else ""
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in _LIBRARIES and name not in _READERS


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _try(statement: ast.Try) -> ast.Try:
    body = list(definitions(statement.body)) or [_nothing(statement)]
    handlers = [
        ast.copy_location(
            ast.ExceptHandler(h.type, h.name, list(definitions(h.body)) or [_nothing(h)]), h
        )
        for h in statement.handlers
    ]
    orelse, final = list(definitions(statement.orelse)), list(definitions(statement.finalbody))
    if not handlers and not final:
        final = [_nothing(statement)]
    return ast.copy_location(ast.Try(body, handlers, orelse, final), statement)


def _nothing(near: ast.AST) -> ast.Pass:
    return ast.copy_location(ast.Pass(), near)
