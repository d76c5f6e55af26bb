"""Names, letter by letter: an LSTM learns to spell them, and makes up new ones.

Each step of the LSTM is scalar code, and names have any length: one program is compiled for all
lengths. Try:

    python examples/names.py                       # a few stars, 40 epochs
    python examples/names.py names.txt --epochs 3
"""

import argparse
import random
from pathlib import Path

from micrograd import no_grad, softmax
from micrograd.losses import cross_entropy
from micrograd.nn import LSTM, Embedding, Linear, Module, summary
from micrograd.optim import Adam
from micrograd.schedules import Cosine
from micrograd.train import fit

STARS = """
sirius canopus arcturus vega capella rigel procyon achernar betelgeuse hadar altair acrux aldebaran
antares spica pollux fomalhaut deneb mimosa regulus adhara castor shaula gacrux bellatrix elnath
miaplacidus alnilam alnair alioth mirfak dubhe alkaid sargas avior menkalinan atria alhena peacock
polaris mirzam alphard hamal diphda nunki mirach alpheratz rasalhague algol almach denebola tiaki
muhlifain naos aspidiske suhail alphecca mizar sadr schedar eltanin mintaka caph merak izar enif
ankaa phecda scheat sabik alderamin markab aljanah acrab
""".split()


class Speller(Module):
    """A letter becomes a vector, an LSTM remembers those before, and a matrix rates the next."""

    def __init__(self, letters: str, width: int = 24, seed: int = 1) -> None:
        self.letters = letters  # tokens are places in it, from 1 on; 0 is begin and end
        rng = random.Random(seed)
        self.embedding = Embedding(len(letters) + 1, 8, seed=rng)
        self.lstm = LSTM(8, width, seed=rng)
        self.head = Linear(width, len(letters) + 1, seed=rng)

    def tokens(self, name: str) -> list[int]:
        return [0, *(self.letters.index(letter) + 1 for letter in name), 0]

    def __call__(self, tokens: list[int]) -> list:
        """Return, at each token, a logit for each that may come next."""
        seen, _ = self.lstm(self.embedding(tokens))
        return self.head(seen)

    def make_up(self, rng: random.Random) -> str:
        """Draw a name, letter by letter, as likely as the model finds them."""
        name, token, state = "", 0, None
        with no_grad():
            while len(name) < 20:
                seen, state = self.lstm(self.embedding([token]), state)
                likely = [p.data for p in softmax(self.head(seen[0]))]
                (token,) = rng.choices(range(len(likely)), likely)
                if not token:
                    break
                name += self.letters[token - 1]
        return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", help="text with a name on each line")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--width", type=int, default=24)
    arguments = parser.parse_args()
    names = Path(arguments.file).read_text().split() if arguments.file else STARS
    model = Speller("".join(sorted(set("".join(names)))), arguments.width)
    tokens = [model.tokens(name) for name in names]
    print(summary(model, tokens[0]))
    fit(
        lambda name: cross_entropy(model(name[:-1]), name[1:]),
        tokens,
        model=model,
        optimizer=Adam(model.parameters(), lr=0.02),
        epochs=arguments.epochs,
        batch_size=16,
        schedule=Cosine(end=0.05),
        clip_grad_norm=1.0,
        seed=1,
    )
    rng = random.Random(1)
    print("made up:", ", ".join(model.make_up(rng) for _ in range(10)))


if __name__ == "__main__":
    main()
