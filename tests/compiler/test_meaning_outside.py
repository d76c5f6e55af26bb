"""What a function looks for outside, in vain or by a detour, is noticed when it moves.

Each world is a function and a change of what it reads: compiled, it follows every change.
"""

import array
import builtins
import collections
import contextvars
import functools
import itertools
import operator
import sys
import types
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value
from micrograd.nn import MLP, Neuron


class Box:
    rate = 1.0

    def scaled(self, x):
        return x * self.rate

    def __call__(self, x):
        return self.scaled(x)


def _absent_attribute():
    box = SimpleNamespace()
    return lambda x: x * getattr(box, "bonus", 1.0), lambda k: setattr(box, "bonus", k)


def _asked_for_attribute():
    box = SimpleNamespace()
    return lambda x: x * (2.0 if hasattr(box, "a") else 1.0), lambda k: setattr(box, "a", k)


def _attribute_in_a_try():
    box = SimpleNamespace()

    def f(x):
        try:
            return x * box.bonus
        except AttributeError:
            return x

    return f, lambda k: setattr(box, "bonus", k)


def _instance_attribute_over_a_class_attribute():
    box = Box()
    return lambda x: x * box.rate, lambda k: setattr(box, "rate", k)


def _deleted_instance_attribute():
    box = Box()

    def change(k):
        if "rate" in vars(box):
            del box.rate
        else:
            box.rate = k

    return lambda x: x * box.rate, change


def _method_on_an_instance():
    box = Box()
    return box, lambda k: setattr(box, "scaled", lambda x: x * k)


def _bound_method_on_a_model():
    model = MLP(1, [1], seed=1)
    model.forward = model.__call__

    def change(k):
        model.forward = types.MethodType(lambda self, x: self(x) * k, model)

    return lambda x: model.forward([x]), change


def _call_of_a_class_of_the_package():
    neuron, plain = Neuron(1, seed=1), Neuron.__call__

    def change(k):
        Neuron.__call__ = plain if k == 4 else lambda self, x: plain(self, x) * k

    return lambda x: neuron([x]), change


def _method_that_a_subclass_gets():
    kind = type("Kind", (Box,), {})
    box = kind()
    return lambda x: box.scaled(x), lambda k: setattr(kind, "scaled", lambda self, x: x * k)


def _special_method_that_a_class_gets():
    kind = type("Kind", (), {"__len__": lambda self: 1})
    box = kind()
    return lambda x: x if box else x * 2.0, lambda k: setattr(kind, "__bool__", lambda self: False)


def _property_that_a_class_gets():
    kind = type("Kind", (), {})
    box = kind()
    box.rate = 1.0
    return lambda x: x * box.rate, lambda k: setattr(kind, "rate", property(lambda self: k))


def _metaclass():
    meta = type("Meta", (type,), {"rate": 1.0})
    kind = meta("Kind", (), {})
    return lambda x: x * kind.rate, lambda k: setattr(meta, "rate", k)


def _other_bases():
    first, second = (type("Base", (), {"rate": r}) for r in (1.0, 2.0))
    kind = type("Kind", (first,), {})
    return lambda x: x * kind.rate, lambda k: setattr(kind, "__bases__", (second,))


def _other_class():
    other = type("Other", (), {"__call__": lambda self, x: x * 7.0})
    box = type("Kind", (), {"__call__": lambda self, x: x})()
    return lambda x: box(x), lambda k: setattr(box, "__class__", other)


def _unfilled_slot():
    box = type("Slotted", (), {"__slots__": ("bonus",)})()
    return lambda x: x * getattr(box, "bonus", 1.0), lambda k: setattr(box, "bonus", k)


def _attribute_of_a_list():
    items = type("Items", (list,), {})([1.0])
    items.rate = 1.0
    return lambda x: x * items.rate, lambda k: setattr(items, "rate", k)


def _attribute_of_a_float():
    number = type("Number", (float,), {})(1.0)
    number.rate = 1.0
    return lambda x: x * number.rate, lambda k: setattr(number, "rate", k)


def _defaults():
    def helper(x, rate=1.0):
        return x * rate

    return lambda x: helper(x), lambda k: setattr(helper, "__defaults__", (k,))


def _defaults_by_name():
    def helper(x, *, rate=1.0):
        return x * rate

    return lambda x: helper(x), lambda k: helper.__kwdefaults__.update(rate=k)


def _code():
    def helper(x):
        return x

    def other(x):
        return x * 2.0

    return lambda x: helper(x), lambda k: setattr(helper, "__code__", other.__code__)


def _attribute_of_a_function():
    def helper(x):
        return x * getattr(helper, "rate", 1.0)

    return helper, lambda k: setattr(helper, "rate", k)


def _global_over_a_builtin():
    names = {"__builtins__": builtins}
    exec("def f(x): return x * abs(-1.0)", names)
    return names["f"], lambda k: names.update(abs=lambda x: k)


def _absent_global():
    names = {"__builtins__": builtins}
    exec("def f(x):\n  try: return x * rate\n  except NameError: return x", names)
    return names["f"], lambda k: names.update(rate=k)


def _global_by_its_name():
    names = {"__builtins__": builtins, "rate": 1.0}
    exec("def f(x): return x * globals()['ra' + 'te'] * eval('rate')", names)
    return names["f"], lambda k: names.update(rate=k)


def _imported_module():
    module = sys.modules["a_module_of_the_test"] = types.ModuleType("a_module_of_the_test")

    def f(x):
        import a_module_of_the_test as imported

        return x * getattr(imported, "rate", 1.0)

    return f, lambda k: setattr(module, "rate", k)


def _set():
    held = {1.0}
    return lambda x: x * (1.0 if 3.0 in held else 2.0) + len(held), held.add


def _deque():
    held = collections.deque([1.0], maxlen=1)
    return lambda x: x * held[0], held.append


def _array_of_python():
    held = array.array("d", [1.0])
    return lambda x: x * held[0], lambda k: held.__setitem__(0, k)


def _seen_through_memory():
    held = np.ones(2)
    view = memoryview(held)
    return lambda x: x * view[0], lambda k: held.__setitem__(0, k)


def _method_of_a_dict():
    held = {}
    get = held.get
    return lambda x: x * get("rate", 1.0), lambda k: held.update(rate=k)


def _view_of_a_dict():
    held = {"rate": 1.0}
    values, proxy = held.values(), types.MappingProxyType(held)
    return lambda x: x * max(values) * proxy["rate"], lambda k: held.update(rate=k)


def _order_of_a_dict():
    held = collections.OrderedDict(a=1.0, b=2.0)
    return lambda x: x * next(iter(held.values())), lambda k: held.move_to_end(next(iter(held)))


def _default_of_a_dict():
    held = collections.defaultdict(lambda: 1.0)

    def f(x):
        y = x * held["rate"]
        del held["rate"]
        return y

    return f, lambda k: setattr(held, "default_factory", lambda: k)


def _dict_in_python():
    held = collections.UserDict(rate=1.0)
    return lambda x: x * held["rate"], lambda k: held.update(rate=k)


def _weak_reference():
    box = Box()
    reference = weakref.ref(box)
    return lambda x: x * reference().rate, lambda k: setattr(box, "rate", k)


def _attribute_by_a_getter():
    box, get = SimpleNamespace(speed=1.0), operator.attrgetter("speed")
    return lambda x: x * get(box), lambda k: setattr(box, "speed", k)


def _attribute_by_a_pattern():
    box = SimpleNamespace(speed=1.0)

    def f(x):
        match box:
            case SimpleNamespace(speed=speed):
                return x * speed

    return f, lambda k: setattr(box, "speed", k)


def _attribute_by_a_hook():
    class Hooked:
        def __init__(self):
            self.held = {"rate": 1.0}

        def __getattr__(self, name):
            return self.held[name]

    box = Hooked()
    return lambda x: x * box.rate, lambda k: box.held.update(rate=k)


def _context():
    rate = contextvars.ContextVar("rate", default=1.0)
    return lambda x: x * rate.get(), rate.set


def _label():
    w = Value(1.0, label="a")
    return lambda x: x * (1.0 if w.label == "a" else 2.0), lambda k: setattr(w, "label", "b")


def _kept_results():
    table = [1.0]

    @functools.lru_cache
    def entry(i):
        return table[i]

    def change(k):
        table[0] = k
        entry.cache_clear()

    return lambda x: x * entry(0), change


WORLDS = [make for name, make in list(globals().items()) if name[0] == "_" and name[1] != "_"]


def number(x):
    return x.data if isinstance(x, Value) else x


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__[1:])
def test_a_compiled_function_follows_what_changes_outside(world):
    f, change = world()
    g = micrograd.jit(f, backend="numpy")
    for k in (2.0, 3.0, 4.0):
        assert number(g(3.0)) == pytest.approx(number(f(3.0)), rel=1e-12), k
        change(k)
    assert number(g(3.0)) == pytest.approx(number(f(3.0)), rel=1e-12)


def test_results_that_a_function_keeps_are_none_of_a_trace():
    w = Value(2.0)

    @functools.lru_cache
    def scaled(n):
        return w * n

    g = micrograd.jit(lambda x: x * scaled(3), backend="numpy")
    assert [g(1.0).data, g(2.0).data] == [6.0, 12.0]
    scaled(3).backward()
    assert w.grad == 3.0


def test_an_endless_iterator_from_outside_is_refused():
    ticks = itertools.count()
    with pytest.raises(JitError, match="goes on at each use"):
        micrograd.jit(lambda x: x * next(ticks), backend="numpy")(1.0)
