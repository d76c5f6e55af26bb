"""The pages under docs/ and the docstrings hold what they show, and link to what is there."""

import doctest
import pkgutil
import re
from importlib import import_module

import pytest
from pages import FLAGS, ROOT, run_page

import micrograd

PAGES = sorted((ROOT / "docs").glob("*.md"))
MODULES = [
    module.name
    for module in pkgutil.walk_packages(micrograd.__path__, "micrograd.")
    if not module.name.endswith("__main__")
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_link_of_the_page_leads_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_of_the_module_runs(name):
    assert doctest.testmod(import_module(name), optionflags=FLAGS).failed == 0
