"""A few hundred random cases, always the same; ``make fuzz`` goes on for minutes with others."""

import engines
import meaning
import pytest
import saved
import steps
import texts
from minimise import minimised

from programs import program


@pytest.mark.parametrize("first", range(0, 40, 20))
def test_random_programs_mean_compiled_what_they_mean_plainly(first):
    for seed in range(first, first + 20):
        verdict = meaning.verdict(program(seed), **meaning.options(seed))
        assert verdict[0] in ("", "refused"), seed


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_random_training_steps_mean_compiled_what_they_mean_plainly(first):
    for seed in range(first, first + 10):
        assert meaning.verdict(steps.program(seed), **meaning.options(seed)) == ("", ""), seed


@pytest.mark.parametrize("kind", [engines, saved, texts], ids=lambda kind: kind.__name__)
def test_random_cases_of_the_other_kinds_hold(kind):
    for seed in range(60):
        assert kind.verdict(kind.program(seed)) == ("", ""), seed


def test_a_failing_program_is_made_small():
    text = minimised(program(5), lambda smaller: "np.array" in smaller)
    assert "np.array" in text
    assert len(text) < 60


def test_a_difference_is_seen():
    text = """
def world(): return []
def between(k): pass
def f(x): return x * 2
calls = [lambda: (1.0,)] * 2
"""
    plain = meaning.Played(text)
    for other in ("x * 2.000001", "[x * 2]", "2", "Value(x * 2)"):
        compiled = meaning.Played(text.replace("x * 2", other))
        assert meaning.compared(text, plain, compiled)[0] == "different", other
    assert meaning.compared(text, plain, meaning.Played(text))[0] == ""
