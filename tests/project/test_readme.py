"""The README holds what it shows, stays short, and its figures are the measured ones."""

from benchmarks import results
from pages import ROOT, run_page

README = ROOT / "README.md"


def test_every_block_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(README)


def test_it_fits_two_screens():
    assert len(README.read_text().splitlines()) <= 140


def test_its_pictures_are_what_the_script_draws(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    import make_pictures

    make_pictures.main(tmp_path)
    for name in make_pictures.PICTURES:
        committed = (ROOT / "docs" / "images" / name).read_text()
        assert committed == (tmp_path / name).read_text(), f"run docs/make_pictures.py: {name}"


def test_its_figures_are_the_committed_measurements():
    measured = results.load()
    rows = [row for group in measured["groups"].values() for row in group]
    readme, all_figures = README.read_text(), results.TABLE.read_text()
    assert results.short_table(rows) in readme
    assert results.long_table(rows) in all_figures
    assert results.measured_on(measured["machine"]) in readme


def test_a_ratio_below_what_it_should_reach_is_bold():
    fast = results.row("work", "rival", ours=1.0, theirs=3.0, at_least=2.0)
    slow = results.row("work", "other", ours=1.0, theirs=0.5, at_least=2.0)
    assert "| work | rival 3× · other **0.5×** |" in results.short_table([fast, slow])
