"""The lines of a recorded run: which line did what, and what the names hold, without numbers."""

import inspect
import random
import re

import pytest
from backwards import BY_TABLE, LECTURE, PATHS, RECURSION, going_back
from other_engines import Assigning, Closures, Kept

from micrograd import Value
from micrograd.explorer import explore, tracer
from micrograd.practise import lecture


class Lines:
    """What was recorded, line by line."""

    def __init__(self, explorer):
        self.code, self.graph = explorer.page["code"], explorer.page["graph"]

    def function(self, moment):
        return self.code["functions"][self.code["frames"][moment[0]][0]]

    def text(self, moment):
        text = self.code["files"][self.function(moment)["file"]]["text"]
        return text.splitlines()[moment[1] - 1].strip()

    def acts(self, *kinds):
        return [act for m in self.code["moments"] for act in m[4] if not kinds or act[0] in kinds]

    def doing(self, *act):
        """The line that does something, with the names that it changes."""
        (moment,) = [m for m in self.code["moments"] if act in m[4]]
        return self.text(moment)

    def held(self, function, name):
        """Everything that a name holds, one after the other, in all calls of a function."""
        return [
            self.code["things"][m[3][i + 1]]
            for m in self.code["moments"]
            if self.function(m)["name"] == function
            for i in range(0, len(m[3]), 2)
            if self.code["names"][m[3][i]] == name
        ]


@pytest.fixture(scope="module")
def textbook():
    return Lines(explore("c = a*b + b", a=2, b=3, code=True, show=False))


A, B, V1, C = range(4)


def test_every_step_of_the_page_has_its_line(textbook):
    assert textbook.doing("made", V1) == 'out = Value(self.data * other.data, (self, other), "*")'
    assert textbook.doing("visit", V1) == "if value not in visited:"
    assert textbook.doing("again", B) == "if value not in visited:"
    assert textbook.doing("append", V1) == "order.append(value)"
    assert textbook.doing("seed", C) == "self.grad = 1.0"
    assert textbook.doing("add", C, 1) == "other.grad += out.grad"
    assert textbook.doing("add", V1, 0) == "self.grad += other.data * out.grad"


def test_the_acts_are_those_of_the_engine_in_their_order(textbook):
    assert textbook.acts("made") == [("made", V1), ("made", C)]
    assert textbook.acts("visit", "again", "append") == [
        ("visit", C), ("visit", V1), ("visit", A), ("append", A), ("visit", B), ("append", B),
        ("append", V1), ("again", B), ("append", C),
    ]  # fmt: skip
    assert textbook.acts("add") == [("add", C, 0), ("add", C, 1), ("add", V1, 0), ("add", V1, 1)]


def test_names_hold_nodes_and_not_numbers(textbook):
    assert textbook.held("__mul__", "self") == [{"node": A}]
    assert textbook.held("__mul__", "out") == [{"node": V1}]
    assert textbook.held("_backward", "out") == [{"node": C}, {"node": V1}]


def test_a_closure_holds_what_it_captured(textbook):
    (closure,) = textbook.held("__mul__", "_backward")
    fields = closure["fields"]
    names = [textbook.code["names"][n] for n in fields[::2]]
    things = [textbook.code["things"][t] for t in fields[1::2]]
    assert dict(zip(names, things, strict=True)) == {
        "self": {"node": A}, "other": {"node": B}, "out": {"node": V1},
    }  # fmt: skip


def test_the_list_grows(textbook):
    lengths = [len(thing["items"]) for thing in textbook.held("backward", "order")]
    assert lengths == [0, 4]
    assert {len(thing["items"]) for thing in textbook.held("visit", "order")} == {0, 1, 2, 3, 4}


def test_a_plain_number_that_becomes_the_data_of_a_value_follows_it():
    lines = Lines(explore("y = tanh(x)", x=0.5, code=True, show=False))
    assert lines.held("tanh", "t") == [{"data": 1}]


def test_a_function_of_a_value_is_written_as_its_method():
    page = explore("y = tanh(2*x)", x=0.5, code=True, show=False).page
    program = page["code"]["files"][0]["text"]
    assert program.splitlines() == ["x = Value(0.5)", "y = (2 * x).tanh()", "y.backward()"]


def test_a_second_name_for_a_value_is_no_other_label():
    page = explore("x", x=1, code=True, show=False).page
    assert page["graph"]["labels"] == {0: "x"}
    assert explore(lambda: Closures(1.0), show=False).page["title"] == "your function"


def test_a_value_that_has_a_label_keeps_it_whatever_holds_it():
    held = [lecture.Value(2.0, label="price"), lecture.Value(3.0)]
    page = explore(lambda: held[0] * held[1], show=False).page
    assert list(page["graph"]["labels"].values())[:2] == ["price", "held.1"]


def test_an_engine_that_trains_when_it_is_imported_is_run_for_its_definitions(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        LECTURE + "\nfor i in range(10**9):\n    train(MLP(1, [1]), [[1.0]], [1.0], 9, 0.1)\n",
        "utf-8",
    )
    assert Lines(explore("c = a*b", a=2, b=3, code=file, show=False)).acts("seed")


def test_a_neuron_shows_its_comprehension_item_by_item():
    random.seed(1)
    lines = Lines(explore(lecture.Neuron(2), [1.0, -2.0], show=False))
    labels = lines.graph["labels"]
    items = [labels[thing["node"]] for thing in lines.held("<genexpr>", "wi") if "node" in thing]
    assert items == ["w.0", "w.1"]
    kinds = {f["name"]: f["kind"] for f in lines.code["functions"]}
    assert (kinds["<genexpr>"], kinds["__init__"], kinds["__mul__"]) == (
        "comprehension",
        "init",
        "",
    )


def test_a_network_is_named_by_its_layers_and_neurons():
    random.seed(1)
    model = lecture.MLP(2, [2, 1])
    lines = Lines(explore(lambda: (model([1.0, 2.0]) - 1) ** 2, show=False))
    assert "model.layers.0.neurons.1.w.0" in lines.graph["labels"].values()


def closures():
    a, b = Closures(2.0), Closures(3.0)
    return (a * b + b * b - a).bell()


def kept():
    a, b = Kept(2.0), Kept(3.0)
    return (a * b + b).cube()


def test_an_operation_of_the_learners_own_has_its_lines():
    lines = Lines(explore(closures, show=False))
    bell = lines.graph["roots"][0]
    assert lines.graph["ops"][lines.graph["op"][bell]]["symbol"] == "bell"
    assert lines.doing("add", bell, 0) == "self.grad += -2 * self.data * out.data * out.grad"
    assert len(lines.acts("add")) == sum(map(len, lines.graph["parents"]))


def test_an_engine_without_closures_and_backward_has_the_lines_that_it_has():
    lines = Lines(explore(kept, show=False))
    assert [act[0] for act in lines.acts()] == ["made"] * 3
    assert lines.doing(*lines.acts()[-1]).startswith("return Kept(self.data**3")


def test_our_own_values_have_the_lines_of_the_function():
    x = Value(2.0, label="x")

    def cube():
        square = x * x
        return square * x

    lines = Lines(explore(cube, show=False))
    assert [lines.doing(*act) for act in lines.acts()] == ["square = x * x", "return square * x"]
    assert x.grad == 0.0


PROGRAM = """
a, b = Value(2.0), Value(-3.0)
for step in range(50):
    c = a * b
    c.backward()
    a.data -= 0.1 * a.grad
"""


def test_a_program_runs_to_the_end_of_its_first_backward(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(LECTURE + PROGRAM, encoding="utf-8")
    explorer = explore(code=file, show=False)
    lines = Lines(explorer)
    assert explorer.page["title"] == "program.py"
    assert lines.graph["labels"] == {0: "a", 1: "b", 2: "c"}
    assert lines.graph["data"] == {0: 2.0, 1: -3.0}
    assert lines.acts("seed") == [("seed", 2)]


def test_an_engine_that_takes_no_numbers_is_asked_for_the_operation(tmp_path):
    file = tmp_path / "mine.py"
    wrapping = "other = other if isinstance(other, Value) else Value(other)"
    file.write_text(LECTURE.replace(wrapping, "pass"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"no attribute 'data'. Has mine.py no such operation\?"):
        explore("c = a + 1", a=2, code=file, show=False)


def test_a_power_whose_exponent_is_a_value_says_what_the_engine_takes():
    asked = r"line \d+: .* takes a number as exponent, as in a\*\*3; without code"
    for formula in ("c = a**b", "c = a**(b + 1)", "2**a"):
        with pytest.raises(ValueError, match=asked):
            explore(formula, **{n: 2 for n in "ab" if n in formula}, code=True, show=False)
    assert explore("c = a**-3", a=2, code=True, show=False).page["title"] == "c = a**-3"


def test_a_formula_runs_on_an_engine_of_ones_own_under_its_own_names(tmp_path):
    file = tmp_path / "mine.py"
    own = (
        LECTURE.replace("Value", "Scalar")
        .replace("tanh(self)", "Tanh(self)")
        .replace("visit", "build")
    )
    file.write_text(own, encoding="utf-8")
    lines = Lines(explore("y = tanh(a)", a=1, code=str(file), show=False))
    assert lines.code["files"][0]["text"] == "a = Scalar(1.0)\ny = a.Tanh()\ny.backward()"
    assert lines.doing("append", 1) == "order.append(value)"


def test_a_backward_whose_list_grows_for_ever_is_refused_with_its_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(tracer, "_LARGEST", 100_000)
    step = "        for value in reversed(order):\n            value._backward()\n"
    loop = (
        "        while order:\n"
        "            value = order[-1]\n"
        "            value._backward()\n"
        "            for parent in value._prev:\n"
        "                order.append(parent)\n"
        "            order.append(self)\n"
    )
    source = inspect.getsource(lecture)
    assert step in source
    file = tmp_path / "mine.py"
    file.write_text(source.replace(step, loop), encoding="utf-8")
    line = source[: source.index(step)].count("\n") + 1
    with pytest.raises(ValueError, match=f"grows: does the loop at mine.py, line {line}, ever end"):
        explore("c = a*b", a=2, b=3, code=file, show=False)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a = 1 /", "mine.py"),
        ("a = 1\nb = a / 0", "mine.py, line 2: ZeroDivisionError: division by zero"),
        ("x = 1", "mine.py makes no value: let it compute one and call its backward()"),
        ("import sys\nsys.exit(3)", "mine.py, line 2: SystemExit: 3"),
        pytest.param(
            "while True:\n    x = 1",
            "more than 40,000 lines run: does the loop at mine.py, line 1, ever end? If it does,",
            marks=pytest.mark.deep,
        ),
    ],
)
def test_a_program_that_cannot_be_followed_is_refused_with_its_line(tmp_path, source, said):
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    with pytest.raises(ValueError, match="mine") as error:
        explore(code=file, show=False)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: explore(code=True, show=False), "what is to run beside its lines"),
        (
            lambda: explore(Value(1.0), code="x.py", show=False),
            "pass the function that computes it",
        ),
        (lambda: explore(closures, code="x.py", show=False), "of a function the lines are its own"),
        (lambda: explore(lambda: 3, show=False), "a value is needed"),
    ],
)
def test_code_that_belongs_to_nothing_is_refused(call, said):
    with pytest.raises(TypeError, match=said):
        call()


def test_what_the_engine_lacks_is_said_with_the_line():
    with pytest.raises(
        ValueError, match=r"your formula, line 2: .*'sin'. Has the lecture's engine"
    ):
        explore("c = sin(a)", a=2, code=True, show=False)


def test_to_look_twice_is_not_to_go_back_twice():
    random.seed(1)
    neuron = lecture.Neuron(2)
    for _ in range(2):
        assert "yours" not in explore(neuron, [1.0, -2.0], show=False).page["graph"]
    assert [p.grad for p in neuron.parameters()] == [0.0, 0.0, 0.0]


def test_gradients_that_a_mistake_in_the_lines_leaves_are_marked():
    a, b = Assigning(2.0, label="a"), Assigning(3.0, label="b")
    graph = explore(lambda: a + b + b, show=False).page["graph"]
    (b_node,) = [str(n) for n, label in graph["labels"].items() if label == "b"]
    assert graph["right"] == {b_node: 2.0}
    assert graph["yours"][b_node] == 1.0


def test_a_line_that_says_equal_sets_a_gradient_and_adds_nothing():
    a, b = Assigning(2.0, label="a"), Assigning(3.0, label="b")
    acts = [
        act
        for *_, acts in explore(lambda: a + b, show=False).page["code"]["moments"]
        for act in acts
        if act[0] in ("add", "set")
    ]
    assert [verb for verb, *_ in acts] == ["set", "set"]


def test_data_is_told_by_its_length():
    data = [float(i) for i in range(1000)]

    def first():
        xs = data
        return Closures(xs[0]) * Closures(2.0)

    assert Lines(explore(first, show=False)).held("first", "xs") == [{"text": "<list of 1,000>"}]


@pytest.mark.parametrize(
    ("backward", "way", "gradient"), [(RECURSION, "kept", 10.0), (PATHS, "passed", 8.0)]
)
def test_a_recursion_is_shown_as_it_went_and_has_no_order(tmp_path, backward, way, gradient):
    file = tmp_path / "mine.py"
    file.write_text(going_back(backward), encoding="utf-8")
    lines = Lines(explore("x = a*2; c = x + x*3", a=1, code=file, show=False))
    assert lines.code["way"] == way
    assert lines.acts("visit", "again", "append") == []
    a, x = (n for n, label in lines.graph["labels"].items() if label in "ax")
    assert [act for act in lines.acts("add") if act[1] == x and act[2] == 0] == [("add", x, 0)] * 2
    assert ("yours" in lines.graph) == (gradient != 8.0)
    assert gradient == float(lines.graph.get("yours", {str(a): 8.0})[str(a)])


def test_a_backward_that_is_not_understood_is_not_said_to_be(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(going_back(BY_TABLE), encoding="utf-8")
    assert explore("x = a*2; c = x + x*3", a=1, code=file, show=False).page["code"]["way"] == ""


def test_a_backward_of_any_name_is_followed(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(re.sub(r"\bbackward\b", "zurueck", LECTURE), encoding="utf-8")
    lines = Lines(explore("c = a*b + b", a=2, b=3, code=file, show=False))
    assert lines.code["way"] == "kept"
    assert lines.doing("append", V1) == "order.append(value)"
