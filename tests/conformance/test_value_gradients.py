"""Random graphs: gradients against an independent reference and against differences."""

import operator

import pytest
import reference
from hypothesis import assume, given
from hypothesis import strategies as st
from random_graphs import build, graphs, numbers


@given(graphs())
def test_gradients_agree_with_the_reference(implementation, graph):
    root, inputs = graph
    out, leaves = build(implementation, root, inputs)
    out.backward()
    scale = reference.gradient(root, inputs, absolute=True)
    assert out.data == pytest.approx(reference.value(root, inputs), rel=1e-9, abs=1e-9)
    for leaf, expected, size in zip(leaves, reference.gradient(root, inputs), scale, strict=True):
        assert leaf.grad == pytest.approx(expected, rel=1e-9, abs=1e-9 * max(1.0, size))


@given(graphs())
def test_gradients_agree_with_differences(implementation, graph):
    root, inputs = graph
    out, leaves = build(implementation, root, inputs)
    out.backward()
    for i, leaf in enumerate(leaves):

        def slope(h, i=i):
            ends = [[x + s * h * (i == j) for j, x in enumerate(inputs)] for s in (1, -1)]
            high, low = [build(implementation, root, end)[0].data for end in ends]
            return (high - low) / (2 * h)

        coarse, fine = slope(2e-4), slope(1e-4)
        size = max(1.0, reference.gradient(root, inputs, absolute=True)[i])
        assume(abs(coarse - fine) < 1e-3 * size)  # else too curved to tell
        assert leaf.grad == pytest.approx((4 * fine - coarse) / 3, rel=1e-4, abs=1e-4 * size)


@given(graphs())
def test_the_chain_rule_holds_at_every_value(implementation, graph):
    root, inputs = graph
    out, _ = build(implementation, root, inputs)
    out.backward()
    order = implementation.toposort(out)
    assert len(set(order)) == len(order)
    for value in order:
        total = 1.0 if value is out else 0.0
        for user in order:
            for parent, partial in zip(user.parents, user.partials(), strict=True):
                total += partial * user.grad if parent is value else 0.0
        assert value.grad == pytest.approx(total, rel=1e-12, abs=1e-12)


@given(graphs())
def test_parents_come_before_children(implementation, graph):
    out, _ = build(implementation, *graph)
    place = {v: i for i, v in enumerate(implementation.toposort(out))}
    assert all(place[p] < place[v] for v in place for p in v.parents)


@given(graphs())
def test_a_second_pass_adds_the_same_again(implementation, graph):
    out, leaves = build(implementation, *graph)
    out.backward()
    once = [v.grad for v in leaves]
    out.backward()
    assert [v.grad for v in leaves] == pytest.approx([2 * g for g in once], rel=1e-12, abs=1e-300)


@given(numbers, numbers, numbers)
def test_laws_of_arithmetic(Value, x, y, z):
    a, b, c = Value(x), Value(y), Value(z)
    assert (a + b).data == (b + a).data
    assert (a * b).data == (b * a).data
    assert (a - b).data == (-(b - a)).data
    assert ((a + b) + c).data == pytest.approx((a + (b + c)).data, abs=1e-14)
    assert (a * (b + c)).data == pytest.approx((a * b + a * c).data, abs=1e-14)
    assert (-operator.neg(a)).data == x
    assert (a * 1).data == (a + 0).data == x
    if abs(y) > 1e-3:
        assert ((a / b) * b).data == pytest.approx(x, abs=1e-14)
    assert (a**2).data == (a * a).data
    assert (a.exp() * b.exp()).data == pytest.approx((a + b).exp().data, rel=1e-14)
    assert a.exp().log().data == pytest.approx(x, abs=1e-14)
    assert (a.sin() ** 2 + a.cos() ** 2).data == pytest.approx(1.0, rel=1e-14)
    assert (2 * a).sigmoid().data * 2 - 1 == pytest.approx(a.tanh().data, abs=1e-14)
    assert (a.softplus() - (-a).softplus()).data == pytest.approx(x, abs=1e-14)
    assert (a.relu() - (-a).relu()).data == x
    assert (a.relu() + (-a).relu()).data == abs(a).data


@given(st.floats(), st.floats())
def test_any_two_floats_give_a_value_and_gradients(Value, x, y):
    a, b = Value(x), Value(y)
    for out in (a + b, a - b, a * b, a / b, a**b, a**y, x**b, a < b or a, abs(a), a.relu(),
                a.tanh(), a.sigmoid(), a.exp(), a.log(), a.sqrt(), a.sin(), a.cos(), a.log1p(),
                a.expm1(), a.softplus(), a.erf()):  # fmt: skip
        if isinstance(out, Value):
            out.backward()
            assert type(out.data) is float
    assert type(a.grad) is type(b.grad) is float


@given(st.floats(), st.floats())
def test_both_implementations_give_the_same_bits(implementation, x, y):
    import micrograd.pure

    found = []
    for module in (implementation, micrograd.pure):
        a, b = module.Value(x), module.Value(y)
        outs = [a + b, a - b, a * b, a / b, a**b, a**3, a**-1, a**0.5, 2**b, abs(a), a.relu(),
                a.tanh(), a.sigmoid(), a.exp(), a.log(), a.sqrt(), a.sin(), a.cos(), a.log1p(),
                a.expm1(), a.softplus(), a.erf()]  # fmt: skip
        for out in outs:
            a.grad = b.grad = 0.0
            out.backward()
            found.append((module, out._op, repr(out.data), repr(a.grad), repr(b.grad)))
    half = len(found) // 2
    assert [f[1:] for f in found[:half]] == [f[1:] for f in found[half:]]


@given(st.lists(st.floats(), min_size=1, max_size=6))
def test_ops_of_many_values_give_the_same_bits(implementation, xs):
    import micrograd.pure
    from micrograd.ops import OPS

    found = []
    for module in (implementation, micrograd.pure):
        rows = []
        for name in ("sum", "prod", "maximum", "minimum", "logsumexp", "where", "take"):
            numbers = {"where": [xs[0], *xs, *xs][:3], "take": [0.0, *xs]}.get(name, xs)
            values = [module.Value(x) for x in numbers]
            if len(values) == (OPS[name].arity or len(values)):
                out = module.apply(OPS[name], *values)
                out.backward()
                rows.append((name, repr(out.data), [repr(v.grad) for v in values]))
        found.append(rows)
    assert found[0] == found[1]
