"""Threads, forks, spawned processes and interpreters beside each other: it works, or says so."""

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from machine import FOUND

from micrograd import Value, jit

PROGRAM, *REST = next(iter(FOUND.values()))
REAL = shlex.join([PROGRAM, *REST])
SLOW = """#!/bin/sh
case "$*" in *-shared*) touch {marker}; sleep 0.5;; esac
exec {real} "$@"
"""


def run(program: str, folder: Path, **environment: str) -> str:
    """Run a program from a file, as spawned processes need it; a minute later it has hung."""
    path = folder / "program.py"
    path.write_text(program)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", str(path)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


FORKED = """
import gc, os, threading, time
from micrograd import Value, jit, random

f = jit(lambda x: x * x + 7.0, when="now")
random.seed(1)
thread = threading.Thread(target=f, args=(3.0,))
thread.start()
while not os.path.exists({marker!r}):
    time.sleep(0.001)
child = os.fork()
if child == 0:  # the thread that compiles f is not here, and what it held is free
    print(f(4.0), gc.isenabled(), 0 < random.uniform() < 1, flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
thread.join()
print(f(5.0), gc.isenabled())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_child_forked_while_a_thread_compiles_compiles_too(tmp_path: Path) -> None:
    marker, compiler = tmp_path / "compiling", tmp_path / "slow-cc"
    compiler.write_text(SLOW.format(marker=shlex.quote(str(marker)), real=REAL))
    compiler.chmod(0o755)
    program = FORKED.format(marker=str(marker))
    said = run(program, tmp_path, CC=str(compiler), MICROGRAD_CACHE_DIR=str(tmp_path / "cache"))
    assert said == "23.0 True True\n32.0 True\n"


PARTS = """
import os
from micrograd import jit, mean, vmap
import numpy as np

os.sched_getaffinity = lambda process: {0, 1}  # two cores, so that there are threads
X = np.linspace(-1.0, 1.0, 40000)
f = jit(lambda X: mean(vmap(lambda x: x * 3.0 * x + x)(X)), when="now")
expected = f(X)
child = os.fork()
if child == 0:
    os._exit(0 if f(X) == expected else 1)
print(os.waitpid(child, 0)[1])
"""


def test_a_forked_child_has_cores_of_its_own_for_large_batches(tmp_path: Path) -> None:
    assert run(PARTS, tmp_path) == "0\n"


POOL = """
import multiprocessing
from micrograd import Value, jit

@jit
def square(x):
    return x * x

def slope(x):
    v = Value(x)
    square(v).backward()
    return v.grad

if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(pool.map(slope, [1.0, 2.0, 3.0]))
"""


@pytest.mark.parametrize(
    "method", ["fork", pytest.param("spawn", marks=pytest.mark.deep), "forkserver"]
)
def test_processes_compute_side_by_side(method: str, tmp_path: Path) -> None:
    assert run(POOL.format(method=method), tmp_path) == "[2.0, 4.0, 6.0]\n"


def test_threads_compile_and_compute_side_by_side() -> None:
    shared = jit(lambda x: x.tanh() * 3.0 + x)
    results, start = [], threading.Barrier(6)

    def work(k: int) -> None:
        start.wait()
        own = jit(lambda x: x * x + float(k % 3))
        for _ in range(20):
            x = Value(0.5)
            shared(x).backward()
            y = Value(0.5)
            (y.tanh() * 3.0 + y).backward()
            results.append((own(2.0) - k % 3, x.grad - y.grad))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 120
    assert all(value == 4.0 and abs(difference) < 1e-12 for value, difference in results)


INTERPRETER = """
import sys
import micrograd
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

program = '''
import micrograd
x = micrograd.Value(3.0)
(x * x).backward()
print(micrograd.backend, x.grad, flush=True)
'''
for _ in range(2):
    other = interpreters.create()
    error = interpreters.run_string(other, program)
    assert error is None, error
    interpreters.destroy(other)
x = micrograd.Value(3.0)
(x.tanh() * x).backward()
print(micrograd.backend, micrograd.jit(lambda x: x * x)(3.0))
"""


def test_another_interpreter_computes_in_python_and_leaves_the_first_alone(tmp_path: Path) -> None:
    said = run(INTERPRETER, tmp_path, MICROGRAD_REQUIRE_NATIVE="")
    assert said == "python 6.0\npython 6.0\nc 9.0\n"
