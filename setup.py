"""Build the engine in C where there is a compiler; elsewhere the package runs in pure Python."""

import os
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

native = Path("src/micrograd/_native")
flags = ["-std=c11", "-O3", "-ffp-contract=off", "-fvisibility=hidden", "-Wall", "-Wextra"]
flags += ["-Wno-unused-parameter", "-Wno-missing-field-initializers"]


class BuildIfPossible(build_ext):
    """Build what can be built, and say what becomes of the rest."""

    def build_extension(self, extension: Extension) -> None:
        """Build one extension; when that fails, say what it means, and let setuptools go on."""
        if sysconfig.get_config_var("Py_GIL_DISABLED"):
            self.warn(f"no {extension.name} without the global lock: micrograd runs in pure Python")
            return
        try:
            super().build_extension(extension)
        except Exception:
            self.warn(f"no {extension.name} without a C compiler: micrograd runs in pure Python")
            raise  # setuptools forgives an optional extension


setup(
    cmdclass={"build_ext": BuildIfPossible},
    ext_modules=[
        Extension(
            "micrograd._native.value",
            sources=sorted(str(source) for source in native.glob("*.c")),
            depends=sorted(str(header) for header in native.glob("*.h")),
            extra_compile_args=[] if os.name == "nt" else flags,
            optional=True,
        )
    ],
)
