"""From a public name to its part of the reference: signature and docstring, as Markdown.

Names are looked at as they are once the package is imported: many functions are made at run time,
and some are handed out when they are asked for, which tools that read source do not see.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

PAGES = Path(__file__).parent.parent / "docs" / "reference"
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields):\n((?:    .*\n|\n)*)", re.MULTILINE)
_ITEM = re.compile(r"^(\S.*?): ", re.MULTILINE)
_EXAMPLE = re.compile(r"^>>> .*\n(?:.+\n)*", re.MULTILINE)


def description(name: str) -> str:
    """Return the heading, the signature and the docstring of ``package.module.name``."""
    module, _, last = name.rpartition(".")
    thing = getattr(import_module(module), last)
    anchor = f"{{ #{name} }}"
    if not callable(thing):
        return f"### `{last}` {anchor}\n\n`{name}` is {thing!r} where this page was made.\n"
    text = in_markdown(inspect.getdoc(thing) or "")
    parts = [f"### `{last}` {anchor}", f"```python\n{signature(last, thing)}\n```", text]
    if isinstance(thing, type) and not issubclass(thing, Exception):
        for method, part in vars(thing).items():
            if not method.startswith("_") and inspect.isfunction(part):
                parts.append(f"#### `{last}.{method}` {{ #{name}.{method} }}")
                parts.append(f"```python\n{signature(method, part)}\n```")
                parts.append(in_markdown(inspect.getdoc(part) or ""))
    return "\n\n".join(parts) + "\n"


def named(names: str) -> list[str]:
    """Return the names of a list; ``module.*`` is all of a module's that no list has."""
    return [full for name in names.split() for full in ([name] if name[-1] != "*" else rest(name))]


def rest(pattern: str) -> list[str]:
    """Return what a module offers, by its ``__all__``, and no list of the reference names."""
    module = pattern.removesuffix(".*")
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md"))
    offered = [f"{module}.{name}" for name in import_module(module).__all__]
    return [name for name in offered if not re.search(rf"{re.escape(name)}\s", pages)]


def signature(name: str, thing: Any) -> str:
    """Write how a thing is called: without types, a line for each argument where it is long."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return f"{name}(...)"
    bare = [
        p.replace(annotation=inspect.Parameter.empty)
        for p in found.parameters.values()
        if p.name != "self"
    ]
    plain = found.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    line = f"{name}{plain}"
    return line if len(line) <= 88 else line.replace("(", "(\n    ", 1).replace(", ", ",\n    ")


def in_markdown(docstring: str) -> str:
    """Turn a docstring of this project into Markdown: its sections, examples and double ticks."""
    text = docstring.strip() + "\n"
    text = _SECTION.sub(_section, text.replace("``", "`"))
    return _EXAMPLE.sub(lambda example: f"\n```python\n{example[0]}```\n", text)


def _section(found: re.Match[str]) -> str:
    body = dedent(found[2]).strip()
    if not _ITEM.search(body) or found[1] == "Returns":
        return f"**{found[1]}**\n\n{body}\n\n"
    items = re.sub(r"\n    +", " ", body)  # what goes on, goes on in the same item
    listed = "\n".join(f"- `{item[1]}`: {item[2]}" for item in _pairs(items))
    return f"**{found[1]}**\n\n{listed}\n\n"


def _pairs(items: str) -> list[re.Match[str]]:
    return list(re.finditer(r"^([^:\n]+): (.*)$", items, re.MULTILINE))
