"""How much a node takes, and that all of it comes back. Sizes are of processes of their own."""

import gc
import os
import weakref

import pytest

from micrograd import Value
from micrograd import sum as total

RESIDENT = """
    import os
    import subprocess

    def resident():
        if os.path.exists("/proc/self/statm"):
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 1024 * int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(os.getpid())]))

    def most_resident():
        # not ru_maxrss, which begins with what the process had that this one was forked from
        with open("/proc/self/status") as file:
            return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

    from micrograd.engine import Value
"""


def test_a_node_takes_64_bytes(run):
    program = """
    import sys
    from micrograd import Value
    x = Value(1.0)
    print({sys.getsizeof(v) for v in (x, x * x, x + 1, x**2, x.tanh())})
    """
    assert run(program) == "{64}\n"


@pytest.mark.resident
@pytest.mark.deep
def test_ten_million_nodes_are_built_differentiated_and_freed(run):
    program = (
        RESIDENT
        + """
    a, b = Value(0.5), Value(0.5)
    before = resident()
    v = a
    for _ in range(5_000_000):
        v = v * b + a
    print((resident() - before) / 1e7)
    v.backward()
    print(v.data, a.grad, b.grad)
    del v
    print((resident() - before) / 1e6)
    """
    )
    size, values, kept = run(program).splitlines()
    assert float(size) <= 65.0  # bytes a node, whatever the allocator adds included
    assert values == "1.0 2.0 2.0"
    assert float(kept) < 60  # megabytes, most of them a free list of bounded length


@pytest.mark.resident
def test_each_large_graph_that_is_gone_gives_its_memory_back(run):
    program = (
        RESIDENT
        + """
    a = Value(0.5)
    before = resident()
    for _ in range(3):
        v = a
        for _ in range(800_000):
            v = v * a
        beside = [str(i) for i in range(1000)]  # what lies above it in memory
        del v
    print((resident() - before) / 1e6)
    """
    )
    assert float(run(program)) < 30  # megabytes, of 51: 20 are kept for the next graph


@pytest.mark.resident
def test_a_compiled_function_does_not_keep_the_graph_that_it_was_traced_as(run):
    program = (
        RESIDENT
        + """
    import gc
    from micrograd import jit, tanh

    def f(x, steps):
        y = x
        for _ in range(steps):
            y = tanh(y) + x
        return y

    g, length = jit(f, static_argnums=1), 300_000
    g(Value(0.5), 10)
    before = resident()
    g(Value(0.5), length)
    gc.collect()
    print((resident() - before) / (2 * length))
    """
    )
    assert float(run(program)) < 130  # bytes a node: the columns, and what is kept for other graphs


def peak_of_a_first_call(run, x):
    """How many bytes more are resident at most while f is first called with x, for each node."""
    program = f"""
    from micrograd import jit

    def f(x, steps):
        for _ in range(steps):
            x = x * 0.999 + 0.001
        return x

    g, length = jit(f, static_argnums=1), 300_000
    g({x}, 10)
    before = resident()
    g({x}, length)
    print((most_resident() - before) / (4 * length))
    """
    return float(run(RESIDENT + program))


@pytest.mark.resident
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="Linux tells it")
def test_the_trace_of_a_first_call_goes_while_it_is_numbered(run):
    # bytes a node: 88 of the trace, with the list of them
    assert peak_of_a_first_call(run, "0.5") < 130


@pytest.mark.resident
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="Linux tells it")
def test_a_first_call_holds_the_graph_of_its_result_and_of_no_other_run(run):
    # bytes a node: 64 of the result; two graphs take 220
    assert peak_of_a_first_call(run, "Value(0.5)") < 180


@pytest.mark.resident
@pytest.mark.deep
def test_a_million_rebuilt_graphs_leave_nothing_behind(run):
    program = (
        RESIDENT
        + """
    import copy
    from micrograd import AnomalyError, detect_anomaly, maximum, no_grad, where

    def once():
        x, y = Value(0.5, label="x"), Value(-0.25)
        z = (x * y + 2) ** 2 / (1 - y) + maximum(x, y, 0.1) - where(x > y, x.exp(), y) ** 1.5
        z.backward()
        z.partials(), z.parents, z._prev, z.op, z._op, repr(z)

    def rarely():
        out = Value(1.0, (Value(2.0),), "custom")
        out._backward = lambda: out.grad
        (out * 2).backward()
        with no_grad():
            out + 1
        copy.deepcopy(Value(1.0) * 2)
        for wrong in (lambda: Value("a"), lambda: out + None, lambda: Value(1, (2,))):
            try:
                wrong()
            except TypeError:
                pass
        try:
            with detect_anomaly():
                Value(0.0).log()
        except AnomalyError:
            pass

    def run(graphs):
        for i in range(graphs):
            once()
            if i % 50 == 0:
                rarely()

    run(20_000)
    before = resident()
    run(1_000_000)
    print(resident() - before)
    """
    )
    assert int(run(program)) < 4_000_000


@pytest.mark.resident
def test_the_room_between_values_that_stay_alive_is_used_again(run):
    program = (
        RESIDENT
        + """
    def graph(length):
        kept, v = [], Value(1.0)
        for i in range(length):
            v = v + 1.0
            if i % 1000 == 0:
                kept.append(Value(2.0))
        return kept

    kept = graph(500_000)
    before = resident()
    for _ in range(20):
        kept += graph(500_000)
    print(resident() - before, {v.data for v in kept})
    """
    )
    grown, values = run(program).split(maxsplit=1)
    assert int(grown) < 2_000_000
    assert values == "{2.0}\n"


def test_a_node_is_freed_with_its_last_reference():
    x = Value(1.0, label="x")
    watch = [weakref.ref(v) for v in (x, x * 2, total([x] * 40))]
    assert [w() is None for w in watch] == [False, True, True]
    del x
    assert watch[0]() is None


def test_a_closure_that_refers_to_its_own_value_is_collected():
    def cube(x):
        out = Value(x.data**3, (x,), "cube")

        def _backward():
            x.grad += 3 * x.data**2 * out.grad

        out._backward = _backward
        return out

    class Watched:
        pass

    x = Value(2.0)
    out = cube(x)
    after = out * 2 + 1
    watched = Watched()
    out._backward.__dict__["keep"] = [watched, after]  # a cycle through a node made later
    watch = [weakref.ref(v) for v in (out, after, watched)]
    after.backward()
    del out, after, watched
    gc.collect()
    assert [w() for w in watch] == [None, None, None]
    assert x.grad == 24.0


def test_closures_assigned_to_computed_values_cost_at_most_one_graph(run):
    program = """
    import gc, weakref
    from micrograd import Value

    def step(x):
        out = x * x
        out._backward = lambda: setattr(x, "grad", x.grad + out.grad)
        after = out * 2
        after.backward()
        return weakref.ref(out), weakref.ref(after)

    x = Value(2.0)
    watches = [step(x) for _ in range(10)]
    gc.collect()
    print(x.grad, sum(w() is not None for watch in watches[1:] for w in watch))
    """
    assert run(program) == "20.0 0\n"


def test_no_value_becomes_one_of_a_subclass():
    class Slotted(Value):
        __slots__ = ()

    with pytest.raises(TypeError, match="__class__"):
        Value(1.0).__class__ = Slotted


def test_a_cycle_through_an_attribute_of_a_subclass_is_collected():
    class Parameter(Value):
        pass

    p = Parameter(1.0)
    p.last_loss = (p * 2 - 1) ** 2
    watch = weakref.ref(p)
    del p
    gc.collect()
    assert watch() is None


def test_ordinary_nodes_are_unknown_to_the_garbage_collector():
    x = Value(1.0, label="x")
    y = total([x, x * 2, x.exp()])
    assert not any(map(gc.is_tracked, (x, y, *y.parents)))
    out = Value(2.0, (x, y), "own")
    assert not gc.is_tracked(out)
    out._backward = lambda: None
    assert gc.is_tracked(out)
    assert gc.is_tracked(out + 1)
    assert not gc.is_tracked(x + 1)
