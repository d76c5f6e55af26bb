"""Copies and pickles: independent of the original, of its depth, and of the implementation."""

import copy
import pickle

import pytest


def test_a_copy_of_a_leaf_is_independent(Value):
    a = Value(2.0, label="a")
    a.grad = 3.0
    for twin in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        assert twin is not a
        assert (twin.data, twin.grad, twin.label, twin.parents) == (2.0, 3.0, "a", ())
        twin.data = 5.0
        assert a.data == 2.0


def test_a_shallow_copy_shares_its_parents(Value):
    a, b = Value(2.0), Value(3.0)
    twin = copy.copy(a * b)
    twin.backward()
    assert (twin.parents, a.grad, b.grad) == ((a, b), 3.0, 2.0)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_deep_copy_has_a_graph_of_its_own(implementation, clone):
    a, b = implementation.Value(2.0, label="a"), implementation.Value(3.0)
    out = (a * b + a).tanh() ** 3 / b + 2**a
    twin = clone(out)
    if implementation.__name__.startswith("micrograd"):
        order = implementation.toposort(out)
        if type(twin) is implementation.Value:
            copies = implementation.toposort(twin)
            assert [(v.data, v._op, v.label) for v in copies] == [
                (v.data, v._op, v.label) for v in order
            ]
            assert not set(copies) & set(order)
    twin.backward()
    assert (a.grad, b.grad) == (0.0, 0.0)
    out.backward()
    leaf = next(v for v in _leaves(twin) if v.label == "a")
    assert leaf.grad == a.grad != 0.0


def _leaves(root):
    found, stack = {}, [root]
    while stack:
        v = stack.pop()
        found[id(v)] = v
        stack.extend(p for p in v.parents if id(p) not in found)
    return [v for v in found.values() if not v.parents]


def test_values_in_one_list_keep_sharing(Value):
    a = Value(2.0)
    for clone in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        first, second = clone([a, a])
        assert first is second
        leaf, out = clone([a, a * 3])
        out.backward()
        assert leaf.grad == 3.0


@pytest.mark.parametrize("depth", [20_000, pytest.param(100_000, marks=pytest.mark.deep)])
def test_copies_of_a_graph_many_thousand_deep(Value, depth):
    v = a = Value(0.5)
    for _ in range(depth):
        v = v + 1e-9
    for twin in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert twin.data == v.data
        twin.backward()
    assert a.grad == 0.0


@pytest.mark.deep
def test_a_million_deep_is_copied(Value):
    v = Value(0.5)
    for _ in range(1_000_000):
        v = v.relu()
    twin = copy.deepcopy(v)
    assert (twin.data, copy.copy(v).data) == (0.5, 0.5)
    del v, twin


def test_a_hand_set_backward_cannot_be_copied(Value):
    a = Value(2.0)
    out = Value(4.0, (a,), "square", "mine")
    out._backward = lambda: None
    for clone in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"'mine'.*hand-set _backward"):
            clone(out)


class Tagged:
    """What a subclass adds: made for each implementation, once, so that pickle finds it."""

    classes: dict = {}  # noqa: RUF012 - shared on purpose

    @classmethod
    def of(cls, Value):
        if Value not in cls.classes:
            name = f"Tagged{len(cls.classes)}"
            made = type(name, (Value,), {"__module__": __name__})
            cls.classes[Value] = globals()[name] = made
        return cls.classes[Value]


def test_a_leaf_with_a_hand_set_backward_cannot_be_copied_either(Value):
    leaf = Value(2.0, label="mine")
    leaf._backward = lambda: None
    for clone in (copy.copy, copy.deepcopy, pickle.dumps, lambda v: pickle.dumps(v * 2)):
        with pytest.raises(TypeError, match=r"'mine'.*hand-set _backward"):
            clone(leaf)


def test_what_subclasses_remember_inside_a_graph_is_copied(Value):
    cls = Tagged.of(Value)
    inner = cls(2.0, (cls(1.0),), "double")
    inner.tags = ["inner"]
    inner.parents[0].tags = ["leaf"]
    outer = cls(6.0, (inner,), "triple")
    for clone in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        twin = clone(outer).parents[0]
        assert (twin.tags, twin.parents[0].tags) == (["inner"], ["leaf"])


def test_subclasses_are_copied_as_what_they_are(Value):
    cls = Tagged.of(Value)
    v = cls(2.0)
    v.tags = ["x"]
    for clone in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        twin = clone(v)
        assert (type(twin), twin.data, twin.tags) == (cls, 2.0, ["x"])
    assert copy.copy(v).tags is v.tags
    assert copy.deepcopy(v).tags is not v.tags


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol(Value, protocol):
    out = Value(2.0, label="a") * 3 + 2 ** Value(0.5)
    assert pickle.loads(pickle.dumps(out, protocol)).data == out.data


def test_all_of_a_graph_is_pickled(implementation):
    a, b = implementation.Value(2.0, label="a"), implementation.Value(3.0)
    inner = (a * b) ** 3 + a**2.0 + b**-1 + implementation.Value(7.0, (a, b), "seven")
    out = implementation.Value(8.0, (a, inner, b), "three").tanh()
    inner.label, a.grad, inner.grad = "inner", 0.5, 0.25
    twin = pickle.loads(pickle.dumps(out))

    def numbered(root):
        order = list(root._toposort(root))
        at = {id(v): i for i, v in enumerate(order)}
        return [(v.data, v.grad, v._op, v.label, [at[id(p)] for p in v.parents]) for v in order]

    if type(twin) is implementation.Value:
        assert numbered(twin) == numbered(out)


def test_a_leaf_that_is_known_elsewhere_stays_one_leaf(Value):
    a = Value(2.0)
    outs = [a * 3, a * 4]
    del a
    three = outs[0].parents[1]
    first, second, twin = pickle.loads(pickle.dumps([*outs, three]))
    assert first.parents[0] is second.parents[0]
    assert first.parents[1] is twin


def test_what_was_pickled_before_graphs_were_columns_is_read(Value):
    old = (
        b"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x16micrograd.value.copies\x94"
        b"\x8c\x04leaf\x94\x93\x94(NG@\x00\x00\x00\x00\x00\x00\x00G?\xe0\x00\x00\x00\x00\x00"
        b"\x00N\x8c\x01a\x94Nt\x94R\x94h\x01\x8c\x05graph\x94\x93\x94]\x94(h\x06h\x03(NG@\x08"
        b"\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00N\x8c\x00\x94Nt\x94R\x94(N"
        b"G@\x18\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x03mul\x94N\x86"
        b"\x94h\nNt\x94]\x94(K\x00K\x01eN\x87\x94(NG?\xef\xff\xe6:\xbe%<G\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x8c\x04tanh\x94N\x86\x94h\nNt\x94]\x94K\x02aN\x87\x94(NG@\x07\xff\xf9\x8e\xaf"
        b"\x89OG\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x03add\x94N\x86\x94h\nNt\x94]\x94(K\x03K"
        b"\x00eN\x87\x94e\x85\x94R\x94e."
    )
    a, out = pickle.loads(old)  # [a, (a * 3).tanh() + a] for a = 2
    assert (a.label, a.grad, out._op, out.parents[1] is a) == ("a", 0.5, "+", True)
    out.backward()
    assert a.grad == pytest.approx(1.5, abs=1e-4)


def test_handmade_symbols_are_pickled(Value):
    out = pickle.loads(pickle.dumps(Value(3.0, (Value(1.0),), "triple")))
    assert (out._op, len(out.parents)) == ("triple", 1)
