"""What is imported is declared: NumPy as a dependency, everything else as an extra."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MODULE_OF = {
    "markdown-it-py": "markdown_it",
    "scikit-learn": "sklearn",
}  # where a distribution's module has another name
WITH_OTHERS = {"IPython", "traitlets"}  # there wherever a notebook or anywidget is


def declared(requirements):
    names = [re.match(r"[\w-]+", text)[0] for text in requirements]
    return {MODULE_OF.get(name, name) for name in names}


def test_everything_that_is_imported_is_a_dependency_or_an_extra():
    imported = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require":
                imported.add(ast.literal_eval(node.args[0]).partition(".")[0])
    extras = PROJECT["optional-dependencies"]
    allowed = declared(PROJECT["dependencies"]).union(*map(declared, extras.values()))
    assert imported - sys.stdlib_module_names - WITH_OTHERS <= allowed
    used = allowed - {"micrograd-next"}
    assert used <= imported, "declared, and used nowhere"


ALONE = """
import sys
hidden = {"sklearn", "scipy", "rich", "matplotlib"}
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from micrograd import data
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.train import fit
X, y = data.digits()
model = MLP(64, [10], seed=0)
loss = lambda x, label: cross_entropy(model(x), label)
history = fit(loss, (X[:40], y[:40]), model=model, optimizer=SGD(model.parameters(), lr=0.1),
              epochs=2, compile=False, progress=False)
print(history.loss[1] < history.loss[0])
"""


def test_digits_are_learnt_with_numpy_alone():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
from micrograd import explore
from micrograd.draw import draw
from micrograd.explain import explain
from micrograd.nn import MLP
from micrograd.practise import lecture
score = MLP(2, [2, 1], seed=0)([1.0, 2.0])
score.backward()
print(bool(explain(score)), "<svg" in str(draw(score)), explore("c = a*b", a=2, b=3, show=False))
"""


def test_what_a_page_in_the_browser_has_needs_no_numpy():
    command = [sys.executable, "-c", WITHOUT_NUMPY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("True True"), done.stderr
