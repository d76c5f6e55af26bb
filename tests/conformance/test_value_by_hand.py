"""Values as people use them: attributes of their own, local gradients, the original's names."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

CLONES = [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]


def test_any_attribute_can_be_set(Value):
    p = Value(1.0)
    p.m, p.v, p.color, p.visited = 0.0, 0.5, "red", True
    p.m += 0.25
    assert (p.m, p.v, p.color, p.visited) == (0.25, 0.5, "red", True)
    assert vars(p)["color"] == "red"
    del p.color
    with pytest.raises(AttributeError, match="color"):
        _ = p.color
    assert not hasattr(Value(1.0), "m")


def test_attributes_of_computed_values(Value):
    a, b = Value(2.0), Value(3.0)
    out = a * b
    out.visited = True
    out.backward()
    assert (out.visited, out.parents, out._op) == (True, (a, b), "*")
    assert (a.grad, b.grad) == (3.0, 2.0)
    power = a**3
    power.visited = True
    power.backward()
    assert (power._op, a.grad) == ("**3", 15.0)


def test_an_attribute_never_hides_what_a_value_is(Value):
    v = Value(2.0)
    vars(v)["data"] = 7.0
    assert v.data == 2.0
    for name in ("data", "grad", "label", "_backward"):
        with pytest.raises(AttributeError):
            delattr(v, name)


@pytest.mark.parametrize("clone", CLONES)
def test_copies_have_the_attributes(Value, clone):
    leaf = Value(1.0, label="w")
    leaf.m, leaf.note = 0.5, ["x"]
    out = leaf * 2
    out.visited = True
    assert (clone(leaf).m, clone(leaf).note, clone(leaf).label) == (0.5, ["x"], "w")
    assert clone(out).visited is True
    if clone is copy.copy:
        assert clone(leaf).note is leaf.note
    else:
        assert clone(leaf).note is not leaf.note
        assert clone(out).parents[0].m == 0.5


def test_an_attribute_may_refer_to_its_value(Value):
    for _ in range(2):  # the engine in C tracks no value at all before the first such one
        v = Value(1.0)
        v.me = v
        twin = copy.deepcopy(v)
        assert twin.me is twin is not v
        watch = weakref.ref(v)
        del v
    gc.collect()
    assert watch() is None


def test_an_attribute_lives_as_long_as_its_value(Value):
    class Thing:
        pass

    v, thing = Value(1.0), Thing()
    v.thing = thing
    watch = weakref.ref(thing)
    del thing
    assert watch() is v.thing
    del v
    gc.collect()
    assert watch() is None


def test_a_subclass_without_a_dict_takes_attributes_too(Value):
    class Slim(Value):
        __slots__ = ("unit",)

    v = Slim(1.0)
    v.unit, v.m = "m", 0.5
    twin = copy.deepcopy(v)
    assert (type(twin), twin.m, v.unit) == (Slim, 0.5, "m")


def test_init_called_again_keeps_the_attributes(Value):
    v = Value(1.0, (Value(2.0),), "x")
    v.m = 0.5
    v.__init__(3.0)
    assert (v.data, v.m, v.parents) == (3.0, 0.5, ())


def test_local_gradients_are_passed_on(Value):
    a, b = Value(2.0), Value(3.0)
    out = Value(a.data * b.data, (a, b), (b.data, a.data))
    (out * 2.0).backward()
    assert (a.grad, b.grad, out.partials(), out._local_grads) == (6.0, 4.0, (3.0, 2.0), (3.0, 2.0))
    c = Value(4.0, [a], [np.float64(4.0)])
    c.backward()
    assert a.grad == 10.0
    a.grad = 0.0
    c._backward()
    assert (a.grad, c._children) == (4.0, (a,))


def test_local_gradients_of_many_children(Value):
    xs = [Value(float(i)) for i in range(50)]
    out = Value(sum(x.data for x in xs), xs, [float(i) for i in range(50)])
    (out + 1).backward()
    assert [x.grad for x in xs] == [float(i) for i in range(50)]


class Scalar:
    """The engine of the widespread 200-line GPT, its operations of our Value."""

    def __init__(self, Value):
        class V(Value):
            def __init__(self, data, children=(), local_grads=()):
                super().__init__(data)
                self._children = children
                self._local_grads = local_grads

            def times(self, other):
                return V(self.data * other.data, (self, other), (other.data, self.data))

            def plus(self, other):
                return V(self.data + other.data, (self, other), (1, 1))

            def squash(self):
                t = np.tanh(self.data)
                return V(t, (self,), (1 - t**2,))

        self.V = V


def test_children_and_local_gradients_assigned_in_a_constructor(Value):
    V = Scalar(Value).V
    a, b = V(0.5), V(-2.0)
    out = a.times(b).plus(a).squash()
    out.backward()
    x, y = Value(0.5), Value(-2.0)
    (x * y + x).tanh().backward()
    assert (a.grad, b.grad) == pytest.approx((x.grad, y.grad))
    assert out.parents[0]._local_grads == (1.0, 1.0)
    for child, local in zip(out._children, out._local_grads):
        child.grad += local * out.grad  # the loop of their own backward


def test_the_loop_over_local_gradients_works_on_ordinary_operations(Value):
    a, b = Value(2.0), Value(3.0)
    assert (a * b)._local_grads == (3.0, 2.0)
    assert Value(1.0)._local_grads == ()


@pytest.mark.parametrize("clone", CLONES)
def test_copies_have_the_local_gradients(Value, clone):
    a = Value(2.0)
    twin = clone(Value(8.0, (a,), (12.0,)))
    twin.backward()
    assert (twin.partials(), twin.parents[0].grad) == ((12.0,), 12.0)


def test_local_gradients_that_do_not_fit(Value):
    a, b = Value(2.0), Value(3.0)
    for children, numbers in (((a, b), (1.0,)), ((a,), ()), ((), (1.0,)), ({a, b}, (1.0, 1.0))):
        with pytest.raises(ValueError, match="a number for each child, in their order"):
            Value(1.0, children, numbers)
    for numbers in (("1",), (None,), (a,), ([1.0],)):
        with pytest.raises(TypeError, match="a local gradient is a number, got"):
            Value(1.0, (a,), numbers)
    out = Value(1.0, (a, b))
    out._local_grads = (1.0, 2.0, 3.0)
    for call in (out.backward, out.partials, (out * 2).backward):
        with pytest.raises(ValueError, match="2 children, but 3 local gradients"):
            call()
    out._local_grads = (1.0, 2.0)
    a.grad = b.grad = 0.0
    out.backward()
    assert (a.grad, b.grad) == (1.0, 2.0)
    with pytest.raises(TypeError, match=r"computed by '\*', which gives its local gradients"):
        (a * b)._local_grads = (1.0, 1.0)
    with pytest.raises(TypeError, match="_local_grads are a tuple of numbers"):
        out._local_grads = 3


def test_a_hand_set_backward_replaces_local_gradients(Value):
    a = Value(2.0)
    out = Value(4.0, (a,), (4.0,))
    out._backward = lambda: setattr(a, "grad", a.grad + 100.0)
    out.backward()
    assert a.grad == 100.0
    out._backward()
    assert a.grad == 200.0


def test_a_graph_with_local_gradients_is_freed_without_the_cycle_collector(Value):
    a = Value(2.0)
    out = Value(4.0, (a,), (4.0,))
    out.backward()
    watch = weakref.ref(out)
    gc.disable()
    try:
        del out
        assert watch() is None
    finally:
        gc.enable()


def test_name_is_label(Value):
    assert Value(1.0, name="x").label == "x"
    assert Value(1.0, (), "", "", "x").label == "x"
    with pytest.raises(TypeError, match="pass one, got 'a' and 'b'"):
        Value(1.0, label="a", name="b")


@pytest.mark.parametrize("label", [5, None, ("a",), b"a", 1.5], ids=repr)
def test_labels_are_text(Value, label):
    v = Value(1.0, label="w")
    for call in (
        lambda: Value(1.0, label=label),
        lambda: Value(1.0, (), "", label),
        lambda: Value(1.0, name=label),
        lambda: setattr(v, "label", label),
        lambda: setattr(v, "name", label),
    ):
        with pytest.raises(TypeError, match=f"label is text, got {type(label).__name__}"):
            call()
    assert v.label == "w"


def test_a_value_as_label_is_refused(Value):
    v = Value(1.0)
    with pytest.raises(TypeError, match="label is text, got"):
        v.label = v
    assert repr(v) == "Value(data=1.0, grad=0.0)"


@pytest.mark.parametrize("label", ["a\nb", "\x00", "a\x1b[31m", "\ud800", "\x7f"])
def test_labels_can_be_shown_and_saved(Value, label):
    with pytest.raises(ValueError, match="label is one line of text that can be shown"):
        Value(1.0, label=label)
    with pytest.raises(ValueError, match="_op is one line of text that can be shown"):
        Value(1.0, (Value(2.0),), label)


def test_labels_of_any_script_are_fine(Value):
    for label in ("α₁", "重み", "a b", "w[0].weight", "🙂", "<b>&", np.str_("w")):
        v = Value(1.0, label=label)
        assert (v.label, type(v.label)) == (label, str)


def test_grad_set_to_none_is_zero(Value):
    p = Value(2.0)
    (p * 3).backward()
    p.grad = None
    assert (type(p.grad), p.grad) == (float, 0.0)
    (p * 3).backward()
    assert p.grad == 3.0


def test_prev_can_be_assigned_to_a_value_made_by_hand(Value):
    a, b = Value(1.0), Value(2.0)
    out = Value(3.0)
    out._prev = {a, b}
    out._op = "+"
    out._backward = lambda: [setattr(p, "grad", p.grad + out.grad) for p in (a, b)]
    (out * 2).backward()
    assert (out._prev, out._op, a.grad, b.grad) == ({a, b}, "+", 2.0, 2.0)
    out._prev = (b,)
    assert (out.parents, out._op) == ((b,), "+")


def test_assigning_no_parents_cuts_a_value_off(Value):
    a = Value(2.0)
    for out in (a * 3, Value(6.0, (a,), (3.0,)), Value(6.0, (a,), "triple")):
        out._prev = set()
        out.backward()
        assert (out.parents, out.partials(), a.grad) == ((), (), 0.0)


def test_a_cut_graph_is_freed(Value):
    a = Value(2.0)
    inner = a * 3
    out = inner * 2
    watch = weakref.ref(inner)
    out._children = ()
    del inner
    gc.collect()
    assert (watch(), out.data) == (None, 12.0)


def test_what_was_computed_keeps_its_parents(Value):
    a, b = Value(2.0), Value(3.0)
    out = a * b
    out._prev = out._prev
    with pytest.raises(TypeError, match=r"computed by '\*' and keeps its parents: assign \(\)"):
        out._prev = {a}
    out.backward()
    assert (out.parents, a.grad, b.grad) == ((a, b), 3.0, 2.0)


def test_wrong_children_change_nothing(Value):
    a = Value(2.0)
    out = Value(3.0, (a,), "by hand")
    for wrong in ("x", (1.0,), [None]):
        with pytest.raises(TypeError, match=r"a Value's children are .*Values, got"):
            out._prev = wrong
    for wrong in (5, None, a):
        with pytest.raises(TypeError, match="children are a tuple of Values, got"):
            out._children = wrong
    with pytest.raises(ValueError, match="cannot be its own child"):
        out._prev = (out,)
    assert (out.parents, out._op) == ((a,), "by hand")


def test_op_can_be_assigned(Value):
    a, b = Value(6.0), Value(3.0)
    out = a * b**-1
    out._op = "/"
    out.backward()
    assert (out._op, a.grad, copy.copy(out)._op) == ("/", 1 / 3, "/")
    leaf = Value(1.0)
    leaf._op = "input"
    assert (leaf._op, leaf.parents) == ("input", ())
    leaf._op = ""
    assert (leaf._op, leaf.op) == ("", None)
    for wrong in (None, 5, a):
        with pytest.raises(TypeError, match="_op is text, got"):
            out._op = wrong
        with pytest.raises(TypeError, match="_op is text, got"):
            Value(1.0, (a,), wrong)
    assert out._op == "/"


def test_the_methods_that_people_expect(Value):
    v = Value(-2.0)
    assert [v.abs().data, v.neg().data, v.item(), v.pow(2).data] == [2.0, 2.0, -2.0, 4.0]
    assert type(v.item()) is float
    assert v.pow(2)._op == "**2"
    out = v.abs() * v.neg() * v.pow(3) * v.pow(Value(2.0))
    same = abs(v) * -v * v**3 * v ** Value(2.0)
    assert out.data == same.data


def test_prev_is_a_set_and_parents_are_ordered(Value):
    a, b = Value(2.0), Value(3.0)
    out = b * a
    assert (type(out._prev), out._prev) == (set, {a, b})
    assert (out.parents, out._children) == ((b, a), (b, a))
    assert ((a * a)._prev, (a * a).parents) == ({a}, (a, a))
