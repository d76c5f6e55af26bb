"""Walks over the values of a recording, by whichever engine there is."""

import gc

import pytest

from micrograd import Value, ops
from micrograd.engine import toposort
from micrograd.value.columns import (
    ValueSet,
    are_leaves,
    batched,
    extent,
    made_by,
    numbered,
    operands,
)


def numbers(column):
    return list(memoryview(column).cast("B").cast("i"))


def detached_of(x):
    """What a trace records where a value is detached."""
    return Value._apply(ops.DETACH, x)


def test_a_set_holds_values_by_identity():
    x, y = Value(1.0), Value(1.0)
    some = ValueSet([x])
    assert x in some
    assert y not in some
    assert 1.0 not in some
    some.update([y])
    assert y in some


def test_a_set_says_which_values_are_new_to_it_each_once_in_their_order():
    x, y, z = Value(1.0), Value(1.0), Value(1.0)
    some = ValueSet([y])
    assert list(map(id, some.added([z, y, x, z]))) == [id(z), id(x)]
    assert some.added([x, y, z]) == []


def test_a_set_of_many_values_knows_each():
    many = [Value(float(i)) for i in range(20_000)]
    even = ValueSet(many[::2])
    assert [v in even for v in many] == [True, False] * 10_000


def test_what_is_made_of_a_member_joins_the_set_but_for_what_is_left_out():
    x, y = Value(1.0), Value(2.0)
    total, product = x + y, y * y
    after, detached, left_out = total * product, detached_of(total), total.tanh()
    made = [total, product, after, detached, left_out]
    spread = ValueSet([x])
    spread.spread(made, 0, ops.DETACH, ValueSet([left_out]))
    assert [v in spread for v in made] == [True, False, True, False, False]
    late = ValueSet([x])
    late.spread(made, 1)
    assert not any(v in late for v in made)


def test_parents_outside_a_set_come_once_in_the_order_of_their_first_use():
    x, y = Value(1.0), Value(2.0)
    total = y * x + x
    powers = [x**2, x**2]
    values = [total.parents[0], total, *powers]
    outside = ValueSet(values).parents_outside(values)
    assert list(map(id, outside)) == [id(y), id(x)]
    assert ValueSet().parents_outside([x]) == []
    read = ValueSet()
    read.update_parents(values)
    assert [v in read for v in (x, y, total, total.parents[0])] == [True, True, False, True]


def test_a_list_of_leaves_holds_nothing_else():
    class Mine(Value):
        pass

    x = Value(1.0)
    assert are_leaves([x, x])
    others = ([], [x, x + 1.0], [x, 1.0], [Mine(1.0)])
    assert not any(map(are_leaves, others))


def test_an_extent_is_the_size_of_a_graph_and_whether_some_value_is_in_it():
    x, y = Value(2.0), Value(3.0)
    square = x * x
    root = square + square
    assert extent(root, [y, x]) == (len(toposort(root)), True)
    assert extent(root, [y]) == (len(toposort(root)), False)
    assert extent(x, []) == (1, False)
    assert extent(y, [root, y]) == (1, True)
    assert len(toposort(root)) == 3  # nothing stays marked
    with pytest.raises((TypeError, AttributeError)):
        extent(2.0, [])


def test_values_are_known_by_the_names_of_their_ops():
    x = Value(2.0)
    made = [detached_of(x), x * x, x**2, detached_of(x), x]
    assert list(map(id, made_by(made, ("detach", "powc")))) == [id(made[k]) for k in (0, 2, 3)]


def test_numbers_are_those_of_leaves_and_then_of_what_was_made():
    x, y = Value(1.0), Value(2.0)
    many = Value(3.0, (x, y, x), "+++")
    made = [x, x * y, y**2, y**2.0, x.tanh(), many, y**2]
    codes, table, starts, parents, data, by_hand, asked = numbered([y, x], made, [many, x])
    kinds = [table[code] for code in numbers(codes)]
    assert kinds == [None, None, *[v.op for v in made[1:]]]
    assert numbers(starts) == [0, 0, 0, 2, 3, 4, 5, 8, 9]
    assert numbers(parents) == [1, 0, 0, 0, 1, 1, 0, 1, 0]
    assert list(memoryview(data).cast("B").cast("d")) == [2.0, *[v.data for v in made]]
    assert by_hand == []
    assert asked == [6, 1]
    many._backward = gc.collect
    assert [id(v) for v in numbered([y, x], made, [])[5]] == [id(many)]
    with pytest.raises(KeyError):
        numbered([x], made, [])
    with pytest.raises(KeyError):
        numbered([x, y], [], [many])


def test_what_is_spared_stays_as_it_is_while_all_else_may_go():
    x = Value(1.0)

    def made():
        values = [x * x]
        for _ in range(5):
            values.append(values[-1] * x)
        return values

    whole, values = made(), made()
    middle, last = values[2], values[-1]
    expected = numbered([x], whole, [whole[2], whole[-1]])
    found = numbered([x], values, [middle, last], ValueSet([middle, last]))
    for column, other in zip(found, expected, strict=True):
        assert list(column) == list(other)
    assert [v for v in values if v in (middle, last)] == [middle, last]
    assert len(middle.parents) == len(last.parents) == 2
    assert len(values) == len(whole)


def test_operands_are_counted_for_each_op():
    x = Value(2.0)
    made = [x, x * x, x**2, x**2.0, x**2, Value(3.0, (x, x, x), "+++"), x * 2.0, Value(1.0)]
    counts = {op.symbol if op else None: n for op, n in operands(made)}
    assert counts == {None: 2, "*": 4, "**2": 2, "**2.0": 1, "+++": 3}
    many = [x ** float(n) for n in range(200)]
    assert sum(n for _, n in operands(many)) == 200


def test_a_batch_axis_goes_on_to_what_is_made_but_not_through_a_sum_over_it():
    x, y = Value(1.0), Value(2.0)
    made = [x * x, y * y]
    made += [made[0] + made[1], detached_of(made[0])]
    codes, table, starts, parents, *_ = numbered([x, y], made, [])
    single = table.index(ops.DETACH)
    axes = batched(codes, starts, parents, b"\1\0", single)
    assert list(axes) == [1, 0, 1, 0, 1, 0]
