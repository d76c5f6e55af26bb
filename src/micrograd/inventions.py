"""What ``micrograd demo invent`` does: a GPT makes up names of stars, and a VAE draws digits.

Both are written for one example, one scalar at a time, of the layers in ``micrograd.nn``.
"""

from pathlib import Path
from random import Random
from typing import Any

from . import data, nn, plots, random
from .elementary import exp
from .extras import require
from .functions import softmax
from .functions import sum as total
from .losses import binary_cross_entropy_with_logits, cross_entropy
from .optim import Adam
from .schedules import Cosine
from .train import fit
from .value.modes import no_grad

STARS = """
sirius canopus arcturus vega capella rigel procyon achernar hadar altair acrux aldebaran antares
spica pollux fomalhaut deneb mimosa regulus adhara castor shaula gacrux bellatrix elnath alnilam
alnair alioth mirfak dubhe alkaid sargas avior menkalinan atria alhena peacock polaris mirzam
alphard hamal diphda nunki mirach alpheratz algol almach denebola tiaki muhlifain naos aspidiske
suhail alphecca mizar sadr schedar eltanin mintaka caph merak izar enif ankaa phecda scheat sabik
""".split()  # noqa: SIM905
_LENGTH = 11  # of the longest, with its end
_LETTERS = 27  # 0 is begin and end, 1 is a


class GPT(nn.Module):
    """The next letter of a name: a place looks at those before it, after Radford et al., 2018."""

    def __init__(self, width: int = 16) -> None:
        rng = Random(1)
        self.embedding = nn.Embedding(_LETTERS, width, seed=rng)
        self.places = nn.positional_encoding(_LENGTH, width)
        self.block = nn.TransformerEncoderLayer(
            width, 4, 4 * width, dropout=0.0, norm_first=True, seed=rng
        )
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, _LETTERS, seed=rng)

    def __call__(self, letters: Any) -> list[Any]:
        """Return the logits of the next letter at each place."""
        x = self.embedding(letters)
        x = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(x, self.places)]
        return self.head(self.norm(self.block(x, nn.causal_mask(len(x)))))

    def loss(self, letters: Any, following: Any) -> Any:
        """How surprised it is; -1 follows on the end of a name, and does not count."""
        return cross_entropy(self(letters), following, ignore_index=-1)

    def make_up(self, rng: Random) -> str:
        """Draw a name, letter by letter, as likely as the model finds them."""
        letters = [0]
        with no_grad():
            while len(letters) < _LENGTH:
                likely = [p.data for p in softmax(self(letters)[-1])]
                (letter,) = rng.choices(range(_LETTERS), likely)
                if not letter:
                    break
                letters.append(letter)
        return "".join([chr(96 + letter) for letter in letters[1:]])


class VAE(nn.Module):
    """Digits through a few normal numbers and back, after Kingma and Welling, 2013."""

    def __init__(self, width: int = 48, code: int = 6) -> None:
        rng = Random(1)
        self.encoder = nn.Sequential(nn.Linear(64, width, seed=rng), nn.Tanh())
        self.means = nn.Linear(width, code, seed=rng)
        self.log_variances = nn.Linear(width, code, seed=rng)
        self.decoder = nn.Sequential(
            nn.Linear(code, width, seed=rng), nn.Tanh(), nn.Linear(width, 64, seed=rng)
        )

    def loss(self, pixels: Any) -> Any:
        """What is lost on the way, and how far the codes are from normal numbers."""
        hidden = self.encoder(pixels)
        means, logs = self.means(hidden), self.log_variances(hidden)
        code = [m + exp(0.5 * s) * random.normal() for m, s in zip(means, logs, strict=True)]
        logits = self.decoder(code)
        pairs = zip(logits, pixels, strict=True)
        lost = total([binary_cross_entropy_with_logits(z, p) for z, p in pairs])
        return lost - 0.5 * total([1 + s - m * m - exp(s) for m, s in zip(means, logs)])

    def draw(self, generator: random.Generator) -> list[float]:
        """Return the pixels of a digit that nobody has written."""
        code = [generator.normal() for _ in range(self.means.out_features)]
        with no_grad():
            return [z.sigmoid().data for z in self.decoder(code)]


def invent(folder: Path) -> None:
    """Train both, and draw what they make up.

    Raises:
        OSError: the folder cannot be written to.
        ImportError: an extra is missing.
    """
    require("matplotlib", "plot", "the demo's pictures")
    folder.mkdir(parents=True, exist_ok=True)
    gpt, vae = GPT(), VAE()
    print(f"invent: a GPT of {len(gpt.parameters()):,} parameters, {len(STARS)} names of stars")
    _train(gpt, _tokens(), epochs=60, batch_size=16, lr=0.01)
    names = _new_names(gpt, 12)
    print(f"names that it makes up: {', '.join(names)}")
    X, _ = data.digits()
    print(f"a VAE of {len(vae.parameters()):,} parameters, {len(X):,} scanned digits")
    random.seed(1)
    _train(vae, (X,), epochs=30, batch_size=64, lr=0.01)
    generator = random.Generator(3)
    path = plots.save(
        _drawn(names, [vae.draw(generator) for _ in range(24)]), folder / "invented.png"
    )
    print(f"a picture of both:\n  {path}")


def _new_names(gpt: GPT, count: int) -> list[str]:
    """What it makes up, but for the names that it learnt from."""
    rng, names = Random(4), list[str]()
    while len(names) < count:
        name = gpt.make_up(rng)
        if name and name not in (*STARS, *names):
            names.append(name)
    return names


def _train(model: Any, examples: Any, epochs: int, batch_size: int, lr: float) -> None:
    fit(
        model.loss,
        examples,
        model=model,
        optimizer=Adam(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=batch_size,
        schedule=Cosine(end=0.1),
        seed=1,
    )


def _tokens() -> tuple[list[list[int]], list[list[int]]]:
    """The letters of each name, and those that follow on them, in rows of one length."""
    rows = [[0, *[ord(c) - 96 for c in name], 0] for name in STARS]
    letters = [row[:-1] + [0] * (_LENGTH + 1 - len(row)) for row in rows]
    return letters, [row[1:] + [-1] * (_LENGTH + 1 - len(row)) for row in rows]


def _drawn(names: list[str], digits: list[list[float]]) -> Any:
    """A picture of names beside digits, which are 64 pixels each."""
    pyplot = require("matplotlib.pyplot", "plot", "plotting")
    figure, grid = pyplot.subplots(4, 8, figsize=(9, 4.4), layout="constrained")
    pyplot.close(figure)
    for ax in grid.flat:
        ax.axis("off")
    for row, line in enumerate(grid):
        said = "\n".join(names[3 * row : 3 * row + 3])
        line[0].text(0.0, 0.5, said, va="center", fontsize=11, family="monospace")
        for ax, pixels in zip(line[2:], digits[6 * row : 6 * row + 6], strict=True):
            ax.imshow([pixels[k : k + 8] for k in range(0, 64, 8)], cmap="gray_r")
    grid[0, 0].set_title("stars", loc="left", fontsize=10)
    grid[0, 2].set_title("digits", loc="left", fontsize=10)
    return figure
