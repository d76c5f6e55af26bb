"""What is remembered of each file between sessions: sections passed, skipped, and times.

One small JSON file for each learner's file, in the user's data folder, under a name made of the
file's resolved path. It is read, changed and written whole under a lock, so that two sessions at
once, or one that is killed, do no harm. The folder is found by the rules of each system in ten
lines here: an extra for it would stand between a beginner and the first ``micrograd practise``.
"""

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TextIO

from ..files import write_whole


@dataclass
class Attempt:
    """One run against the clock: from memory, or a speedrun."""

    kind: str  # "memory", "speedrun", "digits"
    started: float  # seconds since 1970
    splits: dict[str, float] = field(default_factory=dict)  # seconds at which a section passed
    finished: bool = False


@dataclass
class State:
    """All that is remembered of one file."""

    file: str = ""
    passed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    broken: str = ""  # the bug that ``micrograd practise break`` put into it


class Memory:
    """The state of one file, on disk.

    Args:
        path: the learner's file, which need not exist yet.

    Attributes:
        notes: what the user is to be told, once: a damaged file, a folder that cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        path = path.resolve()
        self._file = str(path)
        key = hashlib.sha256(self._file.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._path = data_folder() / "practise" / f"{path.stem[:40]}-{key}.json"
        self._kept = State(self._file)  # where nothing can be written
        self._writable = True

    def is_there(self) -> bool:
        """Tell whether anything is remembered, of this file or of another."""
        return any(self._path.parent.glob("*.json"))

    def load(self) -> State:
        """Return what is remembered; of a damaged file nothing, and it is renamed."""
        if not self._writable:
            return self._kept
        try:
            self._kept = _read(self._path)
        except FileNotFoundError:
            self._kept = State(self._file)
        except OSError as error:
            self._cannot(error)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._kept = State(self._file)
            aside = self._path.with_suffix(".damaged")
            with contextlib.suppress(OSError):
                os.replace(self._path, aside)
            self.notes.append(f"what was remembered is damaged, and now lies in {aside}")
        return self._kept

    def update(self, change: Callable[[State], None]) -> State:
        """Change what is remembered: read, changed and written under one lock."""
        try:
            if self._writable:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with _lock(self._path.with_suffix(".lock")):
                    state = self.load()
                    change(state)
                    write_whole(self._path, json.dumps({"version": 1, **asdict(state)}, indent=1))
                    return state
        except OSError as error:
            self._cannot(error)
        change(self._kept)
        return self._kept

    def _cannot(self, error: OSError) -> None:
        self._writable = False
        self.notes.append(f"nothing will be remembered: {error.strerror or error}: {self._path}")


def data_folder() -> Path:
    """Return the folder in which this system wants programs to keep the user's data."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        named = os.environ.get("XDG_DATA_HOME", "")
        base = Path(named) if os.path.isabs(named) else home / ".local" / "share"
    return base / "micrograd"


def begin(kind: str) -> Attempt:
    """Start the clock of an attempt."""
    return Attempt(kind, time.time())


def _read(path: Path) -> State:
    data = json.loads(path.read_text(encoding="utf-8"))
    names = {f.name for f in fields(State)}
    state = State(**{name: value for name, value in data.items() if name in names})
    state.attempts = [Attempt(**attempt) for attempt in state.attempts]  # type: ignore[arg-type]
    texts = [state.file, state.broken, *state.passed, *state.skipped]
    seconds = [second for attempt in state.attempts for second in attempt.splits.values()]
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(second, (int, float)) for second in seconds
    ):
        raise ValueError("not what was written")
    return state


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock that the system lets go of when the process ends, however it ends."""
    with open(path, "a", encoding="utf-8") as file:
        _hold(file)
        yield


def _hold(file: TextIO) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        locking: Any = vars(msvcrt)["locking"]
        locking(file.fileno(), vars(msvcrt)["LK_LOCK"], 1)
        return
    with contextlib.suppress(OSError):  # a network folder without locks is no reason to stop
        fcntl.flock(file, fcntl.LOCK_EX)
