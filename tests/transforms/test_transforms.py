"""grad and its like: shapes, orders, nesting, purity; and what they say of bad input."""

import math
import threading
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import build, graphs
from reference import gradient

import micrograd
from micrograd import (
    AnomalyError,
    GradientError,
    Value,
    check_grads,
    detect_anomaly,
    grad,
    hessian,
    hvp,
    jvp,
    maximum,
    no_grad,
    numeric_grad,
    value_and_grad,
    vmap,
    where,
)


def parabola(x):
    return 3 * x**2 - 4 * x + 5


def squared(x, label=""):
    """As a textbook adds an operation: with a backward set by hand."""
    out = Value(x.data**2, (x,), "square", label)

    def backward():
        x.grad += 2 * x.data * out.grad

    out._backward = backward
    return out


class TestGrad:
    def test_numbers_give_floats(self):
        assert grad(parabola)(3) == 14.0
        assert type(grad(parabola)(np.int64(3))) is float

    def test_values_give_values(self):
        slope = grad(parabola)(Value(3.0))
        assert type(slope) is Value
        assert slope.data == 14.0

    def test_value_and_grad(self):
        assert value_and_grad(parabola)(3.0) == (20.0, 14.0)

    def test_argnums(self):
        f = lambda x, y, z: x * y + z * y  # noqa: E731
        assert grad(f, 1)(2.0, 3.0, 5.0) == 7.0
        assert grad(f, -1)(2.0, 3.0, 5.0) == 3.0
        assert grad(f, (0, 2))(2.0, 3.0, 5.0) == (3.0, 3.0)
        assert grad(f, [1])(2.0, 3.0, 5.0) == (7.0,)

    def test_the_gradient_has_the_shape_of_the_argument(self):
        Point = namedtuple("Point", "x y")

        def f(p):
            first, rest = p["first"], p["rest"]
            return first.x * first.y + rest[0] * rest[1][0] * 2

        p = {"first": Point(2.0, 3.0), "rest": (5.0, [7.0])}
        assert grad(f)(p) == {"first": Point(3.0, 2.0), "rest": (14.0, [10.0])}
        assert type(grad(f)(p)["first"]) is Point

    def test_any_sequence_gives_a_list(self):
        assert grad(lambda xs: xs[0] * xs[2])(range(1, 4)) == [3.0, 0.0, 1.0]

    def test_arrays_in_arrays_out(self):
        x = np.array([[1.0, 2.0], [3.0, 4.0]])
        slopes = grad(lambda m: (m * m).sum())(x)
        assert slopes.dtype == float
        np.testing.assert_array_equal(slopes, 2 * x)
        assert x.dtype == float
        symbolic = grad(lambda m: (m * m).sum())(np.array([Value(3.0)]))
        assert [v.data for v in symbolic] == [6.0]

    def test_other_arguments_pass_untouched(self):
        seen = []

        def f(x, name, scale=1):
            seen.append((name, scale))
            return x * scale

        assert grad(f)(2.0, "n", scale=3) == 3.0
        assert seen == [("n", 3)]

    def test_a_constant_has_gradient_zero(self):
        assert value_and_grad(lambda x: 7)(2.0) == (7.0, 0.0)
        assert grad(lambda x, y: x * 2, 1)(1.0, 2.0) == 0.0
        assert grad(lambda x: Value(3.0) * 2)(Value(1.0)).data == 0.0

    def test_the_identity(self):
        assert grad(lambda x: x)(5.0) == 1.0
        assert grad(lambda x: x)(Value(5.0)).data == 1.0

    def test_the_same_value_twice_is_two_arguments(self):
        v = Value(3.0)
        assert [s.data for s in grad(lambda x, y: x * x * y, (0, 1))(v, v)] == [18.0, 9.0]

    def test_other_values_keep_their_gradients(self):
        w = Value(2.0)
        w.grad = 5.0
        inner = w * 3
        inner.grad = 7.0
        assert grad(lambda x: inner * x * w)(1.0).data == 12.0
        assert (w.grad, inner.grad) == (5.0, 7.0)

    def test_arguments_keep_their_gradients(self):
        x = Value(2.0)
        x.grad = 5.0
        grad(parabola)(x)
        assert x.grad == 5.0

    def test_gradients_are_put_back_after_an_error(self):
        w = Value(0.0)
        w.grad = 5.0
        with detect_anomaly(), pytest.raises(AnomalyError):
            grad(lambda x: (x * w).sqrt())(1.0)
        assert w.grad == 5.0

    def test_the_function_may_call_backward_itself(self):
        def f(x):
            y = x * x
            y.backward()
            return y * x.grad

        assert grad(f)(3.0) == 36.0

    def test_a_hand_set_backward_is_used(self):
        assert grad(lambda x: squared(x * 3) * 2)(1.0) == 36.0

    def test_the_name_and_text_of_the_function_are_kept(self):
        assert grad(parabola).__name__ == "parabola"

    @pytest.mark.deep
    def test_a_million_deep(self):
        def deep(x):
            v = x
            for _ in range(1_000_000):
                v = v * 1.0
            return v * x

        assert grad(deep)(3.0) == 6.0
        assert grad(deep)(Value(3.0)).data == 6.0


class TestHigherOrders:
    def test_to_any_order(self):
        f, found = lambda x: x.sin() * x, []
        for _ in range(6):
            f = grad(f)
            found.append(f(0.5))
        s, c = math.sin(0.5), math.cos(0.5)
        exact = [s + c / 2, 2 * c - s / 2, -3 * s - c / 2, -4 * c + s / 2, 5 * s + c / 2,
                 6 * c - s / 2]  # fmt: skip
        assert found == pytest.approx(exact, rel=1e-13)

    def test_every_derivative_of_exp_is_exp(self):
        f = lambda x: x.exp()  # noqa: E731
        for _ in range(8):
            f = grad(f)
        assert f(0.3) == math.exp(0.3)

    def test_the_variable_of_the_outer_one_inside_the_inner_one(self):
        assert grad(lambda x: grad(lambda y: x * y * y)(3.0))(2.0) == 6.0
        assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0

    def test_an_argument_used_besides_is_another_variable(self):
        x = Value(2.0)
        assert grad(lambda y: y * x)(x).data == 2.0
        assert grad(lambda x: grad(lambda y: x * y)(x) + x * x)(5.0) == 11.0

    def test_a_gradient_in_a_loss_trains_parameters(self):
        w = Value(0.5)
        slope = grad(lambda x: (w * x).tanh())(Value(1.0))
        ((slope - 1) ** 2).backward()

        def loss(w):
            return (w * (1 - math.tanh(w) ** 2) - 1) ** 2

        assert w.grad == pytest.approx((loss(0.5 + 1e-6) - loss(0.5 - 1e-6)) / 2e-6, rel=1e-6)

    def test_kinks_have_no_curvature(self):
        for f in (
            lambda x: x.relu(),
            abs,
            lambda x: maximum(x, 2 * x),
            lambda x: where(x > 0, x, 0),
        ):
            assert grad(grad(f))(1.5) == 0.0
            assert grad(grad(f))(-1.5) == 0.0

    def test_a_hand_set_backward_is_refused_by_label(self):
        f = lambda x: squared(x, "mine") * 2  # noqa: E731
        for call in (lambda: grad(grad(f))(2.0), lambda: grad(f)(Value(2.0)),
                     lambda: hessian(f)(2.0), lambda: jvp(f, (2.0,), (1.0,))):  # fmt: skip
            with pytest.raises(TypeError, match=r"label='mine'.*hand-set _backward"):
                call()

    def test_a_handmade_value_without_one_is_a_constant(self):
        f = lambda x: Value(x.data, (x,), "+") * x  # noqa: E731
        assert grad(f)(3.0) == 3.0
        assert grad(f)(Value(3.0)).data == 3.0


class TestHessian:
    def test_a_scalar(self):
        assert hessian(lambda x: x**3)(2.0) == 12.0

    def test_a_list(self):
        f = lambda p: p[0] ** 2 * p[1] + p[1].exp()  # noqa: E731
        assert hessian(f)([3.0, 0.0]) == [[0.0, 6.0], [6.0, 1.0]]

    def test_several_arguments(self):
        f = lambda x, y: x * y * y  # noqa: E731
        assert hessian(f, (0, 1))(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))

    def test_an_array(self):
        a = np.array([[2.0, 1.0], [0.0, 3.0]])
        found = hessian(lambda x: x @ a @ x)(np.array([0.3, 0.7]))
        np.testing.assert_allclose(found, a + a.T)

    def test_values_give_values(self):
        found = hessian(lambda p: p[0] ** 2 * p[1])([Value(3.0), Value(5.0)])
        assert [[v.data for v in row] for row in found] == [[10.0, 6.0], [6.0, 0.0]]

    def test_a_dict(self):
        assert hessian(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 3.0}) == {
            "a": {"a": 0.0, "b": 1.0},
            "b": {"a": 1.0, "b": 0.0},
        }

    @given(st.lists(st.floats(-2, 2), min_size=2, max_size=4))
    def test_it_is_symmetric(self, xs):
        found = hessian(lambda p: (sum(p) * p[0]).tanh() * p[-1].sin())(xs)
        np.testing.assert_allclose(found, np.transpose(found), atol=1e-12)

    def test_of_an_inner_derivative(self):
        assert grad(lambda x: hessian(lambda y: x * y**3)(2.0))(5.0) == 12.0


class TestJvp:
    def test_it_is_the_gradient_along_a_direction(self):
        assert jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)

    def test_nested_results(self):
        out, speed = jvp(lambda p: {"a": p[0] * 2, "b": (p[1], 7)}, ([1.0, 2.0],), ([1.0, 3.0],))
        assert out == {"a": 2.0, "b": (2.0, 7.0)}
        assert speed == {"a": 2.0, "b": (3.0, 0.0)}

    def test_forward_over_reverse_is_a_product_with_the_hessian(self):
        f = lambda p: p[0] ** 2 * p[1] + p[1].exp()  # noqa: E731
        x, v = [3.0, 0.5], [0.3, -2.0]
        _, along = jvp(grad(f), (x,), (v,))
        np.testing.assert_allclose(along, np.array(hessian(f)(x)) @ v)

    def test_reverse_over_forward(self):
        assert grad(lambda x: jvp(lambda y: y**3, (x,), (1.0,))[1])(2.0) == 12.0

    def test_jvp_of_jvp(self):
        inner = lambda x: jvp(lambda y: y**3, (x,), (1.0,))[1]  # noqa: E731
        assert jvp(inner, (2.0,), (1.0,)) == (12.0, 12.0)

    def test_a_tangent_may_be_a_value(self):
        assert grad(lambda t: jvp(lambda y: y**3, (2.0,), (t,))[1])(1.0) == 12.0

    @given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
    def test_it_agrees_with_grad(self, x, y, dx, dy):
        f = lambda x, y: (x * y).sin() + x.softplus() * y**2  # noqa: E731
        gx, gy = grad(f, (0, 1))(x, y)
        assert jvp(f, (x, y), (dx, dy))[1] == pytest.approx(gx * dx + gy * dy, abs=1e-12)

    @pytest.mark.parametrize("tangents", [(1.0,), ([1.0, 2.0],), 3.0])
    def test_tangents_of_another_shape(self, tangents):
        with pytest.raises((ValueError, TypeError)):
            jvp(lambda x, y: x, (1.0, 2.0), tangents)


class TestVmap:
    def test_it_is_the_list_comprehension(self):
        assert vmap(lambda x, y: x + y)([1, 2], [10, 20]) == [11, 22]

    def test_arrays_of_rows(self):
        X = np.arange(6.0).reshape(3, 2)
        assert vmap(lambda row: row.sum())(X).tolist() == [1.0, 5.0, 9.0]
        assert vmap(lambda column: column.sum(), in_axes=1)(X).tolist() == [6.0, 9.0]

    def test_columns_of_lists(self):
        assert vmap(list, in_axes=1)([[1, 2], [3, 4], [5, 6]]) == [[1, 3, 5], [2, 4, 6]]
        assert vmap(list, in_axes=-1)(np.array([[1, 2], [3, 4]])).tolist() == [[1, 3], [2, 4]]

    def test_axes_by_argument(self):
        assert vmap(lambda x, k: x * k, in_axes=(0, None))([1, 2], 10) == [10, 20]

    def test_dicts_are_mapped_entry_by_entry(self):
        f = vmap(lambda p, c: p["x"] * p["y"] + c, in_axes=(0, None))
        assert f({"x": [1, 2], "y": [3, 4]}, 5) == [8, 13]

    def test_values_carry_gradients(self):
        w = Value(2.0)
        micrograd.mean(vmap(lambda x: w * x)([1.0, 2.0, 3.0])).backward()
        assert w.grad == pytest.approx(2.0)

    def test_composed_with_grad(self):
        assert vmap(grad(parabola))([1.0, 2.0, 3.0]) == [2.0, 8.0, 14.0]
        assert grad(lambda w: sum(vmap(lambda x: w * x * x)([1.0, 2.0])))(3.0) == 5.0
        assert vmap(vmap(lambda x: x + 1))([[1, 2], [3]]) == [[2, 3], [4]]

    def test_keywords_pass_whole(self):
        assert vmap(lambda x, scale: x * scale)([1, 2], scale=3) == [3, 6]

    def test_nothing_to_map(self):
        assert vmap(parabola)([]) == []

    @pytest.mark.parametrize(
        ("in_axes", "args", "message"),
        [
            (0, ([1, 2], [1]), r"one number of examples, got \{0: 2, 1: 1\}"),
            (0, ([1, 2], 3.0), r"argument 1 is 3\.0.*None in in_axes"),
            (0, ("ab", [1, 2]), "argument 0 is 'ab'"),
            ((0,), ([1], [2]), r"in_axes=\(0,\) is for 1 argument"),
            (None, ([1], [2]), "got none"),
            (1, ([[1, 2], [3]], [[1], [2]]), "argument 0 is ragged"),
        ],
    )
    def test_bad_input(self, in_axes, args, message):
        with pytest.raises((ValueError, TypeError), match=message):
            vmap(lambda x, y: x, in_axes)(*args)


class TestNumericGrad:
    def test_each_method(self):
        f = lambda x: x**2  # noqa: E731
        assert numeric_grad(f, h=0.5)(3.0) == 6.0
        assert numeric_grad(f, h=0.5, method="forward")(3.0) == 6.5
        assert numeric_grad(f, h=0.5, method="backward")(3.0) == 5.5

    def test_nested_arguments(self):
        found = numeric_grad(lambda p, q: p["a"][0] * q, (0, 1))({"a": [2.0, 5.0]}, 3.0)
        assert found[0]["a"] == pytest.approx([3.0, 0.0], abs=1e-9)
        assert found[1] == pytest.approx(2.0)

    def test_the_default_step_suits_the_size_of_the_argument(self):
        for x in (1e-6, 1.0, 1e6):
            assert numeric_grad(parabola)(x) == pytest.approx(6 * x - 4, rel=1e-8)

    def test_values_are_read_and_kept(self):
        v = Value(3.0)
        assert numeric_grad(parabola)(v) == pytest.approx(14.0)
        assert (v.data, v.grad) == (3.0, 0.0)

    def test_functions_of_plain_numbers(self):
        assert numeric_grad(lambda x: 3)(1.0) == 0.0

    @pytest.mark.parametrize("options", [{"h": 0.0}, {"h": -1e-3}, {"method": "sideways"}])
    def test_bad_options(self, options):
        with pytest.raises(ValueError, match="numeric_grad"):
            numeric_grad(parabola, **options)


class TestCheckGrads:
    def test_right_derivatives_pass(self):
        def f(p, q):
            return (p["w"][0] * q).tanh() + p["w"][1].softplus() * q.exp() / (q + 2) ** 2

        check_grads(f)({"w": [0.3, -0.7]}, 0.5)
        check_grads(lambda x: x.log())(1e-5)
        check_grads(lambda x: x**3)(Value(1e4))
        check_grads(lambda x: squared(x), order=1)(2.0)

    def test_it_names_the_partial_that_is_off_and_by_how_much(self):
        def wrong(a, b):
            out = Value(a.data * b[0].data * b[1].data, (a, *b), "wrong")

            def backward():
                a.grad += b[0].data * b[1].data * out.grad
                b[0].grad += a.data * b[1].data * out.grad
                b[1].grad += 3 * out.grad

            out._backward = backward
            return out

        with pytest.raises(GradientError) as error:
            check_grads(wrong)(2.0, [3.0, 4.0])
        assert str(error.value) == (
            "1 of 3 are off:\n  df/db[1] = 3.0 by the chain rule, 6 by differences: off by 3, 50 %"
        )

    def test_a_wrong_second_derivative(self, monkeypatch):
        from micrograd import ops

        wrong = ops.Op("wrong", "wrong", 1, math.sin, lambda x, out: (Value(x.data).cos() if
                       isinstance(x, Value) else math.cos(x),), "", "")  # fmt: skip
        f = lambda angle, y: micrograd.engine.apply(wrong, angle) * y  # noqa: E731
        check_grads(f, order=1)(0.5, 2.0)
        with pytest.raises(GradientError, match=r"d2f/dangle dangle = 0\.0 by the chain rule"):
            check_grads(f)(0.5, 2.0)

    def test_a_jump_is_found(self):
        with pytest.raises(GradientError):
            check_grads(lambda x: x.relu())(0.0)

    def test_it_is_an_assertion_error(self):
        assert issubclass(GradientError, AssertionError)

    def test_order(self):
        with pytest.raises(ValueError, match="order 1 or 2, got 3"):
            check_grads(parabola, order=3)


class TestRandomGraphs:
    @staticmethod
    def function(root):
        """An expression of ``reference``, whose constants are Values, as a function of a list."""
        return lambda xs: build(micrograd.engine, root, xs)[0]

    @staticmethod
    def floats(found):
        return [v.data if isinstance(v, Value) else v for v in found]

    @given(graphs())
    def test_numbers_values_and_forward_mode_agree(self, graph):
        root, inputs = graph
        f = self.function(root)
        scale = max(1.0, *gradient(root, inputs, absolute=True))
        close = {"rel": 1e-9, "abs": 1e-9 * scale}
        in_numbers = self.floats(grad(f)(inputs))
        assert in_numbers == pytest.approx(gradient(root, inputs), **close)
        in_values = grad(f)([Value(x) for x in inputs])
        assert [v.data for v in in_values] == pytest.approx(in_numbers, **close)
        for i, slope in enumerate(in_numbers):
            direction = [float(i == j) for j in range(len(inputs))]
            found = self.floats(jvp(f, (inputs,), (direction,))[1:])
            assert found == [pytest.approx(slope, **close)]

    @given(graphs())
    def test_the_hessian_is_what_forward_mode_finds_along_the_gradient(self, graph):
        root, inputs = graph
        f = self.function(root)
        rows = [self.floats(row) for row in hessian(f)(inputs)]
        scale = max([1.0, *[abs(x) for row in rows for x in row]])
        scale = max(scale, *gradient(root, inputs, absolute=True)) ** 2
        for i, row in enumerate(rows):
            direction = [float(i == j) for j in range(len(inputs))]
            _, along = jvp(grad(f), (inputs,), (direction,))
            assert row == pytest.approx(self.floats(along), rel=1e-9, abs=1e-9 * scale)


class TestModes:
    def test_grad_works_inside_no_grad(self):
        with no_grad():
            assert grad(parabola)(3.0) == 14.0
            assert grad(grad(parabola))(3.0) == 6.0
            assert hessian(lambda x: x**3)(2.0) == 12.0
            assert jvp(parabola, (3.0,), (1.0,)) == (20.0, 14.0)
            slope = grad(parabola)(Value(3.0))
        assert (slope.data, slope.parents) == (14.0, ())

    def test_no_grad_inside_grad_makes_constants(self):
        def f(x):
            with no_grad():
                c = x * 2
            return c * x

        assert grad(f)(3.0) == 6.0

    def test_threads_differentiate_apart(self):
        found = []

        def work(k):
            found.append(grad(lambda x: grad(lambda y: x * y**k)(2.0))(1.0) == k * 2 ** (k - 1))

        threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 9)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert found == [True] * 8


class TestBadInput:
    @pytest.mark.parametrize(
        "transform", [grad, value_and_grad, hessian, numeric_grad, check_grads]
    )
    def test_arguments_that_are_no_numbers(self, transform):
        with pytest.raises(TypeError, match=r"at argument 0\['w'\]\[1\], a number, got str 'a'"):
            transform(lambda p: p["w"][0])({"w": [1.0, "a"]})

    @pytest.mark.parametrize("transform", [grad, value_and_grad, hessian, numeric_grad])
    def test_argnums_beyond_the_arguments(self, transform):
        with pytest.raises(TypeError, match=r"argnums=2, but the call has 1"):
            transform(parabola, 2)(1.0)

    @pytest.mark.parametrize("transform", [grad, value_and_grad, hessian, numeric_grad])
    @pytest.mark.parametrize("result", [[1.0], None, "a", {}])
    def test_results_that_are_not_one_number(self, transform, result):
        with pytest.raises(TypeError, match=transform.__name__):
            transform(lambda x: result)(1.0)

    @pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
    def test_argnums_that_name_an_argument_twice(self, transform):
        with pytest.raises(ValueError, match=r"argnums=\(1, -1\) names an argument twice"):
            transform(lambda x, y: x * y, argnums=(1, -1))(2.0, 3.0)

    def test_arguments_that_are_passed_by_name_only(self):
        with pytest.raises(TypeError, match="passed by name nothing is differentiated"):
            grad(lambda p: p * p)(p=2.0)

    @pytest.mark.parametrize("product", [hvp, jvp])
    def test_one_argument_in_place_of_all_of_them(self, product):
        with pytest.raises(
            TypeError, match=r"tuple of f's arguments, got 2 for f\(p\); .*as \(x,\)"
        ):
            product(lambda p: p[0] * p[1], [3.0, 5.0], [1.0, 0.0])

    def test_a_function_of_math_says_that_a_variable_is_none_of_its_floats(self):
        with pytest.raises(TypeError, match=r"is differentiated by is not a float: exp\(x\)"):
            grad(lambda x: math.exp(x))(1.0)

    def test_a_test_of_math_says_how_a_variable_is_compared(self):
        with pytest.raises(TypeError, match=r"not a float: compare it: abs\(x\) < math.inf"):
            grad(lambda x: x if math.isfinite(x) else 0 * x)(1.0)
        with pytest.raises(TypeError, match="not a float: add with sum"):
            grad(lambda x: math.fsum([x, x]))(1.0)
        with pytest.raises(TypeError, match=r"keep the gradient, add ys\[0\] and slope \* \(min"):
            np.interp(Value(0.5), [0.0, 1.0], [1.0, 3.0])

    @pytest.mark.parametrize("place", [0, slice(1)])
    def test_what_is_written_into_an_array_of_floats_says_how_that_is_made(self, place):
        def f(x, dtype=float):
            out = np.zeros(2, dtype)
            out[place] = x
            return (out * out).sum()

        with pytest.raises(TypeError, match="is made with dtype=object; or fill a list"):
            grad(f)(3.0)
        with pytest.raises(TypeError, match="is made with dtype=object; or fill a list"):
            f(Value(3.0))
        assert grad(f)(3.0, dtype=object) == 6.0
        with pytest.raises(TypeError, match="is made with dtype=object; or fill a list"):
            grad(lambda x: np.add.at(np.zeros(2), 0, x))(3.0)

    def test_argnums_that_is_no_int(self):
        with pytest.raises(TypeError):
            grad(parabola, "x")(1.0)
        with pytest.raises(TypeError):
            grad(parabola, 0.5)(1.0)

    def test_an_error_inside_the_function_leaves_nothing_behind(self):
        def fails(x):
            raise KeyError("inside")

        with pytest.raises(KeyError, match="inside"):
            grad(fails)(1.0)
        with no_grad():
            pass
        assert (Value(1.0) * 2).parents != ()
        assert type(grad(parabola)(3.0)) is float


def squared_with_local_gradients(x):
    return Value(x.data**2, (x,), (2 * x.data,))


def test_local_gradients_give_first_derivatives_and_are_refused_beyond():
    f = squared_with_local_gradients
    assert grad(lambda x: f(x) * 3)(2.0) == 12.0
    assert jvp(f, (2.0,), (3.0,)) == (4.0, 12.0)
    for call in (
        lambda: grad(grad(f))(2.0),
        lambda: hessian(f)(2.0),
        lambda: grad(f)(Value(2.0)),
    ):
        with pytest.raises(TypeError, match="has a hand-set _backward or local gradients"):
            call()
    x = Value(2.0, label="x")
    with pytest.raises(micrograd.JitError, match="hand-set _backward or local gradients"):
        micrograd.jit(lambda x: Value(4.0, (x,), (4.0,)) * x)(x)
    with pytest.raises(micrograd.JitError, match="made by hand"):
        micrograd.compile_graph(f(x) * 2)
