"""Modules that fold, graphs too large to read, and training runs."""

import random

import pytest
from explorer_browser import press, settle, shown, to_end

from micrograd import Value
from micrograd.data import moons
from micrograd.explorer import explore
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit

pytest_plugins = "explorer_browser"


def perceptron():
    return explore(MLP(3, [4, 4, 1], seed=1), [2.0, 3.0, -1.0], show=False)


def hinge_objective(samples, hidden):
    """The objective of an MLP 2-h-h-1 on so many samples, unrolled, with an L2 penalty."""
    model = MLP(2, [hidden, hidden, 1], seed=2)
    draw = random.Random(3)
    losses = []
    for _ in range(samples):
        x = [draw.gauss(0, 1), draw.gauss(0, 1)]
        losses.append((1 + -draw.choice([-1, 1]) * model(x)).relu())
    data = sum(losses) * (1 / len(losses))
    return data + 1e-4 * sum(p * p for p in model.parameters())


def wide(count):
    """A graph of so many values, without names or repetition, in which everything is used."""
    draw = random.Random(4)
    unused = [Value(draw.uniform(-1, 1), label=f"p{i}") for i in range(40)]
    made = len(unused)
    while made < count - 60:
        a = unused.pop(draw.randrange(len(unused)))
        b = draw.choice(unused)
        unused.append(draw.choice([lambda a=a, b=b: a * b, lambda a=a: a.tanh()])())
        made += 1
    total = unused[0]
    for value in unused[1:]:
        total = total + value
    return total


def boxes(page):
    return page.evaluate("() => micrograd.store.scene.value.boxes.size")


# Folding


def test_a_model_opens_as_layers_of_neurons(show):
    page = show(perceptron())
    labels = page.locator(".mg-group .mg-label").all_text_contents()
    assert labels.count("neurons.3") == 2
    assert page.locator(".mg-frame-label").all_text_contents() == [
        "layers.2",
        "layers.1",
        "layers.0",
    ]


def test_a_folded_neuron_shows_what_it_puts_out(show):
    explorer = perceptron()
    page = show(explorer)
    to_end(page)
    neuron = page.locator("g.mg-group").filter(has_text="layers.0.neurons.0")
    last = explorer.snapshot.values[-1]
    last.backward()
    out = next(v for v in explorer.snapshot.values if v._op == "ReLU")
    assert float(neuron.locator(".mg-data").text_content()) == pytest.approx(out.data, rel=1e-3)
    assert float(neuron.locator(".mg-grad").text_content()) == pytest.approx(out.grad, rel=1e-3)


def test_a_click_unfolds_and_a_click_on_the_frame_folds(show):
    page = show(perceptron())
    before = boxes(page)
    page.locator("g.mg-group").filter(has_text="layers.0.neurons.0").click()
    settle(page)
    assert boxes(page) > before
    page.evaluate("() => micrograd.store.selected.value = 'n0'")
    frame = page.locator("g.mg-open").filter(has_text="layers.0.neurons.0").locator(".mg-hit")
    frame.click()
    settle(page)
    assert boxes(page) == before


def test_folding_works_from_the_keyboard(show):
    page = show(perceptron())
    page.locator(".mg-graph").focus()
    before = boxes(page)
    press(page, "ArrowLeft")
    assert page.evaluate("() => micrograd.store.selected.value[0]") == "g"
    press(page, "Enter")
    assert boxes(page) > before
    press(page, "ArrowRight")
    assert page.locator("g.mg-value.mg-selected").count() == 1
    press(page, "f")
    assert boxes(page) == before
    press(page, "Enter")
    page.get_by_role("button", name="Fold", exact=True).click()
    settle(page)
    assert boxes(page) == before


def test_folding_keeps_the_order_of_everything_else(show):
    page = show(perceptron())
    heights = """() => Object.fromEntries(
        [...micrograd.store.scene.value.boxes.values()].map(b => [b.key, [b.x, b.y]]))"""
    before = page.evaluate(heights)
    page.locator("g.mg-group").filter(has_text="layers.0.neurons.1").click()
    settle(page)
    after = page.evaluate(heights)
    stay = [key for key in before if key in after]
    for axis in (0, 1):
        for a in stay:
            for b in stay:
                same_column = before[a][0] == before[b][0]
                if before[a][axis] < before[b][axis] and (axis == 0 or same_column):
                    assert after[a][axis] < after[b][axis]


def test_unfold_all_shows_every_value_and_no_two_boxes_overlap(show):
    explorer = perceptron()
    page = show(explorer)
    page.get_by_role("button", name="Unfold all").click()
    settle(page)
    found = page.evaluate("""() => [...micrograd.store.scene.value.boxes.values()]
        .filter(b => !b.open)
        .map(b => [b.x - b.w / 2, b.y - b.h / 2, b.x + b.w / 2, b.y + b.h / 2])""")
    assert len(found) == len(explorer.snapshot.values)
    for i, (left, top, right, bottom) in enumerate(found):
        for other in found[:i]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart


def test_search_unfolds_down_to_what_it_found(show):
    page = show(perceptron())
    press(page, "/")
    page.keyboard.type("layers.1.neurons.2.w.1")
    press(page, "Enter")
    assert page.locator(".mg-inspector h2").inner_text().startswith("layers.1.neurons.2.w.1")
    assert page.locator("g.mg-value.mg-selected").count() == 1


def test_a_long_sum_is_one_box_at_first(show):
    xs = [Value(float(i), label=f"x{i}") for i in range(30)]
    page = show(explore(sum(x * 2 for x in xs), show=False))
    assert "sum of 31 terms" in page.locator(".mg-group .mg-label").all_text_contents()


# Size


def test_2000_values_are_drawn_only_where_they_are_seen(show):
    root = wide(2000)
    explorer = explore(root, show=False, groups="nothing")
    page = show(explorer)
    assert boxes(page) == len(explorer.snapshot.values) > 1500
    assert page.evaluate("() => document.querySelectorAll('.mg-svg *').length") < 2000
    press(page, "0")  # everything at once: an overview on a canvas
    assert page.locator("canvas.mg-overview").evaluate("canvas => canvas.width") > 500
    press(page, "/")
    page.keyboard.type("p17")
    press(page, "Enter")
    assert page.locator("g.mg-value.mg-selected .mg-label").text_content() == "p17"


def test_a_large_graph_without_structure_opens_folded(show):
    page = show(explore(wide(3000), show=False))
    assert boxes(page) <= 200


@pytest.mark.deep
def test_a_hundred_thousand_values_in_a_row_open(show):
    v = Value(0.5, label="x")
    for _ in range(100_000):
        v = v.tanh()
    page = show(explore(v, show=False))
    to_end(page)
    page.get_by_label("no zero_grad").check()
    assert page.evaluate("() => micrograd.store.wrong.value.size") == 1


@pytest.mark.deep
def test_66014_values_open_as_a_handful_of_boxes(show):
    explorer = explore(hinge_objective(100, 16), show=False)
    assert len(explorer.snapshot.values) > 60_000
    page = show(explorer)
    assert boxes(page) <= 20
    to_end(page)
    grads = page.evaluate("""() => micrograd.store.graph.labels
        .map((label, i) => [label, micrograd.store.gradients.value.grad[i]])
        .filter(([label]) => label.endsWith('.b'))""")
    explorer.snapshot.values[-1].backward()
    wanted = {v.label: v.grad for v in explorer.snapshot.values if v.label.endswith(".b")}
    assert dict(grads) == pytest.approx(wanted, rel=1e-9, abs=1e-15)


def test_a_box_of_thousands_opens_in_parts(show):
    page = show(explore(hinge_objective(100, 16), show=False))
    before = boxes(page)
    page.locator("g.mg-group").filter(has_text="1,600 × ReLU").first.click()
    settle(page)
    assert before < boxes(page) <= before + 40


# Training


@pytest.fixture(scope="module")
def run():
    X, y = moons(60)
    model = MLP(2, [6, 1], seed=5)
    history = fit(
        lambda x, target: (1 - target * model(x)).relu(),
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.2),
        epochs=10,
        record=1,
        seed=6,
        progress=False,
        compile=False,
    )
    return history, model, (X, y)


def pictures(page):
    """What the four pictures show: boundary, loss, histogram, and a value of the graph."""
    settle(page)
    return (
        page.locator(".mg-plane").evaluate("canvas => canvas.toDataURL()"),
        page.locator("circle.mg-now").first.get_attribute("cx"),
        page.locator(".mg-bar").evaluate_all("bars => bars.map(b => b.getAttribute('height'))"),
        page.evaluate("() => micrograd.store.data.value[micrograd.store.root.value]"),
    )


def to_the_last_step(page):
    slider = page.get_by_role("slider", name="Training step")
    slider.fill(slider.get_attribute("max"))
    settle(page)


def test_a_run_opens_where_half_of_what_it_learns_is_learnt(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    at = page.evaluate("() => micrograd.store.snapshot.value")
    loss = history.step_loss
    half = (loss[0] + min(loss)) / 2
    reached = next(i for i, x in enumerate(loss) if x <= half)
    assert history.recorded.steps[at] >= reached > history.recorded.steps[at - 1]


def test_the_training_slider_moves_all_pictures_together(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    to_the_last_step(page)
    last = pictures(page)
    page.get_by_role("slider", name="Training step").fill("0")
    first = pictures(page)
    assert all(a != b for a, b in zip(first, last, strict=True))


def test_the_graph_at_the_last_step_is_the_trained_model(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    to_the_last_step(page)
    assert pictures(page)[3] == pytest.approx(model(list(data[0][0])).data, rel=1e-6)


def test_several_classes_have_a_boundary_each_and_an_accuracy(show):
    X = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    y = [0, 1, 2, 2]
    model = MLP(2, [4, 3], seed=1)
    history = fit(
        lambda x, k: cross_entropy(model(x), k),
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.5),
        epochs=60,
        record=10,
        seed=1,
        progress=False,
        compile=False,
    )
    page = show(explore(history, model, (X, y), show=False))
    to_the_last_step(page)
    assert page.locator(".mg-training figcaption").first.inner_text().startswith("100% of 4 right")


def test_one_input_is_drawn_as_a_curve(show):
    X = [[x / 4] for x in range(-4, 5)]
    y = [x[0] ** 2 for x in X]
    model = MLP(1, [4, 1], seed=1)
    history = fit(
        lambda x, target: (model(x) - target) ** 2,
        (X, y),
        model=model,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=3,
        record=1,
        seed=1,
        progress=False,
        compile=False,
    )
    page = show(explore(history, model, (X, y), show=False))
    assert page.get_by_role("img", name="The model's output over its input").is_visible()
    assert "right" not in page.locator(".mg-training figcaption").first.inner_text()


def test_a_click_in_the_plane_sets_the_inputs(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    before = shown(page, "x1")[0]
    page.locator(".mg-plane").click(position={"x": 40, "y": 40})
    settle(page)
    assert shown(page, "x1")[0] != before


def test_training_can_be_played_and_stepped(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    to_the_last_step(page)
    page.get_by_role("button", name="One snapshot back").click()
    at = "() => micrograd.store.snapshot.value"
    last = len(history.recorded.steps) - 1
    assert page.evaluate(at) == last - 1
    page.get_by_label("Training speed").select_option("4")
    page.get_by_role("button", name="Play training").click()
    page.wait_for_function(f"() => micrograd.store.snapshot.value === {last}")


def test_backward_can_be_stepped_at_any_step_of_training(run, show):
    history, model, data = run
    page = show(explore(history, model, data, show=False))
    page.get_by_role("slider", name="Training step").fill("2")
    to_end(page)
    page.wait_for_function("() => micrograd.store.phase.value === 'backward'")
    assert shown(page, "x1")[1] != ""
