"""Optional packages: imported where they are used, and named with their extra when missing."""

from importlib import import_module
from typing import Any


def require(module: str, extra: str, what: str) -> Any:
    """Import and return an optional module.

    Args:
        module: what to import, such as ``matplotlib.pyplot``.
        extra: the extra of this package that installs it.
        what: what needs it, to begin the message with: "plotting".

    Raises:
        ImportError: the package is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.split(".")[0]
        if (error.name or "").split(".")[0] != package:  # it is there, and lacks something itself
            raise
        name = {"markdown_it": "markdown-it-py", "sklearn": "scikit-learn"}.get(package, package)
        raise ImportError(
            f'{what} needs {package}: pip install {name}, or pip install ".[{extra}]" in the '
            "folder that micrograd was installed from",
            name=package,
        ) from None
