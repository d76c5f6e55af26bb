"""Neurons, layers, a network: weights are set, so that every right network gives one number.

Which activation, and whether the last layer has one, is the learner's choice: each is a variant.
"""

from .program import Program

ACTIVATIONS = ("tanh", "relu", "sigmoid")
NEURON = (*ACTIVATIONS, "linear")
NETWORK = (*ACTIVATIONS, *[f"{name}, last linear" for name in ACTIVATIONS])


def _program(name: str, title: str, code: str, *shows: str, **more: tuple[str, ...]) -> Program:
    feature = {"neuron": "Neuron", "layer": "Layer", "mlp": "MLP"}[name.split("_")[0]]
    needed = feature == "MLP"  # a network may be written without the two others
    return Program(f"network.{name}", title, code, shows, feature=feature, required=needed, **more)  # type: ignore[arg-type]


_ALL_VALUES = "all are Values := all(map(is_value, {0}.parameters()))"
_SAME = "the same both times := set({0}.parameters()) == set({0}.parameters())"

PROGRAMS = (
    _program("neuron_parameters", "a neuron's parameters", "n = Neuron(3)",
             "len(n.parameters())", _ALL_VALUES.format("n")),
    _program("neuron_again", "a neuron's parameters, asked twice", "n = Neuron(3)",
             "len(n.parameters())", "and again := len(n.parameters())", _SAME.format("n")),
    _program("neuron_distinct", "each parameter is one of its own", "n = Neuron(3)",
             "different ones := len(set(n.parameters()))"),
    _program("neuron_start", "the weights differ at the start", "n = Neuron(3)",
             "they differ := len({w.data for w in n.w}) > 1"),
    _program("neuron", "a neuron with set weights",
             "n = Neuron(2); n.w = [0.5, -0.25]; n.b = 0.1\n"
             "high = n([2.0, 3.0]); low = n([-1.0, 1.0])",
             "high.data", "low.data", variants=NEURON),
    _program("layer_parameters", "a layer's parameters", "layer = Layer(2, 3)",
             "len(layer.parameters())", _ALL_VALUES.format("layer")),
    _program("layer", "a layer with set weights",
             "layer = Layer(2, 3); set_weights(layer)\nouts = layer([2.0, 3.0])",
             "outs[0].data", "outs[1].data", "outs[2].data", variants=NEURON),
    _program("mlp_parameters", "a network's parameters", "model = MLP(3, [4, 4, 1])",
             "len(model.parameters())", _ALL_VALUES.format("model")),
    _program("mlp_same", "a network's parameters, asked twice", "model = MLP(3, [4, 4, 1])",
             _SAME.format("model"), "its own := set(model.parameters()) == set(weights(model))"),
    _program("mlp", "a network with set weights",
             "model = MLP(3, [4, 4, 1]); set_weights(model)\nout = model([2.0, 3.0, -1.0])",
             "out.data", variants=NETWORK),
    _program("mlp_wide", "a network with two outputs",
             "model = MLP(2, [3, 2]); set_weights(model)\nouts = model([1.0, -2.0])",
             "outs[0].data", "outs[1].data", variants=NETWORK),
    _program("mlp_slopes", "the gradients of a network",
             "model = MLP(2, [3, 1]); set_weights(model)\n"
             "out = model([1.0, -2.0]); out.backward()",
             "out.data", "model.parameters()[{}].grad := [p.grad for p in weights(model)]",
             needs=("backward",), variants=NETWORK),
)  # fmt: skip
