"""Training on four rows from set weights: the losses before each update, and what a step moves.

Where the learner has no network yet, ours is built on their Value.
"""

from .program import Program

_START = "model = MLP(3, {}); set_weights(model)\n"
_LARGE, _SMALL = "[4, 4, 1]", "[3, 1]"


def _program(name: str, title: str, steps: int, *shows: str, **more: tuple[str, ...]) -> Program:
    start = _START.format(_SMALL if steps > 3 else _LARGE)
    code = f"{start}losses = train(model, xs, ys, {steps}, 0.05)"
    return Program(f"training.{name}", title, code, shows, feature="train",
                   needs=("backward",), variants=("", "/mean"), **more)  # type: ignore[arg-type]  # fmt: skip


PROGRAMS = (
    _program("first", "the loss before the first step", 1, "losses[0]", "len(losses)"),
    _program("second", "the loss after one step", 2, "losses[1]"),
    _program("moved", "the weights after one step", 1,
             "model.parameters()[{}].data := [p.data for p in weights(model)]"),
    _program("third", "the loss after two steps", 3, "losses[2]"),
    _program("forty", "the loss after 39 steps", 40, "losses[39]"),
    Program("training.watched", "one step, watched",
            f"{_START.format(_LARGE)}watch = watched(model)\n"
            "losses = train(model, xs, ys, 1, 0.05)", (),
            feature="train", needs=("backward",), required=False,
            observes=("any(p.grad for p in weights(model))", "watch.outputs_have_gradients()",
                      "watch.sums_outside > 0", "watch.backward_calls > 0",
                      "'grad' in watch.names_after", "'data' in watch.names_after",
                      "'data' in watch.names_before")),
)  # fmt: skip
