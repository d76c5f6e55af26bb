"""Loops that differ in sizes and addresses alone are one function in C, and mean what they did."""

import math

import numpy as np
import pytest

from micrograd import Value, grad, jit, nn
from micrograd import sum as total
from micrograd.compiler.c.source import sources


def parts(f, *args):
    """How often C defines functions of loops that are alike, and how often it calls them."""
    text = "".join(sources(jit(f).lower(*args), "float64"))
    defined = [line for line in text.splitlines() if "_alike_" in line and line.endswith("{")]
    return len(defined), text.count("bad |= forward_alike_") + text.count("bad |= backward_alike_")


def signal(*shape):
    return np.random.default_rng(7).normal(size=shape).tolist()


def loss_of(layer):
    def loss(x):
        def flat(y):
            return [z for part in y for z in flat(part)] if isinstance(y, list) else [y]

        return total([y.tanh() * math.cos(k) for k, y in enumerate(flat(layer(x)))])

    return loss


def test_the_borders_of_a_padded_convolution_are_few_functions():
    layer = nn.Conv2d(1, 6, 5, padding=2, seed=1)
    defined, called = parts(loss_of(layer), signal(1, 28, 28))
    assert called >= 2 * defined > 0, (defined, called)


LAYERS = {
    "5x5": (lambda: nn.Conv2d(1, 3, 5, padding=2, seed=1), (1, 9, 11)),
    "strided": (lambda: nn.Conv2d(2, 3, 3, stride=2, padding=1, seed=1), (2, 8, 7)),
    "small": (lambda: nn.Conv2d(1, 2, 5, padding=2, seed=1), (1, 4, 4)),
    "dilated": (lambda: nn.Conv2d(1, 2, 3, padding=2, dilation=2, seed=1), (1, 8, 8)),
    "uneven": (lambda: nn.Conv2d(2, 2, (3, 5), padding=(0, 2), seed=1), (2, 6, 9)),
    "1d": (lambda: nn.Conv1d(2, 3, 5, padding=2, seed=1), (2, 13)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("odd", [None, math.inf, math.nan], ids=["finite", "inf", "nan"])
def test_a_padded_convolution_gives_what_the_plain_run_gives(name, odd):
    make, shape = LAYERS[name]
    layer = make()
    if odd is not None:  # it counts where its place is within the signal, and nowhere else
        layer.parameters()[0].data = odd
    x, f = signal(*shape), layer
    wanted = f(x)
    compiled = jit(f, when="now")
    compiled(x)
    np.testing.assert_allclose(numbers(compiled(x)), numbers(wanted), rtol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_the_gradients_of_a_padded_convolution_are_those_of_the_plain_run(name):
    make, shape = LAYERS[name]
    layer = make()
    loss, x = loss_of(layer), signal(*shape)

    def of_weights(x):
        layer.zero_grad()
        loss(x).backward()
        return [p.grad for p in layer.parameters()]

    for f in (of_weights, grad(loss)):
        compiled = jit(f, when="now")
        compiled(x)
        np.testing.assert_allclose(numbers(compiled(x)), numbers(f(x)), rtol=1e-10, atol=1e-12)


def numbers(y):
    if isinstance(y, list):
        return [numbers(part) for part in y]
    return y.data if isinstance(y, Value) else y
