"""One result format: rows of measured ratios, the machine, and the tables made of them."""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
TABLE = Path(__file__).parent / "README.md"
README = Path(__file__).parent.parent / "README.md"
PEERS = ("micrograd", "torch", "jax", "casadi", "autograd", "numpy", "scikit-learn")


def row(
    work: str,
    peer: str,
    *,
    ours: float,
    theirs: float,
    at_least: float,
    aim: float | None = None,
    unit: str = "s",
) -> dict[str, Any]:
    """Make one row; the ratio says how many times as fast (or as small) as the peer ours is."""
    return {
        "work": work,
        "peer": peer,
        "ratio": theirs / ours,
        "at_least": at_least,
        "aim": aim,
        "ours": ours,
        "theirs": theirs,
        "unit": unit,
    }


def machine(peers_python: str) -> dict[str, Any]:
    """Describe the machine, its compiler and the versions of both sides."""
    ask = f"from importlib.metadata import version as v; print(*map(v, {PEERS}))"
    versions = _output(peers_python, "-c", ask).split()
    return {
        "date": date.today().isoformat(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "compiler": _output("cc", "--version").splitlines()[0],
        "python": platform.python_version(),
        "ours": {"micrograd-next": version("micrograd-next"), "numpy": version("numpy")},
        "peers": dict(zip(PEERS, versions, strict=True)),
    }


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or "unknown"
    model = re.search(r"model name\s*: (.*)", text)
    vectors = [name for name in ("avx2", "avx512f") if re.search(rf"\b{name}\b", text)]
    return f"{model[1] if model else platform.machine()} ({', '.join(vectors) or 'no AVX'})"


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def save(described: dict[str, Any], groups: dict[str, list[dict[str, Any]]]) -> None:
    """Write results.json and both tables; groups that were not measured now stay as they are."""
    known = load()["groups"] if RESULTS.exists() else {}
    measured = {**known, **groups}
    RESULTS.write_text(json.dumps({"machine": described, "groups": measured}, indent=1) + "\n")
    write_tables()


def load() -> dict[str, Any]:
    """Read results.json: the machine, and the rows of each group."""
    return json.loads(RESULTS.read_text())


def write_tables() -> None:
    """Put the tables of results.json between the markers of the two Markdown files."""
    results = load()
    rows = [row for group in results["groups"].values() for row in group]
    insert(README, short_table(rows) + measured_on(results["machine"]))
    insert(TABLE, long_table(rows) + measured_on(results["machine"]))


def insert(file: Path, text: str) -> None:
    pattern = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)
    file.write_text(pattern.sub(lambda found: found[1] + text + found[2], file.read_text()))


def short_table(rows: Iterable[dict[str, Any]]) -> str:
    """One line per work: the ratio to each peer, in bold where below what it should reach."""
    works: dict[str, list[str]] = {}
    for row in rows:
        if row["peer"][0].isdigit():  # a bound, no peer: it stands in the long table
            continue
        cell = f"{row['peer']} {_mark(row)}"
        works.setdefault(row["work"], []).append(cell)
    lines = ["| work | times as fast as |", "|---|---|"]
    lines += [f"| {work} | {' · '.join(cells)} |" for work, cells in works.items()]
    return "\n".join(lines) + "\n"


def long_table(rows: Iterable[dict[str, Any]]) -> str:
    """One line per row, with both medians."""
    lines = [
        "| work | peer | ours | theirs | ratio | to reach | aim |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ours, theirs = quantity(row["ours"], row["unit"]), quantity(row["theirs"], row["unit"])
        aim = f"{short(row['aim'])}×" if row.get("aim") else ""
        lines.append(
            f"| {row['work']} | {row['peer']} | {ours} | {theirs} | {_mark(row)} | "
            f"{short(row['at_least'])}× | {aim} |"
        )
    return "\n".join(lines) + "\n"


def measured_on(described: dict[str, Any]) -> str:
    """Say on which machine, with which versions."""
    peers = ", ".join(f"{name} {number}" for name, number in described["peers"].items())
    return (
        f"\nMeasured {described['date']}: {described['cpu']}, one of {described['cores']} cores; "
        f"{described['system']}; {described['compiler']}; Python {described['python']}; {peers}.\n"
    )


def _mark(row: dict[str, Any]) -> str:
    ratio = f"{short(row['ratio'])}×"
    return ratio if row["ratio"] >= row["at_least"] else f"**{ratio}**"


def short(x: float) -> str:
    """Two significant digits, or whole thousands: 0.83, 1.4, 28, 1,300, 250,000."""
    if x >= 100:
        scale = 10 ** (len(str(int(x))) - 2)
        return f"{round(x / scale) * scale:,}"
    return f"{float(f'{x:.2g}'):g}"  # 99.6 is 100, not 1e+02


def quantity(x: float, unit: str) -> str:
    """Write a measured quantity with a prefix that suits it: 1.4 µs, 23 ms, 72 bytes."""
    if unit != "s":
        return f"{short(x)} {unit}"
    for factor, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if x >= factor:
            return f"{x / factor:.3g} {name}"
    return f"{x * 1e9:.3g} ns"


def console(rows: Iterable[dict[str, Any]]) -> None:
    """Print rows as they come in."""
    for row in rows:
        verdict = "" if row["ratio"] >= row["at_least"] else f"   below {short(row['at_least'])}×"
        ours, theirs = quantity(row["ours"], row["unit"]), quantity(row["theirs"], row["unit"])
        print(f"  {row['work']} | {row['peer']}: {_mark(row)} ({ours}, {theirs}){verdict}")
    sys.stdout.flush()
