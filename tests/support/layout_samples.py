"""The graphs that the layout is tried on: (nodes, edges) of names, the same every time."""

import random


def _of(consumers: dict[str, list[str]]) -> tuple[list[str], list[tuple[str, str]]]:
    """Turn {value: its parents} into a graph of boxes and op circles, as the pictures show it."""
    nodes: list[str] = []
    edges: list[tuple[str, str]] = []
    for value, parents in consumers.items():
        nodes.append(value)
        if parents:
            nodes.append(value + "*")
            edges += [(parent, value + "*") for parent in parents]
            edges.append((value + "*", value))
    return nodes, edges


def _neuron(name: str, xs: list[str], parents: dict[str, list[str]]) -> str:
    before = name + "b"
    parents[before] = []
    for i, x in enumerate(xs):
        weight, product, total = f"{name}w{i}", f"{name}p{i}", f"{name}s{i}"
        parents[weight] = []
        parents[product] = [weight, x]
        parents[total] = [before, product]
        before = total
    parents[name] = [before]
    return name


def neuron():
    parents: dict[str, list[str]] = {"x0": [], "x1": []}
    _neuron("n", ["x0", "x1"], parents)
    return _of(parents)


def mlp():
    """One pass of an MLP(3, [4, 4, 1])."""
    parents: dict[str, list[str]] = {f"x{i}": [] for i in range(3)}
    xs = list(parents)
    for layer, width in enumerate((4, 4, 1)):
        xs = [_neuron(f"l{layer}n{i}", xs, parents) for i in range(width)]
    return _of(parents)


def readme():
    """The expression of the original's README, with every use of every value."""
    return _of({
        "a": [], "b": [], "c": ["a", "b"], "ab": ["a", "b"], "b3": ["b"], "d": ["ab", "b3"],
        "c1": ["c", "c"], "one": [], "c2": ["c1", "one"], "c3": ["c2", "one"], "c4": ["c3", "c2"],
        "na": ["a"], "c5": ["c4", "na"], "two": [], "d2": ["d", "two"], "ba": ["b", "a"],
        "r1": ["ba"], "d3": ["d", "d2"], "d4": ["d3", "r1"], "three": [], "d5": ["d4", "three"],
        "bma": ["b", "na"], "r2": ["bma"], "d6": ["d4", "d5"], "d7": ["d6", "r2"], "nd": ["d7"],
        "e": ["c5", "nd"], "f": ["e"], "half": [], "g1": ["f", "half"], "ten": [], "inv": ["f"],
        "g2": ["ten", "inv"], "g": ["g1", "g2"],
    })  # fmt: skip


def attention():
    """Three queries over the keys and values before them, each of width two."""
    parents: dict[str, list[str]] = {}
    tokens = range(3)
    for name in "qkv":
        for t in tokens:
            for i in range(2):
                parents[f"{name}{t}{i}"] = []
    for t in tokens:
        for s in range(t + 1):
            for i in range(2):
                parents[f"m{t}{s}{i}"] = [f"q{t}{i}", f"k{s}{i}"]
            parents[f"dot{t}{s}"] = [f"m{t}{s}0", f"m{t}{s}1"]
            parents[f"exp{t}{s}"] = [f"dot{t}{s}"]
        parents[f"sum{t}"] = [f"exp{t}{s}" for s in range(t + 1)]
        for i in range(2):
            for s in range(t + 1):
                parents[f"w{t}{s}{i}"] = [f"exp{t}{s}", f"v{s}{i}"]
            parents[f"z{t}{i}"] = [f"w{t}{s}{i}" for s in range(t + 1)]
            parents[f"o{t}{i}"] = [f"z{t}{i}", f"sum{t}"]
    return _of(parents)


def dag(seed: int, size: int):
    """A random graph in which most values are used soon after they were made, some twice."""
    draw = random.Random(seed)
    parents: dict[str, list[str]] = {f"v{i}": [] for i in range(size // 4)}
    for i in range(size // 4, size):
        recent = list(parents)[-size // 3 :]
        parents[f"v{i}"] = [draw.choice(recent) for _ in range(draw.choice((1, 2, 2, 3)))]
    return _of(parents)


SAMPLES = {
    "neuron": neuron(),
    "mlp": mlp(),
    "readme": readme(),
    "attention": attention(),
    "dag 20": dag(1, 20),
    "dag 40": dag(2, 40),
    "dag 80": dag(3, 80),
    "dag 160": dag(4, 160),
}
