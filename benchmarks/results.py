"""One result format: rows of measured ratios, the machine, and the tables made of them."""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"  # a file for each processor
TABLE = HERE / "README.md"
README = HERE.parent / "README.md"
# What a user asks first: in words, the work, and the peer. README has these, the other file all.
FIRST = (
    ("two moons, a step, nothing compiled", "moons step, eager", "original, its collector off"),
    ("two moons, a step of `fit`", "moons step, `fit`", "JAX, its loop inside jit"),
    ("a small GPT, a step of `fit`", "GPT step, `fit`", "PyTorch"),
    ("digits, an epoch", "digits epoch, MLP 64-32-10, batches of 64", "PyTorch"),
    (
        "an ODE of 2,000 steps, to the first result",
        "ODE unrolled 2,000 steps, first call",
        "JAX, scan",
    ),
)
BY_HAND = {
    "plain C": "Beside the same program written in C by hand",
    "tuned C": "beside C that is tuned by hand for one processor's vectors",
}
_SAME = 1.1  # what two runs on one quiet machine may differ by
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
    given_up: bool = False,
) -> dict[str, Any]:
    """Make one row; the ratio says how many times as fast (or as small) as the peer ours is.

    Args:
        at_least: what the ratio should reach today; ``aim``: what it is to reach.
        given_up: the peer was stopped, and takes longer than ``theirs``.
    """
    return {
        "work": work,
        "peer": peer,
        "ratio": theirs / ours,
        "at_least": at_least,
        "aim": aim,
        "ours": ours,
        "theirs": theirs,
        "unit": unit,
        **({"given_up": True} if given_up else {}),
    }


def machine(peers_python: str, avx2: bool = False) -> dict[str, Any]:
    """Describe the machine, its compiler and the versions of both sides.

    Args:
        peers_python: the interpreter that has the peers.
        avx2: whether both sides were kept to AVX2.
    """
    ask = f"from importlib.metadata import version as v; print(*map(v, {PEERS}))"
    versions = _output(peers_python, "-c", ask).split()
    return {
        "date": date.today().isoformat(),
        "cpu": _cpu(avx2),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "compiler": _output("cc", "--version").splitlines()[0],
        "python": platform.python_version(),
        "ours": {"micrograd-next": version("micrograd-next"), "numpy": version("numpy")},
        "peers": dict(zip(PEERS, versions, strict=True)),
    }


def _cpu(avx2: bool) -> str:
    """Name the processor, and the widest vectors that it has, or those it was kept to."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or "unknown"
    model = re.search(r"model name\s*: (.*)", text)
    vectors = [name for name in ("avx2", "avx512f") if re.search(rf"\b{name}\b", text)]
    has = "kept to avx2" if avx2 else ", ".join(vectors) or "no AVX"
    return f"{model[1] if model else platform.machine()} ({has})"


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def save(described: dict[str, Any], groups: dict[str, list[dict[str, Any]]]) -> None:
    """Write this machine's results and both tables; groups not measured now stay as they are."""
    file = file_of(described["cpu"])
    before = json.loads(file.read_text())["groups"] if file.exists() else {}
    measured = {"machine": described, "groups": {**before, **groups}}
    RESULTS.mkdir(exist_ok=True)
    file.write_text(json.dumps(measured, indent=1) + "\n")
    write_tables()


def file_of(cpu: str) -> Path:
    """Return where the results of a processor are kept."""
    return RESULTS / f"{'-'.join(re.findall('[a-z0-9]+', cpu.lower()))}.json"


def load() -> list[dict[str, Any]]:
    """Read what each machine is and the rows of each group; the newest comes first."""
    machines = [json.loads(file.read_text()) for file in sorted(RESULTS.glob("*.json"))]
    return sorted(
        machines,
        key=lambda measured: (measured["machine"]["date"], len(rows_of(measured))),
        reverse=True,
    )


def changes(cpu: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Say which ratios are no longer what was committed for this processor, and which are new."""
    file = file_of(cpu)
    if not file.exists():
        yield f"No results of {cpu} are committed: nothing to compare with"
        return
    committed = json.loads(file.read_text())
    before = {(row["work"], row["peer"]): row["ratio"] for row in rows_of(committed)}
    yield f"Beside the results of {committed['machine']['date']} on {cpu}:"
    same = 0
    for row in rows:
        what, new = f"{row['work']} | {row['peer']}", row["ratio"]
        old = before.get((row["work"], row["peer"]))
        if old is None:
            yield f"  {what}: new, {short(new)}×"
        elif max(new / old, old / new) > _SAME:
            word = "faster" if new > old else "slower"
            yield f"  {what}: {short(old)}× before, {short(new)}× now, {word}"
        else:
            same += 1
    yield f"  {same} as before, to within {_SAME - 1:.0%}"


def rows_of(measured: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all rows of one machine."""
    return [row for group in measured["groups"].values() for row in group]


def write_tables() -> None:
    """Put the tables between the markers of the two Markdown files."""
    machines = load()
    insert(README, first_table([rows_of(measured) for measured in machines]))
    insert(TABLE, "\n".join(map(full, machines)))


def full(measured: dict[str, Any]) -> str:
    """Return which machine it is, and all its rows."""
    described = measured["machine"]
    return f"## {described['cpu']}\n{measured_on(described)}\n{long_table(rows_of(measured))}"


def insert(file: Path, text: str) -> None:
    pattern = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)
    file.write_text(pattern.sub(lambda found: found[1] + text + found[2], file.read_text()))


def first_table(machines: list[list[dict[str, Any]]]) -> str:
    """Return the rows that README has, and how near the speed of C written by hand ours is.

    Args:
        machines: the rows of each machine; of two ratios the smaller one is shown. Where the peer
            is faster, it is bold.
    """
    lines = ["| what | against | times as fast |", "|---|---|--:|"]
    for words, work, peer in FIRST:
        ratio = _smallest(machines, work, peer)
        if ratio is not None:
            lines.append(f"| {words} | {peer} | {_lost(ratio)} |")
    beside = []
    for peer, words in BY_HAND.items():
        ratios = [
            f"{work.split(',')[0]} {_lost(ratio)}"
            for work in dict.fromkeys(row["work"] for rows in machines for row in rows)
            if (ratio := _smallest(machines, work, peer)) is not None
        ]
        beside += [f"{words}: {', '.join(ratios)}"] * bool(ratios)
    hand = f"\n{'; '.join(beside)}.\n" if beside else ""
    return "\n".join(lines) + "\n" + hand


def _smallest(machines: list[list[dict[str, Any]]], work: str, peer: str) -> float | None:
    ratios = [
        row["ratio"]
        for rows in machines
        for row in rows
        if (row["work"], row["peer"]) == (work, peer)
    ]
    return min(ratios, default=None)


def _lost(ratio: float) -> str:
    return f"{short(ratio)}×" if ratio >= 1 else f"**{short(ratio)}×**"


def long_table(rows: Iterable[dict[str, Any]]) -> str:
    """One line per row, with both medians."""
    lines = [
        "| work | peer | ours | theirs | ratio | to reach | aim |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        aim = f"{short(row['aim'])}×" if row.get("aim") else ""
        lines.append(
            f"| {row['work']} | {row['peer']} | {' | '.join(_both(row))} | {_mark(row)} | "
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
    return ("> " if row.get("given_up") else "") + _lost(row["ratio"])


def _both(row: dict[str, Any]) -> tuple[str, str]:
    """Write what ours takes, and what the peer does."""
    more = "> " if row.get("given_up") else ""
    return quantity(row["ours"], row["unit"]), more + quantity(row["theirs"], row["unit"])


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
        print(f"  {row['work']} | {row['peer']}: {_mark(row)} ({', '.join(_both(row))}){verdict}")
    sys.stdout.flush()
