"""The same code as peers/gpt_scalar.py, Adam in Python included, on our Values."""

from micrograd.engine import Value
from peers.gpt_scalar import serve_training

serve_training(Value)
