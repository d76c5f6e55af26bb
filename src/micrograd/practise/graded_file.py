"""One file of a class, graded."""

from dataclasses import dataclass
from typing import Any

from .processes import Report
from .results import SectionResult


@dataclass(frozen=True)
class GradedFile:
    """One file: what it is called in tables, and what came of it."""

    name: str
    report: Report

    @property
    def failed(self) -> SectionResult | None:
        """The section that failed, if one did."""
        return self.report.judgement.failed if self.report.judgement else None

    @property
    def states(self) -> dict[str, str]:
        """The state of each section."""
        judgement = self.report.judgement
        return {s.name: s.state for s in judgement.sections} if judgement else {}

    def is_right(self, through: str | None) -> bool:
        """Tell whether nothing is wrong, and nothing missing of what is to be written."""
        wanted = ("passed",) if through else ("passed", "absent")
        return bool(self.states) and all(state in wanted for state in self.states.values())

    def unfinished(self, through: str | None) -> list[str]:
        """Return the sections that are to be written and are not, where nothing is wrong."""
        states = self.states if through and not self.failed else {}
        return [section for section, state in states.items() if state == "absent"]

    def is_empty(self) -> bool:
        """Tell whether nothing of what is to be written is there."""
        return bool(self.states) and all(state == "absent" for state in self.states.values())

    def bug(self) -> dict[str, Any] | None:
        """Return what is known of the bug, as the JSON has it."""
        diagnosis = self.failed.diagnosis if self.failed else None
        if diagnosis is None or (diagnosis.bug is None and diagnosis.method is None):
            return None
        bug, place = diagnosis.bug, diagnosis.place
        return {
            "id": bug.id if bug else None,
            "name": bug.name if bug else None,
            "method": diagnosis.method or (bug.method if bug else None),
            "cell": place.file if place and place.file.startswith("cell ") else None,
            "line": place.line if place else None,
            "sure": diagnosis.sure,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the file's entry of the JSON."""
        failure = self.failed.failure if self.failed else None
        first = failure.differences[0] if failure and failure.differences else None
        return {
            "file": self.name,
            "sections": self.states,
            "program": failure.program if failure else None,
            "expression": first.expression if first else None,
            "yours": first.yours if first else failure.error if failure else None,
            "right": first.right if first else None,
            "bug": self.bug(),
            "error": self.report.error,
            "remarks": list(self.report.remarks),
        }
