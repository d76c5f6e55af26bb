"""Pictures: everything is in them, nothing in them can run, and drawing changes nothing."""

import sys
import xml.etree.ElementTree as ElementTree

import pytest

from micrograd import Value
from micrograd.draw import draw, draw_dot, trace
from micrograd.drawing.appearance import THEMES
from micrograd.engine import toposort

SVG = "{http://www.w3.org/2000/svg}"


def example():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c = a * b + b
    c.label = "c"
    c.backward()
    return a, b, c


def elements(drawing, kind):
    return list(ElementTree.fromstring(str(drawing)).iter(SVG + kind))


def texts(drawing, kind):
    return [e.text for e in elements(drawing, "text") if kind in e.get("class").split()]


def titles_of_edges(drawing):
    groups = [e for e in elements(drawing, "g") if e.get("class") == "edge"]
    return [title.text for g in groups for title in g.iter(SVG + "title")]


def test_every_value_shows_label_data_and_grad():
    drawing = draw(example()[2])
    assert texts(drawing, "label") == ["a", "b", "c"]
    assert texts(drawing, "mg-data") == ["2.0", "3.0", "6.0", "9.0"]
    assert texts(drawing, "mg-grad") == ["3.0", "3.0", "1.0", "1.0"]


def test_a_constant_shows_its_number_and_no_gradient():
    drawing = draw(Value(2.0, label="a") * 5)
    assert texts(drawing, "mg-data") == ["2.0", "5.0", "10.0"]
    assert len(texts(drawing, "mg-grad")) == 2


def test_every_operation_has_a_circle():
    assert texts(draw(example()[2]), "op") == ["·", "+"]
    assert texts(draw(Value(2.0) ** 2), "op") == ["x²"]


def test_each_use_is_an_edge_with_its_local_derivative():
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    assert titles_of_edges(draw(y)) == ["∂y/∂x = 3.0", "∂y/∂x = 3.0"]
    assert texts(draw(y), "mg-local") == ["3.0", "3.0"]


def test_parallel_edges_are_drawn_apart():
    x = Value(3.0, label="x")
    edges = [g for g in elements(draw(x * x), "g") if g.get("class") == "edge"]
    lines = [next(iter(g.iter(SVG + "path"))).get("d") for g in edges]
    assert len(set(lines)) == len(lines) == 3


def test_a_hand_set_backward_is_shown_by_what_it_adds():
    a = Value(2.0, label="a")
    out = Value(8.0, (a,), "cube")
    out.label = "out"

    def backward():
        a.grad += 12.0 * out.grad

    out._backward = backward
    assert titles_of_edges(draw(out)) == ["∂out/∂a = 12.0"]


def test_a_value_made_by_hand_without_a_symbol_keeps_its_edges():
    out = Value(2.0, (Value(1.0, label="a"),), label="out")
    assert titles_of_edges(draw(out)) == ["∂out/∂a = 0.0"]
    assert "v0 -> v1" in draw_dot(out).source


def test_drawing_changes_neither_data_nor_grads():
    a, b, c = example()
    before = [(v.data, v.grad) for v in (a, b, c)]
    draw(c)
    assert [(v.data, v.grad) for v in (a, b, c)] == before


def test_labels_are_shown_and_never_run():
    label = '<script>"1"</script> &数'
    drawing = draw(Value(1.0, label=label) + 1)
    assert texts(drawing, "label") == [label]
    assert elements(drawing, "script") == []


def test_a_long_label_keeps_both_its_ends_in_the_box_and_is_whole_in_the_tooltip():
    label = "layers.0.neurons.11.weights.123"
    drawing = draw(Value(1.0, label=label) + 1)
    assert texts(drawing, "label") == ["layers.0.ne….weights.123"]
    assert any(e.text.startswith(label) for e in elements(drawing, "title"))


def test_numbers_of_any_size_are_written():
    total = Value(1e-9) + Value(float("inf")) + Value(float("nan")) + Value(1e30)
    assert {"1e-9", "inf", "nan", "1e30"} <= set(texts(draw(total), "mg-data"))


def test_a_single_value_is_a_picture():
    assert texts(draw(Value(1.0, label="x")), "label") == ["x"]


def test_a_large_graph_is_drawn_in_part_and_says_so():
    x = Value(1.0)
    for _ in range(1000):
        x = x + 1
    drawing = draw(x)
    assert "500 of 2,001 values" in texts(drawing, "mg-soft")[0]
    assert len([e for e in elements(drawing, "rect") if "cut" in (e.get("class") or "")]) > 0


def test_no_limit_draws_all():
    x = Value(1.0)
    for _ in range(300):
        x = x + 1
    assert len(texts(draw(x, limit=None), "op")) == 300


def test_notebooks_get_colours_for_dark_surroundings_too():
    shown = draw(Value(1.0))._repr_svg_()
    assert "prefers-color-scheme: dark" in shown
    assert [e.tag for e in ElementTree.fromstring(shown).iter(SVG + "style")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_that_was_asked_for_is_shown_everywhere(theme):
    drawing = draw(Value(1.0), theme=theme)
    assert drawing._repr_svg_() == str(drawing)
    assert THEMES[theme]["ground"] in str(drawing)


def test_every_colour_stands_on_its_element():
    drawing = draw(example()[2])
    drawn = [e for kind in ("rect", "path", "text") for e in elements(drawing, kind)]
    assert all(e.get("fill") for e in drawn)
    assert not elements(drawing, "style")


def test_downwards_the_result_is_at_the_bottom():
    def places(drawing):
        groups = [e.get("transform") for e in elements(drawing, "g")]
        return [tuple(map(float, g[10:-1].split())) for g in groups if g][1:]

    across, down = places(draw(example()[2])), places(draw(example()[2], direction="TB"))
    assert max(x for x, _ in across) > max(y for _, y in across)
    assert max(y for _, y in down) > max(x for x, _ in down)


def test_numbers_have_as_many_digits_as_asked_for():
    third = Value(1.0) / 3
    assert "0.333" in texts(draw(third, digits=3), "mg-data")
    assert "0.33333333" in texts(draw(third, digits=8), "mg-data")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"direction": "UP"}, "direction is 'LR' or 'TB', got 'UP'"),
        ({"theme": "pink"}, "theme is 'light' or 'dark', got 'pink'"),
        ({"digits": 0}, "digits is a whole number from 3 to 17, got 0"),
    ],
)
def test_an_unknown_way_to_look_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        draw(Value(1.0), **wrong)


def test_the_same_graph_gives_the_same_picture():
    assert str(draw(example()[2])) == str(draw(example()[2]))


def test_save_writes_the_picture(tmp_path):
    drawing = draw(Value(1.0))
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text() == str(drawing)
    assert [p.name for p in tmp_path.iterdir()] == ["graph.svg"]


@pytest.mark.parametrize("name", ["graph.jpg", "graph"])
def test_save_refuses_a_name_that_says_something_else(tmp_path, name):
    with pytest.raises(ValueError, match=rf"\.svg, \.html, \.png or \.pdf, got '{name}'"):
        draw(Value(1.0)).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_without_cairosvg_a_png_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(ImportError, match=r"saving as \.png .* needs cairosvg"):
        draw(Value(1.0)).save(tmp_path / "graph.png")


def test_saving_into_no_folder_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing"):
        draw(Value(1.0)).save(tmp_path / "missing" / "graph.svg")


@pytest.mark.parametrize("function", [draw, draw_dot, trace])
def test_something_else_than_a_value_is_named(function):
    with pytest.raises(TypeError, match=r"expects a Value.*got 'graph'"):
        function("graph")


def test_trace_gives_the_sets_people_know():
    a, b, c = example()
    nodes, edges = trace(c)
    product = c.parents[0]
    assert nodes == {a, b, c, product}
    assert edges == {(a, product), (b, product), (product, c), (b, c)}


def test_draw_dot_has_records_and_operations():
    source = draw_dot(example()[2]).source
    assert 'label="{ a | data 2.0000 | grad 3.0000 }" shape=record' in source
    assert "rankdir=LR" in source
    assert source.count('[label="*"]') == 1


def test_draw_dot_escapes_what_records_would_read():
    assert r"w\{0\}\|b" in draw_dot(Value(1.0, label="w{0}|b")).source


def test_draw_dot_refuses_another_direction():
    with pytest.raises(ValueError, match="got 'UP'"):
        draw_dot(Value(1.0), rankdir="UP")


def test_without_graphviz_draw_dot_draws_by_itself_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.warns(UserWarning, match=r"draw_dot needs graphviz.*drawn as by draw"):
        drawing = draw_dot(example()[2], rankdir="TB")
    assert str(drawing) == str(draw(example()[2], direction="TB"))


def test_without_the_program_dot_a_notebook_is_shown_a_drawing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    shown = draw_dot(example()[2])._repr_mimebundle_()
    assert shown == {"image/svg+xml": draw(example()[2])._repr_svg_()}


def test_without_the_program_dot_rendering_writes_a_drawing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    written = draw_dot(example()[2]).render("graph", directory=tmp_path, cleanup=True)
    assert written == str(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text() == str(draw(example()[2]))
    assert [p.name for p in tmp_path.iterdir()] == ["graph.svg"]


def test_a_deep_graph_is_drawn_from_its_result():
    x = Value(0.5)
    for _ in range(100_000):
        x = x.tanh()
    assert len(toposort(x)) == 100_001
    assert "500 of 100,001" in str(draw(x))
