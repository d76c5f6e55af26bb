"""Compiled programs: found again, rebuilt when damaged, and never a reason to fail."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from micrograd.compiler.c import build, compilers, disk_cache

ANSWER = "int answer(void) {{ return {}; }}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path / "cache"
    monkeypatch.setenv("MICROGRAD_CACHE_DIR", str(cache))
    return cache


def fresh(source: str | tuple[str, ...]) -> int:
    """Load in a new process, as the next run of a script does, and return the answer."""
    code = f"""
        from micrograd.compiler.c import build
        print(build.load({source!r}, ["-O1"]).answer())
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.fixture
def count_compiles(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], int]:
    """Put a compiler in place that notes each time it compiles."""
    log, wrapper = tmp_path / "log", tmp_path / "noting-cc"
    real = shlex.join(build.find_compiler().command)
    wrapper.write_text(f'#!/bin/sh\necho "$*" >> {shlex.quote(str(log))}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    log.touch()
    monkeypatch.setenv("CC", str(wrapper))
    return lambda: log.read_text().count("-shared")


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.so"))


def test_source_becomes_functions(folder: Path) -> None:
    assert build.load(ANSWER.format(1), ["-O1"]).answer() == 1


def test_a_second_process_finds_what_the_first_compiled(
    count_compiles: Callable[[], int], folder: Path
) -> None:
    assert fresh(ANSWER.format(2)) == fresh(ANSWER.format(2)) == 2
    assert count_compiles() == 1
    assert len(entries(folder)) == 1


def test_another_source_or_other_flags_are_another_entry(folder: Path) -> None:
    for source, flags in [(3, "-O1"), (4, "-O1"), (3, "-O2")]:
        assert build.load(ANSWER.format(source), [flags]).answer() == source
    assert len(entries(folder)) == 3


RARER = [
    pytest.param(damage, marks=pytest.mark.deep)
    for damage in ("emptied", "truncated", "not a library")
]


@pytest.mark.parametrize("damage", ["one bit", *RARER])
def test_a_damaged_entry_is_rebuilt(
    damage: str, count_compiles: Callable[[], int], folder: Path
) -> None:
    source = ANSWER.format(5)
    fresh(source)
    (entry,) = entries(folder)
    content = bytearray(entry.read_bytes())
    if damage == "one bit":
        content[len(content) // 2] ^= 1
    entry.write_bytes(
        {"truncated": content[:100], "emptied": b"", "not a library": b"x" * 9}.get(damage, content)
    )
    assert fresh(source) == 5
    assert fresh(source) == 5
    assert count_compiles() == 2


def test_only_the_owner_may_read_the_cache(folder: Path) -> None:
    build.load(ANSWER.format(6))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.warns(UserWarning, match="others may write to .* set MICROGRAD_CACHE_DIR"):
        assert build.load(ANSWER.format(7)).answer() == 7
    assert not list(folder.iterdir())


def test_without_a_usable_folder_programs_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MICROGRAD_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert build.load(ANSWER.format(8)).answer() == 8


def test_a_full_disk_leaves_the_program_running_and_no_half_entry(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk_cache.os, "replace", full)
    assert build.load(ANSWER.format(9)).answer() == 9
    assert not list(folder.iterdir())


def test_a_process_killed_while_it_compiles_leaves_nothing_half_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, slow = tmp_path / "started", tmp_path / "slow-cc"
    real = shlex.join(build.find_compiler().command)
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *-shared*) {real} "$@"; touch {shlex.quote(str(started))};'
        f' exec sleep 60;; esac\nexec {real} "$@"\n'
    )
    slow.chmod(0o755)
    code = f"from micrograd.compiler.c import build; build.load({ANSWER.format(10)!r}, ['-O1'])"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "CC": str(slow), "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    while not started.exists():
        assert child.poll() is None
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert entries(folder) == []
    assert fresh(ANSWER.format(10)) == 10


def test_many_processes_at_once_agree(folder: Path) -> None:
    code = (
        f"from micrograd.compiler.c import build; print(build.load({ANSWER.format(11)!r}).answer())"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [child.communicate()[0] for child in children] == ["11\n"] * 4
    assert {path.suffix for path in folder.iterdir()} <= {".so", ""}


def test_the_cache_drops_what_was_unused_longest_and_only_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "MAX_FILES", 3)
    folder.mkdir(mode=0o700)
    (folder / "notes.txt").write_text("mine")
    (folder / ".micrograd-settings").write_text("mine")
    abandoned = folder / ".micrograd-abandoned.unfinished"
    abandoned.touch()
    os.utime(abandoned, (1, 1))
    os.utime(folder / "notes.txt", (1, 1))
    for i in range(20, 25):
        build.load(ANSWER.format(i))
        for age, path in enumerate(entries(folder)):
            os.utime(path, (1000 + i + age, 1000 + i + age))
    assert len(entries(folder)) <= 3
    assert (folder / "notes.txt").exists()
    assert (folder / ".micrograd-settings").exists()
    assert not abandoned.exists()


def test_what_the_compiler_refuses_is_shown_with_its_words_and_the_source(folder: Path) -> None:
    with pytest.raises(build.CompileError, match="undeclared_thing") as error:
        build.load("int answer(void) { return undeclared_thing; }\n")
    found = re.search(r"the source is (.*)$", str(error.value))
    assert found
    assert "undeclared_thing" in Path(found[1]).read_text()
    shutil.rmtree(Path(found[1]).parent)


def test_several_files_make_one_library_that_is_found_again(
    count_compiles: Callable[[], int],
) -> None:
    files = ("int other(void); int answer(void) { return other(); }", "int other(void) {return 7;}")
    assert [build.load(files).answer() for _ in range(2)] == [7, 7]
    assert fresh(files) == 7
    assert count_compiles() == 2  # here, and there by other flags


def test_of_several_files_the_one_that_was_refused_is_named(folder: Path) -> None:
    with pytest.raises(build.CompileError, match=r"program1\.c.*undeclared_thing") as error:
        build.load(("int one;", "int answer(void) { return undeclared_thing; }"))
    kept = [Path(word.rstrip(",")) for word in str(error.value).splitlines()[-1].split()[3:]]
    assert [path.name for path in kept] == ["program.c", "program1.c"]
    assert "undeclared_thing" in kept[1].read_text()
    shutil.rmtree(kept[0].parent)


def test_a_compiler_that_does_not_know_the_processor_is_asked_again_without(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picky = tmp_path / "picky-cc"
    real = shlex.join(build.find_compiler().command)
    picky.write_text(f'#!/bin/sh\ncase "$*" in *-march=native*) exit 1;; esac\nexec {real} "$@"\n')
    picky.chmod(0o755)
    monkeypatch.setenv("CC", str(picky))
    assert build.load(ANSWER.format(12), ["-march=native"]).answer() == 12


def test_cc_chooses_the_compiler_and_may_hold_options(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (*build.find_compiler().command, "-DNUMBER=13")
    monkeypatch.setenv("CC", shlex.join(command))
    assert build.find_compiler().command == command
    assert build.load("int answer(void) { return NUMBER; }\n").answer() == 13


def test_a_cc_that_does_not_run_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(build.CompilerNotFound, match="CC='no-such-compiler' does not run"):
        build.load(ANSWER.format(14))


def test_without_a_compiler_the_remedies_are_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(compilers, "find_spec", lambda name: None)
    with pytest.raises(build.CompilerNotFound, match=r"gcc.*pip install ziglang.*numpy"):
        build.load(ANSWER.format(15))
