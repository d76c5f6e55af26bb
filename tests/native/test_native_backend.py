"""Which engine is used, and how one finds out."""

import shutil
from pathlib import Path

import pytest

import micrograd
import micrograd.pure

REPORT = """
    import micrograd.pure
    print(micrograd.backend, micrograd.Value is micrograd.pure.Value, micrograd.Value(2.0) ** 2)
"""


@pytest.fixture
def installed_without(tmp_path):
    """A folder to import a micrograd from whose engine in C could not be built."""
    package = Path(micrograd.__file__).parent
    shutil.copytree(
        package, tmp_path / "micrograd", ignore=shutil.ignore_patterns("*.so", "*.pyd", "*.dylib")
    )
    return str(tmp_path)


def test_the_engine_in_c_is_used_where_it_is_there():
    assert micrograd.backend == "c"
    assert micrograd.Value.__module__ == "micrograd.engine"
    assert micrograd.pure.Value is not micrograd.Value


def test_python_can_be_chosen(run):
    assert run(REPORT, MICROGRAD_PURE="1") == "python True Value(data=4.0, grad=0.0)\n"


def test_python_is_used_where_nothing_was_built(run, installed_without):
    printed = run(REPORT, PYTHONPATH=installed_without, MICROGRAD_REQUIRE_NATIVE="0")
    assert printed == "python True Value(data=4.0, grad=0.0)\n"


def test_absence_is_an_error_where_the_engine_in_c_is_required(run, installed_without):
    program = """
    try:
        import micrograd
    except ImportError as error:
        print(error)
    """
    message = run(program, PYTHONPATH=installed_without, MICROGRAD_REQUIRE_NATIVE="1")
    assert "MICROGRAD_REQUIRE_NATIVE" in message
    assert "C compiler" in message


def test_the_readable_engine_is_loaded_only_when_asked_for(run):
    assert run("import sys, micrograd; print('micrograd.pure' in sys.modules)") == "False\n"


def test_compiled_and_python_values_do_not_mix():
    for x, y in (
        (micrograd.Value(1.0), micrograd.pure.Value(2.0)),
        (micrograd.pure.Value(1.0), micrograd.Value(2.0)),
    ):
        for operation in (lambda x, y: x + y, lambda x, y: x / y, lambda x, y: x**y):
            with pytest.raises(TypeError, match="do not mix"):
                operation(x, y)


def test_methods_can_be_added_to_the_compiled_class():
    micrograd.Value.cubed = lambda self: self**3
    try:
        assert micrograd.Value(2.0).cubed().data == 8.0
    finally:
        del micrograd.Value.cubed


def test_an_attribute_hides_a_method_that_the_interpreter_knows_already(run):
    assert run(
        """
        from micrograd import Value

        class Loud(Value):
            pass

        class Bare(Value):
            __slots__ = ()
            def __getattr__(self, name):
                return "no " + name

        values = [Value(-1.0), Loud(-1.0), Bare(-1.0)]
        def answers():
            return [getattr(v.relu(), "data", "hidden") for v in values for _ in range(50)][::50]
        print(answers())
        for v in values:
            v.relu = lambda: None
        print(answers(), Value(-1.0).relu().data, values[2].missing)
        for v in values:
            del v.relu
        print(answers())
        """
    ).splitlines() == [
        "[0.0, 0.0, 0.0]",
        "['hidden', 'hidden', 'hidden'] 0.0 no missing",
        "[0.0, 0.0, 0.0]",
    ]
