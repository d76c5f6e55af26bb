"""What we print, in encodings that lack some of its letters: ``∂`` becomes ``d``, and so on."""

import codecs
import sys
import unicodedata

_PLAIN = {
    "∂": "d", "·": "*", "×": "*", "−": "-", "Σ": "sum", "∑": "sum", "Π": "prod", "√": "sqrt",
    "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "inf", "…": "...",
    "–": "-", "—": "-", "’": "'", "°": " deg", "±": "+-", "ℓ": "l",
    "α": "alpha", "β": "beta", "ε": "epsilon", "θ": "theta", "μ": "mu", "π": "pi", "σ": "sigma",
}  # fmt: skip


def write_in_any_encoding() -> None:
    """Let standard output and standard error take every letter, whatever their encoding."""
    codecs.register_error("micrograd", _replaced)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="micrograd")


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace letters that an encoding lacks: by plain ones, or by Python's way to write them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    end = error.start + 1
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":  # a byte of a file's name that was no letter
        return bytes([ord(letter) - 0xDC00]), end
    mark = _raised(letter)
    if mark:  # x² is x^2
        while end < len(error.object) and _raised(error.object[end]) == mark:
            end += 1
        letter = unicodedata.normalize("NFKD", error.object[error.start : end])
    plain = "".join(_PLAIN.get(c, c) for c in letter)
    return mark + plain.encode("ascii", "backslashreplace").decode(), end


def _raised(letter: str) -> str:
    """Return ``^`` for a superscript, ``_`` for a subscript, nothing for any other letter."""
    return {"<super>": "^", "<sub>": "_"}.get(unicodedata.decomposition(letter).split(" ")[0], "")
