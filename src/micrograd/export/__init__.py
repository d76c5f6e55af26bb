"""Models for other programs: C, NumPy, PyTorch, JAX, ONNX; and back from PyTorch."""

from .c import to_c
from .layers import from_torch
from .onnx import to_onnx
from .python import jax_source, to_jax, to_numpy, to_torch, torch_source

__all__ = [
    "from_torch",
    "jax_source",
    "to_c",
    "to_jax",
    "to_numpy",
    "to_onnx",
    "to_torch",
    "torch_source",
]
