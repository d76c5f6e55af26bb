"""explore in Python: what it accepts, what it makes of it, and the notebook widget."""

import gc
import json
import re
import sys

import pytest

import micrograd
from micrograd import Value
from micrograd.cli import main
from micrograd.explorer import ExplorerWidget, explore
from micrograd.nn import MLP
from micrograd.train.history import History


def page_data(explorer):
    found = re.search(r'id="micrograd-data">(.*?)</script>', explorer.html, re.S)
    return json.loads(found[1])


def textbook():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c = a * b + b
    c.label = "c"
    return a, b, c


# What it accepts


def test_a_value_is_explored_with_all_it_was_computed_from():
    _, _, c = textbook()
    assert repr(explore(c, show=False)) == "Explorer(c, 4 values)"


def test_explore_is_found_in_micrograd_itself():
    assert micrograd.explore is explore


def test_several_values_share_one_graph():
    a, _, c = textbook()
    explorer = explore([c, a * c], show=False)
    assert page_data(explorer)["graph"]["roots"] == [3, 4]


def test_a_formula_is_explored_with_its_names():
    graph = page_data(explore("c = a*b + b", a=2, b=3, show=False))["graph"]
    assert sorted(graph["labels"].values()) == ["a", "b", "c"]


def test_a_model_is_explored_for_one_input():
    explorer = explore(MLP(2, [3, 1]), [1.0, -2.0], show=False)
    labels = set(page_data(explorer)["graph"]["labels"].values())
    assert {"x1", "x2", "out", "layers.0.neurons.2.w.1"} <= labels


def test_a_model_without_an_input_has_no_graph():
    with pytest.raises(TypeError, match=r"explore\(model, x\)"):
        explore(MLP(2, [1]), show=False)


def test_a_model_with_another_kind_of_input_is_explored_by_its_result():
    with pytest.raises(TypeError, match=r"explore\(model\(x\)\)"):
        explore(MLP(2, [1]), [[1.0], [2.0]], show=False)


@pytest.mark.parametrize("what", [3.0, None, [], ["a"], object()])
def test_anything_else_is_refused_and_shown(what):
    with pytest.raises(TypeError, match="explore expects a Value"):
        explore(what, show=False)


def test_a_history_without_recorded_steps_says_how_to_record():
    with pytest.raises(ValueError, match=r"fit\(\.\.\., record=1\)"):
        explore(History(), MLP(2, [1]), ([[1.0, 2.0]], [1.0]), show=False)


def test_an_unknown_grouping_is_refused():
    _, _, c = textbook()
    with pytest.raises(ValueError, match="got 'colour'"):
        explore(c, groups="colour", show=False)


# What it makes of it


def test_exploring_changes_nothing():
    a, b, c = textbook()
    c.backward()
    before = [(v.data, v.grad, v.label) for v in (a, b, c)]
    explore(c, show=False).html  # noqa: B018
    assert [(v.data, v.grad, v.label) for v in (a, b, c)] == before


def test_the_page_is_under_300_kb_and_needs_nothing_else():
    html = explore("c = a*b + b", a=2, b=3, show=False).html
    assert len(html.encode()) < 300_000
    assert not re.search(r'(src|href)="(?!data:)', html)


@pytest.mark.parametrize("label", ["</script>", "<!--<script>", "\u2028", "&amp;", '"'])
def test_no_label_can_leave_the_data(label):
    explorer = explore(Value(1.0, label=label) * 2, show=False)
    data = re.search(r'id="micrograd-data">(.*?)</script>', explorer.html, re.S)[1]
    assert not set("<>&\u2028") & set(data)
    assert label in json.loads(data)["graph"]["labels"].values()


def test_one_edge_for_each_use():
    x = Value(3.0, label="x")
    assert page_data(explore(x * x, show=False))["graph"]["parents"] == [[], [0, 0]]


@pytest.mark.deep
def test_a_graph_a_hundred_thousand_deep_is_explored():
    v = Value(1.0)
    for _ in range(100_000):
        v = v.tanh()
    assert len(explore(v, show=False).snapshot.values) == 100_001


def test_the_loops_on_the_page_are_those_of_the_compiler():
    X = [[0.1 * i, 0.2 * i] for i in range(20)]
    model = MLP(2, [4, 1], seed=1)
    loss = sum((model(x) - 1) ** 2 for x in X)
    items = page_data(explore(loss, groups="loops", show=False))["picture"]["tree"]["items"]
    groups = [item for item in items if isinstance(item, dict)]
    loops = [item["label"] for item in groups if item["kind"] == "loop"]
    assert loops == ["80 × sum of 3", "80 × ReLU", "20 × sum of 6", "20 × x²"]


def test_a_recurrence_through_one_module_can_be_folded():
    w = Value(0.5, label="cell.0.w")
    h = Value(0.0, label="h")
    for i in range(5):
        h = (h * w + Value(float(i), label=f"x{i}")).tanh()
    kinds = [item["kind"] for item in page_data(explore(h, show=False))["picture"]["tree"]["items"]
             if isinstance(item, dict)]  # fmt: skip
    assert kinds == ["module", *["use"] * 5]


def test_numbers_older_than_the_leaves_are_pointed_out():
    a, _, c = textbook()
    assert page_data(explore(c, show=False))["note"] == ""
    a.data = 10.0
    assert "computed anew" in page_data(explore(c, show=False))["note"]


# Where it goes


def test_save_writes_the_page(tmp_path):
    path = explore("y = x*x", x=2, show=False).save(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_save_into_a_missing_folder_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        explore("y = x*x", x=2, show=False).save(tmp_path / "nowhere" / "page.html")


def test_in_a_script_the_page_opens_in_the_browser(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    explore("y = x*x", x=2)
    assert len(opened) == 1
    assert opened[0].startswith("file:")


def test_without_a_browser_the_file_to_open_is_named(monkeypatch, capsys):
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    explore("y = x*x", x=2)
    assert "explorer.html in one" in capsys.readouterr().out


def test_in_a_notebook_nothing_opens_by_itself(monkeypatch):
    class Shell:
        kernel = object()

    fake = type("IPython", (), {"get_ipython": staticmethod(Shell)})
    monkeypatch.setitem(sys.modules, "IPython", fake)
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail("a browser was opened"))
    explore("y = x*x", x=2)


def test_in_a_notebook_the_page_is_an_iframe_that_holds_all_of_it():
    shown = explore("y = x*x", x=2, show=False)._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;!doctype html&gt;')


def test_the_command_writes_a_page(tmp_path, capsys):
    path = tmp_path / "page.html"
    assert main(["explore", "c = a*b + b", "a=2", "b=3", "-o", str(path)]) == 0
    assert capsys.readouterr().out.strip() == str(path)
    assert "c = a*b + b" in path.read_text(encoding="utf-8")


# The widget


def test_a_leaf_edited_on_the_page_changes_the_value():
    a, _, c = textbook()
    widget = ExplorerWidget(c)
    widget.leaves = {**widget.leaves, "0": 5.0}
    assert a.data == 5.0


def test_a_leaf_changed_in_python_reaches_the_page():
    a, _, c = textbook()
    widget = ExplorerWidget(c)
    a.data = 7.0
    widget.refresh()
    assert widget.leaves["0"] == 7.0


def test_the_page_follows_python_after_each_cell_as_long_as_the_widget_is_there(monkeypatch):
    class Events(list):
        def register(self, _, act):
            self.append(act)

        def unregister(self, _, act):
            self.remove(act)

        def cell_has_run(self):
            for act in list(self):
                act(None)

    events = Events()
    shell = type("Shell", (), {"events": events, "kernel": None})()
    fake = type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    monkeypatch.setitem(sys.modules, "IPython", fake)
    a, _, c = textbook()
    widget = ExplorerWidget(c)
    a.data = 7.0
    events.cell_has_run()
    assert widget.leaves["0"] == 7.0
    widget.close()
    del widget
    gc.collect()
    events.cell_has_run()
    assert events == []


def test_infinities_cross_the_widget_both_ways():
    x = Value(float("inf"), label="x")
    widget = ExplorerWidget(x * 2)
    assert widget.leaves["0"] == "Infinity"
    widget.leaves = {"0": "-Infinity"}
    assert x.data == -float("inf")


def test_the_widget_takes_a_finished_explorer():
    _, _, c = textbook()
    assert json.loads(ExplorerWidget(explore(c, show=False)).page)["title"] == "c"
