"""Whether a module trains, for modules that behave otherwise when they do."""

from ..value.modes import mode
from .module import Module


def is_training(module: Module) -> bool:
    """Return ``module.training``; a function that is compiled is compiled for each answer."""
    depends_on = getattr(mode.tracer, "depends_on", None)
    if depends_on is not None:
        depends_on(module, "training", module.training)
    return module.training
