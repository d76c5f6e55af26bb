"""What a Value remembers: its op, its parents, its label; how it shows itself."""

import gc
import weakref

import pytest


def test_a_value_is_two_floats(Value):
    v = Value(3)
    assert (type(v.data), v.data, type(v.grad), v.grad) == (float, 3.0, float, 0.0)
    v.data, v.grad = 4, True
    assert (type(v.data), v.data, type(v.grad), v.grad) == (float, 4.0, float, 1.0)


def test_repr(Value):
    assert repr(Value(-8)) == "Value(data=-8.0, grad=0.0)"
    assert repr(Value(-8.0, label="L")) == "Value(data=-8.0, grad=0.0, label='L')"


def test_a_format_is_of_the_data(Value):
    v = Value(-8.25, label="L")
    assert f"{v:.3f}|{v:>8.1e}" == "-8.250|-8.2e+00"
    assert f"{v}" == format(v) == str(v)


def test_label_and_name_are_the_same(Value):
    v = Value(1.0, label="a")
    assert v.name == "a"
    v.name = "b"
    assert v.label == "b"
    v.label = "c"
    assert v.name == "c"
    assert (v * 2).label == ""


def test_arguments_in_the_original_order(Value):
    a, b = Value(1.0), Value(2.0)
    out = Value(3.0, (a, b), "+", "c")
    assert (out.data, out.parents, out._op, out.label) == (3.0, (a, b), "+", "c")


def test_parents_are_ordered_with_duplicates(Value):
    a, b = Value(2.0), Value(3.0)
    assert (a * b).parents == (a, b)
    assert (a * a).parents == (a, a)
    assert (a * a)._prev == {a}
    assert (a * b)._prev == {a, b}
    assert (a * b)._children == (a, b)
    assert (a + b).tanh().parents[0].parents == (a, b)


def test_a_number_becomes_a_leaf_on_its_own_side(Value):
    a = Value(2.0)
    assert [p.data for p in (a + 5).parents] == [2.0, 5.0]
    assert [p.data for p in (5 + a).parents] == [5.0, 2.0]


def test_a_leaf_has_no_op(Value):
    a = Value(2.0)
    assert (a.op, a._op, a.parents, a._prev, a.partials()) == (None, "", (), set(), ())


def test_partials_are_local_derivatives_by_parent(Value):
    a, b = Value(2.0), Value(3.0)
    assert (a * b).partials() == (3.0, 2.0)
    assert (a + b).partials() == (1.0, 1.0)
    assert (a**3).partials() == (12.0,)
    assert (a * a).partials() == (2.0, 2.0)


def test_partials_read_the_present_data(Value):
    a, b = Value(2.0), Value(3.0)
    c = a * b
    b.data = 10.0
    assert c.partials() == (10.0, 2.0)
    c.backward()
    assert (a.grad, b.grad) == (10.0, 2.0)


def test_toposort_is_the_depth_first_post_order(implementation):
    Value = implementation.Value
    a, b = Value(1.0), Value(2.0)
    c = a * b
    d = c + a
    e = d * c
    assert implementation.toposort(e) == [a, b, c, d, e]
    assert implementation.toposort(a) == [a]


def test_apply_makes_numbers_into_leaves(implementation):
    from micrograd.ops import MAXIMUM, WHERE

    v = implementation.Value(2.0)
    out = implementation.apply(MAXIMUM, 1, v, 3.0)
    assert (out.data, out.op, [p.data for p in out.parents]) == (3.0, MAXIMUM, [1.0, 2.0, 3.0])
    assert implementation.apply(WHERE, True, v, 0).data == 2.0


def test_many_parents(implementation):
    from micrograd.ops import SUM

    values = [implementation.Value(i) for i in range(1000)]
    total = implementation.apply(SUM, *values)
    total.backward()
    assert total.parents == tuple(values)
    assert {v.grad for v in values} == {1.0}


def test_detach_is_a_constant(Value):
    a = Value(2.0)
    out = a * a.detach()
    out.backward()
    assert a.grad == 2.0
    assert a.detach().parents == ()


def test_every_value_is_true(Value):
    assert Value(0.0)


def test_weak_references(Value):
    v = Value(1.0)
    out = v * 2
    ref = weakref.ref(out)
    assert ref() is out
    del out
    gc.collect()
    assert ref() is None


def test_a_graph_is_freed_without_the_cycle_collector(Value):
    v = Value(1.0)
    out = (v * 2).tanh() + v
    refs = [weakref.ref(x) for x in (out, out.parents[0], out.parents[0].parents[0])]
    out.backward()
    gc.disable()
    try:
        del out
        assert [r() for r in refs] == [None, None, None]
    finally:
        gc.enable()


def test_subclasses_keep_their_attributes_and_methods(Value):
    class Parameter(Value):
        def __init__(self, data, unit=""):
            super().__init__(data, label="p")
            self.unit = unit

        def doubled(self):
            return self * 2

    p = Parameter(3.0, unit="m")
    out = p.doubled()
    out.backward()
    assert (p.unit, p.label, p.grad, out.data) == ("m", "p", 2.0, 6.0)
    assert isinstance(p, Value)
    assert [x is p for x in out.parents] == [True, False]
    assert (1 + p).data == 4.0
    assert type(p + 1) is Value


@pytest.mark.parametrize("name", ["parents", "data", "grad", "op", "label"])
def test_documented_attributes_exist(Value, name):
    assert hasattr(Value(1.0), name)
