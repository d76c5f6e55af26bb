"""Run docs/in_pytorch.py and record its numbers, for lesson 10: needs PyTorch, and nothing else.

``python docs/record_pytorch.py``, after a change of either program. The lesson runs ours when its
page is made, and says so if the numbers differ.
"""

import json
import runpy
from pathlib import Path

import torch

HERE = Path(__file__).parent


def main(target: Path) -> None:
    programs = {name: (HERE / f"in_{name}.py").read_text() for name in ("micrograd", "pytorch")}
    run = runpy.run_path(str(HERE / "in_pytorch.py"))
    numbers = {name: run[name] for name in ("answers", "losses")}
    recorded = {**programs, "version": torch.__version__, **numbers}
    target.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main(HERE.parent / "src/micrograd/lessons/texts/pytorch.json")
