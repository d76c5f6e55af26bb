// Runs the conformance suite in Pyodide, on the wheel for any Python. Usage: run.mjs ROOT PACKAGES WHEEL
// where PACKAGES has pytest and Hypothesis. Pyodide comes without NumPy, has no threads, and cannot
// free a chain of some thousand Python objects, whatever they are: what needs these is left out.
import { readFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

const [root, packages, wheel] = process.argv.slice(2);
const pyodide = await loadPyodide();
pyodide.FS.mkdir("/root");
pyodide.mountNodeFS("/root", root);
pyodide.FS.mkdir("/packages");
pyodide.mountNodeFS("/packages", packages);
pyodide.unpackArchive(new Uint8Array(await readFile(wheel)), "wheel", { extractDir: "/wheel" });

const status = await pyodide.runPythonAsync(`
import os, sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = ["/wheel", "/packages"]
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = "/tmp/hypothesis"
os.chdir("/root")

import micrograd
import pytest

assert micrograd.backend == "python"
assert micrograd.__file__.startswith("/wheel")
files = sorted(Path("tests/conformance").glob("test_*.py"))
without = [file for file in files if "import numpy" in file.read_text()]
status = pytest.main(
    ["-p", "no:cacheprovider", "--basetemp=/tmp/tests",
     "-k", "not thread and not million_deep and not thousand_deep",
     *(str(file) for file in files if file not in without)]
)
print(f"Python {sys.version.split()[0]} in WebAssembly; not run, since they need NumPy:",
      ", ".join(file.name for file in without))
int(status)
`);
process.exit(status);
