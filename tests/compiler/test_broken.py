"""Compilers that are there and do not work: others serve, with one warning, and nothing is left."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event, Thread

import pytest
from machine import FOUND

from micrograd import jit
from micrograd.compiler.beside import beside
from micrograd.compiler.c import build, compilers
from micrograd.compiler.c.library import Library

PROGRAM, *REST = next(iter(FOUND.values()))
REAL = shlex.join([shutil.which(PROGRAM) or PROGRAM, *REST])
COMPILING = 'case "$*" in *-shared*) {};; esac\nexec {} "$@"\n'


def at_once(f):
    """Compile at the first call: the engine computes in double precision only."""
    return jit(f, dtype="float32")


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache and a folder for temporary files of one's own, and no memory of other compilers."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("MICROGRAD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(build, "_unfit", set())
    monkeypatch.setattr(compilers, "_useless", {})
    compilers._find.cache_clear()


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Choose a compiler that says which it is, and does this when it is to compile."""

    def chosen(does: str) -> Path:
        path = tmp_path / "broken-cc"
        path.write_text("#!/bin/sh\n" + COMPILING.format(does, REAL))
        path.chmod(0o755)
        monkeypatch.setenv("CC", str(path))
        return path

    return chosen


def left(tmp_path: Path) -> list[str]:
    files = [*(tmp_path / "cache").iterdir(), *(tmp_path / "temporary").iterdir()]
    return [file.name for file in files if not file.name.startswith("version-")]


CASES = {
    "no headers": (f'exec {REAL} -nostdinc "$@"', r"math\.h.*headers are missing.*libc6-dev"),
    "full disk": (
        'echo "ld: error: cannot write: No space left on device"; exit 1',
        r"No space left.*make room in",
    ),
    "nothing written": ("exit 0", "exit 0, but it wrote nothing"),
    "an empty library": ("touch program.so; exit 0", "exit 0, but it wrote nothing"),
    "no library": ("echo hello > program.so; exit 0", "file too short|invalid ELF header"),
    "another library": (
        f"echo 'int nothing;' > e.c; exec {REAL} -shared e.c -o program.so",
        "made a library without the function answer",
    ),
    "another program": (
        f"echo 'int answer(void) {{ return 1; }}' > e.c; exec {REAL} -shared e.c -o program.so",
        "what it compiles computes something else",
    ),
    "another encoding": (r"printf 'fatal error: kein Ger\344t\n'; exit 1", "kein Ger\ufffdt"),
    "silent": ("exit 1", r"failed \(exit 1\)"),
    "killed": ("kill -9 $$", r"failed \(exit -9\)"),
    "fills the screen": ('yes "error: no" | head -c 3000000; exit 1', "cannot compile here.*no"),
}


@pytest.mark.parametrize(("does", "cause"), CASES.values(), ids=CASES)
def test_numpy_serves_with_one_warning_of_cause_and_remedy(
    does: str, cause: str, broken: Callable[[str], Path], tmp_path: Path
) -> None:
    path = broken(does)
    functions = at_once(lambda x: x * x + 1.0), at_once(lambda x: x * x + 2.0)
    with pytest.warns(UserWarning, match=f"(?s)by NumPy.*{cause}") as warned:
        assert [f(3.0) for f in functions] == [10.0, 11.0]
    (said,) = [str(w.message) for w in warned]
    with pytest.raises(build.CompilerNotFound, match=cause):
        build.load("int x;")
    assert f"CC={str(path)!r} cannot compile here" in said
    assert 'set CC to a C compiler that works; backend="numpy" needs none' in said
    assert left(tmp_path) == []


def test_the_engine_goes_on_with_what_it_has_begun(broken: Callable[[str], Path]) -> None:
    broken("exit 1")
    functions = jit(lambda x: x * x + 7.0), jit(lambda x: x * x + 8.0)
    with pytest.warns(UserWarning, match="(?s)one operation after the other.*cannot") as warned:
        results = [f(3.0) for _ in range(5) for f in functions]
    assert results == [16.0, 17.0] * 5
    assert len(warned) == 1
    assert "run by the engine" in str(functions[0].report())


def test_a_compiler_that_hangs_is_ended_with_all_that_it_started(
    broken: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_LEAST", 0.3)
    monkeypatch.setattr(build, "_LETTERS", 10**9)
    monkeypatch.setattr(build, "_PROBING", 0.3)
    started = tmp_path / "started"
    broken(f"sleep 1000 & echo $! >> {shlex.quote(str(started))}; wait")
    with pytest.warns(UserWarning, match="had not finished after 0 seconds.*needs none"):
        assert at_once(lambda x: x * x + 3.0)(3.0) == 12.0
    assert left(tmp_path) == []
    for number in started.read_text().split():
        for _ in range(500):
            if not is_running(int(number)):
                break
            time.sleep(0.01)
        assert not is_running(int(number))


@pytest.mark.parametrize("files", [("int x;",), ("int x;", "int y;")], ids=["one", "two"])
def test_compilers_that_nobody_waits_for_are_ended_and_leave_nothing(
    files: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, path = tmp_path / "started", tmp_path / "slow-cc"
    slow = f"echo $$ >> {shlex.quote(str(started))}; exec sleep 1000"
    path.write_text(f'#!/bin/sh\ncase "$*" in *-fPIC*) {slow};; esac\nexec {REAL} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("CC", str(path))
    with beside(lambda stop: build.load(files, stop=stop)) as made:
        while not started.exists() or started.read_text().count("\n") < len(files):
            time.sleep(0.01)
    assert isinstance(made.exception(), CancelledError)
    assert left(tmp_path) == []
    assert not any(is_running(int(number)) for number in started.read_text().split())


def test_ctrl_c_while_the_thread_of_a_compiler_starts_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Interrupted(Thread):
        def start(self) -> None:
            super().start()
            raise KeyboardInterrupt

    monkeypatch.setattr("micrograd.compiler.beside.Thread", Interrupted)
    stopped = Event()

    def work(stop: Event) -> None:
        if stop.wait(10):
            stopped.set()

    with pytest.raises(KeyboardInterrupt), beside(work):
        pass
    assert stopped.is_set()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_ctrl_c_while_training_is_compiled_ends_the_compiler(tmp_path: Path) -> None:
    started, path = tmp_path / "started", tmp_path / "slow-cc"
    slow = f"echo $$ > {shlex.quote(str(started))}; exec sleep 1000"
    path.write_text("#!/bin/sh\n" + COMPILING.format(slow, REAL))
    path.chmod(0o755)
    code = """
import signal
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
signal.signal(signal.SIGINT, signal.default_int_handler)
model = MLP(2, [3, 1], seed=1)
data = [[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0]
loss = lambda x, y: (model(x) - y) ** 2
fit(loss, data, model=model, optimizer=SGD(model.parameters(), 0.1), epochs=3, progress=False)
"""
    env = {**os.environ, "CC": str(path), "TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    while not started.exists() or not started.read_text().strip():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    assert not is_running(int(started.read_text()))
    assert left(tmp_path) == []


def test_only_the_first_of_endless_words_is_kept(
    broken: Callable[[str], Path],
) -> None:
    path = broken("exec yes")
    answer = compilers.run([str(path), "-shared"], None, 0.5)
    assert answer.status is None
    assert 0 < len(answer.text) <= 100_000


def test_what_a_compiler_leaves_running_is_not_waited_for(
    broken: Callable[[str], Path], tmp_path: Path
) -> None:
    """As the first call of a compiler that keeps a server does."""
    path = broken(f"sleep 1000 & echo $! > {shlex.quote(str(tmp_path / 'server'))}; exit 3")
    answer = compilers.run([str(path), "-shared"], None, 60.0)
    os.kill(int((tmp_path / "server").read_text()), signal.SIGKILL)
    assert answer.status == 3


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_compiler_that_never_says_which_it_is_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilers, "_ASKING", 0.2)
    path = tmp_path / "dumb-cc"
    path.write_text("#!/bin/sh\nsleep 1000\n")
    path.chmod(0o755)
    monkeypatch.setenv("CC", str(path))
    with pytest.raises(build.CompilerNotFound, match=r"does not answer in 0\.2 seconds"):
        build.load("int x;")


def test_words_in_another_encoding_are_a_version_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "umlaut-cc"
    version = r"printf 'Fassung f\374nf\n'; exit 0"
    path.write_text(f'#!/bin/sh\ncase "$*" in *--version*) {version};; esac\nexec {REAL} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("CC", str(path))
    for _ in range(2):  # from the compiler, then from the note in the cache
        compilers._find.cache_clear()
        assert "Fassung f\ufffdnf" in build.find_compiler().version
    assert build.load("int answer(void) { return 1; }").answer() == 1


def test_the_next_compiler_serves_where_the_first_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, does in (("cc", "exit 1"), ("gcc", f'exec {REAL} "$@"')):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n" + COMPILING.format(does, REAL))
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert at_once(lambda x: x * x + 4.0)(3.0) == 13.0
    assert build.find_compiler().command == ("gcc",)


@pytest.mark.parametrize("unfit", ["cache", "temporary"])
def test_a_folder_that_nothing_may_be_run_from_is_passed_over(
    unfit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(path: str) -> Library:
        if str(tmp_path / unfit) in path:
            raise OSError(f"{path}: failed to map segment from shared object")
        return Library(path)

    monkeypatch.setattr(build, "Library", loaded)
    for number in (2, 3):
        source = f"int answer(void) {{ return {number}; }} /* not in {unfit} */"
        assert build.load(source).answer() == number
    assert all(name.endswith(".so") for name in left(tmp_path))
    assert len(left(tmp_path)) == (0 if unfit == "cache" else 2)


def test_where_nothing_may_be_run_from_any_folder_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def loaded(path: str) -> Library:
        raise OSError(f"{path}: failed to map segment from shared object: Operation not permitted")

    monkeypatch.setattr(build, "Library", loaded)
    with pytest.warns(UserWarning, match="set MICROGRAD_CACHE_DIR to another folder"):
        assert at_once(lambda x: x * x + 5.0)(3.0) == 14.0
    assert left(tmp_path) == []


def test_a_program_that_takes_too_long_is_not_the_compilers_fault(
    broken: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_LEAST", 0.5)
    monkeypatch.setattr(build, "_LETTERS", 10**9)
    broken("grep -q forward program.c && sleep 1000")
    with pytest.warns(UserWarning, match="(?s)had not finished after .*please report"):
        assert at_once(lambda x: x * x + 6.0)(3.0) == 15.0
    assert build.load("int answer(void) { return 4; }").answer() == 4


def test_training_goes_on_without_the_compiler(broken: Callable[[str], Path]) -> None:
    broken("exit 1")
    code = """
import warnings
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    model = MLP(2, [3, 1], seed=1)
    loss = lambda x, y: (model(x) - y) ** 2
    data = [[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0]
    optimizer = SGD(model.parameters(), 0.1)
    history = fit(loss, data, model=model, optimizer=optimizer, epochs=3, progress=False)
print(len(history.loss), len(warned), "cannot compile here" in str(warned[0].message))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "3 1 True\n"
