"""Build the engine in C where there is a compiler; elsewhere the package runs in pure Python."""

import os
from pathlib import Path

from setuptools import Extension, setup

native = Path("src/micrograd/_native")
flags = ["-std=c11", "-O3", "-ffp-contract=off", "-fvisibility=hidden", "-Wall", "-Wextra"]
flags += ["-Wno-unused-parameter", "-Wno-missing-field-initializers"]

setup(
    ext_modules=[
        Extension(
            "micrograd._native.value",
            sources=sorted(str(source) for source in native.glob("*.c")),
            depends=sorted(str(header) for header in native.glob("*.h")),
            extra_compile_args=[] if os.name == "nt" else flags,
            optional=True,
        )
    ]
)
