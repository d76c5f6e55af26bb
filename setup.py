"""Build the engine in C where there is a compiler; elsewhere the package runs in pure Python.

Three settings in the environment: MICROGRAD_PURE=1 leaves the engine in C out, for a wheel that
installs anywhere; MICROGRAD_REQUIRE_NATIVE=1 makes it an error that it cannot be built; and
MICROGRAD_HOMEPAGE is where the project is hosted, for an index, which shows links only whole.
"""

import os
import re
import runpy
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

native = Path("src/micrograd/_native")
flags = ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra"]
flags += ["-fvisibility=hidden", "-Wno-unused-parameter"]
flags += ["-Wno-missing-field-initializers"]


def asked(variable: str) -> bool:
    """Tell whether a setting is on."""
    return os.environ.get(variable, "0") not in ("", "0")


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


engine = Extension(
    "micrograd._native.value",
    sources=sorted(str(source) for source in native.glob("*.c")),
    depends=sorted(str(header) for header in native.glob("*.h")),
    extra_compile_args=[] if os.name == "nt" else flags,
    optional=not asked("MICROGRAD_REQUIRE_NATIVE"),
)


def described(home: str) -> str:
    """Return README; its links into the repository are whole where the project has a home."""
    text = Path("README.md").read_text(encoding="utf-8")
    if not home:
        return text
    version = runpy.run_path("src/micrograd/_version.py")["__version__"]
    text = re.sub(r"(!\[[^]]*\]\()(?![a-z]+:|#)", rf"\1{home}/raw/v{version}/", text)
    return re.sub(r"(?<!!)(\[[^][]*\]\()(?![a-z]+:|#)", rf"\1{home}/blob/v{version}/", text)


home = os.environ.get("MICROGRAD_HOMEPAGE", "").rstrip("/")
pages = {
    "Homepage": "",
    "Documentation": "/blob/main/docs/lessons/README.md",
    "Source": "",
    "Issues": "/issues",
    "Changelog": "/blob/main/CHANGELOG.md",
}
setup(
    cmdclass={"build_ext": BuildIfPossible},
    ext_modules=[] if asked("MICROGRAD_PURE") else [engine],
    long_description=described(home),
    long_description_content_type="text/markdown",
    project_urls={name: home + page for name, page in pages.items()} if home else {},
)
