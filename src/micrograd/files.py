"""Files written whole or not at all: an interrupted save never harms the file that was there."""

import os
import tempfile
from pathlib import Path


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file by way of a temporary one beside it, which then takes its name.

    Raises:
        OSError: the folder is missing or cannot be written to; the message names the path.
    """
    target = Path(os.path.realpath(path))  # a link stays one: what it points to is replaced
    data = content.encode() if isinstance(content, str) else content
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target}: there is no folder {target.parent}")
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise type(error)(f"cannot write {target}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name without content
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException as error:  # Ctrl-C too leaves nothing behind
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise type(error)(f"cannot write {target}: {error.strerror}") from None
        raise
    return target
