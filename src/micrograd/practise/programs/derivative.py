"""Slopes by differences: any scheme will do, so a step of a hundredth is near enough."""

from .program import Program


def _slope(name: str, title: str, code: str, *shows: str) -> Program:
    return Program(f"derivative.{name}", title, code, shows, feature="derivative", tolerance=0.05)


PROGRAMS = (
    _slope("parabola", "a parabola at 3", "f = lambda x: 3*x**2 - 4*x + 5", "derivative(f, 3.0)"),
    _slope("falling", "where it falls", "f = lambda x: 3*x**2 - 4*x + 5", "derivative(f, -3.0)"),
    _slope("flat", "at its lowest point", "f = lambda x: 3*x**2 - 4*x + 5", "derivative(f, 2/3)"),
    _slope(
        "product", "a*b + c, one letter at a time", "a, b, c = 2.0, -3.0, 10.0",
        "derivative(lambda a: a*b + c, a)", "derivative(lambda b: a*b + c, b)",
        "derivative(lambda c: a*b + c, c)",
    ),
)  # fmt: skip
