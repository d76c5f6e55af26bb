"""What jit and the transforms make is pickled by name, or as what it is made of; or it says why."""

import copy
import pickle

import cloudpickle
import pytest

from micrograd import grad, hessian, jacobian, jit, value_and_grad, vmap


@jit
def square(x):
    return x * x


@grad
def slope(x):
    return x * x


def raw(x):
    return x * x


def swapped(x, y):
    return x * x * y


slopes = jit(value_and_grad(raw))


@pytest.mark.parametrize(
    ("made", "args"),
    [
        (square, (3.0,)),
        (slope, (3.0,)),
        (slopes, (3.0,)),
        (jit(raw), (3.0,)),
        (grad(swapped, argnums=1), (3.0, 4.0)),
        (value_and_grad(swapped, (1, 0)), (3.0, 4.0)),
        (jit(grad(grad(raw))), (3.0,)),
        (hessian(raw), (3.0,)),
        (jacobian(raw), (3.0,)),
        (vmap(swapped, in_axes=(0, None)), ([1.0, 2.0], 3.0)),
        (vmap(square), ([1.0, 2.0],)),
    ],
)
def test_it_is_the_same_function_afterwards(made, args):
    expected = made(*args)
    for pickled in (pickle.dumps(made), cloudpickle.dumps(made)):
        assert pickle.loads(pickled)(*args) == expected
    assert copy.deepcopy(made)(*args) == expected


def test_what_is_made_of_a_transform_is_compiled():
    for made in (slopes, jit(vmap(square)), jit(grad(jit(raw)))):
        made([1.0, 2.0] if made.__name__ == "square" else 3.0)
        assert made.cache_info().programs == 1


def test_what_a_module_has_is_pickled_by_name():
    assert pickle.loads(pickle.dumps(square)) is square
    assert pickle.loads(pickle.dumps(slope)) is slope


def test_a_function_of_no_module_is_named_with_the_remedy():
    for made in (jit(lambda x: x * x), grad(lambda x: x * x), vmap(jit(lambda x: x * x))):
        with pytest.raises(pickle.PicklingError, match=r"top level of a module.*cloudpickle"):
            pickle.dumps(made)
        assert cloudpickle.loads(cloudpickle.dumps(made)) is not made
