"""Values made by hand: the textbook's way of adding an operation."""

import pytest


def cubed(Value, x, label=""):
    out = Value(x.data**3, (x,), "cubed", label)

    def backward():
        x.grad += 3 * x.data**2 * out.grad

    out._backward = backward
    return out


def test_a_hand_set_backward_is_honoured(Value):
    x = Value(2.0)
    (cubed(Value, x * 1.5) * 2).backward()
    assert x.grad == 2 * 3 * 3.0**2 * 1.5


def test_without_one_no_gradient_passes(Value):
    a, b = Value(2.0), Value(3.0)
    out = Value(5.0, (a, b), "+")
    (out * 2).backward()
    assert (out.grad, a.grad, b.grad) == (2.0, 0.0, 0.0)
    assert out.partials() == (0.0, 0.0)


def test_replacing_the_backward_of_an_operation(Value):
    a, b = Value(2.0), Value(3.0)
    out = a * b

    def backward():
        a.grad += 100.0

    out._backward = backward
    (out + a).backward()
    assert (a.grad, b.grad) == (101.0, 0.0)


def test_wrapping_the_backward_of_an_operation(Value):
    seen = []
    a = Value(2.0)
    out = a * 3
    ordinary = out._backward

    def backward():
        seen.append(out.grad)
        ordinary()

    out._backward = backward
    (out * 5).backward()
    assert (seen, a.grad) == ([5.0], 15.0)


def test_the_loop_people_write_themselves(Value):
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    d = e + 10.0
    out = d.tanh()
    for value in (out, d, e):
        assert callable(value._backward)
    out.grad = 1.0
    out._backward()
    d._backward()
    e._backward()
    slope = 1 - out.data**2
    assert (a.grad, b.grad) == pytest.approx((-3.0 * slope, 2.0 * slope), rel=1e-12)


def test_calling_the_backward_of_a_leaf_does_nothing(Value):
    a = Value(2.0)
    a.grad = 3.0
    a._backward()
    assert (a.data, a.grad) == (2.0, 3.0)


def test_a_leaf_with_a_hand_set_backward(Value):
    a, log = Value(2.0), []
    a._backward = lambda: log.append(a.grad)
    (a * 3).backward()
    assert log == [3.0]


def test_parents_may_be_any_iterable_of_values(Value):
    a, b = Value(1.0), Value(2.0)
    assert Value(3.0, [a, b], "+").parents == (a, b)
    assert Value(3.0, (v for v in (a, b)), "+").parents == (a, b)
    assert Value(3.0, {a}, "+").parents == (a,)


def test_an_op_without_parents_is_only_a_symbol(Value):
    v = Value(3.0, (), "input")
    v.backward()
    assert (v._op, v.grad) == ("input", 1.0)


def test_an_exception_in_a_backward_reaches_the_caller(Value):
    x = Value(2.0)
    out = cubed(Value, x)

    def backward():
        raise KeyError("mine")

    out._backward = backward
    with pytest.raises(KeyError, match="mine"):
        (out + 1).backward()
    x.grad = 0.0
    (x * 2).backward()
    assert x.grad == 2.0


def test_growing_the_graph_during_backward(Value):
    x = Value(2.0)
    out = cubed(Value, x)
    grown = []

    def backward():
        nonlocal out
        grown.extend(x * i for i in range(1000))
        x.grad += 1.0

    out._backward = backward
    (out * 3).backward()
    assert x.grad == 1.0


def test_dropping_the_graph_during_backward(Value):
    x = Value(2.0)
    holder = [x * 3]
    holder.append(cubed(Value, holder[0]))

    def backward():
        holder.clear()
        x.grad += 1.0

    root = holder[1] + x
    holder[1]._backward = backward
    holder.append(root)
    root.backward()
    assert x.grad == 2.0


def test_a_backward_inside_a_backward(Value):
    x = Value(2.0)
    out = Value(x.data**2, (x,), "square")

    def backward():
        y = Value(x.data)
        (y * y).backward()
        x.grad += y.grad * out.grad

    out._backward = backward
    (out * 10).backward()
    assert x.grad == 40.0
