"""Random training steps as people write them: a model, an optimiser or updates by hand, and state.

What they leave behind is looked at after each call; nothing is differentiated from outside.
"""

import random

from grammar import forms

MODELS = forms("""
    MLP(2, [3, 1], seed=1) | MLP(2, [3, 2, 1], "tanh", seed=2) | Linear(2, 1, seed=3) |
    Sequential(Linear(2, 3, seed=1), Tanh(), Linear(3, 1, seed=2)) | Line()
    | Sequential(Linear(2, 3, seed=1), LayerNorm(3), GELU(), Linear(3, 1, seed=2))
    | Sequential(Dropout(0.5), Linear(2, 1, seed=1)) | Polynomial()
""")
OPTIMIZERS = forms("""
    SGD(params, lr=0.1) | SGD(params, lr=0.1, momentum=0.9, nesterov=True) | Adam(params, lr=0.05) |
    SGD(params, lr=0.1, momentum=0.5, dampening=0.1, weight_decay=0.01) | AdamW(params, lr=0.02) |
    RMSprop(params, lr=0.01) | RMSprop(params, lr=0.01, momentum=0.5, centered=True) |
    Adagrad(params, lr=0.1, lr_decay=0.01) | Adam(params, lr=0.01, weight_decay=0.1) |
    SGD([{"params": params[:1], "lr": 0.2}, {"params": params[1:]}], lr=0.05, momentum=0.9)
""")
PREDICTIONS = forms("""
    [one(model(x)) for x in X] | vmap(lambda x: one(model(x)))(X) | list(map(one, map(model, X))) |
    [one(model(list(map(Value, x)))) for x in X]
""")
LOSSES = forms("""
    mean([(p - y) ** 2 for p, y in zip(P, Y)]) | sum([(1 - y * p).relu() for p, y in zip(P, Y)]) |
    mean([huber(p, y) for p, y in zip(P, Y)]) | sum((p - y) ** 2 for p, y in zip(P, Y)) / len(Y) |
    mean([hinge(p, y) for p, y in zip(P, Y)]) | mean([abs(p - y) for p, y in zip(P, Y)]) |
    mean([binary_cross_entropy_with_logits(p, (y + 1) / 2) for p, y in zip(P, Y)])
""")
PENALTIES = forms("""
    0.01 * sum([p * p for p in params]) | 1e-3 * sum(p * p for p in params) | l1(params) * 0.01 |
    0.1 * (params[0] - before[0]) ** 2 | box.scale * params[-1] ** 2
""")
ZEROS = [
    ["optimizer.zero_grad()"],
    ["model.zero_grad()"],
    ["for p in params:", "    p.grad = 0.0"],
    ["for p in params:", "    p.grad = 0"],
    ["if box.count % 2 == 0:", "    model.zero_grad()"],
    [],
]
BACKWARDS = [
    ["loss.backward()"],
    ["(loss / 2).backward()"],
    ["loss.backward()", "loss.backward()"],
    ["loss.backward()", "(params[0] ** 2).backward()"],
    ["for p, y in zip(P, Y):", "    ((p - y) ** 2 / len(Y)).backward()"],
]
CLIPS = [
    ["clip_grad_norm(params, 0.5)"],
    ["norms.append(clip_grad_norm(params, 1.0))"],
    [
        "size = math.sqrt(sum([p.grad**2 for p in params]))",
        "if size > 1.0:",
        "    for p in params:",
        "        p.grad *= 1.0 / size",
    ],
    ["for p in params:", "    p.grad = max(-0.3, min(0.3, p.grad))"],
    ["params[0].grad = 0.0"],
    ["params[-1].grad += 0.1"],
]
UPDATES = [
    ["for p in params:", "    p.data -= 0.1 * p.grad"],
    ["for p in params:", "    p.data = p.data - box.rate * p.grad"],
    [
        "for i, p in enumerate(params):",
        "    moments[i] = 0.9 * moments[i] + p.grad",
        "    p.data -= 0.05 * moments[i]",
    ],
    ["rate = 0.1 if box.count < 2 else 0.05", "for p in params:", "    p.data += -rate * p.grad"],
    [
        "moved[:] = 0.9 * moved + np.array([p.grad for p in params])",
        "for p, d in zip(params, moved):",
        "    p.data -= 0.1 * d",
    ],
    ["if loss.data > 0.01:", "    for p in params:", "        p.data -= 0.1 * p.grad"],
]
STEPS = [
    ["optimizer.step()"],
    ["box.count += 1", "optimizer.lr = 0.1 / (1 + box.count)", "optimizer.step()"],
    ["optimizer.step()", "if loss.data < box.best:", "    optimizer.lr *= 0.5"],
    ["if box.count % 2:", "    optimizer.step()", "    optimizer.zero_grad()"],
]
STATES = [
    ["box.count += 1"],
    ["losses.append(loss.data)"],
    ["box.best = min(box.best, loss.data)"],
    [
        "if loss.data < box.best:",
        "    box.best = loss.data",
        "    box.kept = [p.data for p in params]",
    ],
    ["average[:] = [0.9 * a + 0.1 * p.data for a, p in zip(average, params)]"],
    ["for i, p in enumerate(params):", "    average[i] += 0.1 * (p.data - average[i])"],
    ["seen['loss'] = seen.get('loss', 0.0) * 0.5 + loss.data"],
    ["box.right = sum([(p.data > 0) == (y > 0) for p, y in zip(P, Y)]) / len(Y)"],
    ["if loss.data < 0.05:", "    return None"],
    ["norms.append(math.sqrt(sum(p.grad**2 for p in params)))"],
    ["box.rate *= 0.9"],
    [
        "with no_grad():",
        "    box.after = mean([(one(model(x)) - y) ** 2 for x, y in zip(X, Y)]).data",
    ],
    ["params[0].data = float(np.clip(params[0].data, -0.5, 0.5))"],
    ["box.count += len(X)"],
]
RESULTS = forms("""
    loss.data | loss.data, box.count | [p.grad for p in params] | None | loss.item() |
    {"loss": loss.data, "right": sum([p.data * y > 0 for p, y in zip(P, Y)])} | float(loss.data) |
    loss.data, [p.data for p in P] | np.array([p.data for p in params]) | params[0].data - before[0]
""")
BETWEEN = forms("""
    pass | pass | pass | optimizer.lr *= 0.5 | params[0].data += 0.1 | box.rate = 0.05 |
    optimizer.load_state_dict(optimizer.state_dict()) | box.count += 1 | losses.clear() |
    model.load_state_dict(model.state_dict()) | params[-1].grad = 0.5 | moments[0] = 0.0 |
    model.eval() if k == 1 else model.train() | box.scale += 0.1 | average[0] = 1.0 |
    optimizer.zero_grad()
""")
WORLD = """from micrograd import random as draws
from micrograd.losses import *
from micrograd.nn import *
from micrograd.optim import *
differentiated = False
class Line(Module):
    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.125)
    def __call__(self, x):
        return dot(self.w, x) + self.b
class Polynomial(Module):
    def __init__(self):
        self.c = [Value(0.1 * i) for i in range(4)]
    def __call__(self, x):
        return self.c[0] + x[0] * (self.c[1] + x[1] * (self.c[2] + x[0] * self.c[3]))
def one(y):
    return y[0] if isinstance(y, list) else y
draws.seed(5)
model = {model}
params = list(model.parameters())
before = [p.data for p in params]
optimizer = {optimizer}
losses, norms, seen = [], [], {{}}
moments, moved, average = [0.0] * len(params), np.zeros(len(params)), [0.0] * len(params)
box = Box()
box.count, box.best, box.rate, box.scale, box.kept, box.right, box.after = 0, 9.0, 0.1, 0.5, 0, 0, 0
def world():
    state = optimizer.state_dict()
    return [
        [params, losses, norms, seen, moments, moved, average, optimizer.lr],
        list(vars(box).values()),
        {{name: state[name] for name in sorted(state)}},
    ]
"""


def program(seed: int) -> str:
    """Return the step of a seed, in the form of ``programs``."""
    rng = random.Random(seed)

    def some(lines, likely):
        return rng.choice(lines) if rng.random() < likely else []

    body = [f"P = {rng.choice(PREDICTIONS)}", f"loss = {rng.choice(LOSSES)}"]
    if rng.random() < 0.4:
        body += [f"loss = loss + {rng.choice(PENALTIES)}"]
    body += some(STATES, 0.3) + rng.choice(ZEROS) + rng.choice(BACKWARDS)
    body += some(CLIPS, 0.4) + some(STATES, 0.3)
    body += rng.choice(STEPS if rng.random() < 0.6 else UPDATES)
    body += some(STATES, 0.5) + some(STATES, 0.3) + [f"return {rng.choice(RESULTS)}"]
    lines = "\n".join("    " + line for line in body)
    calls = "\n".join(f"    lambda: {_batch(rng, k)}," for k in range(rng.randint(3, 5)))
    world = WORLD.format(model=rng.choice(MODELS), optimizer=rng.choice(OPTIMIZERS))
    between = rng.choice(BETWEEN)
    return f"{world}def f(X, Y):\n{lines}\ncalls = [\n{calls}\n]\ndef between(k):\n    {between}\n"


def _batch(rng: random.Random, k: int) -> str:
    """Return the arguments of a call: some rows of two numbers, and their labels."""
    n = rng.choice([1, 2, 4]) if k and rng.random() < 0.3 else 3
    xs = [[round(rng.uniform(-2, 2), 3) for _ in range(2)] for _ in range(n)]
    ys = [rng.choice([-1.0, 1.0]) for _ in range(n)]
    if rng.random() < 0.2:
        return f"(np.array({xs}), np.array({ys}))"
    return f"({xs}, {ys})"
