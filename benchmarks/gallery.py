"""The gallery against JAX: ``python -m benchmarks.gallery --peers PYTHON [name ...]``.

Each program runs in a new process with an empty cache, from its start to its result, compiling
included; imports are not. Both sides in turns on one core. Results go to gallery.json, and as a
table into docs/gallery.md.
"""

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from . import results, workers
from .programs.names import GALLERY

MEASURED = Path(__file__).parent / "gallery.json"
PAGE = Path(__file__).parent.parent / "docs" / "gallery.md"
ROUNDS = 3


def compare(name: str, peers_python: str, folder: Path) -> dict[str, Any]:
    """Measure one program on both sides, and check that both have the same result."""

    def run(ours: bool) -> float:
        program = "programs/gallery.py" if ours else "peers/gallery_jax.py"
        cache = tempfile.mkdtemp(dir=folder)
        options = {} if ours else {"python": peers_python}
        with workers.Worker(program, name, folder=folder, XDG_CACHE_HOME=cache, **options) as side:
            time = side.ask("time")
            answers[ours] = side.ask("answer")
        return time

    answers: dict[bool, list[float]] = {}
    times = workers.interleave(ROUNDS, ours=partial(run, True), theirs=partial(run, False))
    tolerance = GALLERY[name]
    if not all(abs(a - b) <= tolerance for a, b in zip(answers[True], answers[False], strict=True)):
        raise RuntimeError(f"{name}: {answers[True]} is ours, {answers[False]} is JAX's")
    return {"name": name, **times}


def table(measured: dict[str, Any]) -> str:
    """Return the rows as Markdown; where JAX is faster the ratio is bold."""
    lines = ["| program | ours | JAX | times as fast |", "|---|--:|--:|--:|"]
    for row in measured["rows"]:
        ratio = results.short(row["theirs"] / row["ours"]) + "×"
        ratio = ratio if row["ours"] <= row["theirs"] else f"**{ratio}**"
        ours, theirs = (results.quantity(row[side], "s") for side in ("ours", "theirs"))
        title = row["name"].replace("_", " ")
        lines.append(f"| [{title}](../examples/{row['name']}.py) | {ours} | {theirs} | {ratio} |")
    return "\n".join(lines) + "\n" + results.measured_on(measured["machine"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery")
    parser.add_argument("names", nargs="*", default=list(GALLERY), metavar="name")
    parser.add_argument("--peers", required=True, help="the Python interpreter that has JAX")
    chosen = parser.parse_args()
    peers = str(Path(chosen.peers).absolute())
    workers.pin()
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for name in chosen.names:
            rows.append(compare(name, peers, Path(folder)))
            print({k: v if k == "name" else round(v, 2) for k, v in rows[-1].items()}, flush=True)
    measured = {"machine": results.machine(peers), "rows": rows}
    if chosen.names == list(GALLERY):
        MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
        results.insert(PAGE, table(measured))


if __name__ == "__main__":
    main()
