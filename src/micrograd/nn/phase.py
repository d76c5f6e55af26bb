"""Whether a module trains, for modules that behave otherwise when they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..value.modes import mode


def is_training(module: Any) -> bool:
    """Return ``module.training``; a function that is compiled is compiled for each answer."""
    depends_on = getattr(mode.tracer, "depends_on", None)
    if depends_on is not None:
        depends_on(module, "training", module.training)
    return bool(module.training)


@contextmanager
def phase(model: Any, training: bool) -> Iterator[None]:
    """Put a model in training or evaluation mode for a while; then each module is as it was."""
    before = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, was_training in before:
            module.training = was_training
