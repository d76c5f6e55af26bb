"""The README holds what it shows, stays short, and its figures are the measured ones."""

import json

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
    for name in (*make_pictures.PICTURES, make_pictures.MOVING):
        committed = (ROOT / "docs" / "images" / name).read_text()
        assert committed == (tmp_path / name).read_text(), f"run docs/make_pictures.py: {name}"


def test_its_moving_picture_is_small_and_rests_for_who_wants_no_motion():
    moving = (ROOT / "docs" / "images" / "backward.svg").read_text()
    assert len(moving) < 300_000
    assert "prefers-reduced-motion" in moving
    assert "b.grad += ∂ab/∂b · ab.grad = 2.0 · 1.0 = 2.0" in moving
    assert "(docs/images/backward.svg)" in README.read_text()


def test_its_figures_are_the_committed_measurements():
    machines = results.load()
    readme, all_figures = README.read_text(), results.TABLE.read_text()
    assert results.first_table([results.rows_of(measured) for measured in machines]) in readme
    assert all(results.full(measured) in all_figures for measured in machines)


def row(ratio, work="moons step, `fit`", peer="JAX, its loop inside jit"):
    return results.row(work, peer, ours=1.0, theirs=ratio, at_least=1.0)


def test_of_two_machines_the_smaller_ratio_is_shown():
    table = results.first_table([[row(4.0)], [row(3.0)]])
    assert table.splitlines()[2:] == [
        "| two moons, a step of `fit` | JAX, its loop inside jit | 3× |"
    ]


def test_where_the_peer_is_faster_the_ratio_is_bold():
    by_hand = row(1.5, peer="plain C"), row(0.8, work="GPT step, `fit`", peer="plain C")
    table = results.first_table([[row(0.5), *by_hand]])
    assert "| **0.5×** |" in table
    assert "by hand: moons step 1.5×, GPT step **0.8×**." in table
    table = results.first_table([[*by_hand, row(0.9, peer="tuned C")]])
    assert "GPT step **0.8×**; beside C that is tuned" in table
    assert "vectors: moons step **0.9×**." in table


def test_each_processor_has_a_file_of_its_own():
    assert all(results.file_of(m["machine"]["cpu"]).exists() for m in results.load())
    assert results.file_of("Abacus 3 (no AVX)").name == "abacus-3-no-avx.json"


def test_what_changed_since_the_committed_results_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    assert list(results.changes("Abacus", [row(2.0)])) == [
        "No results of Abacus are committed: nothing to compare with"
    ]
    machine = {"cpu": "Abacus", "date": "1837-01-01"}
    before = {"machine": machine, "groups": {"first": [row(4.0), row(2.0, peer="same")]}}
    results.file_of("Abacus").write_text(json.dumps(before))
    now = [row(2.0), row(2.1, peer="same"), row(5.0, peer="another")]
    assert list(results.changes("Abacus", now)) == [
        "Beside the results of 1837-01-01 on Abacus:",
        "  moons step, `fit` | JAX, its loop inside jit: 4× before, 2× now, slower",
        "  moons step, `fit` | another: new, 5×",
        "  1 as before, to within 10%",
    ]


def test_a_peer_that_was_stopped_takes_longer_than_is_said():
    stopped = results.row("w", "p", ours=2.0, theirs=60.0, at_least=15, given_up=True)
    assert "| w | p | 2 s | > 60 s | > 30× | 15× |" in results.long_table([stopped])
