"""A GPT, one scalar at a time: it reads lines of text, learns to spell them, and makes up new ones.

Every number in it is a Value: embeddings, attention, softmax and all. ``jit`` finds the matrices
again and runs them at the speed of C. Try:

    python examples/gpt.py                      # the chemical elements, 1,000 steps
    python examples/gpt.py names.txt --steps 2000
"""

import argparse
import os
import random
import sys
import time
from pathlib import Path

from micrograd import Value, dot, jit, log_softmax, mean, no_grad, softmax, take
from micrograd.optim import Adam

ELEMENTS = """
hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon sodium magnesium
aluminium silicon phosphorus sulfur chlorine argon potassium calcium scandium titanium vanadium
chromium manganese iron cobalt nickel copper zinc gallium germanium arsenic selenium bromine krypton
rubidium strontium yttrium zirconium niobium molybdenum technetium ruthenium rhodium palladium
silver cadmium indium tin antimony tellurium iodine xenon caesium barium lanthanum cerium
praseodymium neodymium promethium samarium europium gadolinium terbium dysprosium holmium erbium
thulium ytterbium lutetium hafnium tantalum tungsten rhenium osmium iridium platinum gold mercury
thallium lead bismuth polonium astatine radon francium radium actinium thorium protactinium uranium
neptunium plutonium americium curium berkelium californium einsteinium fermium mendelevium nobelium
lawrencium rutherfordium dubnium seaborgium bohrium hassium meitnerium darmstadtium roentgenium
copernicium nihonium flerovium moscovium livermorium tennessine oganesson
""".split()

WIDTH, HEADS, BLOCK = 16, 4, 16


def matrix(rows, columns):
    return [[Value(random.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]


def linear(x, w):
    return [dot(row, x) for row in w]


def rmsnorm(x):
    scale = (mean([xi * xi for xi in x]) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def add(xs, ys):
    return [x + y for x, y in zip(xs, ys)]


class GPT:
    """One transformer layer. What it knows is in its matrices; what it reads is one token."""

    def __init__(self, letters):
        self.letters = letters  # a string: tokens are places in it; one more is begin and end
        tokens = len(letters) + 1
        self.token_embedding = matrix(tokens, WIDTH)
        self.position_embedding = matrix(BLOCK, WIDTH)
        self.query, self.key, self.value, self.out = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.head = matrix(tokens, WIDTH)

    def parameters(self):
        return [p for m in vars(self).values() if isinstance(m, list) for row in m for p in row]

    def __call__(self, token, position, keys, values):
        """Return a logit for each token that may come next; keys and values remember the past."""
        x = add(take(self.token_embedding, token), self.position_embedding[position])
        x = rmsnorm(x)
        x = add(x, self.attend(rmsnorm(x), keys, values))
        hidden = [h.relu() for h in linear(rmsnorm(x), self.up)]
        x = add(x, linear(hidden, self.down))
        return linear(x, self.head)

    def attend(self, x, keys, values):
        """Each head looks at all positions so far, and takes most from those whose key fits."""
        query = linear(x, self.query)
        keys.append(linear(x, self.key))
        values.append(linear(x, self.value))
        size = WIDTH // HEADS
        heads = []
        for start in range(0, WIDTH, size):
            part = slice(start, start + size)
            fits = [dot(query[part], key[part]) / size**0.5 for key in keys]
            weights = softmax(fits)
            for column in zip(*[value[part] for value in values]):
                heads.append(dot(weights, column))
        return linear(heads, self.out)

    def loss(self, tokens):
        """Return how surprised it is, per token, by a line between two end tokens."""
        keys, values, losses = [], [], []
        for position in range(len(tokens) - 1):
            logits = self(tokens[position], position, keys, values)
            losses.append(-take(log_softmax(logits), tokens[position + 1]))
        return mean(losses)

    def tokens(self, line):
        """Return a line as tokens, begin and end included, cut to what fits."""
        end = len(self.letters)
        return [end, *[self.letters.index(c) for c in line], end][: BLOCK + 1]

    def sample(self, temperature=0.5):
        """Make up a line, one letter at a time."""
        keys, values, line, token = [], [], "", len(self.letters)
        with no_grad():
            for position in range(BLOCK):
                logits = self(token, position, keys, values)
                weights = [p.data for p in softmax([x / temperature for x in logits])]
                token = random.choices(range(len(weights)), weights)[0]
                if token == len(self.letters):
                    break
                line += self.letters[token]
        return line


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", help="a text file, one line a document")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    random.seed(options.seed)
    lines = Path(options.file).read_text("utf-8").split("\n") if options.file else ELEMENTS
    lines = [line.strip() for line in lines if line.strip()]
    if not lines:
        parser.error(f"{options.file} has nothing to read in it")
    random.shuffle(lines)

    model = GPT("".join(sorted(set("".join(lines)))))
    parameters = model.parameters()
    optimizer = Adam(parameters, lr=0.01, betas=(0.85, 0.99))
    loss_of = jit(model.loss)
    print(f"{len(lines)} lines, {len(model.letters)} letters, {len(parameters)} parameters")
    print("compiling, once ...", flush=True)

    start = time.perf_counter()
    smooth = None
    for step in range(options.steps):
        loss = loss_of(model.tokens(lines[step % len(lines)]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.lr = 0.01 * (1 - step / options.steps)
        optimizer.step()
        smooth = loss.data if smooth is None else 0.98 * smooth + 0.02 * loss.data
        if (step + 1) % 100 == 0:
            seconds = time.perf_counter() - start
            print(f"step {step + 1:5d}   loss {smooth:.3f}   {seconds:.1f} s", flush=True)
    print("\n".join(model.sample() for _ in range(15)), flush=True)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
