"""Docstrings as Markdown in the reference: nothing of a section is lost."""

import importlib.util

from pages import ROOT

spec = importlib.util.spec_from_file_location("describing", ROOT / "site" / "describing.py")
describing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(describing)


def test_an_item_that_is_alone_in_its_section_keeps_all_of_its_lines():
    docstring = """Do it.

Raises:
    ValueError: this is not so,
        and here it goes on.
"""
    assert "- `ValueError`: this is not so, and here it goes on." in describing.in_markdown(
        docstring
    )
