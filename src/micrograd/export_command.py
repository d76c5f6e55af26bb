"""``micrograd export``: a saved model for other programs."""

import argparse
import re
import sys
from typing import Any

from .files import write_whole

HELP = "write a saved model for C, NumPy, ONNX, PyTorch or JAX"
DESCRIPTION = """\
Write a model that was saved by micrograd.saving.save for another program:

  c      one C header with the weights inside: <name>_predict(x, value, workspace)
  numpy  one Python file that needs only NumPy: predict(x)
  onnx   an ONNX file, for batches of any size (needs the extra onnx)
  torch  the text of an nn.Module; load_state_dict takes the weights of the saved file
  jax    the text of apply(params, x); params are the arrays of the saved file

Numbers go into it as the network takes them: what scaled them in training stays outside."""
EPILOG = """\
examples:
  micrograd export moons.safetensors --to c -o moons.h
  micrograd export lenet.safetensors --to onnx --shape 1,28,28 -o lenet.onnx"""
_AS_THEY_ARE = (
    "x is what the network takes: where it was trained on scaled numbers, scale x and what comes "
    "out as there, or export a function that does, in Python"
)
_KINDS = ("c", "numpy", "onnx", "torch", "jax")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("model", help="a .safetensors file, of a model of the package's modules")
    parser.add_argument("--to", required=True, choices=_KINDS)
    parser.add_argument("-o", "--output", required=True, metavar="FILE")
    parser.add_argument(
        "--shape", type=_shape, metavar="N[,N…]",
        help="of one example; where the first layer does not say it",
    )  # fmt: skip
    parser.add_argument(
        "--dtype", choices=("float64", "float32"), help="of all numbers; default: as in Python"
    )


def run(args: argparse.Namespace) -> None:
    """Write the file, and print its name; on the standard error, what is not in it.

    Raises:
        ValueError: the shape of an example is needed; or as the writers have it.
    """
    import numpy as np

    from . import export
    from .saving import load

    model = load(args.model)
    x = np.zeros(args.shape or shape_of_input(model)).tolist()
    chosen = {"dtype": args.dtype} if args.dtype else {}
    if args.to in ("torch", "jax"):
        text = getattr(export, f"{args.to}_source")(model, x, **chosen)
        print(write_whole(args.output, text))
    else:
        print(getattr(export, f"to_{args.to}")(model, x, args.output, **chosen))
    print(_AS_THEY_ARE, file=sys.stderr)


def _shape(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", text):
        raise argparse.ArgumentTypeError(f"expected lengths such as 2 or 1,28,28; got {text!r}")
    return tuple(map(int, text.split(",")))


def shape_of_input(model: Any) -> tuple[int, ...]:
    """Return the shape of one example, where the first layer takes a vector.

    Raises:
        ValueError: it does not say its shape.
    """
    from .nn import GRU, LSTM, MLP, RNN, Layer, Linear, Neuron, Sequential

    first: Any = model.layers[0] if isinstance(model, MLP) else model
    while isinstance(first, Sequential):
        first = first[0]
    if isinstance(first, Layer):
        first = first.neurons[0]
    if isinstance(first, Neuron):
        return (len(first.w),)
    if isinstance(first, Linear):
        return (first.in_features,)
    kind = "a sequence of any length" if isinstance(first, (RNN, LSTM, GRU)) else "any shape"
    raise ValueError(
        f"{type(first).__name__}, the first layer, takes {kind}: say that of one example by "
        "--shape, as 1,28,28"
    )
