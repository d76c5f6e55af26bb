"""Programs in the learner's own names: ``Tensor(2.0)``, ``a._grad``, ``backward(c)``."""

import re

from .forms import METHODS, Forms


def spelled(text: str, forms: Forms) -> str:
    """Write a program's text, or one of its expressions, with the names that were taken."""
    if forms.cls is not None:
        text = re.sub(r"\bValue\(", f"{forms.cls.__name__}(", text)
    text = re.sub(r"\.grad\b", f".{forms.grad}", text)
    text = re.sub(r"\.data\b", f".{forms.data}", text)
    text = re.sub(r"\._prev\b", f".{' and '.join(forms.parents) or '_prev'}", text)
    if forms.pass_on:
        call = f".{forms.pass_on}"
        gradient = rf"\1{call}(\1.{forms.grad})" if forms.takes_gradient else rf"\1{call}()"
        text = re.sub(r"\b(\w+)\._backward\(\)", gradient, text)
    for name in METHODS:
        method = forms.method(name) if forms.cls is not None else None
        function = forms.function(name)
        if method:
            text = re.sub(rf"\.{name}\(\)", f".{method}()", text)
        elif function:
            text = re.sub(rf"\b(\w+)\.{name}\(\)", rf"{function}(\1)", text)
            text = re.sub(rf"(?<![\w.]){name}\(", f"{function}(", text)
    return text
