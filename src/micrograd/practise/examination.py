"""All programs of some sections on one learner's file: which are run, and what came out.

A program that fails is always run on a copy of its own, as if it were run alone; those that pass
share one, because making copies is most of the work.
"""

from collections.abc import Callable, Mapping

from .adapter import Adapter
from .forms import Forms
from .programs import PROGRAMS, SECTIONS, Program
from .results import Outcome
from .trial import run


class Examination:
    """One learner's file, or that file with something of ours in it.

    Args:
        forms: how the file is written.
        outcomes: of programs that ran elsewhere.
        change: what to put into each copy.
    """

    def __init__(
        self,
        forms: Forms,
        outcomes: Mapping[str, Outcome] | None = None,
        change: Callable[[Adapter], None] | None = None,
    ) -> None:
        self.forms = forms
        self.change = change
        self._outcomes = dict(outcomes or {})
        self._shared: Adapter | None = None

    def outcome(self, program: Program) -> Outcome:
        """Run a program, once; absent where what it needs is not written."""
        if program.name not in self._outcomes:
            self._outcomes[program.name] = self._run(program)
        return self._outcomes[program.name]

    def ran(self, program: Program) -> Outcome | None:
        """Return a program's outcome only where it was run."""
        return self._outcomes.get(program.name)

    def all(self) -> list[Outcome]:
        """Run all programs."""
        return [self.outcome(program) for program in PROGRAMS.values()]

    def alone(self, program: Program) -> Outcome:
        """Run a program on a copy of its own."""
        if self.is_written(program):
            return run(program, self.forms, self.change)
        return Outcome(program.name, "absent")

    def is_written(self, program: Program) -> bool:
        """Say whether all is there that a program needs."""
        provides = self.forms.provides
        if not all(map(provides, program.needs)):
            return False
        return provides(program.feature) or self._is_forgotten(program)

    def is_unwritten(self, program: Program) -> bool:
        """Say whether a section is not whole without it: its own feature is not there yet."""
        provides = self.forms.provides
        if program.feature == "pass_on" and provides("backward"):
            return False  # a file that goes back in another way is judged by its gradients
        if not program.required or not all(map(provides, program.needs)):
            return False
        return not provides(program.feature)

    def _is_forgotten(self, program: Program) -> bool:
        """Say whether a later feature of the section is there, so that this one is no next step."""
        if not program.required or program.feature in ("pass_on", "parents"):
            return False
        rest = SECTIONS[program.section]
        later = rest[rest.index(program) + 1 :]
        return any(p.required and self.forms.provides(p.feature) for p in later)

    def _run(self, program: Program) -> Outcome:
        if not self.is_written(program):
            return Outcome(program.name, "absent")
        try:
            self._shared = self._shared or Adapter(self.forms, self.change)
        except Exception:  # what cannot be copied with a change cannot be run with it either
            return self.alone(program)
        outcome = run(program, self.forms, self.change, self._shared)
        if outcome.state == "right":
            return outcome
        self._shared = None
        return self.alone(program)
