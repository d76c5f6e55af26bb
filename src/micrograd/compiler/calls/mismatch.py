"""What is said where a program does not give what the plain run gives: likely cause and remedy."""

from ..errors import JitError
from .variant import Variant


def mismatch(what: str, variant: Variant, line: str) -> JitError:
    """Return the error that says what differs, of a function that stands at a line."""
    name, recording = variant.name, variant.recording
    if recording.clocks:
        return JitError(
            f"{name} gives something else each time: {what}, as another time is read while "
            f"it is compiled. Pass the time as an argument, instead of {recording.clocks[0]}"
        )
    if not all(holds for _, holds in recording.domains):
        remedy = (
            "Python raises on the way (at a division by zero, a power beyond all floats), and "
            "an except: clause hides that from a trace: test for it first, if y == 0"
        )
    elif (precision := variant.compiled.precision) != "float64":
        digits = {"float32": 7, "bfloat16": 2}[precision]
        remedy = (
            f'dtype="{precision}" is the likely cause: numbers inside have {digits} digits and '
            "end at 3.4e38; jit without it computes in float64"
        )
    elif variant.strict:
        remedy = "This is a defect of the compiler: please report it, and call it plainly"
    else:
        remedy = (
            "strict=True keeps the order of every sum; if that does not help, please report "
            "it, and call the function without jit"
        )
    where = f"\n  at {line}" if line else ""
    return JitError(f"{name} compiled is not what it is plainly: {what}. {remedy}{where}")
