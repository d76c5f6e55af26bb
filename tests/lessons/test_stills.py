"""Where nothing moves, a picture shows what the explorer's page shows after so many steps."""

import pytest
from explorer_browser import textbook

from micrograd.explorer import explore
from micrograd.lessons.still import still

pytest_plugins = "explorer_browser"


def test_a_wrong_gradient_is_struck_through_before_the_right_one():
    drawing = str(still(textbook(), "step=16&break=assign"))
    assert '<tspan text-decoration="line-through">2.0</tspan> 3.0' in drawing
    assert "line-through" not in str(still(textbook(), "step=16"))


def test_while_the_order_is_made_it_is_said_what_is_in_it():
    assert "The list so far: a, b; waiting: c, v1" in str(still(textbook(), "step=8"))
    assert "The list" not in str(still(textbook(), "step=2"))


def test_a_mistake_without_a_picture_is_refused():
    with pytest.raises(ValueError, match="not 'naive'"):
        still(textbook(), "step=9&break=naive")


def test_every_step_has_the_gradients_and_the_list_of_the_page(show):
    explorer = explore("t = b*3; c = b + t", b=2, show=False)
    page = show(explorer)
    for mistake in ("", "assign", "twice"):
        bugs = f"{{ {mistake}: true }}" if mistake else "{}"
        page.evaluate(f"() => {{ micrograd.store.bugs.value = {bugs} }}")
        for step in range(page.evaluate("() => micrograd.store.timeline.value.length") + 1):
            page.evaluate(f"() => micrograd.store.goTo({step})")
            drawing = str(still(explorer, f"step={step}" + f"&break={mistake}" * bool(mistake)))
            on_page = page.evaluate("() => [...micrograd.store.gradients.value.grad]")
            assert on_page == [value.grad for value in explorer.snapshot.values]
            listed = page.evaluate(f"() => micrograd.store.timeline.value.listed({step})")
            ordering = page.evaluate("() => micrograd.store.phase.value") == "order"
            assert ("The list so far" in drawing) == (ordering and bool(listed))
