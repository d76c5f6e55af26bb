"""check and %%practise, where people write in cells: the same lines, and the graph that failed."""

import inspect
from itertools import pairwise

import nbformat
import pytest
from nbclient import NotebookClient

from micrograd.practise import check, lecture
from micrograd.practise.loading import Unreadable

LECTURE = inspect.getsource(lecture)
WRONG = LECTURE.replace("self.grad += out.grad\n", "self.grad = out.grad\n", 1).replace(
    "other.grad += out.grad\n", "other.grad = out.grad\n", 1
)


def namespace(source):
    names = {"__name__": "mygrad"}
    exec(source, names)
    return names


def test_a_right_class_alone_is_judged_by_what_it_has():
    found = check(lecture.Value)
    assert found.drawing is None
    assert str(found).startswith("✓ value operations backward more\n")
    last = "what is written is right; not written yet: derivative, network, training"
    assert str(found).splitlines()[-1] == last


def test_network_and_training_are_judged_where_they_are_given():
    assert "✓ value operations backward more network training" in str(
        check(lecture.Value, lecture.MLP, lecture.Layer, lecture.Neuron, lecture.train)
    )


def test_what_failed_is_drawn_with_the_right_number_beside_the_wrong_one():
    found = check(namespace(WRONG)["Value"])
    assert "  a.grad   yours 1.0   right 2.0" in str(found)
    assert '<tspan text-decoration="line-through">1.0</tspan> 2.0' in found._repr_html_()


def test_hints_are_given_when_they_are_asked_for():
    Value = namespace(WRONG)["Value"]
    texts = [str(check(Value, hints=n)) for n in range(4)]
    assert "hints=1 says more" in texts[0]
    said = [text.partition("your names")[0].split("\n  hints=")[0] for text in texts]
    assert all(b.startswith(a) and b != a for a, b in pairwise(said))  # what was said stays


def test_the_users_class_is_not_touched():
    names = namespace(WRONG)
    before = dict(vars(names["Value"]))
    check(names["Value"])
    assert dict(vars(names["Value"])) == before


def test_a_loop_that_does_not_end_is_said(monkeypatch):
    from micrograd.practise import notebook, seeing

    monkeypatch.setattr(notebook, "SECONDS", 0.3)
    monkeypatch.setattr(seeing, "_SECONDS", 0.3)
    step = "self.grad += other.data * out.grad"
    assert "took over 0.3 s" in str(
        check(namespace(LECTURE.replace(step, "while True: pass"))["Value"])
    )
    start = "self.data = data\n"
    with pytest.raises(Unreadable, match=r"making a Value took over 0.3 s"):
        check(namespace(LECTURE.replace(start, start + "        while True: pass\n"))["Value"])


@pytest.mark.parametrize("things", [[], [3.0], ["Value"], [lecture.Value(2.0)]])
def test_what_is_no_class_is_refused(things):
    with pytest.raises(TypeError, match="check expects your class"):
        check(*things)


@pytest.fixture(scope="module")
def outputs():
    """What a real kernel shows for each of these cells."""
    cells = [
        "%load_ext micrograd.practise",
        f"%%practise operations\n{WRONG}",
        "%%practise backward\npass",
        "%%practise backward hhh\npass",
        "from micrograd.practise import check\ncheck(Value, MLP, train)",
        "%%practise nothing\npass",
        "%%practise value\n1 / 0",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def html(shown):
    return "".join(out.data.get("text/html", "") for out in shown if "data" in out)


def test_the_magic_runs_the_cell_and_checks_up_to_its_section(outputs):
    assert "✓ derivative value operations" in html(outputs[1])
    assert "<svg" not in html(outputs[1])


def test_the_magic_draws_the_program_that_failed(outputs):
    assert "✗ a value used twice" in html(outputs[2])
    assert 'text-decoration="line-through"' in html(outputs[2])


def test_the_magic_takes_hints(outputs):
    assert html(outputs[3]) != html(outputs[2])


def test_check_shows_itself_in_a_notebook(outputs):
    assert "a.grad   yours 1.0   right 2.0" in html(outputs[4])
    assert "<svg" in html(outputs[4])


def test_what_the_magic_does_not_know_it_says(outputs):
    assert "expects one of derivative, value" in outputs[5][0].text


def test_a_cell_that_fails_shows_its_error_and_is_not_checked(outputs):
    assert [out.output_type for out in outputs[6]] == ["error"]
