"""The engine in C, where a compiler was there to build it: ``value.h`` says how a node is stored."""
