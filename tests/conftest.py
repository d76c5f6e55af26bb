"""Which implementations of Value the conformance suite runs on.

Always the pure Python one, and the compiled one where the package uses it; where CI is set, or
MICROGRAD_REQUIRE_NATIVE, its absence is an error. ``pytest tests/conformance --implementation
my_engine.py`` runs the suite on the ``Value`` of one's own file instead.
"""

import gc
import importlib
import importlib.util
import os
import signal
from types import ModuleType

import hypothesis
import pytest
from machine import BROWSER, CAIRO, tried
from thorough import DEEP, examples

os.environ["MICROGRAD_VERIFY"] = "1" if DEEP else "end"  # every pass, or the last

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs behind it so
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("micrograd", examples(30), deadline=None, derandomize=True)
hypothesis.settings.load_profile("micrograd")


def pytest_addoption(parser):
    parser.addoption("--implementation", help="a Python file with a Value to check")
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ir anew")


def pytest_generate_tests(metafunc):
    if "implementation" in metafunc.fixturenames:
        own = metafunc.config.getoption("--implementation")
        names = [own] if own else ["pure", *(["native"] if _native_expected() else [])]
        metafunc.parametrize("implementation", names, indirect=True, scope="session")


def pytest_ignore_collect(collection_path):
    """Leave out what needs a browser, or cairo, where there is none; in CI that is an error."""
    if os.environ.get("CI"):
        return None
    if collection_path.name == "test_draw_elsewhere.py":
        return not CAIRO or None
    if BROWSER or not collection_path.name.startswith("test_"):
        return None
    return "explorer_browser" in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_modifyitems(config, items):
    """Leave what is slow to ``make test-deep``."""
    if not DEEP:
        deep = [item for item in items if item.get_closest_marker("deep")]
        items[:] = [item for item in items if item not in set(deep)]
        config.hook.pytest_deselected(items=deep)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(tried())


@pytest.fixture(scope="session")
def implementation(request) -> ModuleType:
    """A module with ``Value``; our own have ``apply`` and ``toposort`` besides."""
    if request.param == "pure":
        return _pure()
    if request.param == "native":
        engine = importlib.import_module("micrograd.engine")
        assert engine.Value is not _pure().Value, "the compiled engine is required, but missing"
        return engine
    spec = importlib.util.spec_from_file_location("own_engine", request.param)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def Value(implementation):
    return implementation.Value


def _pure() -> ModuleType:
    name = "micrograd.pure" if importlib.util.find_spec("micrograd.pure") else "micrograd.engine"
    return importlib.import_module(name)


def _native_expected() -> bool:
    if os.environ.get("MICROGRAD_PURE"):
        return False
    required = os.environ.get("CI") or os.environ.get("MICROGRAD_REQUIRE_NATIVE")
    return bool(required) or importlib.import_module("micrograd.engine").Value is not _pure().Value


def pytest_collection_finish(session):
    """Leave all that is there now out of every later collection of garbage."""
    gc.collect()
    gc.freeze()
