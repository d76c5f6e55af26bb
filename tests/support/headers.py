"""Headers that stand alone, compiled by every compiler there is, and run."""

import subprocess
from itertools import product

import numpy as np
import pytest
from c_programs import LEVELS
from machine import COMMANDS, RUNNERS

WARNINGS = ("-Wall", "-Wextra", "-Werror", "-pedantic", "-std=c11")


def numbers(array):
    return ", ".join(float(x).hex() for x in np.ravel(array)) or "0"


def run(folder, text, main, *flags):
    """Compile a header with the body of a main function; return the numbers it prints.

    Every compiler at every level must give the same, but for rounding.
    """
    (folder / "header.h").write_text(text)
    loop = 'for (int i = 0; i < n; i++) printf("%a\\n", x[i]);'
    show = f"static void show(const double *x, int n) {{ {loop} }}"
    head = f'#include <math.h>\n#include <stdio.h>\n#include "header.h"\n{show}\n'
    (folder / "main.c").write_text(f"{head}int main(void) {{\n{main}\n    return 0;\n}}\n")
    results = []
    for (name, runner), level in product(RUNNERS.items(), LEVELS):
        command = [*COMMANDS[name], *WARNINGS, level, *flags, "main.c", "-o", "main", "-lm"]
        subprocess.run(command, cwd=folder, check=True)
        ran = subprocess.run([*runner, folder / "main"], check=True, capture_output=True, text=True)
        results.append([float.fromhex(line) for line in ran.stdout.split()])
        assert results[-1] == pytest.approx(results[0], rel=1e-12, abs=1e-15, nan_ok=True), (
            name,
            level,
        )
    return np.array(results[0])
