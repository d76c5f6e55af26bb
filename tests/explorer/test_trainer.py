"""A page that trains: its losses are those of the engine, and what it cannot train is refused."""

import random

import pytest
from explorer_browser import edit, press, settle, shown
from thorough import sampled

from micrograd import Value
from micrograd.data import moons
from micrograd.explorer import explore
from micrograd.nn import MLP
from micrograd.practise import lecture

pytest_plugins = "explorer_browser"

X, Y = moons(12, seed=3)


LINE = [1.0, 2.0], [3.0, 5.0]


class Line:
    def __init__(self):
        self.w = Value(0.5, label="w")

    def __call__(self, x):
        return self.w * x

    def parameters(self):
        return [self.w]


def hinge(model):
    return lambda x, target: (1 - target * model(x)).relu()


def by_hand(model, loss, steps, rate, batch, zero_grad=True):
    """The losses of plain gradient descent with the engine itself."""
    losses, examples = [], [(x, float(y)) for x, y in zip(X, Y, strict=True)]
    for step in range(steps):
        chosen = [examples[(step * batch + i) % len(examples)] for i in range(batch)]
        total = sum(loss([float(n) for n in x], y) for x, y in chosen) / batch
        if zero_grad:
            for p in model.parameters():
                p.grad = 0.0
        total.backward()
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(total.data)
    return losses


def take_steps(page, count):
    for _ in range(count):
        page.get_by_label("One training step").click()
    settle(page)
    return page.evaluate("() => micrograd.store.losses.value")


@sampled("batch, zero_grad", [(5, False), (12, True)], of=2)
def test_the_losses_are_those_of_the_engine(show, batch, zero_grad):
    model = MLP(2, [4, 1], seed=1)
    page = show(explore(model, (X, Y), loss=hinge(model), show=False))
    page.get_by_label("learning rate").fill("0.3")
    page.get_by_label("batch").fill(str(batch))
    page.get_by_label("zero_grad", exact=True).set_checked(zero_grad)
    expected = by_hand(model, hinge(model), 8, 0.3, batch, zero_grad)
    assert take_steps(page, 8) == pytest.approx(expected, rel=1e-9)


def test_play_moves_the_loss_and_start_again_takes_it_all_back(show):
    model = MLP(2, [4, 1], seed=1)
    page = show(explore(model, (X, Y), loss=hinge(model), show=False))
    assert "the gradients of one" in page.locator(".mg-train-part").inner_text()
    before = page.locator(".mg-loss b").inner_text()
    page.get_by_role("button", name="Play training").click()
    page.wait_for_function("() => micrograd.store.losses.value.length > 4")
    page.get_by_role("button", name="Pause training").click()
    assert float(page.locator(".mg-loss b").inner_text()) < float(before)
    page.get_by_role("button", name="Start again").click()
    settle(page)
    assert page.locator(".mg-loss b").inner_text() == before


@pytest.mark.deep
def test_steps_that_are_too_long_end_in_a_word_about_it(show):
    line = Line()
    page = show(explore(line, LINE, loss=lambda x, y: (line(x) - y) ** 2, show=False))
    page.get_by_label("learning rate").fill("1e300")
    page.get_by_role("button", name="Play training").click()
    page.get_by_text("the steps are too long").wait_for()
    page.get_by_label("learning rate").fill("fast")
    assert "“fast” is not a number" in page.locator(".mg-training [role=status]").inner_text()


def test_a_leaf_can_be_dragged(show):
    page = show(explore("c = a*b", a=2, b=3, show=False))
    press(page, "End")
    leaf = page.locator('[data-key="n0"]').bounding_box()
    x, y = leaf["x"] + leaf["width"] / 2, leaf["y"] + leaf["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.move(x + 100, y)
    page.mouse.up()
    settle(page)
    assert shown(page, "a")[0] == "2.5"
    assert shown(page, "c")[0] == "7.5"
    assert "a changed by +0.5" in page.locator(".mg-change").inner_text()
    edit(page, "n0", "2")  # a click still selects


def data_of(model, loss, data=(X, Y)):
    return explore(model, data, loss=loss, show=False).page["trainer"]


def test_the_model_of_any_engine_is_found_in_the_loss():
    random.seed(1)
    model = lecture.MLP(2, [3, 1])
    page = explore(model, (X, Y), loss=lambda x, y: (model(x) - y) ** 2, show=False).page
    labels, trainer = page["graph"]["labels"], page["trainer"]
    assert len(trainer["parameters"]) == 13
    assert [labels[n] for n in trainer["inputs"] + trainer["targets"]] == ["x1", "x2", "y"]
    assert labels[trainer["loss"]] == "loss"
    assert len(trainer["outputs"]) == 1


def test_a_loss_that_is_no_formula_of_the_model_has_no_outputs_to_draw():
    line = Line()
    assert data_of(line, lambda x, y: (x * x * line.w - y) ** 2, LINE)["outputs"] == []


MODEL = MLP(2, [2, 1], seed=1)


@pytest.mark.parametrize(
    ("model", "data", "loss", "said"),
    [
        (MODEL, (X, Y), lambda x, y: [0.1, 0.2][y] * MODEL(x), "not numbers to index"),
        (MODEL, (X, Y), lambda x, y: 3.0, "returns one value, got 3.0"),
        (MODEL, (X,), lambda x: MODEL(x), "one target for each"),
        (3, (X, Y), hinge(MODEL), "a model has parameters"),
        (MODEL, ([[0.0, 0.0]] * 501, [1.0] * 501), hinge(MODEL), "501 examples are more than"),
        (
            MODEL,
            ([[0.0, 0.0], [1.0, 0.0]], [1.0, 1.0]),
            lambda x, y: MODEL(x) * y if x[0].data else MODEL(x) + y,
            "another formula than that of example 0",
        ),
    ],
)
def test_what_the_page_could_not_train_is_refused(model, data, loss, said):
    with pytest.raises((TypeError, ValueError), match=said):
        explore(model, data, loss=loss, show=False)
