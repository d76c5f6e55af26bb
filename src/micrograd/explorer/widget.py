"""ExplorerWidget: the page in a notebook, with its leaves tied to Python's Values."""

import json
import sys
import weakref
from typing import Any

from ..extras import require
from .explore import Explorer, explore
from .page import program
from .snapshot import number_json

anywidget = require("anywidget", "notebook", "the explorer widget")
traitlets = require("traitlets", "notebook", "the explorer widget")


class ExplorerWidget(anywidget.AnyWidget):  # type: ignore[name-defined]
    """The explorer with two-way editing: a leaf changed on the page changes ``Value.data``.

    The other way round, the page shows what Python's leaves hold after each cell of a notebook, and
    whenever ``refresh()`` is called. In Python, values computed from a leaf that was edited keep
    their data until they are computed again, as always.

    Args:
        what, args, kwargs: as for ``explore``.

    >>> from micrograd import Value
    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> widget = ExplorerWidget(a * b + b)
    """

    page = traitlets.Unicode().tag(sync=True)
    leaves = traitlets.Dict().tag(sync=True)  # node -> data; what is not finite is text

    def __init__(self, what: Any, *args: Any, **kwargs: Any) -> None:
        explorer = (
            what if isinstance(what, Explorer) else explore(what, *args, show=False, **kwargs)
        )
        values = explorer.snapshot.values
        self._explorer = explorer
        self._values = {str(i): value for i, value in enumerate(values) if not value.parents}
        module = (
            f"{program()}\nconst rules = {explorer.rules};\n"
            "export default {\n"
            "  render: ({ model, el }) => window.micrograd.renderWidget(model, el, rules),\n"
            "};\n"
        )
        super().__init__(_esm=module, page=json.dumps(explorer.page), leaves=self._held())
        _after_each_cell(weakref.ref(self))

    def _held(self) -> dict[str, float | str]:
        return {node: number_json(value.data) for node, value in self._values.items()}

    def refresh(self) -> None:
        """Show on the page what Python's leaves now hold."""
        self.leaves = self._held()

    @traitlets.observe("leaves")
    def _take_over(self, change: Any) -> None:
        """Set the Values whose numbers were changed on the page."""
        for node, x in change["new"].items():
            value = self._values.get(node)
            if value is not None and value.data != float(x):
                value.data = float(x)


def _after_each_cell(reference: "weakref.ref[ExplorerWidget]") -> None:
    """Refresh a widget whenever a cell of the notebook has run, as long as the widget is there."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return

    def refresh(*_: Any) -> None:
        widget = reference()
        if widget is None:
            shell.events.unregister("post_run_cell", refresh)
        else:
            widget.refresh()

    shell.events.register("post_run_cell", refresh)
