"""Count the edge crossings of Graphviz dot on the layout samples; writes dot_crossings.json.

Run with ``dot`` installed: python tests/golden/dot_crossings.py
"""

import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from layout_samples import SAMPLES


def crossings(nodes, edges) -> int:
    """Return what dot itself reports after its last pass of crossing minimisation."""
    lines = [f'"{name}" [shape={"circle" if name[-1] == "*" else "record"}]' for name in nodes]
    lines += [f'"{source}" -> "{target}"' for source, target in edges]
    source = "digraph g { rankdir=LR\n" + "\n".join(lines) + "\n}"
    done = subprocess.run(["dot", "-v", "-Tplain"], input=source, text=True, capture_output=True)
    return int(re.findall(r"mincross g: (\d+) crossings", done.stderr)[-1])


if __name__ == "__main__":
    counts = {name: crossings(*graph) for name, graph in SAMPLES.items()}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(counts, indent=2) + "\n")
    print(counts)
