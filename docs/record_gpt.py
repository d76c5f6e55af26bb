"""Train the GPT of examples/gpt.py on number words, and record what it writes, for lesson 12.

``python docs/record_gpt.py`` takes about a minute.
"""

import json
import random
import sys
from pathlib import Path

from micrograd import jit
from micrograd.lessons.words import held_out, number_words
from micrograd.optim import Adam

ROOT = Path(__file__).parent.parent
STEPS, SEED, SAMPLES = 1000, 1, 40


def main(target: Path) -> None:
    sys.path.insert(0, str(ROOT / "examples"))
    import gpt

    random.seed(SEED)
    read = [word for word in number_words() if word not in held_out()]
    random.shuffle(read)
    model = gpt.GPT("".join(sorted(set("".join(read)))))
    parameters = model.parameters()
    optimizer = Adam(parameters, lr=0.01, betas=(0.85, 0.99))
    loss_of = jit(model.loss)
    losses = []
    for step in range(STEPS):
        loss = loss_of(model.tokens(read[step % len(read)]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.lr = 0.01 * (1 - step / STEPS)
        optimizer.step()
        losses.append(loss.data)
    wrote = {str(t): [model.sample(t) for _ in range(SAMPLES)] for t in (0.3, 1.0, 2.0)}
    last = losses[-100:]
    numbers = {
        "steps": STEPS,
        "parameters": len(parameters),
        "loss": round(sum(last) / len(last), 4),
        "wrote": wrote,
    }
    target.write_text(json.dumps(numbers, indent=1) + "\n")


if __name__ == "__main__":
    main(ROOT / "src/micrograd/lessons/texts/gpt.json")
