"""What people get who install the package: built from a copy, without the network."""

import email
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import micrograd

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", ".github", "benchmarks", "docs", "examples", "frontend", "site", "src", "tests")
MADE = shutil.ignore_patterns(
    "__pycache__", "*.egg-info", "*.so", "*.pyd", "*.pyc", "node_modules", ".*_cache"
)
TRAINED = "from micrograd import *; a = Value(3.0); (a * a).backward(); print(backend, a.grad)"
HOME = "https://example.org/people/micrograd"


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
    """A copy of the project, so that building writes nothing into the checkout."""
    copy = tmp_path_factory.mktemp("source")
    for path in ROOT.iterdir():
        if path.name in FOLDERS:
            shutil.copytree(path, copy / path.name, ignore=MADE)
        elif path.is_file() and path.name not in (".git", ".gitignore"):
            shutil.copy(path, copy)
    return copy


@pytest.fixture(scope="module")
def sdist(source, tmp_path_factory):
    """The source distribution, as its build backend makes it."""
    out = tmp_path_factory.mktemp("sdist")
    build = f"import setuptools.build_meta as b; b.build_sdist({str(out)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    return next(out.glob("*.tar.gz"))


def wheel_of(sdist, out, **environment):
    """Build a wheel from the source distribution; return it, and what the build said."""
    pip = [sys.executable, "-m", "pip", "wheel", "-v", "--no-index", "--no-deps"]
    options = ["--no-build-isolation", "--disable-pip-version-check", "-w", out]
    said = run(*pip, *options, sdist, **environment)
    return next(out.glob("*.whl")), said


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """The wheel with the engine in C, of a project that has a home."""
    settings = {"MICROGRAD_REQUIRE_NATIVE": "1", "MICROGRAD_HOMEPAGE": HOME}
    return wheel_of(sdist, tmp_path_factory.mktemp("wheel"), **settings)[0]


@pytest.fixture(scope="module")
def pure_wheel(sdist, tmp_path_factory):
    """The wheel that installs anywhere."""
    return wheel_of(sdist, tmp_path_factory.mktemp("pure"), MICROGRAD_PURE="1")[0]


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
def installed(fresh, wheel):
    """The interpreter of an environment with the package installed from its wheel."""
    python = fresh()
    install(python, wheel)
    return python


@pytest.mark.deep
def test_an_installed_package_uses_the_compiled_engine(installed):
    assert run(installed, "-c", "import micrograd; print(micrograd.backend)") == "c\n"


@pytest.mark.deep
def test_the_installed_command_explains_itself(installed):
    assert "demo" in run(installed.parent / "micrograd", "--help")


@pytest.mark.deep
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


@pytest.mark.deep
def test_without_a_compiler_the_source_distribution_installs_in_pure_python(without_compiler):
    python, said = without_compiler
    assert "pure Python" in said
    assert run(python, "-c", TRAINED) == "python 6.0\n"


@pytest.mark.deep
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


def test_the_source_distribution_is_the_whole_project(source, sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    files = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert {f for f in files if ".egg-info" not in f} <= names
    assert {"Makefile", "requirements-dev.txt", "tests/project/test_packaging.py"} <= files


def files_of(wheel):
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


@pytest.mark.deep
def test_the_wheel_holds_all_files_of_the_package_but_the_c_of_the_engine(source, wheel):
    files = {p for p in (source / "src/micrograd").rglob("*.*") if p.suffix not in (".c", ".h")}
    built = {name for name in files_of(wheel) if ".so" not in name}
    assert built == {str(p.relative_to(source / "src")) for p in files}
    assert {"micrograd/py.typed", "micrograd/engine.pyi", "micrograd/explorer/page.js"} <= built
    assert any(n.endswith("licenses/LICENSE") for n in zipfile.ZipFile(wheel).namelist())


@pytest.mark.deep
def test_the_wheel_without_the_engine_in_c_is_for_any_python(wheel, pure_wheel):
    assert pure_wheel.name.endswith("-py3-none-any.whl")
    (engine,) = files_of(wheel) - files_of(pure_wheel)
    assert engine.startswith("micrograd/_native/value.")
    assert files_of(pure_wheel) <= files_of(wheel)


@pytest.mark.deep
def test_the_wheel_without_the_engine_in_c_computes(pure_wheel, tmp_path):
    zipfile.ZipFile(pure_wheel).extractall(tmp_path)
    said = run(sys.executable, "-c", TRAINED, PYTHONPATH=str(tmp_path))
    assert said == "python 6.0\n"


def test_where_the_engine_in_c_is_required_a_build_without_it_fails(source, tmp_path):
    command = [sys.executable, "setup.py", "build_ext", "--build-lib", tmp_path]
    environment = {**os.environ, "CC": "/bin/false", "MICROGRAD_REQUIRE_NATIVE": "1"}
    done = subprocess.run(
        [*command, "--build-temp", tmp_path],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "/bin/false" in done.stderr


def described(wheel):
    """The links of the long description, and the pages that the metadata name."""
    archive = zipfile.ZipFile(wheel)
    (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(archive.read(name))
    links = re.findall(r"\]\(([^)\s]+)", metadata.get_payload())
    return links, dict(page.split(", ") for page in metadata.get_all("Project-URL") or [])


@pytest.mark.deep
def test_on_an_index_all_links_of_the_description_lead_to_the_projects_home(wheel, pure_wheel):
    links, pages = described(wheel)
    assert [link for link in links if not link.startswith("https://")] == []
    at_home = [link.removeprefix(f"{HOME}/") for link in links if link.startswith(HOME)]
    version = f"v{micrograd.__version__}/"
    assert {link.partition(version)[0] for link in at_home} == {"raw/", "blob/"}
    assert [
        at for at in at_home if not (ROOT / at.partition(version)[2].partition("#")[0]).exists()
    ] == []
    assert pages["Homepage"] == HOME
    assert pages["Issues"] == f"{HOME}/issues"
    assert described(pure_wheel)[1] == {}  # nothing is invented where there is none


def test_nobody_is_told_to_install_what_is_not_on_an_index():
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    texts = [*pages, *(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.md")]
    told = re.compile(r"(pip|uv|pipx)( \w+)? (install|add|run)( -\S+)* ['\"]?micrograd\b")
    assert [p for p in texts if told.search(p.read_text("utf-8"))] == []


@pytest.mark.deep
def test_the_source_distribution_tests_itself(fresh, wheel, sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    python = fresh()
    install(python, wheel)
    options = ["-p", "no:cacheprovider", f"--rootdir={folder}", "-c", folder / "pyproject.toml"]
    tests = [folder / "tests/test_ops.py", folder / "tests/nn/test_nn.py"]
    assert "[100%]" in run(python, "-m", "pytest", *options, *tests)


INSTALLERS = ROOT / "build/installers"
"""Made by ``make test-deep``: uv, pipx, and the wheel of NumPy in ``wheels``."""


@pytest.mark.deep
@pytest.mark.parametrize("which", ["wheel", "pure_wheel"])
@pytest.mark.parametrize("installer", ["pip", "uv", "pipx"])
def test_each_installer_installs_either_wheel(installer, which, request, tmp_path):
    file, tools = request.getfixturevalue(which), INSTALLERS / "bin"
    python = tmp_path / "home" / "bin" / "python"
    offline = ["--no-index", f"--find-links={INSTALLERS / 'wheels'}"]
    if installer == "pip":
        run(sys.executable, "-m", "venv", tmp_path / "home")
        run(python, "-m", "pip", "install", *offline, file)
    elif installer == "uv":
        run(tools / "uv", "venv", "--offline", "--python", sys.executable, tmp_path / "home")
        run(tools / "uv", "pip", "install", "--offline", *offline, "--python", python, file)
    else:
        places = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
        options = ["--python", sys.executable, f"--pip-args={' '.join(offline)}"]
        run(tools / "pipx", "install", *options, file, **places)
        python = tmp_path / "pipx/venvs/micrograd-next/bin/python"
        assert "doctor" in run(tmp_path / "bin/micrograd", "--help")
    engine = "c" if which == "wheel" else "python"
    assert run(python, "-c", TRAINED) == f"{engine} 6.0\n"


def test_an_installed_original_is_named_in_a_warning(tmp_path):
    original = tmp_path / "site-packages" / "micrograd-0.1.0.dist-info"
    original.mkdir(parents=True)
    look = f"import sys; sys.path.append({str(original.parent)!r}); import micrograd"
    warned = run(sys.executable, "-c", look)
    assert "the original micrograd-0.1.0" in warned
    assert "pip uninstall" in warned


def test_the_engine_and_its_table_are_read_in_one_sitting():
    files = ROOT / "src/micrograd/engine.py", ROOT / "src/micrograd/ops.py"
    lines = sum(len(file.read_text().splitlines()) for file in files)
    assert lines <= 400, "an operation beside the original's goes into extended_ops.py"
