"""Right files in many forms are never accused."""

import inspect

import pytest
import styles
import variants
from thorough import sampled

from micrograd import explore
from micrograd.practise import lecture
from micrograd.practise.judge import judge

VARIANTS = dict(variants.files())


@sampled("name", VARIANTS, of=3)
def test_a_right_file_is_never_accused(name):
    judgement = judge(styles.run(VARIANTS[name]))
    assert judgement.failed is None
    assert {"operations", "backward"} <= {s.name for s in judgement.sections if s.state == "passed"}


@pytest.mark.parametrize("formula", ["c = a*b + b", "c = a*a + b"])
@pytest.mark.parametrize(
    "name", ["paths", "subclass", "free_functions", "closures_by_op", "no label and no op"]
)
def test_the_explorer_calls_no_gradient_of_a_right_file_wrong(name, formula, tmp_path):
    file = tmp_path / "engine.py"
    file.write_text(VARIANTS[name])
    graph = explore(formula, a=2, b=3, code=file, show=False).page["graph"]
    assert not {"yours", "right"} & set(graph)


def test_the_explorer_calls_no_power_wrong_whose_exponent_is_equal_to_its_base(tmp_path):
    file = tmp_path / "engine.py"
    text = inspect.getsource(lecture).replace("tuple(_children)", "set(_children)")
    file.write_text(text.replace('f"**{n}"', '"**"'))
    graph = explore("c = a**2 + b", a=2, b=3, code=file, show=False).page["graph"]
    assert not {"yours", "right"} & set(graph)


def test_the_explorer_sees_a_mistake_in_closures_of_any_name(tmp_path):
    file = tmp_path / "engine.py"
    text = VARIANTS["no label and no op"].replace("_backward", "pull")
    file.write_text(text)
    assert "right" not in explore("c = a*b + b", a=2, b=3, code=file, show=False).page["graph"]
    file.write_text(text.replace("other.grad += self.data", "other.grad = self.data"))
    graph = explore("c = a*b + b", a=2, b=3, code=file, show=False).page["graph"]
    assert list(graph["right"].values()) == [3.0]


def test_there_are_many_variants():
    assert len(VARIANTS) >= 40
