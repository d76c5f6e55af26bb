"""What people get who install the package: built from a copy, without the network."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGED = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md")


def run(*command, **environment):
    """Run a command outside the checkout's own settings; return what it printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MICROGRAD_", "PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what is packaged, so that building writes nothing into the checkout."""
    copy = tmp_path_factory.mktemp("source")
    for name in PACKAGED:
        shutil.copy(ROOT / name, copy)
    built = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.so", "*.pyd")
    shutil.copytree(ROOT / "src", copy / "src", ignore=built)
    return copy


@pytest.fixture(scope="module")
def sdist(source, tmp_path_factory):
    """The source distribution, as its build backend makes it."""
    out = tmp_path_factory.mktemp("sdist")
    build = f"import setuptools.build_meta as b; b.build_sdist({str(out)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    return next(out.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Make environments that have setuptools to build with, and NumPy, but not this package."""

    def make():
        home = tmp_path_factory.mktemp("environment")
        venv.create(home, with_pip=False)
        python = home / "bin" / "python"
        places = home / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        (places / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
        return python

    return make


def install(python, what, **environment):
    pip = [python, "-m", "pip", "install", "-v", "--disable-pip-version-check", "--no-index"]
    options = ["--no-deps", "--ignore-installed", "--no-build-isolation"]
    return run(*pip, *options, what, **environment)


@pytest.fixture(scope="module")
def installed(fresh, source):
    """The interpreter of an environment with the package installed from its folder."""
    python = fresh()
    install(python, source)
    return python


def test_an_installed_package_uses_the_compiled_engine(installed):
    assert run(installed, "-c", "import micrograd; print(micrograd.backend)") == "c\n"


def test_the_installed_command_explains_itself(installed):
    assert "demo" in run(installed.parent / "micrograd", "--help")


def test_importing_loads_only_the_standard_library(installed):
    question = (
        "import sys, micrograd; "
        "tops = {name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names; "
        "print(sorted(tops - {'__main__'}))"
    )
    assert run(installed, "-c", question) == "['micrograd']\n"


@pytest.fixture(scope="module")
def without_compiler(fresh, sdist):
    """The interpreter of an environment where the build found no compiler, and what it said."""
    python = fresh()
    return python, install(python, sdist, CC="/bin/false", CXX="/bin/false")


def test_without_a_compiler_the_source_distribution_installs_in_pure_python(without_compiler):
    python, said = without_compiler
    assert "pure Python" in said
    trained = "from micrograd import *; a = Value(3.0); (a * a).backward(); print(backend, a.grad)"
    assert run(python, "-c", trained) == "python 6.0\n"


def test_requiring_the_compiled_engine_where_there_is_none_is_an_error(without_compiler):
    done = subprocess.run(
        [without_compiler[0], "-c", "import micrograd"],
        env={**os.environ, "MICROGRAD_REQUIRE_NATIVE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "ImportError" in done.stderr


FREE_THREADED = """
import runpy, sys, sysconfig
sysconfig.get_config_vars()["Py_GIL_DISABLED"] = 1
sys.argv = ["setup.py", "build_ext", "--build-lib", sys.argv[1], "--build-temp", sys.argv[1]]
runpy.run_path("setup.py")
"""


def test_for_free_threaded_python_the_compiled_engine_is_left_out(source, tmp_path):
    command = [sys.executable, "-c", FREE_THREADED, tmp_path]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
    assert "no micrograd._native.value without the global lock" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_source_distribution_has_all_that_a_build_needs(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = {str(p.relative_to(ROOT)) for p in (ROOT / "src").rglob("*.[ch]")}
    assert sources | set(PACKAGED) | {"src/micrograd/py.typed"} <= names


def test_the_wheel_holds_all_files_of_the_package_but_the_c_of_the_engine(source, tmp_path):
    pip = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation"]
    run(*pip, "--disable-pip-version-check", "-w", tmp_path, source)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    files = {p for p in (source / "src/micrograd").rglob("*.*") if p.suffix not in (".c", ".h")}
    built = {name for name in names if name.startswith("micrograd/") and ".so" not in name}
    assert built == {str(p.relative_to(source / "src")) for p in files}
    assert {"micrograd/py.typed", "micrograd/explorer/page.js"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_installed_original_is_named_in_a_warning(tmp_path):
    original = tmp_path / "site-packages" / "micrograd-0.1.0.dist-info"
    original.mkdir(parents=True)
    look = f"import sys; sys.path.append({str(original.parent)!r}); import micrograd"
    warned = run(sys.executable, "-c", look)
    assert "the original micrograd-0.1.0" in warned
    assert "pip uninstall" in warned


def test_the_engine_and_its_table_are_read_in_one_sitting():
    files = ROOT / "src/micrograd/engine.py", ROOT / "src/micrograd/ops.py"
    assert sum(len(file.read_text().splitlines()) for file in files) <= 400
