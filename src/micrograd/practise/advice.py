"""After success: one sentence of why it works, and what works today but will hurt later."""

from dataclasses import dataclass

from .forms import Forms
from .programs import Program
from .trial import fails

WHY = {
    "derivative": "A slope is how much f moves for a small step, divided by that step; all that "
    "follows computes the same number without taking a step.",
    "value": "Each result keeps what it was computed from; so the last one leads back to every "
    "number that went in.",
    "operations": "Each operation knows its own slope and nothing else; times the gradient that "
    "comes back, that is the chain rule.",
    "backward": "A value passes its gradient on only when all that use it have passed on theirs; "
    "that is what the order is for, and += is for the ways that meet.",
    "more": "Minus, division and numbers on either side are made of few operations; whatever is "
    "made of right ones has right gradients by itself.",
    "network": "A network is one long expression of its parameters; backward gives the slope of "
    "its output along every one of them.",
    "training": "Each step goes a little way down the slope of this step's loss; old gradients "
    "must be gone, or they pull as well.",
}


@dataclass(frozen=True)
class Trap:
    """A few lines that a right file may break at, and what to say then."""

    section: str
    program: Program
    advice: str


def _trap(section: str, need: str, code: str, advice: str) -> Trap:
    program = Program(f"advice.{need}", "", code, (), feature=need, needs=("backward",))
    return Trap(section, program, advice)


TRAPS = (
    _trap("operations", "tanh", "a = Value(400.0)\nb = a.tanh()",
          "tanh of 400 is 1, yours overflows on the way: math.tanh never does."),
    _trap("more", "sigmoid", "a = Value(-800.0)\nb = a.sigmoid()",
          "sigmoid of -800 is 0, yours overflows on the way: 0.5 + 0.5*tanh(x/2) never does."),
    _trap("backward", "__add__",
          "a = Value(1.0); c = a\nfor i in range(3000): c = c + a\nc.backward()",
          "A graph 3000 steps deep is too deep for recursion: a list used as a stack is not."),
)  # fmt: skip


def advise(section: str, forms: Forms) -> tuple[str, ...]:
    """Return what will hurt later in a section that is right."""
    traps = [t for t in TRAPS if t.section == section and _is_there(t.program, forms)]
    return tuple(trap.advice for trap in traps if fails(trap.program, forms))


def _is_there(program: Program, forms: Forms) -> bool:
    return all(map(forms.provides, (program.feature, *program.needs)))
