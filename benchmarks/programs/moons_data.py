"""The moons problem for programs in plain Python: what make_data.py wrote."""

from array import array

flat = array("d")
with open("moons.bin", "rb") as file:
    flat.frombytes(file.read())

X = [list(flat[i : i + 2]) for i in range(0, 200, 2)]
y = list(flat[200:300])
START = list(flat[300:])  # the 337 parameters, in the order of MLP(2, [16, 16, 1]).parameters()


def restart(model):
    """Set the model's parameters to those that all programs start from."""
    for p, data in zip(model.parameters(), START, strict=True):
        p.data = data
