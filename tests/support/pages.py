"""Run what a Markdown page shows: Python blocks in one namespace, command lines one by one."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NEEDING_ENGINES = {"export.md", "gpu.md", "tune.md"}  # they run where tests/engines does
IN_A_BROWSER = {"export.md"}  # tests/engines/test_browser.py opens it
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """Return (language, code, line number) for each fenced block."""
    text = page.read_text()
    return [(m[1], m[2], text[: m.start()].count("\n") + 1) for m in _BLOCK.finditer(text)]


def run_page(page):
    """Run the blocks of a page in order; what stands after >>> must give what stands below it."""
    namespace = {"__name__": "__main__"}
    for language, code, line in blocks(page):
        if language == "python":
            _run_python(code, namespace, page, line)
        elif language == "sh":
            _run_commands(code)
        elif language == "html":
            assert page.name in IN_A_BROWSER, f"{page.name}:{line}: no test opens this page"
        else:  # printed output, and nothing else, may go without a language
            assert language == "text", f"{page.name}:{line}: a block in {language or 'no language'}"


def _run_python(code, namespace, page, line):
    if ">>>" not in code:
        exec(compile("\n" * line + code, str(page), "exec"), namespace)
        return
    example = doctest.DocTestParser().get_doctest(code, namespace, page.name, str(page), line)
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(example, out=report.append, clear_globs=False)
    namespace.update(example.globs)
    assert not report, "".join(report)


def _run_commands(code):
    for command in code.replace("\\\n", "").splitlines():
        name, *arguments = shlex.split(command, comments=True) or [""]
        if name == "micrograd":
            done = subprocess.run(
                [Path(sys.executable).with_name("micrograd"), *arguments],
                env={**os.environ, "BROWSER": "true"},  # explore shows its page in one
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stderr}"
        elif name == "make":  # running make inside a test of make would not end
            subprocess.run(["make", "-n", *arguments], cwd=ROOT, check=True, capture_output=True)
        else:
            assert name in ("", "pip", "git", "cd", "source"), f"nothing here runs {command!r}"
