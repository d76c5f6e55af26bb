"""Pictures, words and the page of a graph."""

from pathlib import Path
from tempfile import mkdtemp

from micrograd import Value, explore, no_grad
from micrograd.draw import draw, trace
from micrograd.explain import explain

folder = Path(mkdtemp())
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c = a * b + a.tanh() / abs(b)
c.label = "c"
written: Path = draw(c).save(folder / "graph.svg")
text: str = explain(c).latex()
page = explore(c, title="c", show=False)
page.save(folder / "page.html")
nodes, edges = trace(c)
with no_grad():
    constant = a * b
print(written.name, text[:1], len(nodes), len(edges), constant.parents)
