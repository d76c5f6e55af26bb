"""A program: a few lines that a learner can type, and the expressions whose values count."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """A few lines on top of the learner's names, and what is looked at afterwards.

    What is right is what the lecture's engine gives, in one of ``variants``; nothing is typed in.
    """

    name: str  # "backward.twice"
    title: str  # "a value used twice"
    code: str
    shows: tuple[str, ...]  # expressions; "label := expression" shows the label
    feature: str = ""  # of its own section; where it is missing, the program is not written yet
    needs: tuple[str, ...] = ()  # of other sections; where one is missing, the program is left out
    required: bool = True  # a section without it is not whole
    tolerance: float = 1e-6  # relative above 1, absolute below
    accepts: tuple[
        tuple, ...
    ] = ()  # what is right as well, where the lecture's is not the only way
    variants: tuple[str, ...] = ("",)
    observes: tuple[str, ...] = field(default=())  # for the signature only, never judged

    @property
    def section(self) -> str:
        """The section it belongs to."""
        return self.name.partition(".")[0]

    @property
    def text(self) -> str:
        """What the learner sees: the code on one line where it is short."""
        lines = [line for line in self.code.strip().splitlines() if not line.endswith("# hidden")]
        simple = not any(line.endswith(":") or line.startswith(" ") for line in lines)
        one = "; ".join(lines)
        return one if simple and len(one) <= 72 else "\n".join(lines)


def expression(show: str) -> str:
    """Return the expression of one of ``shows``."""
    return show.partition(" := ")[2] or show


def label(show: str) -> str:
    """Return what is shown for one of ``shows``."""
    return show.partition(" := ")[0]
