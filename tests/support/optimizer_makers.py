"""An optimiser of each kind, of a list of parameters."""

from micrograd import optim

MAKERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.1, momentum=0.5, centered=True),
    "Adam": lambda p: optim.Adam(p, lr=0.1),
    "AdamW": lambda p: optim.AdamW(p, lr=0.1),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "in groups": lambda p: optim.SGD([{"params": p, "lr": 0.2}], lr=0.1, momentum=0.5),
}
