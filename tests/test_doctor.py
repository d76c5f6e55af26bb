"""``micrograd doctor`` and ``micrograd completion``: also where something is missing or broken."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from micrograd.cli import COMMANDS, main

HIDDEN = """
import sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "numpy":
            raise ImportError("libopenblas.so.0: cannot open shared object file")
sys.meta_path.insert(0, Broken())
from micrograd.cli import main
sys.exit(main(["doctor", "--json"]))
"""


COMPLETING = """
complete_line() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  _shtab_micrograd micrograd "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
  echo "${COMPREPLY[@]}"
}
complete_line micrograd doc
complete_line micrograd doctor --j
"""


def looked_at(tmp_path, *command, **environment):
    """What doctor finds in another process: the states, words and remedies of each part."""
    command = command or (sys.executable, "-m", "micrograd", "doctor", "--json")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MICROGRAD_") and k != "CC"}
    kept["MICROGRAD_CACHE_DIR"] = str(tmp_path / "cache")
    done = subprocess.run(
        command, env=kept | environment, capture_output=True, text=True, check=True
    )
    findings = json.loads(done.stdout)["findings"]
    parts = {}
    for f in findings:
        states, words = parts.get(f["part"], (set(), ""))
        parts[f["part"]] = states | {f["state"]}, f"{words}{f['says']} {f['remedy']}\n"
    return parts


def test_doctor_finds_all_well_where_all_is(tmp_path, monkeypatch, capsys):
    for name in ("MICROGRAD_VERIFY", "MICROGRAD_PRINT_AFTER", "MICROGRAD_PURE", "CC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MICROGRAD_CACHE_DIR", str(tmp_path / "cache"))
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("Nothing is broken")
    assert any(line.startswith("good     cache") and "1 programs" in line for line in lines)
    assert {"engine", "numpy", "compiler"} <= {
        line.split()[1] for line in lines if line[:4] == "good"
    }


def test_doctor_says_what_is_slow_why_and_what_to_do(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    parts = looked_at(tmp_path, MICROGRAD_PURE="1", CC="/nowhere/cc", MICROGRAD_VERIFY="1")
    slow = [part for part, (states, _) in parts.items() if "slow" in states]
    assert slow == ["engine", "compiler", "cache", "setting"]
    assert "unset MICROGRAD_PURE" in parts["engine"][1]
    assert "'/nowhere/cc'" in parts["compiler"][1]
    assert "MICROGRAD_CACHE_DIR" in parts["cache"][1]
    assert "MICROGRAD_VERIFY=1" in parts["setting"][1]


def test_doctor_works_where_numpy_does_not(tmp_path):
    parts = looked_at(tmp_path, sys.executable, "-c", HIDDEN)
    assert parts["numpy"][0] == {"broken"}
    assert "libopenblas" in parts["numpy"][1]
    assert parts["engine"][0] == {"good"}
    assert parts["plot"][0] == {"good"}  # what comes after is looked at all the same


def test_doctor_says_how_to_get_an_extra_that_is_missing(tmp_path):
    path = "import sys; from importlib import metadata as m; real = m.version\n"
    path += "def version(name):\n    if name == 'matplotlib': raise m.PackageNotFoundError(name)\n"
    path += "    return real(name)\nm.version = version\n"
    path += "from micrograd.cli import main; main(['doctor', '--json'])"
    states, words = looked_at(tmp_path, sys.executable, "-c", path)["plot"]
    assert states == {"missing"}
    assert "pip install matplotlib, or in the folder" in words
    assert 'pip install ".[plot]"' in words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [c.name for c in COMMANDS if c.name not in script] == []
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_bash_completes_commands_and_options(capsys):
    main(["completion", "bash"])
    script = capsys.readouterr().out
    done = subprocess.run(
        ["bash"], input=script + COMPLETING, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["doctor", "--json"]
