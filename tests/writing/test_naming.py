"""Names and numbers: one rule for all that is shown."""

import re

import pytest
from pages import ROOT

from micrograd import Value
from micrograd.draw import draw
from micrograd.drawing.appearance import CLASSES, THEMES
from micrograd.explain import explain
from micrograd.nn import MLP, Module
from micrograd.writing.notation import number


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (2.0, "2.0"),
        (1 / 3, "0.33333"),
        (99999.5, "100000"),
        (123456.78, "123457"),
        (2e6, "2e6"),
        (1.5e-9, "1.5e-9"),
        (-0.00012345678, "-0.00012346"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_has_five_digits_and_is_whole_only_where_it_says_so(x, text):
    assert number(x) == text


def test_a_models_parameters_have_labels_from_the_start():
    model = MLP(2, [2, 1])
    assert model.layers[0].neurons[1].w[0].label == "layers.0.neurons.1.w.0"


def test_a_module_of_ones_own_labels_what_it_is_made_of():
    class Net(Module):
        def __init__(self):
            self.body = MLP(2, [2])
            self.scale = Value(1.0)

    net = Net()
    assert net.body.layers[0].neurons[1].b.label == "body.layers.0.neurons.1.b"
    assert net.scale.label == "scale"


def test_a_module_that_cannot_be_made_leaves_the_next_one_its_labels():
    class Broken(Module):
        def __init__(self):
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Broken()
    assert MLP(1, [1]).layers[0].neurons[0].b.label == "layers.0.neurons.0.b"


def test_the_explanation_of_a_model_calls_its_data_constants():
    text = str(explain(MLP(1, [1], seed=1)(3.0)))
    assert "layers.0.neurons.0.w.0 · 3.0" in text
    assert "3.0.grad" not in text


def test_pictures_and_words_say_the_same_number():
    third = Value(1.0, label="a") / 3
    assert number(third.data) in str(draw(third))
    assert number(third.data) in str(explain(third))


def test_the_page_of_pictures_has_the_colours_as_they_are():
    text = (ROOT / "docs" / "pictures.md").read_text()
    for what in ("data", "grad", "local"):
        assert all(THEMES[theme][what] in text for theme in THEMES)


def test_the_explorer_has_the_same_colours():
    style = (ROOT / "frontend" / "src" / "style.css").read_text()
    blocks = {"light": ".mg-root-element {", "dark": '.mg-root-element[data-theme="dark"] {'}
    for theme, colours in THEMES.items():
        block = style.partition(blocks[theme])[2].partition("}")[0]
        for what in ("data", "grad", "local", "ink"):
            assert re.search(rf"--{what}: {colours[what]};", block), (theme, what)


def test_classes_differ():
    assert len(set(CLASSES)) == len(CLASSES)
