"""The layout: the same every time, nothing overlaps, edges keep clear of boxes, few crossings."""

import json
import random
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_samples import SAMPLES, dag

from micrograd.drawing.layout import layout

DOT = json.loads((Path(__file__).parents[1] / "golden" / "dot_crossings.json").read_text())


def size_of(name):
    return (30.0, 30.0) if name[-1] == "*" else (120.0, 36.0)


def placed(graph, previous=None):
    nodes, edges = graph
    return layout(nodes, edges, {name: size_of(name) for name in nodes}, previous=previous)


def crossings(found):
    """Count, between every two columns, the pairs of edges that change sides."""
    steps = defaultdict(list)
    for route in found.routes:
        for (x1, y1), (x2, y2) in pairwise(route):
            steps[x1, x2].append((y1, y2))
    return sum(
        (a - c) * (b - d) < -1e-9
        for lines in steps.values()
        for i, (a, b) in enumerate(lines)
        for c, d in lines[:i]
    )


def boxes(found):
    for name, (x, y) in found.positions.items():
        w, h = size_of(name)
        yield name, x - w / 2, y - h / 2, x + w / 2, y + h / 2


@st.composite
def graphs(draw):
    return dag(draw(st.integers(0, 10_000)), draw(st.integers(4, 40)))


@pytest.mark.parametrize("name", SAMPLES)
def test_it_has_at_most_twice_the_crossings_of_dot(name):
    assert crossings(placed(SAMPLES[name])) <= 2 * DOT[name]


def test_the_same_graph_gives_the_same_picture():
    assert placed(SAMPLES["attention"]) == placed(SAMPLES["attention"])


@given(graphs())
def test_edges_lead_to_the_right(graph):
    found = placed(graph)
    for (source, target), route in zip(graph[1], found.routes, strict=True):
        xs = [x for x, _ in route]
        assert xs == sorted(xs)
        assert route[0][1] == found.positions[source][1]
        assert route[-1][1] == found.positions[target][1]


@given(graphs())
def test_boxes_do_not_overlap_and_lie_inside_the_picture(graph):
    found = placed(graph)
    done = []
    for _, left, top, right, bottom in boxes(found):
        assert min(left, top) > -0.02
        assert right < found.width + 0.02
        assert bottom < found.height + 0.02
        for l, t, r, b in done:  # noqa: E741
            assert left >= r or right <= l or top >= b - 0.02 or bottom <= t + 0.02
        done.append((left, top, right, bottom))


@given(graphs())
def test_no_edge_runs_through_a_box(graph):
    found = placed(graph)
    for route in found.routes:
        for (x1, y1), (x2, y2) in pairwise(route):
            for _, left, top, right, bottom in boxes(found):
                if (y1 == y2 and top < y1 < bottom) or y1 != y2:
                    assert x2 <= left + 0.02 or x1 >= right - 0.02


def test_parallel_edges_each_have_a_route():
    found = placed((["x", "y"], [("x", "y"), ("x", "y")]))
    assert len(found.routes) == 2


def test_a_step_has_the_room_its_edge_asks_for():
    sizes = dict.fromkeys("abc", (10.0, 10.0))
    found = layout("abc", [("a", "b"), ("b", "c")], sizes, room=[100.0, 20.0])
    lengths = [route[-1][0] - route[0][0] for route in found.routes]
    assert lengths == [100.0, 20.0]


def test_a_wide_network_is_not_much_taller_than_its_tallest_column():
    found = placed(SAMPLES["mlp"])
    column = defaultdict(float)
    for name, (x, _) in found.positions.items():
        column[x] += size_of(name)[1] + 18
    assert found.height < 2 * max(column.values())


def test_a_chain_is_a_straight_line():
    names = [f"v{i}" for i in range(10)]
    found = placed((names, list(pairwise(names))))
    assert len({y for _, y in found.positions.values()}) == 1


def test_folding_keeps_the_order_of_what_remains():
    nodes, edges = SAMPLES["mlp"]
    before = placed((nodes, edges))

    def fold(name):
        return "folded" if name.startswith("l1n2") else name

    remaining = list(dict.fromkeys(map(fold, nodes)))
    folded = [(fold(a), fold(b)) for a, b in edges if fold(a) != fold(b)]
    after = placed((remaining, folded), previous=before)
    columns = defaultdict(list)
    for name, (x, y) in after.positions.items():
        if name in before.positions:
            columns[x].append((y, before.positions[name][1]))
    for column in columns.values():
        earlier = [y for _, y in sorted(column)]
        assert earlier == sorted(earlier)


def test_a_deep_graph_needs_no_recursion():
    names = [f"v{i}" for i in range(5000)]
    assert placed((names, list(pairwise(names)))).width > 5000


def test_the_empty_graph_is_an_empty_picture():
    assert placed(([], [])).positions == {}


def test_a_cycle_is_named():
    with pytest.raises(ValueError, match="cycle through or before 'a'"):
        placed((["a", "b"], [("a", "b"), ("b", "a")]))


def test_an_edge_to_nowhere_is_named():
    with pytest.raises(ValueError, match="names 'z', which is not among the nodes"):
        placed((["a"], [("a", "z")]))


def test_a_node_listed_twice_is_an_error():
    with pytest.raises(ValueError, match="listed twice"):
        placed((["a", "a"], []))


def test_the_order_of_shuffled_nodes_does_not_lose_any():
    nodes, edges = SAMPLES["dag 80"]
    random.Random(0).shuffle(nodes)
    assert set(placed((nodes, edges)).positions) == set(nodes)
