"""What is damaged is refused before anything is changed: saved models and checkpoints."""

import random
import tempfile
import warnings
from functools import cache
from pathlib import Path

from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.saving import load, save
from micrograd.train import fit

DATA = [[0.0, 1.0], [1.0, 0.5], [0.25, -1.0], [2.0, 1.0]], [1.0, -1.0, 1.0, -1.0]
CHANGES = ["flip", "cut", "insert", "zero", "swap", "double", "append", "text"]


def program(seed: int) -> str:
    """Return what is to be done to which file: a kind of file, a kind of change and its place."""
    rng = random.Random(seed)
    return repr(
        (rng.choice(["model", "run"]), rng.choice(CHANGES), rng.random(), rng.randrange(256))
    )


def verdict(text: str) -> tuple[str, str]:
    """Damage a file and load it: all is as it was, or all is as it was saved."""
    kind, change, place, byte = eval(text)
    whole = _saved(kind)
    damaged = _damaged(whole, change, int(place * len(whole)), byte)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(damaged)
        model, optimizer = _made(2)
        before = _numbers(model)
        try:
            _loaded(kind, model, optimizer, path)
        except ValueError as error:
            if _numbers(model) != before:
                return "different", f"refused ({error}), and yet changed"
            return ("", "") if "file" in str(error) else ("message", str(error))
        except Exception as error:
            return "crash", f"{type(error).__name__}: {error}"
        if _numbers(model) != _numbers_saved(kind):
            return "different", "taken, and not what was saved"
    return "", ""


def _damaged(whole: bytes, change: str, at: int, byte: int) -> bytes:
    head, tail = whole[:at], whole[at:]
    return {
        "flip": head + bytes([tail[0] ^ (1 << byte % 8)]) + tail[1:],
        "cut": head,
        "insert": head + bytes([byte]) + tail,
        "zero": head + bytes(min(byte + 1, len(tail))) + tail[byte + 1 :],
        "swap": tail + head,
        "double": whole + whole,
        "append": whole + bytes([byte]),
        "text": b'{"settings": null}' + bytes([byte]) + tail,
    }[change]


def _made(seed: int) -> tuple[MLP, SGD]:
    model = MLP(2, [3, 1], seed=seed)
    return model, SGD(model.parameters(), lr=0.1, momentum=0.9)


def _trained(model: MLP, optimizer: SGD, path: Path, epochs: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit(lambda x, y: (model(x) - y) ** 2, DATA, model=model, optimizer=optimizer, epochs=epochs,
            checkpoint=path, compile=False, progress=False, seed=1)  # fmt: skip


def _loaded(kind: str, model: MLP, optimizer: SGD, path: Path) -> None:
    if kind == "model":
        load(model, path)
    else:
        _trained(model, optimizer, path, 1)


@cache
def _saved(kind: str) -> bytes:
    model, optimizer = _made(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        if kind == "model":
            save(model, path)
        else:
            _trained(model, optimizer, path, 1)
        return path.read_bytes()


@cache
def _numbers_saved(kind: str) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(_saved(kind))
        model, optimizer = _made(3)
        _loaded(kind, model, optimizer, path)
        return _numbers(model)


def _numbers(model: MLP) -> list[float]:
    return [p.data for p in model.parameters()]
