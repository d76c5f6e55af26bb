"""Save and load models and optimisers as safetensors files, which others read too; save plots.

A file is written beside its destination and renamed when it is complete: whatever happens to the
program, there is the old file or the new one. Loading checks everything before it changes anything.
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, overload

from .arguments import file_name
from .extras import require
from .files import write_whole
from .nn import Module
from .nn.architecture import made, written
from .optim import Optimizer

__all__ = ["load", "save"]

Target = str | os.PathLike[str]
M = TypeVar("M", bound=Module | Optimizer)


def save(what: Any, path: Target) -> Path:
    """Write a model's parameters, an optimiser's state or a plot to a file, whole or not at all.

    Args:
        what: a model: its parameters, under the names of ``state_dict``, as safetensors; an
            optimiser: its state, with which a loop goes on; or Axes or a Figure of matplotlib: a
            picture.
        path: the file; of a picture the ending chooses the format, ``.png``, ``.svg``, ``.pdf``.

    Returns:
        The path.

    Raises:
        TypeError: it is none of these.
        ValueError: matplotlib does not know the format.
        OSError: the file cannot be written; a file that was there is as it was.
        ImportError: safetensors is not installed.
    """
    figure = getattr(what, "figure", what)
    if hasattr(figure, "savefig") and not isinstance(what, Module):
        file, content = Path(file_name("path", path)), io.BytesIO()
        figure.savefig(content, format=file.suffix[1:] or "png", dpi=150)
        return write_whole(file, content.getvalue())
    if isinstance(what, Optimizer):
        state = what.state_dict()
        arrays = {name: state.pop(name) for name in what.state_names}
        return write(file_name("path", path), arrays, {"optimizer": state})
    _check("save(model, optimizer or plot, path)", what, path)
    about = {"model": repr(what)[:200], "architecture": written(what)}
    if what._feature_names:
        about["feature_names"] = what._feature_names
    return write(path, what.state_dict(), about)


@overload
def load(model: Target) -> Module: ...


@overload
def load(model: M, path: Target) -> M: ...


def load(model: Any, path: Target | None = None) -> Any:
    """Set a model's parameters from a file that ``save`` (or PyTorch) wrote; return the model.

    Args:
        model: the model; or an optimiser, whose state was saved; or the file alone, if the saved
            model was made of this package's modules: then a model is made that has the same
            architecture.
        path: the file.

    Raises:
        TypeError: model is none.
        FileNotFoundError: there is no such file.
        ValueError: the file is no complete safetensors file, or damaged, or of another
            architecture, activations included. The model is as it was.
        ImportError: safetensors is not installed.
    """
    if isinstance(model, Optimizer):
        return _set_state(model, file_name("path", path))
    if path is None and not isinstance(model, Module):
        return _rebuilt(file_name("path", model))
    _check("load(model, path)", model, path)
    path = file_name("path", path)
    arrays, about = read(path)
    theirs, own = about.get("architecture"), written(model)
    if theirs and own and theirs != own and _shapes(arrays) == _shapes(model.state_dict()):
        raise ValueError(
            f"{path} is of {_short(theirs)}, this model is {_short(own)}: load(path) makes the "
            "one that was saved, and load_state_dict takes its numbers alone"
        )
    try:
        model.load_state_dict(arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    model._feature_names = about.get("feature_names", [])
    return model


def _set_state(optimizer: Optimizer, path: str) -> Optimizer:
    arrays, about = read(path)
    state = about.get("optimizer")
    if not isinstance(state, Mapping) or set(about) != {"optimizer"}:
        raise ValueError(
            f"{path} has no optimiser's state: save(optimizer, path) writes one, beside the "
            "file of the model"
        )
    try:
        optimizer.load_state_dict({**state, **arrays})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return optimizer


def _rebuilt(path: str) -> Module:
    arrays, about = read(path)
    if not about.get("architecture"):
        raise ValueError(
            f"{path} does not say how its model is made, as only those of the package's own "
            "modules do: load(model, path) sets the parameters of one that you make"
        )
    model = made(about["architecture"])
    model.load_state_dict(arrays)
    model._feature_names = about.get("feature_names", [])
    return model


def _shapes(arrays: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in arrays.items()}


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"


def _check(call: str, model: Any, path: Any) -> None:
    if not isinstance(model, Module):
        if hasattr(model, "get_params"):
            raise TypeError(
                f"it is {call}, and {type(model).__name__} is an estimator of scikit-learn: "
                "joblib.dump(estimator, path) keeps those, and joblib.load(path) gives them back"
            )
        shown = model if isinstance(model, (str, os.PathLike)) else type(model).__name__
        raise TypeError(f"it is {call}: the model comes first, got {shown!r} in its place")
    file_name("path", path)


def write(path: Target, arrays: Mapping[str, Any], about: Mapping[str, Any]) -> Path:
    """Write arrays, and what there is to say about them as JSON, to a safetensors file at once."""
    numpy_format = require("safetensors.numpy", "train", "saving")
    told = json.dumps(about)
    metadata = {"micrograd": told, "checksum": _checksum(arrays, told)}
    return write_whole(os.fsdecode(path), numpy_format.save(dict(arrays), metadata=metadata))


def _checksum(arrays: Mapping[str, Any], told: str) -> str:
    """Sum up all that a file says, so that a bit that changes later is noticed."""
    digest = hashlib.sha256(told.encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.tobytes())
    return "sha256:" + digest.hexdigest()


def read(path: Target) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arrays of a safetensors file, and what ``write`` was told about them.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError: the file is wrong, truncated or damaged.
    """
    safetensors = require("safetensors", "train", "loading")
    path = os.fsdecode(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"{os.fspath(path)} is a folder, not a file")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError:
        raise
    except Exception as error:  # what safetensors raises differs from version to version
        raise ValueError(
            f"{os.fspath(path)} is no safetensors file, or not a whole one ({error})"
        ) from error
    told = metadata.get("micrograd")
    if told is None and "checksum" not in metadata:
        return arrays, {}  # another program's
    if told is None or metadata.get("checksum") != _checksum(arrays, told):
        raise ValueError(
            f"{os.fspath(path)} is damaged: it does not have the checksum it was written with; "
            "take it from a backup, or train anew"
        )
    return arrays, json.loads(told)
