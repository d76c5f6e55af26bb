"""Measure against the peers: ``make bench``, or ``python -m benchmarks --peers … --names …``."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import compiled, eager, first, pure, results, workers

GROUPS = {"first": first.rows, "pure": pure.rows, "eager": eager.rows, "compiled": compiled.rows}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", default=list(GROUPS), metavar="group", help=", ".join(GROUPS)
    )
    parser.add_argument("--peers", required=True, help="the Python interpreter that has the peers")
    parser.add_argument(
        "--names", type=Path, required=True, help="a text file of 32,033 names, one a line"
    )
    parser.add_argument("--show", action="store_true", help="print the rows, write nothing")
    parser.add_argument(
        "--quick", action="store_true", help="the first group alone, in two minutes; write nothing"
    )
    parser.add_argument(
        "--avx2",
        action="store_true",
        help="keep both sides to AVX2, as on a machine without AVX-512",
    )
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.groups, chosen.show = ["first"], True
    for group in chosen.groups:
        if group not in GROUPS:
            parser.error(f"no group {group!r}: the groups are {', '.join(GROUPS)}")
    if not chosen.names.is_file():
        parser.error(
            f"no file {chosen.names}: the GPT is trained on the names of Karpathy's makemore "
            "(names.txt, 32,033 lines); say where it is: make bench NAMES=path/to/names.txt"
        )
    return chosen


def main() -> int:
    chosen = arguments()
    peers = str(Path(chosen.peers).absolute())
    core = workers.pin()
    print("Not pinned to a core" if core is None else f"Pinned to core {core}")
    measured, start = {}, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.avx2:
            workers.keep_to_avx2(folder)
        make_data = Path(__file__).parent / "peers" / "make_data.py"
        subprocess.run(
            [peers, str(make_data), str(chosen.names.absolute())], cwd=folder, check=True
        )
        for group in chosen.groups:
            print(group)
            measured[group] = []
            for row in GROUPS[group](peers, folder):
                measured[group].append(row)
                results.console([row])
    machine = results.machine(peers, chosen.avx2)
    rows = [row for rows in measured.values() for row in rows]
    print(*results.changes(machine["cpu"], rows), sep="\n")
    if not chosen.show:
        results.save(machine, measured)
    lost = sum(row["ratio"] < 1 for row in rows)
    below = sum(row["ratio"] < row["at_least"] for row in rows)
    print(
        f"{len(rows)} rows in {(time.monotonic() - start) / 60:.1f} minutes: in {lost} the peer is "
        f"faster, {below} are below what they should reach"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
