"""What the judge says, as plain records that cross process borders as JSON.

A ``Judgement`` holds one ``SectionResult`` for each section that was asked for, in order. The first
section that fails has a ``Failure`` (the program, your numbers, the right ones) and a ``Diagnosis``
(which bug, which method, where); sections after it are "not reached". An ``Outcome`` is one program
run alone: ``judge(namespace, outcomes=...)`` takes those that ran elsewhere, instead of running.
"""

import types
import typing
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

State = Literal["passed", "failed", "absent", "not reached"]


class Record:
    """What all results can do: become JSON, and come back from it."""

    def to_json(self) -> dict[str, Any]:
        """Return the record as dictionaries, lists, texts and numbers."""
        return asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Make the record that ``to_json`` was called on, also after ``json.loads``."""
        hints = typing.get_type_hints(cls)
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{k: _read(hints[k], v) for k, v in data.items() if k in known})


def _read(hint: Any, data: Any) -> Any:
    """Turn lists into tuples and dictionaries into records, where the annotation says so."""
    if data is None:
        return None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _read(next(a for a in arguments if a is not type(None)), data)
    if origin is tuple:
        return tuple(_read(arguments[0], item) for item in data)
    return hint.from_json(data) if isinstance(hint, type) and issubclass(hint, Record) else data


@dataclass(frozen=True)
class Bug(Record):
    """A bug of the catalogue: ``method`` is where it is made, ``rule`` what it goes against."""

    id: str
    name: str
    method: str  # "__mul__", "backward", "Neuron.__call__", "train"
    rule: str
    hint: str


@dataclass(frozen=True)
class Place(Record):
    """A line of the learner's file; of a notebook, ``file`` is "cell 3"."""

    file: str
    line: int

    def __str__(self) -> str:
        joint = ", line " if self.file.startswith("cell ") else ":"
        return f"{self.file}{joint}{self.line}"


@dataclass(frozen=True)
class Difference(Record):
    """One expression of a program: ``a.grad``, what yours gives, and what is right."""

    expression: str
    yours: str
    right: str


@dataclass(frozen=True)
class Failure(Record):
    """A program that failed: its text in the learner's own names, and what came out."""

    name: str  # the program's, as run_program takes it
    title: str  # "a value used twice"
    program: str
    differences: tuple[Difference, ...] = ()
    error: str | None = None  # "TypeError: 'NoneType' object is not callable"; "took over 2 s"


@dataclass(frozen=True)
class Diagnosis(Record):
    """Which bug it is, as far as numbers tell.

    ``sure`` means: the numbers are this bug's and no other's, and our method in place of the
    learner's makes all right. Where the bug is not known, ``method`` may still be.
    """

    bug: Bug | None = None
    method: str | None = None
    place: Place | None = None
    sure: bool = False
    cure: str | None = None  # "with our `__mul__` in place of yours all is right"


@dataclass(frozen=True)
class SectionResult(Record):
    """One section: ``passed`` holds the titles of the programs that came out right."""

    name: str
    state: State
    passed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # what is not written yet, in the learner's words: "1 + a"
    failure: Failure | None = None
    diagnosis: Diagnosis | None = None
    advice: tuple[str, ...] = ()  # after success: works, but will hurt later
    why: str = ""  # after success: one sentence


@dataclass(frozen=True)
class Judgement(Record):
    """All sections that were asked for, and which of the learner's names were taken for ours."""

    sections: tuple[SectionResult, ...]
    names: dict[str, str]  # {"parents": "_children", "class": "Tensor"}: only where they differ

    @property
    def failed(self) -> SectionResult | None:
        """The section that failed, if one did."""
        return next((s for s in self.sections if s.state == "failed"), None)


@dataclass(frozen=True)
class Outcome(Record):
    """One program's end: right, wrong, or absent (what it needs is not written yet).

    ``signature`` is what tells bugs apart: a list of numbers, rounded to 9 digits, or the kind of
    an error; None for a right or an absent program.
    """

    name: str
    state: Literal["right", "wrong", "absent"]
    differences: tuple[Difference, ...] = ()
    error: str | None = None
    place: Place | None = None  # of an error: the learner's line that raised it
    method: str | None = None  # of an error: the learner's method that raised it
    signature: list | str | None = None

    @classmethod
    def stopped(cls, name: str, error: str) -> "Outcome":
        """Make the outcome of a program that did not come back: "took over 2 s", "crashed"."""
        return cls(name, "wrong", error=error, signature=f"stopped: {error.split()[0]}")
