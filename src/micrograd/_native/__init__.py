"""The engine in C, where a compiler built it: ``value.h`` says how a node is stored."""
