"""What a page needs to train the model it shows: the loss of one example, and the examples.

The page has the loss as one formula of the inputs, the target and the parameters. It computes it
for every example of a batch, adds the gradients, and takes steps of gradient descent.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..arguments import function, shown
from ..engine import Value, toposort
from ..examples import Examples
from ..value.likeness import is_value
from .labels import as_values, labels_of
from .snapshot import Snapshot, number_json

_POINTS = 500  # examples on a page
_TRIED = 10  # examples whose formula is compared with that of the first


class Trainer:
    """A model, a loss and data, as the page trains with them.

    Args:
        model: of any engine; it can be called with the inputs of one example, and has
            ``parameters()``.
        data: the examples, as ``fit`` takes them: (X, y).
        loss: of one example, ``loss(x, y)``: of values, as the parameters are.

    Attributes:
        roots: the loss of the first example, in a list.

    Raises:
        TypeError: the model or the loss is not of this kind.
        ValueError: the loss is another formula for some examples, or there are too many of these.
    """

    def __init__(self, model: Any, data: Any, loss: Callable[..., Any]) -> None:
        if not callable(model) or not callable(getattr(model, "parameters", None)):
            raise TypeError(f"a model has parameters() and can be called, got {shown(model)}")
        self._loss = function("loss", loss)
        parameters = list(model.parameters())
        self._value = type(parameters[0])
        self._examples = Examples(data)
        if any(len(example) != 2 for example in self._examples):
            raise ValueError("data is (X, y) here: the inputs, and one target for each")
        if len(self._examples) > _POINTS:
            raise ValueError(
                f"{len(self._examples):,} examples are more than a page should hold: "
                f"choose up to {_POINTS} of them"
            )
        inputs, targets, root = self._computed(0)
        outputs = _listed(model(*_argument(inputs, self._examples[0][0])))
        labels = labels_of({"": model})
        labels |= _numbered("x", inputs) | _numbered("y", targets)
        if hasattr(model, "named_parameters"):
            list(model.named_parameters())  # the search gives parameters their dotted labels
        (self._root, *outputs), values = as_values([root, *outputs], labels)
        self.roots = [self._root]
        self._leaves = {
            name: [values[id(v)] for v in chosen if id(v) in values]
            for name, chosen in (("parameters", parameters), ("inputs", inputs),
                                 ("targets", targets))
        }  # fmt: skip
        self._outputs = _matched(self._root, outputs)
        self._check(self._root)

    def _computed(self, i: int) -> tuple[list[Any], list[Any], Any]:
        """Compute the loss of an example from values; return inputs, targets and the loss."""
        x, y = self._examples[i]
        inputs, targets = ([self._value(float(n)) for n in _listed(part)] for part in (x, y))
        try:
            root = self._loss(*_argument(inputs, x), *_argument(targets, y))
        except (TypeError, AttributeError, ValueError) as error:
            raise TypeError(
                f"the loss of example {i} cannot be computed from values: {error}. On the page x "
                "and y are values like the parameters, not numbers to index or to compare with"
            ) from error
        if not is_value(root):
            raise TypeError(f"loss(x, y) returns one value, got {shown(root)}")
        return inputs, targets, root

    def _check(self, first: Value) -> None:
        """Refuse a loss that is another formula for another example."""
        for i in range(1, min(_TRIED, len(self._examples))):
            (root,), _ = as_values([self._computed(i)[-1]], {})
            if _formula(root) != _formula(first):
                raise ValueError(
                    f"the loss of example {i} is another formula than that of example 0: the page "
                    "trains with one formula for all"
                )

    def as_json(self, snapshot: Snapshot) -> dict[str, Any]:
        """Return what ``frontend/src/types.ts`` calls TrainerData."""
        number = snapshot.number
        nodes = {
            name: [number[id(v)] for v in values if id(v) in number]
            for name, values in (self._leaves | {"outputs": self._outputs}).items()
        }
        columns = zip(*[self._examples[i] for i in range(len(self._examples))], strict=True)
        points, wanted = ([_numbers(row) for row in column] for column in columns)
        return {**nodes, "loss": number[id(self._root)], "points": points, "wanted": wanted}


def _numbered(name: str, leaves: list[Any]) -> dict[int, str]:
    """Label leaves by their number, by id: x1, x2, or x where there is one."""
    return {id(v): f"{name}{n}" if len(leaves) > 1 else name for n, v in enumerate(leaves, 1)}


def _listed(x: Any) -> list[Any]:
    return list(x) if isinstance(x, Iterable) else [x]


def _argument(values: list[Any], like: Any) -> tuple[Any]:
    """Return values as an example has them: one by itself, or a list."""
    return (values if isinstance(like, Iterable) else values[0],)


def _numbers(row: Any) -> list[float | str]:
    return [number_json(float(x)) for x in _listed(row)]


def _formula(root: Value) -> list[tuple[Any, ...]]:
    """Write which operations follow each other, without numbers."""
    place: dict[Value, int] = {}
    written = []
    for value in toposort(root):
        written.append((value.op, *[place[p] for p in value.parents]))
        place[value] = len(place)
    return written


def _matched(root: Value, wanted: list[Value]) -> list[Value]:
    """Find values behind the root that are computed from the same leaves in the same way."""
    first: dict[Any, Value] = {}
    twin: dict[Value, Value] = {}
    for value in (v for end in (root, *wanted) for v in toposort(end)):
        key: tuple[Any, ...] = (value.op, *[id(twin[p]) for p in value.parents])
        if not value.parents:
            key = (id(value),) if value.label else ("constant", value.data)
        twin[value] = first.setdefault(key, value)
    behind = set(toposort(root))
    twins = [twin[v] for v in wanted]
    return twins if all(v in behind for v in twins) else []
