"""Our side of the benchmarks runs, and solves the very problems that the peers solve."""

import random
import string
import subprocess
import sys

import pytest
from benchmarks import gpt, moons, pure
from benchmarks.workers import Worker, agree
from pages import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The data of all programs, with invented names in place of the real ones."""
    here = tmp_path_factory.mktemp("data")
    draw = random.Random(7)
    letters = string.ascii_lowercase
    names = ["".join(draw.choices(letters, k=draw.randint(2, 15))) for _ in range(1000)]
    (here / "names.txt").write_text("\n".join([letters, *names]))
    make_data = [sys.executable, str(ROOT / "benchmarks/peers/make_data.py"), "names.txt"]
    subprocess.run(make_data, cwd=here, check=True)
    return here


@pytest.mark.parametrize("measure", ["fit_losses", "loop_losses"])
def test_the_compiled_moons_have_the_losses_of_all_programs(folder, measure):
    with Worker("programs/moons_compiled.py", folder=folder) as ours:
        agree("ours", ours.ask(measure), moons.LOSSES)


def test_the_eager_moons_begin_with_the_same_loss(folder):
    with Worker("programs/moons_eager.py", folder=folder) as ours:
        agree("ours", ours.ask("losses"), moons.LOSSES[:1])


def test_the_unrolled_moons_begin_with_the_same_loss(folder):
    with Worker("programs/moons_unrolled.py", folder=folder) as ours:
        agree("ours", ours.ask("losses"), moons.LOSSES[:1])


@pytest.mark.deep
def test_a_gpt_trained_on_a_thousand_documents_has_the_losses_of_the_one_in_numpy(folder):
    ours = Worker("programs/gpt_compiled.py", folder=folder)
    theirs = Worker("peers/gpt_numpy.py", folder=folder)
    with ours, theirs:
        agree("ours", ours.ask("losses"), theirs.ask("losses"))


def test_the_expression_of_the_readme_comes_out_in_every_way(folder):
    for program in ("expression_eager", "expression_compiled"):
        with Worker(f"programs/{program}.py", folder=folder) as ours:
            agree(program, ours.ask("losses"), pure.EXPRESSION)
    with Worker("programs/expression_compiled.py", folder=folder) as ours:
        agree("a batch", ours.ask("batch_losses"), pure.EXPRESSION)


def test_programs_that_disagree_are_not_compared():
    with pytest.raises(RuntimeError, match="ours gives the losses"):
        agree("ours", [gpt.LOSSES[0] + 1e-8], gpt.LOSSES[:1])


def test_a_program_that_dies_is_named(folder):
    with (
        Worker("programs/moons_eager.py", folder=folder) as worker,
        pytest.raises(RuntimeError, match=r"moons_eager.py died when asked for 'nonsense'"),
    ):
        worker.ask("nonsense")
