"""The expression that the original's README shows, for any scalars that know ``relu``."""


def expression(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


COUNT = 100_000
A = [-4.0 - i * 1e-6 for i in range(COUNT)]
B = [2.0 + i * 1e-6 for i in range(COUNT)]
