"""Our side of the benchmarks runs, and solves the very problems that the peers solve."""

import os
import platform
import random
import runpy
import string
import subprocess
import sys

import numpy as np
import pytest
from benchmarks import gpt, moons, pure
from benchmarks.workers import PATHS, Worker, agree, built, printed
from pages import ROOT

from micrograd import jit, mean, vmap


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


@pytest.mark.deep
@pytest.mark.parametrize("measure", ["fit_losses", "loop_losses"])
def test_the_compiled_moons_have_the_losses_of_all_programs(folder, measure):
    with Worker("programs/moons_compiled.py", folder=folder) as ours:
        agree("ours", ours.ask(measure), moons.LOSSES)


def test_the_eager_moons_begin_with_the_same_loss(folder):
    with Worker("programs/moons_eager.py", folder=folder) as ours:
        agree("ours", ours.ask("losses"), moons.LOSSES[:1])


@pytest.mark.deep
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


def test_a_large_batch_has_the_same_loss_on_all_cores(folder):
    with Worker("programs/large_batch.py", folder=folder) as ours:
        ours.ask("one")
        on_one = ours.ask("losses")
        ours.ask("two")
        assert ours.ask("losses") == on_one


@pytest.mark.skipif(platform.machine() != "x86_64", reason="AVX is of x86_64")
def test_what_is_kept_to_avx2_is_compiled_without_avx512(tmp_path):
    program = f"from benchmarks import workers as w; w.keep_to_avx2(w.Path({str(tmp_path)!r}))\n"
    program += "w.subprocess.run('cc -march=native -dM -E - </dev/null', shell=True, check=True)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert "__x86_64__" in ran.stdout, ran.stderr
    assert "__AVX512" not in ran.stdout


def test_programs_that_disagree_are_not_compared():
    with pytest.raises(RuntimeError, match="ours gives the losses"):
        agree("ours", [gpt.LOSSES[0] + 1e-8], gpt.LOSSES[:1])


def test_a_program_that_dies_is_named(folder):
    with (
        Worker("programs/moons_eager.py", folder=folder) as worker,
        pytest.raises(RuntimeError, match=r"moons_eager.py died when asked for 'nonsense'"),
    ):
        worker.ask("nonsense")


# What is compiled gives the numbers of plain Values, to 1e-12.


@pytest.fixture
def names_in(folder, monkeypatch):
    """A function that returns what a program defines, and its measures, of which none is asked."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MICROGRAD_VERIFY", "0")  # as they are measured
    for path in reversed(PATHS.split(os.pathsep)):
        monkeypatch.syspath_prepend(path)

    def names(program, *arguments):
        import serve

        measures = {}
        monkeypatch.setattr(serve, "serve", measures.update)
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        for module in [m for m in sys.modules if m.split(".")[0] in ("programs", "gpt")]:
            monkeypatch.delitem(sys.modules, module)  # they have read the files of another folder
        return runpy.run_path(str(ROOT / f"benchmarks/programs/{program}.py")) | measures

    return names


def same(ours, plain):
    for one, other in zip(ours, plain, strict=True):
        np.testing.assert_allclose(np.ravel(one), np.ravel(other), rtol=1e-12, atol=1e-12)


def slopes(loss, model):
    """A loss, and the gradients of a model's parameters."""
    model.zero_grad()
    loss.backward()
    return [loss.data, *[p.grad for p in model.parameters()]]


def test_the_expression_in_c_has_the_slopes_of_the_one_in_python(folder):
    program = built("expression.c", "-O2", folder=folder)
    agree(
        "C",
        [printed(program, pattern=rf"by {x} (\S+)") for x in "ab"],
        [138.8338192419825, 645.5772594752186],
    )


@pytest.mark.deep
@pytest.mark.parametrize("program", ["moons_compiled", "moons_unrolled"])
def test_the_compiled_moons_have_the_gradients_of_plain_values(names_in, program):
    names = names_in(program)
    model, f, X, y = (names[name] for name in ("model", "objective", "X", "y"))
    same(slopes(f(X, y), model), slopes(f.__wrapped__(X, y), model))
    same(slopes(f(X, y), model), slopes(f.__wrapped__(X, y), model))  # no longer the first call


def test_the_compiled_expression_has_the_gradients_of_plain_values(names_in):
    names = names_in("expression_compiled")
    a, b = names["a"][-3:], names["b"][-3:]
    plain = [names["both"](x, y) for x, y in zip(a, b, strict=True)]
    for _ in range(2):
        value, slope = names["batched"](a, b)
        same([value, *slope], zip(*[(v, *s) for v, s in plain], strict=True))
        value, slope = names["single"](a[0], b[0])
        same([value, *slope], [plain[0][0], *plain[0][1]])


def test_the_compiled_options_have_the_numbers_of_plain_values(names_in):
    names = names_in("options_compiled")
    few = [names["spots"][::40_000], *[x[:3] for x in names["market"]]]
    greeks = names["options"].greeks
    large = greeks(names["spots"], *names["market"])
    same([row[::40_000] for row in large], greeks.__wrapped__(*few))


@pytest.mark.deep
@pytest.mark.parametrize("program", ["rnn", "ode"])
def test_the_compiled_recurrences_have_the_gradients_of_plain_values(names_in, program):
    names = names_in("recurrences", program)
    f, arguments = names["compiled"], names["arguments"]
    value, slope = f.__wrapped__(*arguments)
    assert names["losses"]() == [pytest.approx(value, rel=1e-12)]
    same(numbers(f(*arguments)[1]), numbers(slope))


def numbers(tree):
    nested = isinstance(tree, list | tuple)
    return [x for branch in tree for x in numbers(branch)] if nested else [tree]


@pytest.mark.deep
@pytest.mark.parametrize(
    "program", [("digits_compiled",), ("width_compiled", "1024", "4", "27", "float64")]
)
def test_compiled_networks_have_the_gradients_of_plain_values(names_in, program):
    names = names_in(*program)
    loss, model, X, y = (names[name] for name in ("loss", "model", "X", "y"))

    def objective(X, y):
        return mean(vmap(loss)(X, y))

    f = jit(objective)
    for first in (0, 20):
        batch = X[first : first + 20], y[first : first + 20]
        same(slopes(f(*batch), model), slopes(objective(*batch), model))


@pytest.mark.deep
def test_the_compiled_gpt_has_the_gradients_of_plain_values(names_in):
    names = names_in("gpt_compiled")
    model, documents = names["model"], names["data"][:3]
    f = jit(model.loss)
    for (document,) in documents:
        same(slopes(f(document), model), slopes(model.loss(document), model))
