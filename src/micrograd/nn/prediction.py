"""What a model predicts: plain numbers for many examples, in evaluation mode."""

from typing import Any

from ..arguments import array
from ..dataframes import check_feature_names, feature_names_of
from ..transforms.mapping import vmap
from ..value.modes import no_grad
from ..value.tables import Parameters
from .phase import phase


def outputs(name: str, model: Any, X: Any) -> Any:
    """Return what a model gives in evaluation mode, for each row of X a row of numbers."""
    rows = array(name, X)
    check_feature_names(f"what {name} got", feature_names_of(X), model._feature_names)
    if rows.ndim and not len(rows):
        return _of_no_rows(name, model, rows.shape[1:])
    try:
        with phase(model, training=False), no_grad():
            made = _mapped(model, rows)
    except (TypeError, ValueError, IndexError) as error:
        if rows.ndim != 1:
            raise
        raise TypeError(f"{name} takes rows: pass [row] for one. Of a number: {error}") from error
    return made if made.dtype != object else made.data


def _mapped(model: Any, rows: Any) -> Any:
    """Call a model on each row: compiled, and what cannot be compiled row by row."""
    from ..compiler.errors import JitError
    from ..compiler.jit import jit

    if model._mapped is None:
        plain, looks_up = vmap(lambda x: model(x)), isinstance(model.parameters(), Parameters)
        model._mapped = plain if looks_up else jit(plain)  # what looks rows up is not compiled
    try:
        return model._mapped(rows)
    except JitError:
        model._mapped = vmap(lambda x: model(x))
        return model._mapped(rows)


def in_features(model: Any) -> int | None:
    """Return how many numbers the first layer that says so takes; None where none does."""
    sizes = (getattr(module, "in_features", None) for module in model.modules())
    return next((size for size in sizes if size), None)


def _of_no_rows(name: str, model: Any, shape: tuple[int, ...]) -> Any:
    """Return no rows of what a model gives; a row of zeros tells of what shape it is."""
    import numpy as np

    if not shape or 0 in shape:  # as of []
        size = in_features(model)
        shape = (size,) if size else ()
    try:
        return outputs(name, model, np.zeros((1, *shape)))[:0]
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(
            f"{name} of no rows has to know how long a row is: pass np.zeros((0, n)). Of zeros of "
            f"the shape {shape}: {error}"
        ) from error


def probabilities(model: Any, X: Any) -> Any:
    """Return the probability of each class, for each row of X a row of numbers that add up to 1."""
    import numpy as np

    made = outputs("predict_proba", model, X)
    if made.ndim > 2:
        raise ValueError(
            f"predict_proba needs one score, or one logit per class, for each example, got outputs "
            f"of the shape {made.shape[1:]}"
        )
    if made.ndim == 1 or made.shape[1] == 1:  # a score is the log odds of the second class
        score = made.reshape(len(made), 1)
        made = np.concatenate([np.zeros_like(score), score], axis=1)
    powers = np.exp(made - made.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
