"""What ends badly and what goes on for long: killed, terminated, and function after function."""

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd import Value, jit
from micrograd.compiler.c import build, disk_cache
from micrograd.compiler.c.compilers import Answer
from micrograd.nn import MLP, Module
from micrograd.optim import SGD
from micrograd.train import fit

HERE = Path(__file__).parents[1] / "support"


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.deep)])
def test_what_is_killed_at_any_moment_loses_and_leaves_nothing(count: int, tmp_path: Path) -> None:
    files, cache, temporary = (tmp_path / name for name in ("files", "cache", "temporary"))
    files.mkdir()
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, HERE / "killed.py", files, str(count)],
        env={**os.environ, "MICROGRAD_CACHE_DIR": str(cache), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert {path.name for path in files.iterdir()} == {"model.safetensors", "run"}
    assert all(path.name.startswith("version-") or path.suffix == ".so" for path in cache.iterdir())
    assert list(temporary.iterdir()) == []


TRAINING = """
import sys
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
model = MLP(2, [3, 1], seed=1)
def loss(x, y):
    if compile is False and not started:
        started.append(1)
        print("started", flush=True)
    return (model(x) - y) ** 2
started, compile = [], {compile}
data = [[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0]
if compile:
    print("started", flush=True)
history = fit(loss, data, model=model, optimizer=SGD(model.parameters(), 0.01), epochs=10**7,
              progress=False, compile=compile)
print(history.stopped, history.epochs < 10**7, flush=True)
"""


@pytest.mark.parametrize("compile", [True, False])
def test_a_run_that_is_terminated_ends_like_one_that_is_interrupted(compile: bool) -> None:
    program = TRAINING.format(compile=compile)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        assert child.stdout.readline() == "started\n"
        while Path(f"/proc/{child.pid}/status").exists() and not handles_sigterm(child.pid):
            time.sleep(0.01)
        time.sleep(0.2)
        child.send_signal(signal.SIGTERM)
        assert child.communicate(timeout=100)[0] == "interrupted True\n"
    assert child.returncode == 0


def handles_sigterm(number: int) -> bool:
    caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{number}/status").read_text())
    return bool(caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_after_a_run_sigterm_is_as_it_was() -> None:
    program = TRAINING.replace("10**7", "3").format(compile=False)
    program += "\nimport signal; assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def mapped(folder: Path) -> int:
    """How many parts of libraries in a folder this process has mapped."""
    return Path("/proc/self/maps").read_text().count(str(folder))


@pytest.mark.deep
@pytest.mark.parametrize("compile", [True, False])
def test_a_million_steps_end_where_they_should(compile: bool) -> None:
    w, rate = Value(0.0), 2.0**-20
    history = fit(
        lambda x, y: (w * x - y) ** 2,
        ([1.0], [1.0]),
        model=Single(w),
        optimizer=SGD([w], rate),
        epochs=10**6,
        progress=False,
        compile=compile,
    )
    shrinks = 1.0 - 2.0 * rate  # 1 - w, at every step
    assert w.data == pytest.approx(1.0 - shrinks ** (10**6), rel=1e-9)
    expected = shrinks ** (2.0 * np.arange(10**6))
    np.testing.assert_allclose(history.loss, expected, rtol=1e-9)


class Single(Module):
    def __init__(self, w: Value) -> None:
        self.w = w


@pytest.mark.deep
def test_a_hundred_thousand_examples_are_learnt_alike_compiled_and_not() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(100_000, 2))
    y = np.sin(X[:, 0]) * X[:, 1]
    ends = []
    for compile in (True, False):
        model = MLP(2, [4, 1], seed=1)
        history = fit(
            lambda x, y, model=model: (model(x) - y) ** 2,
            (X, y),
            model=model,
            optimizer=SGD(model.parameters(), 0.01),
            epochs=1,
            batch_size=50,
            seed=1,
            progress=False,
            compile=compile,
        )
        ends.append([p.data for p in model.parameters()] + history.loss)
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one's own, by whose path what is loaded from it is known."""
    monkeypatch.setenv("MICROGRAD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(disk_cache, "MAX_FILES", 100)
    return tmp_path / "cache"


@pytest.fixture
def copying_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that takes no time: what it makes of any program is the same library."""
    copy = tmp_path / "made.so"
    subprocess.run(
        [*build.find_compiler().command, "-shared", "-o", copy, "-xc", "-"],
        input=b"int answer(void) { return 5; }",
        check=True,
    )

    def run(command: Sequence[str], folder: Path, *_: Any) -> Answer:
        shutil.copy(copy, folder / "program.so")
        return Answer(0, "")

    monkeypatch.setattr(build, "run", run)


@pytest.mark.usefixtures("copying_compiler")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what is mapped")
@pytest.mark.parametrize(
    ("few", "count"), [(5, 15), pytest.param(100, 100_000, marks=pytest.mark.deep)]
)
def test_libraries_that_nobody_uses_are_unmapped(
    few: int, count: int, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them at once would be more than a process may map."""
    monkeypatch.setattr(build, "_FEW", few)
    monkeypatch.setattr(build, "_enough", few)
    gc.collect()
    others = len(build._loaded)
    kept = build.load("/* kept */").answer
    one, most = mapped(cache), 0
    for k in range(count):
        assert build.load(f"/* {k} */").answer() == 5
        if k % few == few - 1:
            most = max(most, mapped(cache))
    assert kept() == 5
    assert one < most <= one * max(few, 2 * others + 2)
    gc.collect()
    assert mapped(cache) == one
    del kept
    gc.collect()
    assert mapped(cache) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what is mapped")
@pytest.mark.parametrize("count", [6, pytest.param(5_000, marks=pytest.mark.deep)])
def test_compiled_functions_that_are_dropped_are_unmapped(count: int, cache: Path) -> None:
    for k in range(count):
        f = jit(lambda x, n=k: sum_of_powers(x, n), when="now")
        x = Value(0.5)
        f(x).backward()
        f(x).backward()
    assert mapped(cache) > 0
    del f, x
    gc.collect()
    assert mapped(cache) == 0


def sum_of_powers(x: Value, n: int) -> Value:
    out = x
    for _ in range(n % 40):
        out = out * x + 1.0
    return out.tanh() if n % 2 else out.exp()
