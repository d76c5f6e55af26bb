"""Does ``jit`` mean what Python means? Run a program plainly and compiled, and say what differs."""

import contextlib
import io
import math
import re
import warnings

import numpy as np

import micrograd
from micrograd import JitError, Value
from programs import HEAD

NESTED = re.compile(r"(jvp|hvp|hessian)\(|(grad|vjp|jacobian)\(.*(grad|vjp|jacobian)\(", re.DOTALL)
NOISE = 1e-14  # what terms of the size of 1 leave when they cancel
INTERNAL = ("Predicate", "Number'", "Integer", "Batch'", "_Tracer", "object at 0x", "TracedArray")


def options(seed):
    """How a program is tried: by NumPy or by default, each tenth by C, or in the order written."""
    backend = "c" if seed % 10 == 7 else "auto" if seed % 2 else "numpy"
    return {"backend": backend, "strict": seed % 10 == 3}


def picture(x, grads=False):
    """Turn anything into nested tuples of kinds and numbers that can be compared."""
    if isinstance(x, Value):
        return ("Value", float(x.data), float(x.grad)) if grads else ("Value", float(x.data))
    if isinstance(x, np.ndarray) and x.dtype != object:
        return (f"array {x.dtype.kind}", x.shape, tuple(x.astype(float).ravel().tolist()))
    if isinstance(x, np.ndarray):
        return ("objects", x.shape, tuple(picture(v, grads) for v in x.ravel().tolist()))
    if isinstance(x, dict):
        return ("dict", tuple((k, picture(v, grads)) for k, v in x.items()))
    if isinstance(x, (list, tuple)):
        return (type(x).__name__, tuple(picture(v, grads) for v in x))
    if isinstance(x, (bool, np.bool_)):
        return ("bool", bool(x))
    if isinstance(x, (int, np.integer)):
        return ("int", int(x))
    if isinstance(x, (float, np.floating)):
        return ("float", float(x))
    if hasattr(x, "__dataclass_fields__"):
        return (
            type(x).__name__,
            tuple(picture(getattr(x, n), grads) for n in x.__dataclass_fields__),
        )
    return ("other", x if x is None or isinstance(x, str) else type(x).__name__)


def values_in(x):
    if isinstance(x, Value):
        yield x
    elif hasattr(x, "__dataclass_fields__"):
        yield from values_in(list(vars(x).values()))
    elif isinstance(x, dict):
        yield from values_in(list(x.values()))
    elif isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.dtype == object):
        for v in x:
            yield from values_in(v)


def numbers_in(x):
    """The floats of a picture, in order."""
    if isinstance(x, float):
        yield x
    elif isinstance(x, tuple):
        for y in x:
            yield from numbers_in(y)


def _close(a, b, room):
    if math.isnan(a) or math.isnan(b):
        return (math.isnan(a) and math.isnan(b)) or math.isnan(room)
    return a == b or abs(a - b) <= 1e-7 * max(abs(a), abs(b)) + NOISE + room


def same(a, b, rooms):
    """Compare two pictures; ``rooms`` yields how far each number may be off besides: nan, any."""
    if isinstance(a, float) and isinstance(b, float):
        return _close(a, b, next(rooms, 0.0))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y, rooms) for x, y in zip(a, b))
    return type(a) is type(b) and a == b


class Played:
    """What the calls of a program gave and left behind."""

    def __init__(self, text, wrap=lambda f: f, nudge=0.0):
        space: dict = {}
        exec(compile(HEAD + text, "<program>", "exec"), space)
        f, self.seen = wrap(space["f"]), []
        rng = np.random.default_rng(0)
        for k, make in enumerate(space["calls"]):
            args = _nudged(make(), nudge, rng)
            try:
                out = f(*args)
            except JitError:
                raise
            except Exception as error:
                self.seen.append((("raises", type(error).__name__, str(error)[:80]), (), ()))
                space["between"](k)
                continue
            shown = picture(out)
            backward = self._backward(out) if space.get("differentiated", True) else ()
            left = picture([space["world"](), list(args)], grads=True)
            self.seen.append((shown, backward, left))
            space["between"](k)

    @staticmethod
    def _backward(out):
        try:
            total = 0.0
            for i, v in enumerate(values_in(out)):
                total = total + v * (0.5 + i)
            if isinstance(total, Value):
                total.backward()
        except JitError:  # of a Value whose data the call has changed: as docs/compiler.md says
            raise
        except Exception as error:
            return ("raises", type(error).__name__, str(error)[:80])
        return ()


def _nudged(x, nudge, rng):
    if not nudge:
        return x
    if type(x) is float:
        return x * (1 + nudge * rng.uniform(-1, 1))
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return x * (1 + nudge * rng.uniform(-1, 1, x.shape)).astype(x.dtype)
    if isinstance(x, (list, tuple)):
        return type(x)([_nudged(y, nudge, rng) for y in x])
    if isinstance(x, dict):
        return {k: _nudged(y, nudge, rng) for k, y in x.items()}
    if isinstance(x, Value):
        return Value(x.data * (1 + nudge * rng.uniform(-1, 1)))
    return x


def verdict(text, **options):
    """Say how the compiled program differs: ("", "") where it does not, else a class and words."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            plain = Played(text)
        except JitError:
            return "", "no program"
        except Exception as error:
            return "", f"no program: {error!r}"
        try:
            compiled = Played(text, lambda f: micrograd.jit(f, **options))
        except JitError as error:
            said = str(error)
            if any(name in said for name in INTERNAL):
                return "internal", said
            reordered = re.search(r"(nan|inf) (plainly|compiled)", said)  # as docs/compiler.md says
            return ("defect" if "please report" in said and not reordered else "refused"), said
        except Exception as error:
            return "crash", f"{type(error).__name__}: {error}"
        return compared(text, plain, compiled)


def compared(text, plain, compiled):
    wider = None
    for k, (a, b) in enumerate(zip(plain.seen, compiled.seen)):
        if a[0][0] == "raises" or b[0][0] == "raises":
            if a[0][:2] != b[0][:2]:
                return "different", f"call {k + 1}: plainly {a[0]}, compiled {b[0]}"
            continue
        if same(a, b, iter(())):
            continue
        wider = Played(text, nudge=1e-9) if wider is None else wider
        c = wider.seen[k]
        x, y = list(numbers_in(a)), list(numbers_in(c))
        if len(x) != len(y):
            continue  # at a branch that rounding decides
        rooms = [abs(p - q) if math.isfinite(p - q) else math.inf for p, q in zip(x, y)]
        rooms = [r if math.isfinite(p) else 0.0 for r, p in zip(rooms, x)]
        if NESTED.search(text):  # 0 times an infinity, as docs/compiler.md says
            rooms = [
                math.nan if p != p or q != q else r for r, p, q in zip(rooms, x, numbers_in(b))
            ]
        if not same(a, b, iter(rooms)):
            for part, p, q in zip(("result", "backward", "state"), a, b):
                if not same(p, q, iter(())):
                    return "different", f"call {k + 1}, {part}: plainly {p}, compiled {q}"
            return "different", f"call {k + 1}"
    return "", ""
