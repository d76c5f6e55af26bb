"""The pages under docs/ and the docstrings hold what they show, and link to what is there."""

import ast
import doctest
import inspect
import pkgutil
import re
from importlib import import_module

import pytest
from pages import FLAGS, NEEDING_ENGINES, ROOT, run_page

import micrograd

PAGES = sorted(
    page for folder in ("", "guides", "reference") for page in (ROOT / "docs" / folder).glob("*.md")
)
MODULES = [
    module.name
    for module in pkgutil.walk_packages(micrograd.__path__, "micrograd.")
    if not module.name.endswith("__main__")
]
SURFACE = [
    "micrograd",
    *(
        f"micrograd.{name}"
        for name in (
            "data",
            "distributed",
            "draw",
            "explain",
            "estimators",
            "explorer",
            "export",
            "losses",
            "metrics",
            "nn",
            "optim",
            "plots",
            "practise",
            "random",
            "saving",
            "schedules",
            "train",
            "tune",
        )
    ),
]
# Named in a sentence there; these need a notebook, or are what others are made of.
UNSHOWN = {
    "micrograd.explorer.explore",
    "micrograd.explorer.ExplorerWidget",
    "micrograd.explain.Line",
    "micrograd.explain.derivatives",
    "micrograd.data.batch_indices",
    "micrograd.random.refused",
    "micrograd.random.default",
    "micrograd.saving.read",
    "micrograd.saving.write",
    "micrograd.schedules.over",
    "micrograd.schedules.rates",
}
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page,
            id=str(page.relative_to(ROOT)),
            marks=[pytest.mark.deep] if page.name == "teaching.md" else [],  # checks a whole class
        )
        for page in PAGES
        if page.name not in NEEDING_ENGINES
    ],
)
def test_every_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md"], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_link_of_the_page_leads_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_page_leads_to_what_the_site_has(page):
    text = (ROOT / "site" / "hooks.py").read_text()
    outside = ast.literal_eval(re.search(r"^OUTSIDE = (\{.*?^\})", text, re.M | re.S)[1])
    targets = [
        (page.parent / link).resolve().relative_to(ROOT) for link in LINK.findall(page.read_text())
    ]
    places = [t for t in targets if t.as_posix() not in outside.values()]
    assert [t for t in places if t.parts[0] not in ("docs", "examples")] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_of_the_module_runs(name):
    assert doctest.testmod(import_module(name), optionflags=FLAGS).failed == 0


REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
LISTED = {
    page: " ".join(re.findall(r"<!-- reference: ([^>]*) -->", page.read_text())).split()
    for page in REFERENCE
}
BLOCKS = {page: "".join(re.findall(EXAMPLE, page.read_text())) for page in REFERENCE}


def public(module):
    """All that a module offers: what it lists, or defines without an underscore."""
    listed = getattr(module, "__all__", None) or [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]
    return [name for name in listed if f"{module.__name__}.{name}" not in UNSHOWN]


@pytest.mark.parametrize("surface", SURFACE)
def test_the_reference_has_each_public_name_and_an_example_of_it(surface):
    module, untold, unshown = import_module(surface), [], []
    for name in public(module):
        pages = [
            p for p, told in LISTED.items() if {f"{surface}.{name}", f"{surface}.*"} & set(told)
        ]
        untold += [] if pages else [name]
        documented = inspect.getdoc(getattr(module, name)) or ""
        shown = any(re.search(rf"\b{name}\b", BLOCKS[page]) for page in pages)
        unshown += [] if shown or ">>>" in documented else [name]
    assert not untold, "in no list of docs/reference"
    assert not unshown, "without an example, in its docstring or on its page"


def test_the_reference_lists_nothing_that_is_not_there():
    listed = [name for names in LISTED.values() for name in names]
    assert len(listed) == len(set(listed))
    for name in listed:
        module, _, last = name.rpartition(".")
        assert last == "*" or hasattr(import_module(module), last), name


def test_the_site_shows_every_page():
    shown = re.findall(r"[\w/-]+\.md", (ROOT / "site" / "mkdocs.yml").read_text())
    pages = {p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")}
    assert pages <= set(shown)
