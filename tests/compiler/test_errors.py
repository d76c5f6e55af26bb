"""What cannot be compiled says so, with the line and the remedy, and leaves nothing behind."""

import functools
import math
import warnings

import numpy as np
import pytest

import micrograd
from micrograd import JitError, Value, mean, random, sum, vmap, where
from micrograd.compiler import JitWarning

jit = functools.partial(micrograd.jit, backend="numpy")


def _refused(f, *args, error=JitError, **kwargs):
    with pytest.raises(error) as caught:
        jit(f)(*args, **kwargs)
    return str(caught.value)


def test_a_branch_inside_vmap_names_the_line_and_where():
    def f(X):
        return mean(vmap(lambda x: x if x > 0 else -x)(X))

    message = _refused(f, np.ones(3))
    assert "x if x > 0 else -x" in message
    assert "where(condition, x, y), and maximum(x, y) in place of max(x, y)" in message


def test_an_array_that_is_written_and_a_view_of_it_are_named_with_the_remedy():
    base = np.arange(6.0)
    view = base[2:5]

    def f(x):
        view[0] = x
        return x * 2 + base.sum()

    message = _refused(f, 2.0)  # what it writes is there already
    assert "view" in message
    assert "shares its memory with base: read and write through one of them" in message
    with pytest.warns(JitWarning, match="shares its memory with base"):
        assert jit(f)(3.0) == 22.0


def test_a_traced_number_where_python_wants_an_int():
    message = _refused(lambda i: int(i), 1.0)
    assert message.index("static_argnums") < message.index("take(rows, i)")
    assert "test_errors.py" in message


def test_writing_a_number_out_names_the_line():
    message = _refused(lambda x: f"{x:.3f}", 1.0)
    assert "return it, and write it outside" in message
    assert "test_errors.py" in message


def test_a_forgotten_return():
    def f(x):
        x * 2

    assert _refused(f, 1.0) == "f returned nothing to compute: was a return forgotten?"


def test_functions_of_math_name_the_method_of_a_value():
    assert "v.exp()" in _refused(lambda x: math.exp(x), Value(1.0), error=TypeError)
    assert "v.erf()" in _refused(lambda x: math.erf(x), Value(1.0), error=TypeError)
    assert "v.log()" in _refused(lambda x: math.log(x), Value(1.0), error=TypeError)


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (lambda x: float(x) * x, "compute with it as it is"),
        (lambda x: round(x) * x, "round what is returned"),
        (lambda x: math.log(x, 2.0), r"log\(x\), from micrograd"),
        (lambda x: math.gamma(x), "compute gamma outside"),
    ],
)
def test_what_makes_a_plain_number_of_an_argument_has_a_remedy_for_arguments(f, remedy):
    with pytest.raises(JitError, match=rf"{remedy}[^\n]*\n  at .*test_errors.py"):
        jit(f)(1.5)


def test_what_a_library_refuses_names_the_users_line_and_a_remedy():
    message = _refused(lambda a: np.fft.fft(a).real, np.ones(4))
    assert "numpy computes with plain numbers: call it outside" in message
    assert "test_errors.py" in message.splitlines()[-1]


def test_too_many_lengths_of_a_range_name_static_argnums():
    f = jit(lambda n, x: sum([x * i for i in range(n)]))
    for n in range(2, 18):
        f(n, 2.0)
    with pytest.raises(JitError, match=r"more than 16 paths.*range\(n\).*static_argnums"):
        f(18, 2.0)


def test_a_hand_set_backward_is_named_by_its_label():
    def f(x):
        y = Value(2.0, (x,), label="mine")
        y._backward = lambda: None
        return y * x

    message = _refused(f, Value(1.0))
    assert "mine" in message
    assert "hand-set _backward" in message


def test_local_gradients_of_ones_own_name_what_compiles():
    def f(x):
        return Value(x.data**2, (x,), (2 * x.data,))

    message = _refused(f, Value(1.0))
    assert "derivatives.md" in message
    assert "use its .data" not in message
    assert "test_errors.py" in message.splitlines()[-1]


def test_an_overflow_of_single_precision_names_the_dtype():
    with pytest.raises(JitError, match=r'dtype="float32" is the likely cause.*3.4e38'):
        jit(lambda x: x * 1e39 / 1e39, dtype="float32")(100.0)


@pytest.mark.parametrize("wrong", [1j, {1.0}, object()])
def test_arguments_that_are_no_numbers(wrong):
    message = _refused(lambda x, y: x, 1.0, wrong)
    assert "argument 1" in message
    assert type(wrong).__name__ in message
    assert "static_argnums" in message


def test_a_wrong_item_is_named_by_its_place():
    assert "[1]['a']" in _refused(lambda xs: xs[0], [1.0, {"a": 1j}])


def test_static_arguments_must_be_hashable():
    with pytest.raises(JitError, match=r"argument 1 .* hashable, got \[1\]"):
        jit(lambda x, s: x, static_argnums=1)(1.0, [1])


def test_too_many_paths_name_where():
    f = jit(lambda x: sum([x if x > k else -x for k in range(40)]))
    for i in range(7):
        f(i + 0.5)
    said = r"8 paths .*after 16 it raises a JitError.*where.*\n  at .*test_errors.py:\d+: f = jit"
    with pytest.warns(JitWarning, match=said):
        f(7.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in range(8, 16):
            f(i + 0.5)
    with pytest.raises(
        JitError, match=r"more than 16 paths.*where.*\n  at .*test_errors.py:\d+: f"
    ):
        f(16.5)
    assert f(3.5) == 3.5 * (4 - 36)  # those known still run


def test_a_value_that_leaves_its_vmap():
    def f(X):
        kept = []
        vmap(lambda x: kept.append(x) or x)(X)
        return kept[0]

    assert "return it from the mapped function" in _refused(f, np.ones(3))


def test_a_branch_on_a_value_that_left_its_vmap():
    def f(X):
        kept = []
        mapped = vmap(lambda x: kept.append(x) or x)(X)
        return mean(mapped) if kept[0] > 0 else sum(mapped)

    assert "if kept[0] > 0" in _refused(f, np.ones(3))


def test_an_item_of_a_mapped_result_that_draws():
    message = _refused(lambda X: vmap(lambda x: x * random.normal())(X)[0], np.ones(3))
    assert "reduce them by sum or mean" in message
    assert "test_errors.py" in message


def test_functions_of_numpy_that_have_no_derivative_are_named():
    message = _refused(lambda X: sum(np.spacing(X)), np.ones(3))
    assert "np.spacing" in message
    assert "test_errors.py" in message


def test_different_numbers_of_examples():
    f = jit(lambda X, Y: mean(vmap(lambda x, y: x * y)(X, Y)))
    f(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="one number of examples"):
        f(np.ones(3), np.ones(4))


@pytest.mark.parametrize("option", [{"dtype": "int8"}, {"backend": "fortran"}])
def test_options_that_do_not_exist(option):
    with pytest.raises(ValueError, match=r"got '(int8|fortran)'"):
        micrograd.jit(lambda x: x, **option)


def test_a_failed_call_leaves_nothing_behind():
    w = Value(3.0)
    w.grad = 7.0
    fail = [True]

    @jit
    def f(x):
        y = w * x
        return y * int(x) if fail[0] else where(y > 0, y, -y)

    for _ in range(2):
        with pytest.raises(JitError):
            f(2.0)
    assert w.grad == 7.0
    assert (w * 2.0).data == 6.0  # nothing is traced any more
    fail[0] = False
    f(2.0).backward()
    assert w.grad == 9.0


def test_an_error_of_the_function_itself_comes_through():
    f = jit(lambda x: x / 0.0 if x > 1 else [][0])
    with pytest.raises(IndexError):
        f(0.0)
    assert f(Value(2.0)).data == math.inf


def _one_by_one(x):
    yield x * x


class Later:
    def __await__(self):
        yield 1.0


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (_one_by_one, "returns a generator, which computes when the call is over"),
        (lambda x: (x, Later()), "returns a Later, which computes when the call is over"),
        (lambda x: {"all": map(abs, [x])}, "returns a map, which computes when the call is over"),
        (lambda x: {x * x}, "returns a set of Values, which have no order"),
    ],
)
def test_a_result_that_is_no_result_yet_is_refused_by_name(f, what):
    message = _refused(f, Value(2.0))
    assert what in message
    assert "return a list" in message
