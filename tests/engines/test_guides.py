"""The guides that need other libraries hold what they show."""

import pytest
from matplotlib import use
from pages import NEEDING_ENGINES, ROOT, run_page

use("agg")


@pytest.mark.parametrize("page", NEEDING_ENGINES)
def test_every_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(ROOT / "docs" / "guides" / page)
