"""The lecture-style file: equal in numbers to the engine, and short enough to recite."""

import pytest
import reference
from hypothesis import given
from random_graphs import BINARY, UNARY, build, graphs

from micrograd import nn
from micrograd.engine import Value
from micrograd.practise import lecture
from micrograd.practise.judge import judge

OWN_UNARY = [op for op in UNARY if op in ("neg", "square", "cube") or hasattr(lecture.Value, op)]
OWN_BINARY = [op for op in BINARY if op not in ("max", "min")]


@given(graphs(OWN_UNARY, OWN_BINARY))
def test_gradients_are_those_of_the_conformance_suite(graph):
    root, inputs = graph
    out, leaves = build(lecture, root, inputs)
    out.backward()
    scale = reference.gradient(root, inputs, absolute=True)
    assert out.data == pytest.approx(reference.value(root, inputs), rel=1e-9, abs=1e-9)
    for leaf, expected, size in zip(leaves, reference.gradient(root, inputs), scale, strict=True):
        assert leaf.grad == pytest.approx(expected, rel=1e-9, abs=1e-9 * max(1.0, size))


def test_every_program_gives_the_numbers_of_the_engine():
    names = {"Value": Value, "derivative": lecture.derivative, "train": lecture.train}
    names |= {"Neuron": nn.Neuron, "Layer": nn.Layer, "MLP": nn.MLP}
    assert {section.state for section in judge(names).sections} == {"passed"}


def test_parents_are_a_tuple():
    a = lecture.Value(2.0)
    assert (a + a)._prev == (a, a)


def test_it_can_be_recited():
    source = lecture.__loader__.get_source(lecture.__name__)
    assert sum(bool(line.strip()) for line in source.splitlines()) <= 140
