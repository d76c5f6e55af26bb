"""Make a failing program smaller while it fails in the same way."""

import ast
import time
from collections.abc import Callable, Iterator


def minimised(text: str, fails: Callable[[str], bool], seconds: float = 60.0) -> str:
    """Return the smallest program that was found to fail too.

    Args:
        text: Python source.
        fails: tells whether a text fails in the same way.
        seconds: stop trying after so long.
    """
    until = time.monotonic() + seconds
    shrunk = True
    while shrunk and time.monotonic() < until:
        shrunk = False
        for smaller in _smaller(text):
            if time.monotonic() > until:
                break
            if len(smaller) < len(text) and fails(smaller):
                text, shrunk = smaller, True
                break
    return text


def _smaller(text: str) -> Iterator[str]:
    """Yield the program without each statement or list item, then with parts in place of wholes."""
    count = sum(1 for _ in ast.walk(ast.parse(text)))
    for change in (_without, _by_a_part):
        for k in range(count):
            tree = ast.parse(text)
            nodes = list(ast.walk(tree))
            for i in range(1 + 3 * (k < len(nodes))):
                tree = ast.parse(text)
                node = list(ast.walk(tree))[k]
                if change(tree, node, i):
                    try:
                        yield ast.unparse(ast.fix_missing_locations(tree))
                    except Exception:
                        continue


def _without(tree: ast.AST, node: ast.AST, i: int) -> bool:
    if isinstance(node, ast.stmt) and i == 0:
        for parent in ast.walk(tree):
            for name in ("body", "orelse"):
                block = getattr(parent, name, None)
                if isinstance(block, list) and node in block:
                    block.remove(node)
                    if not block and name == "body":
                        block.append(ast.Pass())
                    return True
    if isinstance(node, ast.stmt) and i == 1 and isinstance(node, (ast.If, ast.For)):
        for parent in ast.walk(tree):
            block = getattr(parent, "body", None)
            if isinstance(block, list) and node in block:
                at = block.index(node)
                block[at : at + 1] = node.body
                return True
    if isinstance(node, (ast.List, ast.Tuple)) and i < len(node.elts) and len(node.elts) > 1:
        del node.elts[i]
        return True
    return False


def _by_a_part(tree: ast.AST, node: ast.AST, i: int) -> bool:
    if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), ast.Store):
        return False
    parts = [x for x in ast.iter_child_nodes(node) if isinstance(x, ast.expr)]
    if isinstance(node, ast.Call):
        parts = node.args
    if i >= len(parts):
        return False
    for parent in ast.walk(tree):
        for name, held in ast.iter_fields(parent):
            if held is node:
                setattr(parent, name, parts[i])
                return True
            if isinstance(held, list) and any(x is node for x in held):
                held[[x is node for x in held].index(True)] = parts[i]
                return True
    return False
